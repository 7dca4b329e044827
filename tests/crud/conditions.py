"""Conditions, each both as SQL over a table's columns and as Python over a row: what must agree.

Python's True, False and None are SQL's three truth values.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

import dualschema as ds

__all__ = [
    "Among",
    "Bare",
    "Both",
    "Compare",
    "Condition",
    "Contains",
    "Either",
    "Given",
    "InDocument",
    "Inverse",
    "Is",
    "Like",
    "parameters",
]

Row = Mapping[str, Any]
Truth = bool | None

_COMPARISONS: dict[str, Any] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition(Protocol):
    """What a statement's ``where`` takes."""

    def sql(self, table: Any) -> Any:
        """Return the condition over a table class, or an alias of it."""

    def holds(self, row: Row) -> Truth:
        """Return what it says of a row, by the columns' names in Python."""


@dataclass(frozen=True)
class Compare:
    """``Thing.count < 5``."""

    column: str
    sign: str
    value: Any

    def sql(self, table: Any) -> Any:
        return _COMPARISONS[self.sign](getattr(table, self.column), self.value)

    def holds(self, row: Row) -> Truth:
        value = row[self.column]
        return None if value is None else bool(_COMPARISONS[self.sign](value, self.value))


@dataclass(frozen=True)
class Given(Compare):
    """A comparison whose value is given when the statement runs."""

    def sql(self, table: Any) -> Any:
        parameter = ds.param(f"given_{self.column}")
        return _COMPARISONS[self.sign](getattr(table, self.column), parameter)


@dataclass(frozen=True)
class Among:
    """``Thing.count.in_([1, 2])``, also of no values."""

    column: str
    values: tuple[Any, ...]
    negated: bool = False

    def sql(self, table: Any) -> Any:
        column = getattr(table, self.column)
        return column.not_in(self.values) if self.negated else column.in_(self.values)

    def holds(self, row: Row) -> Truth:
        value = row[self.column]
        if value is None and self.values:
            return None
        return (value in self.values) is not self.negated


@dataclass(frozen=True)
class Is:
    """``Thing.maybe.is_(None)``, ``.is_(True)``: never NULL."""

    column: str
    value: bool | None
    negated: bool = False

    def sql(self, table: Any) -> Any:
        column = getattr(table, self.column)
        return column.is_not(self.value) if self.negated else column.is_(self.value)

    def holds(self, row: Row) -> Truth:
        return (row[self.column] is self.value) is not self.negated


@dataclass(frozen=True)
class Bare:
    """A boolean column by itself."""

    column: str

    def sql(self, table: Any) -> Any:
        return getattr(table, self.column)

    def holds(self, row: Row) -> Truth:
        value: Truth = row[self.column]
        return value


@dataclass(frozen=True)
class Like:
    """``Thing.title.like("a%_")``."""

    column: str
    pattern: str

    def sql(self, table: Any) -> Any:
        return getattr(table, self.column).like(self.pattern)

    def holds(self, row: Row) -> Truth:
        signs = {"%": ".*", "_": "."}
        found = "".join(signs.get(char) or re.escape(char) for char in self.pattern)
        value = row[self.column]
        return None if value is None else bool(re.fullmatch(found, value, re.DOTALL))


@dataclass(frozen=True)
class Contains:
    """Text that holds, starts or ends with another one, whatever signs are in it."""

    column: str
    how: str
    text: str

    def sql(self, table: Any) -> Any:
        return getattr(getattr(table, self.column), self.how)(self.text, autoescape=True)

    def holds(self, row: Row) -> Truth:
        value = row[self.column]
        if value is None:
            return None
        return self.text in value if self.how == "contains" else getattr(value, self.how)(self.text)


@dataclass(frozen=True)
class InDocument:
    """A comparison of what a path into a document leads to."""

    column: str
    path: tuple[str | int, ...]
    kind: str
    sign: str
    value: Any

    def sql(self, table: Any) -> Any:
        at = getattr(table, self.column)[self.path[0] if len(self.path) == 1 else self.path]
        return _COMPARISONS[self.sign](getattr(at, f"as_{self.kind}")(), self.value)

    def holds(self, row: Row) -> Truth:
        found = _found(row[self.column], self.path)
        return None if found is None else bool(_COMPARISONS[self.sign](found, self.value))


@dataclass(frozen=True)
class Both:
    """Two conditions, joined by AND."""

    one: Condition
    other: Condition

    def sql(self, table: Any) -> Any:
        return sa.and_(self.one.sql(table), self.other.sql(table))

    def holds(self, row: Row) -> Truth:
        found = (self.one.holds(row), self.other.holds(row))
        if False in found:
            return False
        return None if None in found else True


@dataclass(frozen=True)
class Either:
    """Two conditions, joined by OR."""

    one: Condition
    other: Condition

    def sql(self, table: Any) -> Any:
        return sa.or_(self.one.sql(table), self.other.sql(table))

    def holds(self, row: Row) -> Truth:
        found = (self.one.holds(row), self.other.holds(row))
        if True in found:
            return True
        return None if None in found else False


@dataclass(frozen=True)
class Inverse:
    """A condition under NOT."""

    one: Condition

    def sql(self, table: Any) -> Any:
        return ~self.one.sql(table)

    def holds(self, row: Row) -> Truth:
        found = self.one.holds(row)
        return None if found is None else not found


def parameters(condition: Condition | None) -> dict[str, Any]:
    """Return the values of a condition's parameters, by their names."""
    match condition:
        case Given(column, _, value):
            return {f"given_{column}": value}
        case Both(one, other) | Either(one, other):
            return parameters(one) | parameters(other)
        case Inverse(one):
            return parameters(one)
        case _:
            return {}


def _found(document: Any, path: tuple[str | int, ...]) -> Any:
    """Return what a path leads to, or None."""
    for step in path:
        if isinstance(document, ds.JsonModel):
            document = document.model_dump(by_alias=True)
        if isinstance(document, list) and isinstance(step, int):
            document = document[step] if step < len(document) else None
        else:
            document = document.get(step) if isinstance(document, dict) else None
    return document
