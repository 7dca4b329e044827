"""Rows as drivers take and give them: the table's converters, by kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from dualschema.convert import converter_of
from dualschema.crud.dialects import Kind
from dualschema.crud.wire import PostgresRows
from dualschema.declare.table import Table, binding_of
from dualschema.model import ColumnModel

__all__ = ["StoredRows", "postgres_rows", "rows_in"]

Row = TypeVar("Row", bound=Table)


class StoredRows(Protocol):
    """Both directions of a table's rows, in column order."""

    @property
    def encode_many(self) -> Callable[[Sequence[Any]], list[Any]]:
        """Give rows as a driver takes them."""
        ...

    @property
    def decode_many(self) -> Callable[[Iterable[Any]], list[Any]]:
        """Make rows of what a driver gives."""
        ...

    @property
    def encode_one(self) -> Callable[[Any], Any]:
        """Give one row as a driver takes it."""
        ...

    @property
    def decode_one(self) -> Callable[[Any], Any]:
        """Make a row of what a driver gives."""
        ...

    @property
    def decode_cell(self) -> Callable[[ColumnModel, Any], Any]:
        """Read one column's value, as a driver gives it."""
        ...


def rows_in(table: type[Row], kind: Kind) -> StoredRows:
    """Return the conversions of a table's rows for a driver of this kind of database."""
    return postgres_rows(table) if kind is Kind.POSTGRES else converter_of(table, "sqlite")


def postgres_rows(table: type[Row]) -> PostgresRows[Row]:
    """Return the conversions of a table's rows for Postgres, compiled at the first call."""
    cache = binding_of(table).cache
    found: PostgresRows[Row] | None = cache.get("postgres rows")
    if found is None:
        found = cache["postgres rows"] = PostgresRows(table)
    return found
