"""Every error of the library, and nothing else: the bottom floor, so that anything may raise them.

    DualschemaError
    ├── DefinitionError          a table or schema is defined wrongly (all problems at once)
    ├── UnboundTableError        a table is used before it stands in a Schema  (also AttributeError)
    ├── ConversionError          a value cannot be converted                   (also ValueError)
    │   ├── EncodeError          … from Python to its stored form
    │   └── DecodeError          … from its stored form to Python
    ├── MissingExtraError        an optional package is not installed          (also ImportError)
    └── EmbeddedPostgresError    no throw-away Postgres can be started         (also RuntimeError)

Errors carry data, not only text. The text names table, column and reason; it never holds the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Self

__all__ = [
    "ConversionError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "MissingExtraError",
    "Problem",
    "UnboundTableError",
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
    """A table is used before it stands in a ``Schema``, which gives it its stored form."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"{table} stands in no Schema yet: make one with ds.Schema({table})")


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


class MissingExtraError(DualschemaError, ImportError):
    """A package is not installed that a function needs; the message says how to install it."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f'{what} needs an extra: pip install "dualschema[{extra}]"')


class EmbeddedPostgresError(DualschemaError, RuntimeError):
    """No throw-away Postgres can be started; the message says what to do."""
