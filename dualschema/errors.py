"""Every error of the library, and nothing else: the bottom floor, so that anything may raise them.

    DualschemaError
    ├── DefinitionError          a table or schema is defined wrongly (all problems at once)
    ├── UnboundTableError        a table is used before it stands in a Schema  (also AttributeError)
    ├── ConversionError          a value cannot be converted                   (also ValueError)
    │   ├── EncodeError          … from Python to its stored form
    │   └── DecodeError          … from its stored form to Python
    ├── StatementError           a statement is wrong, and was not sent        (also ValueError)
    ├── RowCountError            a statement met another number of rows        (also LookupError)
    │   ├── NotFoundError        … none, where one was to be
    │   └── MultipleRowsError    … several, where one was to be
    ├── DatabaseError            the database refused a statement
    │   ├── ConstraintViolation  … since the rows would break a rule of the schema
    │   │   ├── UniqueViolation
    │   │   ├── ForeignKeyViolation
    │   │   ├── NotNullViolation
    │   │   └── CheckViolation
    │   ├── SerializationError   … since another transaction was in its way; try again
    │   └── ConnectionLostError  … since the connection broke         (also ConnectionError)
    ├── EventError               events cannot be heard
    │   ├── NotListeningError    … since no notification arrives: a pooler is in between
    │   └── SubscriberDroppedError … since the subscriber does not keep up; it resumes
    ├── ConfigurationError       pyproject.toml or the command line is wrong    (also ValueError)
    ├── GenerationError          a target cannot say what the definition says  (also ValueError)
    ├── MissingExtraError        an optional package is not installed          (also ImportError)
    └── EmbeddedPostgresError    no throw-away Postgres can be started         (also RuntimeError)

Errors carry data, not only text. The text names table, column and reason; it never holds the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Self

__all__ = [
    "CheckViolation",
    "ConfigurationError",
    "ConnectionLostError",
    "ConstraintViolation",
    "ConversionError",
    "DatabaseError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "EventError",
    "ForeignKeyViolation",
    "GenerationError",
    "MissingExtraError",
    "MultipleRowsError",
    "NotFoundError",
    "NotListeningError",
    "NotNullViolation",
    "Problem",
    "RowCountError",
    "SerializationError",
    "StatementError",
    "SubscriberDroppedError",
    "UnboundTableError",
    "UniqueViolation",
]


class DualschemaError(Exception):
    """The base of all errors that this library raises by itself; they pickle and copy."""

    _given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **named: Any) -> Self:
        made = super().__new__(cls, *args)
        made._given = (args, named)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception by itself remembers its message, which is not what these are made from.
        args, named = self._given
        return partial(type(self), *args, **named), (), vars(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition: the table's name, the column's (if it is about one), and why."""

    table: str
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = self.table if self.column is None else f"{self.table}.{self.column}"
        return f"{place}: {self.reason}"


class DefinitionError(DualschemaError):
    """A table or schema is defined wrongly.

    Attributes:
        problems: every fault that was found, in declaration order.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        head = "" if len(problems) == 1 else f"{len(problems)} problems:\n  "
        super().__init__(head + "\n  ".join(map(str, problems)))


class UnboundTableError(DualschemaError, AttributeError):
    """A table is used before it stands in a ``Schema``, which gives it its stored form.

    Attributes:
        table: the name of its class; with ``is_base``, that of a class that is only a base.
    """

    def __init__(self, table: str, *, is_base: bool = False) -> None:
        self.table = table
        advice = f"stands in no Schema yet: make one with ds.Schema({table})"
        if is_base:
            advice = "has no name=, so it is no table: use a table that inherits from it"
        super().__init__(f"{table} {advice}")


class ConversionError(DualschemaError, ValueError):
    """A value cannot be converted.

    Attributes:
        table: the table's name in the database.
        column: the column's name in the database.
        side: ``"postgres"``, ``"sqlite"`` or ``"json"``.
        value_type: the name of the value's Python type; never the value.
        reason: why, in words.
        row: the row's place in the batch, from 0; None for a single row.
    """

    def __init__(
        self,
        table: str,
        column: str,
        side: str,
        *,
        value_type: str,
        reason: str,
        row: int | None = None,
    ) -> None:
        self.table = table
        self.column = column
        self.side = side
        self.value_type = value_type
        self.reason = reason
        self.row = row
        place = f"{table}.{column}" if row is None else f"{table}.{column} (row {row})"
        super().__init__(f"{place}: {reason}")


class EncodeError(ConversionError):
    """A Python value has no stored form in its column."""


class DecodeError(ConversionError):
    """A stored or uploaded value is none that its column can hold."""


class StatementError(DualschemaError, ValueError):
    """A statement is wrong, and was not sent: a column that is none, an update of all rows, ..."""


class RowCountError(DualschemaError, LookupError):
    """A statement met another number of rows than it was to.

    Attributes:
        table: the table's name in the database, or None where a statement reads several.
    """

    def __init__(self, message: str, table: str | None = None) -> None:
        self.table = table
        super().__init__(message)


class NotFoundError(RowCountError):
    """There is no such row."""


class MultipleRowsError(RowCountError):
    """There are several rows where one was to be."""


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
        super().__init__(f"{place}: {reason}{named}{shown}" if place else f"{reason}{named}{shown}")


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


class EventError(DualschemaError):
    """Events cannot be heard."""


class NotListeningError(EventError):
    """Postgres's notifications do not arrive: a pooler is in between, or another database."""


class SubscriberDroppedError(EventError):
    """A subscriber was let go, who may come again with the id of the last event that it had."""


class ConfigurationError(DualschemaError, ValueError):
    """What is to be generated is said wrongly, in pyproject.toml or on the command line."""


class GenerationError(DualschemaError, ValueError):
    """A target cannot say what the definition says; nothing is guessed, and nothing left out.

    Attributes:
        target: the target's name: ``typescript``.
        reason: why, in words.
        table: the table's name in the database, or None where it is not about one.
        column: the column's name in the database, or None where it is not about one.
    """

    def __init__(
        self, target: str, reason: str, *, table: str | None = None, column: str | None = None
    ) -> None:
        self.target = target
        self.reason = reason
        self.table = table
        self.column = column
        place = ".".join(name for name in (table, column) if name is not None)
        super().__init__(f"{target}: {place}: {reason}" if place else f"{target}: {reason}")


class MissingExtraError(DualschemaError, ImportError):
    """A package is not installed that a function needs; the message says how to install it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f'{what} needs an extra: pip install "dualschema[{extra}]"')


class EmbeddedPostgresError(DualschemaError, RuntimeError):
    """No throw-away Postgres can be started; the message says what to do."""
