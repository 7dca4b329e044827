"""What a database's refusal means, told by its code and not by its wording.

SQLSTATE on Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html), extended
result codes on SQLite (https://www.sqlite.org/rescode.html). SQLite names what was violated in its
message alone, so that is where names come from.
"""

from __future__ import annotations

from typing import Any, Final

from dualschema.errors import (
    CheckViolation,
    ConnectionLostError,
    ConstraintViolation,
    DatabaseError,
    ForeignKeyViolation,
    NotNullViolation,
    SerializationError,
    UniqueViolation,
)

__all__ = ["failed_before", "postgres_error", "sqlite_error"]

_Meaning = tuple[type[DatabaseError], str]

_UNIQUE: Final[_Meaning] = (UniqueViolation, "another row has this value")
_FOREIGN_KEY: Final[_Meaning] = (
    ForeignKeyViolation,
    "a row that is named is not there, or is needed",
)
_NOT_NULL: Final[_Meaning] = (NotNullViolation, "it is NULL, but the column is not nullable")
_CHECK: Final[_Meaning] = (CheckViolation, "a value breaks a rule of the schema")
_IN_THE_WAY: Final[_Meaning] = (SerializationError, "another transaction is in the way: try again")
_LOST: Final[_Meaning] = (ConnectionLostError, "the connection to the database broke")
_OTHER: Final[_Meaning] = (DatabaseError, "the database refused the statement")

_FAILED_BEFORE: Final[_Meaning] = (
    DatabaseError,
    "an earlier statement of it failed: put what may fail into a transaction() inside this one",
)

_SQLSTATES: Final[dict[str, _Meaning]] = {
    "23505": _UNIQUE,
    "23503": _FOREIGN_KEY,
    "23502": _NOT_NULL,
    "23514": _CHECK,
    "25P02": _FAILED_BEFORE,
    "40001": _IN_THE_WAY,
    "40P01": _IN_THE_WAY,
    "55P03": _IN_THE_WAY,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P03": _LOST,
    "57014": (DatabaseError, "the statement was cancelled, or took longer than it may"),
}
_SQLSTATE_CLASSES: Final[dict[str, _Meaning]] = {
    "08": _LOST,
    "23": (ConstraintViolation, "the rows would break a rule of the schema"),
    "40": _IN_THE_WAY,
}

_SQLITE_CODES: Final[dict[str, _Meaning]] = {
    "SQLITE_CONSTRAINT_UNIQUE": _UNIQUE,
    "SQLITE_CONSTRAINT_PRIMARYKEY": _UNIQUE,
    "SQLITE_CONSTRAINT_ROWID": _UNIQUE,
    "SQLITE_CONSTRAINT_FOREIGNKEY": _FOREIGN_KEY,
    "SQLITE_CONSTRAINT_NOTNULL": _NOT_NULL,
    "SQLITE_CONSTRAINT_CHECK": _CHECK,
    "SQLITE_CONSTRAINT_DATATYPE": _CHECK,
}
_EXTENSIONS: Final = {
    "UNIQUE": "_UNIQUE",
    "FOREIGN KEY": "_FOREIGNKEY",
    "NOT NULL": "_NOTNULL",
    "CHECK": "_CHECK",
}
"""What pysqlite3 leaves out of a code, by SQLite's wording: it does not ask for extended ones."""

_SQLITE_FAMILIES: Final[dict[str, _Meaning]] = {
    "SQLITE_CONSTRAINT": (ConstraintViolation, "the rows would break a rule of the schema"),
    "SQLITE_BUSY": _IN_THE_WAY,
    "SQLITE_LOCKED": _IN_THE_WAY,
}


def failed_before() -> DatabaseError:
    """Return the error of a COMMIT that did not commit."""
    kind, reason = _FAILED_BEFORE
    return kind(reason, code="25P02")


def postgres_error(error: Any, table: str | None, *, is_lost: bool = False) -> DatabaseError:
    """Return our error for one of psycopg's.

    Args:
        error: a ``psycopg.Error``; without an SQLSTATE, the connection is what failed.
        table: the table that the statement writes.
        is_lost: the connection broke, whatever the server said before.
    """
    code: str | None = error.sqlstate
    diagnosis = error.diag
    if is_lost:
        kind, reason = _LOST
        return kind(f"{reason}: {type(error).__name__}", code=code, driver_error=error)
    if code is None:
        return DatabaseError(f"the driver refuses it: {type(error).__name__}", driver_error=error)
    kind, reason = _SQLSTATES.get(code) or _SQLSTATE_CLASSES.get(code[:2]) or _OTHER
    if kind is DatabaseError and code[:2] in ("42", "0A", "26"):
        # About the statement and its names, not about values.
        reason = str(diagnosis.message_primary)
    return kind(
        reason,
        code=code,
        table=diagnosis.table_name or table,
        column=diagnosis.column_name,
        constraint=diagnosis.constraint_name,
        driver_error=error,
    )


def sqlite_error(
    code: str | None, message: str, table: str | None, error: BaseException
) -> DatabaseError:
    """Return our error for a SQLite driver's.

    Args:
        code: the name of the extended result code, if the driver tells it.
        message: SQLite's own; it names tables, columns and constraints, no values.
        table: the table that the statement writes.
        error: the driver's.
    """
    kind, reason = _sqlite_meaning(code or "", message)
    column = constraint = None
    _, found, names = message.partition(" constraint failed: ")
    if found and kind in (UniqueViolation, NotNullViolation):
        # "timers.id", or "memberships.user_id, memberships.group_id"
        named, _, column = names.partition(", ")[0].rpartition(".")
        column = None if ", " in names else column
        if not named.startswith("ps_data"):  # where PowerSync's views keep their rows
            table = named
    elif found and kind is CheckViolation:
        constraint = names
    if kind is DatabaseError:
        reason = message
    return kind(
        reason,
        code=code,
        table=table or None,
        column=column,
        constraint=constraint,
        driver_error=error,
    )


def _sqlite_meaning(code: str, message: str) -> _Meaning:
    if code == "SQLITE_CONSTRAINT":
        code += _EXTENSIONS.get(message.partition(" constraint failed")[0], "")
    if found := _SQLITE_CODES.get(code):
        return found
    for family, meaning in _SQLITE_FAMILIES.items():
        if code.startswith(family):
            return meaning
    return _OTHER
