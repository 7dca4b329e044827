"""A user's id, as each table's owner column has it."""

from __future__ import annotations

from dualschema.column_type import Form, Storage
from dualschema.convert.cells import decoder_of, encoder_of
from dualschema.model import ColumnModel, SchemaModel, TableModel
from dualschema.upload.cells import Cell
from dualschema.upload.receiver import Receiver

__all__ = ["Owner"]


class Owner:
    """A user, from the token and nowhere else.

    Args:
        schema: the tables.
        user: the user's id.
    """

    def __init__(self, schema: SchemaModel, user: str) -> None:
        self.user = user
        self._schema = schema
        self._names: dict[str, str | None] = {}
        self._cells: dict[str, Cell] = {}

    def name(self, table: TableModel) -> str | None:
        """Return the id as the table's owner column has it, as text; None if it can own no row."""
        if table.name not in self._names:
            self._names[table.name] = self._name(table)
        return self._names[table.name]

    def compared(self, table: TableModel) -> object:
        """Return what the owner of a row is compared with: no row is of who can own none."""
        name = self.name(table)
        return self if name is None else name

    def cell(self, receiver: Receiver) -> Cell:
        """Return the id as the database is sent it, for a table with an owner column."""
        if receiver.name not in self._cells:
            field = receiver.owner
            assert field is not None  # noqa: S101  (who asks has seen it)
            self._cells[receiver.name] = field.cell(field.value(self._sent(field.column)))
        return self._cells[receiver.name]

    def _name(self, table: TableModel) -> str | None:
        if table.owner is None:
            return None
        column = self._schema.by_name[table.owner.table].by_name[table.owner.column]
        try:
            value = decoder_of(column, Form.SQLITE)(self._sent(column))
            return str(encoder_of(column, Form.PORTABLE)(value))
        except ValueError:
            return None

    def _sent(self, column: ColumnModel) -> str | int:
        """Return the id in the form in which a client would send it."""
        if column.type.storage is not Storage.INTEGER:
            return self.user
        number = int(self.user)
        if str(number) != self.user:
            raise ValueError("another user has this number")
        return number
