"""Rows read as far as they can be: a stored value that its column does not take is shown, with why.

A migration by hand, another writer or an older release may have left one. It must not hide the rows
around it, and can only be mended where it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from dualschema.column_type import ClientKind
from dualschema.crud import Database, Select
from dualschema.crud.dialects import Kind
from dualschema.crud.rows import StoredRows, rows_in
from dualschema.crud.select import Made
from dualschema.declare.table import Table, binding_of
from dualschema.errors import ConversionError, DatabaseError, DecodeError
from dualschema.model import ColumnModel, TableModel
from dualschema.studio.values import View, cell, shown

__all__ = ["Fault", "StoredRow", "read"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A stored value that its column does not take.

    Attributes:
        stored: the value, as the page has it.
        reason: why; without the value.
    """

    stored: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a table: Python's value of each column, or its fault, by the column's name."""

    table: type[Table]
    values: Mapping[str, Any]

    def key(self) -> Any:
        """Return the key as it is edited; None if it is a fault, by which no row can be asked."""
        values, faults = self.seen("value", [binding_of(self.table).model.key_column])
        return None if faults else next(iter(values.values()))

    def seen(
        self, view: View, columns: list[ColumnModel] | None = None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values in a view, and the reasons of the faults among them, by column."""
        values: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for column in columns or binding_of(self.table).model.columns:
            found = self.values[column.name]
            if not isinstance(found, Fault):
                try:
                    values[column.name] = cell(self.table, column, found, view)
                    continue
                except ConversionError as error:  # NaN is a float, and no value of any column
                    found = _fault(found, error)
            values[column.name], faults[column.name] = found.stored, found.reason
        return values, faults


def read(database: Database, table: type[Table], query: Select[Any]) -> list[StoredRow]:
    """Return the rows of a select of a table, whatever they hold."""
    columns = binding_of(table).model.columns
    try:
        rows = database.all(query)
    except (DecodeError, DatabaseError) as error:
        if isinstance(error, DatabaseError) and error.code is not None:
            raise  # the database's own refusal, not the driver's of what it was given
        return _read_slowly(database, table, query)
    return [
        StoredRow(table, {each.name: getattr(row, each.attribute) for each in columns})
        for row in rows
    ]


def _read_slowly(database: Database, table: type[Table], query: Select[Any]) -> list[StoredRow]:
    model, kind = binding_of(table).model, database.kind
    selected = query.statement.selected_columns
    given = [_readable(selected[column.name], column, kind) for column in model.columns]
    rows = database.all(Made(query.statement.with_only_columns(*given)))
    decoding = rows_in(table, kind)
    return [StoredRow(table, _decoded(model, decoding, row)) for row in rows]


_INSTANTS: Final = (ClientKind.TIMESTAMP, ClientKind.DATE, ClientKind.TIME)


def _readable(stored: Any, column: ColumnModel, kind: Kind) -> Any:
    """Return a column so that any value of it is read, as the driver gives it."""
    if kind is Kind.POSTGRES and column.type.client_kind is ClientKind.JSON:
        stored = sa.cast(stored, sa.Text)  # as rows are read: a document parsed has other numbers
    elif kind is Kind.POSTGRES and column.type.client_kind in _INSTANTS:
        # Python's have no infinity, no year before 1 and no hour 24. As JSON has them, they are in
        # ISO's form, whatever the server's DateStyle.
        stored = sa.func.to_json(stored).op("#>>")(sa.literal_column("'{}'"))
    return sa.type_coerce(stored, sa.types.NullType()).label(column.name)


def _decoded(model: TableModel, decoding: StoredRows, row: tuple[Any, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, stored in zip(model.columns, row, strict=True):
        try:
            values[column.name] = decoding.decode_cell(column, stored)
        except ConversionError as error:
            values[column.name] = _fault(stored, error)
    return values


def _fault(stored: Any, error: ConversionError) -> Fault:
    return Fault(None if stored is None else str(shown(stored)), error.reason)
