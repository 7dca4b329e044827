"""What a database refuses, told by its code."""

from __future__ import annotations

from dualschema.errors.base import DualschemaError

__all__ = [
    "CheckViolation",
    "ConnectionLostError",
    "ConstraintViolation",
    "DatabaseError",
    "ForeignKeyViolation",
    "NotNullViolation",
    "SerializationError",
    "UniqueViolation",
]


class DatabaseError(DualschemaError):
    """The database refused a statement.

    The message holds no value of a row. What the driver said, which may hold some, is in
    ``driver_error`` alone, so that no traceback prints it.

    Attributes:
        code: the SQLSTATE of Postgres (https://www.postgresql.org/docs/current/errcodes-appendix.html)
            or the name of SQLite's extended result code (https://www.sqlite.org/rescode.html).
        table: the table's name in the database, where it is known.
        column: the column's name in the database, where it is known.
        constraint: the constraint's name, where it is known; SQLite names only a CHECK's.
        driver_error: the driver's own error.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: str | None = None,
        table: str | None = None,
        column: str | None = None,
        constraint: str | None = None,
        driver_error: BaseException | None = None,
    ) -> None:
        self.reason = reason
        self.code = code
        self.table = table
        self.column = column
        self.constraint = constraint
        self.driver_error = driver_error
        place = ".".join(name for name in (table, column) if name)
        named = f" ({constraint})" if constraint else ""
        shown = f" [{code}]" if code else ""
        text = f"{place}: {reason}{named}{shown}" if place else f"{reason}{named}{shown}"
        super().__init__(text)
        self.args = (text,)  # which an OSError takes from what it was made with


class ConstraintViolation(DatabaseError):  # noqa: N818  (as psycopg and Postgres say it)
    """The rows would break a rule of the schema."""


class UniqueViolation(ConstraintViolation):
    """Another row has this key, or this value of a unique column."""


class ForeignKeyViolation(ConstraintViolation):
    """A column names no row, or a row is named that was to be deleted."""


class NotNullViolation(ConstraintViolation):
    """NULL in a column that is not nullable."""


class CheckViolation(ConstraintViolation):
    """A value that a CHECK, or on SQLite the column's storage class, refuses."""


class SerializationError(DatabaseError):
    """Another transaction was in the way: a conflict, a deadlock, a lock. Trying again helps."""


class ConnectionLostError(DatabaseError, ConnectionError):
    """The connection broke, or none could be made: whether the statement was done is not known."""
