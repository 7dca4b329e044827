"""A table's rows for the page: read by pages, and changed through the converters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dualschema import crud
from dualschema.crud import Database
from dualschema.declare.table import Table, binding_of
from dualschema.errors import (
    ConversionError,
    DecodeError,
    DualschemaError,
    NotFoundError,
    StatementError,
)
from dualschema.metadata import stands_in
from dualschema.model import ColumnModel, TableModel
from dualschema.schema import Schema
from dualschema.studio.filters import column_named, condition, is_sortable
from dualschema.studio.values import VIEWS, View, cell, given, row_as

__all__ = ["ChangedError", "Page", "Rows", "ValuesError"]

_LARGEST: Final = 500
"""How many rows a page may have."""


class ChangedError(DualschemaError):
    """A row is not any more as the page showed it."""


class ValuesError(DualschemaError):
    """Values of a row are none of their columns'.

    Attributes:
        faults: one a column.
    """

    def __init__(self, faults: Sequence[ConversionError]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class Page:
    """What rows are wanted.

    Attributes:
        number: which page, from 1.
        size: rows a page.
        sort: the name of the column to sort by, or None for the key.
        descending: whether the largest comes first.
        filters: as ``condition`` takes them; all are to be met.
        view: the form of the values.
    """

    number: int = 1
    size: int = 50
    sort: str | None = None
    descending: bool = False
    filters: Sequence[Mapping[str, Any]] = ()
    view: View = "value"


class Rows:
    """The rows of a schema's tables in a database.

    Args:
        database: the server's, or a client's file.
        schema: the tables.
    """

    def __init__(self, database: Database, schema: Schema) -> None:
        self._database = database
        dialect = database.engine.dialect.name
        pairs = zip(schema.tables, schema.model.tables, strict=True)
        self.tables = {model.name: table for table, model in pairs if stands_in(model, dialect)}

    def table(self, name: str) -> type[Table]:
        """Return a table's class.

        Raises:
            NotFoundError: the database has no such table.
        """
        if name not in self.tables:
            raise NotFoundError("there is no such table in this database")
        return self.tables[name]

    def counts(self) -> dict[str, int | None]:
        """Return how many rows each table has; None where the table cannot be read."""
        return {name: self._count(table) for name, table in self.tables.items()}

    def _count(self, table: type[Table]) -> int | None:
        try:
            with self._database.transaction(read_only=True):
                return self._database.count(table)
        except DualschemaError:
            return None

    def page(self, table: type[Table], wanted: Page) -> dict[str, Any]:
        """Return a page's rows, and how many there are in all.

        Raises:
            StatementError: a filter, or what to sort by, is no column's.
            DecodeError: a filter's value is none of its column's; or a row holds such a one.
        """
        if not (wanted.number >= 1 and 1 <= wanted.size <= _LARGEST):
            raise StatementError(f"pages are counted from 1, and have at most {_LARGEST} rows")
        model = binding_of(table).model
        query = crud.select(table).where(*(condition(table, each) for each in wanted.filters))
        ordered = query.order_by(*_order(table, model, wanted))
        with self._database.transaction(read_only=True):
            total = self._database.count(query)
            first = (wanted.number - 1) * wanted.size
            rows = self._database.all(ordered.limit(wanted.size).offset(first))
        return {
            "total": total,
            "pages": max(1, -(-total // wanted.size)),
            "rows": [
                {
                    "key": cell(table, model.key_column, _key(model, row), "value"),
                    "values": row_as(row, model.columns, wanted.view),
                }
                for row in rows
            ],
        }

    def get(self, table: type[Table], key: Any) -> dict[str, Any]:
        """Return one row in every view.

        Raises:
            NotFoundError: there is none of this key.
        """
        with self._database.transaction(read_only=True):
            row = self._database.get(table, _given_key(table, key))
        return _whole(row)

    def insert(self, table: type[Table], values: Mapping[str, Any]) -> dict[str, Any]:
        """Make a row; columns that are not named have their defaults.

        Raises:
            ValuesError: values are none of their columns', or are missing.
            DatabaseError: the database refuses the row.
        """
        model = binding_of(table).model
        absent = [each for each in model.columns if each.required and each.name not in values]
        if absent:
            raise ValuesError([_missing(model, each) for each in absent])
        row = table(**_read(table, values))
        with self._database.transaction():
            self._database.run(crud.insert(row))
            return _whole(self._database.get(table, _key(model, row)))

    def update(
        self,
        table: type[Table],
        key: Any,
        values: Mapping[str, Any],
        previous: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Change a row, if it is as the page showed it.

        Args:
            table: the table.
            key: the row's.
            values: the new values, by column.
            previous: what the page showed of the columns, as ``get`` gave it.

        Raises:
            NotFoundError: there is none of this key.
            ChangedError: somebody else has changed one of the columns.
            ValuesError: values are none of their columns'.
            DatabaseError: the database refuses the change.
        """
        model = binding_of(table).model
        if model.key in values:
            raise StatementError(f"{model.name}.{model.key}: the key of a row stays")
        read = _read(table, values)
        wanted = _given_key(table, key)
        keyed = crud.select(table).where(getattr(table, model.key_attribute) == wanted)
        with self._database.transaction():
            row = self._database.one(keyed.for_update())
            for name, shown in previous.items():
                column = column_named(table, name)
                if cell(table, column, getattr(row, column.attribute), "value") != shown:
                    raise ChangedError(
                        f"{model.name}.{name}: it was changed meanwhile; load the row again"
                    )
            self._database.run(crud.update(table, wanted).set(read))
            return _whole(self._database.get(table, wanted))

    def delete(self, table: type[Table], key: Any) -> None:
        """Remove a row.

        Raises:
            NotFoundError: there is none of this key.
            DatabaseError: the database refuses it.
        """
        if not self._database.run(crud.delete(table, _given_key(table, key))):
            raise NotFoundError(f"{binding_of(table).model.name} has no such row")


def _order(table: type[Table], model: TableModel, wanted: Page) -> list[Any]:
    key = getattr(table, model.key_attribute)
    if wanted.sort is None:
        return [key]
    column = column_named(table, wanted.sort)
    if not is_sortable(column):
        raise StatementError(f"{model.name}.{column.name} has no order")
    first = getattr(table, column.attribute)
    if wanted.descending:
        first = first.desc()
    return [first] if column.name == model.key else [first, key]


def _read(table: type[Table], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page sent as Python values, by the columns' names in Python.

    Raises:
        ValuesError: with every value that its column does not take.
    """
    read: dict[str, Any] = {}
    faults: list[ConversionError] = []
    for name, value in values.items():
        column = column_named(table, name)
        try:
            read[column.attribute] = given(table, column, value)
        except ConversionError as error:
            faults.append(error)
    if faults:
        raise ValuesError(faults)
    return read


def _missing(model: TableModel, column: ColumnModel) -> ConversionError:
    reason = "it is missing"
    return DecodeError(model.name, column.name, "json", value_type="NoneType", reason=reason)


def _key(model: TableModel, row: Table) -> Any:
    return getattr(row, model.key_attribute)


def _given_key(table: type[Table], key: Any) -> Any:
    return given(table, binding_of(table).model.key_column, key)


def _whole(row: Table) -> dict[str, Any]:
    model = binding_of(type(row)).model
    key = cell(type(row), model.key_column, _key(model, row), "value")
    return {"key": key, **{view: row_as(row, model.columns, view) for view in VIEWS}}
