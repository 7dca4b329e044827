"""A user's id, as each table's owner column has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dualschema.column_type import Storage
from dualschema.crud.dialects import Kind
from dualschema.model import SchemaModel, TableModel
from dualschema.upload.cells import Cell, key_reader

__all__ = ["Owner", "Owners"]

_Reader = Callable[[Any], tuple[str, Cell]]


class Owners:
    """The owner columns of a schema's tables.

    Args:
        schema: the tables.
        kind: the server's kind of database.
    """

    def __init__(self, schema: SchemaModel, kind: Kind) -> None:
        self._readers: dict[str, tuple[_Reader, bool]] = {}
        for table in schema.tables:
            if table.owner is not None:
                column = schema.by_name[table.owner.table].by_name[table.owner.column]
                is_number = column.type.storage is Storage.INTEGER
                self._readers[table.name] = (key_reader(column, kind), is_number)

    def of(self, user: str) -> Owner:
        """Return a user."""
        return Owner(user, self._readers)


class Owner:
    """A user, from the token and nowhere else.

    Attributes:
        user: the user's id.
    """

    def __init__(self, user: str, readers: Mapping[str, tuple[_Reader, bool]]) -> None:
        self.user = user
        self._readers = readers
        self._found: dict[str, tuple[str | None, Cell]] = {}

    def name(self, table: TableModel) -> str | None:
        """Return the id as the table's owner column has it, as text; None if it can own no row."""
        return self._read(table.name)[0]

    def compared(self, table: TableModel) -> object:
        """Return what the owner of a row is compared with: no row is of who can own none."""
        name = self.name(table)
        return self if name is None else name

    def cell(self, table: TableModel) -> Cell:
        """Return the id as the database is sent it, for a table in which it can own rows."""
        return self._read(table.name)[1]

    def _read(self, table: str) -> tuple[str | None, Cell]:
        found = self._found.get(table)
        if found is None:
            found = self._found[table] = self._read_anew(table)
        return found

    def _read_anew(self, table: str) -> tuple[str | None, Cell]:
        if table not in self._readers:
            return None, None
        read, is_number = self._readers[table]
        try:
            return read(self._number() if is_number else self.user)
        except ValueError:
            return None, None

    def _number(self) -> int:
        number = int(self.user)
        if str(number) != self.user:
            raise ValueError("another user has this number")
        return number
