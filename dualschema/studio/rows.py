"""A table's rows for the page: read by pages, and changed through the converters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from dualschema import crud
from dualschema.crud import Database
from dualschema.crud.dialects import Kind
from dualschema.declare.table import Table, binding_of
from dualschema.errors import (
    ConnectionLostError,
    ConversionError,
    DatabaseError,
    DecodeError,
    DualschemaError,
    NotFoundError,
    StatementError,
)
from dualschema.metadata import stands_in
from dualschema.model import ColumnModel, TableModel
from dualschema.schema import Schema
from dualschema.studio.filters import column_named
from dualschema.studio.pages import Page, page_of
from dualschema.studio.sizes import counted
from dualschema.studio.stored import StoredRow, read
from dualschema.studio.values import VIEWS, given

__all__ = ["ChangedError", "Rows", "ValuesError"]

PATIENCE: Final = 15.0
"""For how many seconds Postgres may read for an answer: it would go on when nobody waits."""

_CANCELLED: Final = "57014"


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

    def sizes(self) -> dict[str, dict[str, Any] | None]:
        """Return how many rows each table has; None where the table cannot be read."""
        return {name: self._size(table) for name, table in self.tables.items()}

    def _size(self, table: type[Table]) -> dict[str, Any] | None:
        try:
            with self._reading():
                return counted(self._database, table)
        except ConnectionLostError:
            raise
        except DualschemaError:
            return None

    def page(self, table: type[Table], wanted: Page) -> dict[str, Any]:
        """Return a page; see ``page_of``."""
        with self._reading():
            return page_of(self._database, table, wanted)

    def get(self, table: type[Table], key: Any) -> dict[str, Any]:
        """Return one row in every view.

        Raises:
            NotFoundError: there is none of this key.
        """
        with self._reading():
            return self._whole(table, _given_key(table, key))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Have nothing written, and nothing read for too long.

        Raises:
            StatementError: it takes too long.
        """
        try:
            with self._database.transaction(read_only=True):
                if self._database.kind is Kind.POSTGRES:
                    limit = f"SET LOCAL statement_timeout = {round(PATIENCE * 1000)}"
                    self._database.on_session(lambda session: session.port.run(limit))
                yield
        except DatabaseError as error:
            if error.code == _CANCELLED:
                raise StatementError(
                    f"reading took longer than {PATIENCE:g} s: "
                    "filter and sort by columns that have an index"
                ) from None
            raise

    def _found(self, table: type[Table], key: Any, *, is_locked: bool = False) -> StoredRow:
        """Return the row of a key in Python's form, whatever it holds."""
        model = binding_of(table).model
        query = crud.select(table).where(getattr(table, model.key_attribute) == key)
        for row in read(self._database, table, query.for_update() if is_locked else query):
            return row
        raise NotFoundError(f"{model.name} has no such row")

    def _whole(self, table: type[Table], key: Any) -> dict[str, Any]:
        row = self._found(table, key)
        seen = {view: row.seen(view) for view in VIEWS}
        faults = {name: reason for _, each in seen.values() for name, reason in each.items()}
        return {
            "key": row.key(),
            "faults": faults,
            **{view: values for view, (values, _) in seen.items()},
        }

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
            return self._whole(table, getattr(row, model.key_attribute))

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
        new = _read(table, values)
        wanted = _given_key(table, key)
        with self._database.transaction():
            row = self._found(table, wanted, is_locked=True)
            columns = [column_named(table, name) for name in previous]
            stands, _ = row.seen("value", columns) if columns else ({}, {})
            for name, shown in previous.items():
                if stands[name] != shown:
                    raise ChangedError(
                        f"{model.name}.{name}: it was changed meanwhile; load the row again"
                    )
            self._database.run(crud.update(table, wanted).set(new))
            return self._whole(table, wanted)

    def delete(self, table: type[Table], key: Any) -> None:
        """Remove a row.

        Raises:
            NotFoundError: there is none of this key.
            DatabaseError: the database refuses it.
        """
        if not self._database.run(crud.delete(table, _given_key(table, key))):
            raise NotFoundError(f"{binding_of(table).model.name} has no such row")


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


def _given_key(table: type[Table], key: Any) -> Any:
    return given(table, binding_of(table).model.key_column, key)
