"""What a statement makes of a column, each both as SQL and as Python over a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import dualschema as ds

__all__ = ["Change", "Copy", "Exceeds", "Plus", "PlusNew", "Value"]

Row = Mapping[str, Any]


class Change(Protocol):
    """A value, or an expression over the row that is there and the row that was to be inserted."""

    def sql(self, table: Any) -> Any:
        """Return what ``set`` takes."""

    def of(self, row: Row, new: Row) -> Any:
        """Return what the column then holds."""


@dataclass(frozen=True)
class Value:
    """A value."""

    value: Any

    def sql(self, table: Any) -> Any:
        return self.value

    def of(self, row: Row, new: Row) -> Any:
        return self.value


@dataclass(frozen=True)
class Plus:
    """``Thing.count + 5``, ``Thing.title + "x"``."""

    column: str
    summand: Any

    def sql(self, table: Any) -> Any:
        return getattr(table, self.column) + self.summand

    def of(self, row: Row, new: Row) -> Any:
        value = row[self.column]
        return None if value is None else value + self.summand


@dataclass(frozen=True)
class Copy:
    """Another column's value: ``set(position=Thing.count)``."""

    column: str
    is_new: bool = False

    def sql(self, table: Any) -> Any:
        return getattr(ds.excluded(table) if self.is_new else table, self.column)

    def of(self, row: Row, new: Row) -> Any:
        return (new if self.is_new else row)[self.column]


@dataclass(frozen=True)
class PlusNew:
    """A counter: ``Thing.count + ds.excluded(Thing).count``."""

    column: str

    def sql(self, table: Any) -> Any:
        return getattr(table, self.column) + getattr(ds.excluded(table), self.column)

    def of(self, row: Row, new: Row) -> Any:
        values = (row[self.column], new[self.column])
        return None if None in values else values[0] + values[1]


@dataclass(frozen=True)
class Exceeds:
    """A condition as a value: ``set(flag=Thing.count > 5)``."""

    column: str
    bound: int

    def sql(self, table: Any) -> Any:
        return getattr(table, self.column) > self.bound

    def of(self, row: Row, new: Row) -> Any:
        value = row[self.column]
        return None if value is None else value > self.bound
