"""An old client of a definition, and servers that its writes are sent to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dualschema as ds
from dualschema.column_type import ClientKind, Form
from dualschema.convert.cells import decoder_of, encoder_of
from dualschema.declare.table import Table
from dualschema.model import ColumnModel, TableModel
from dualschema.schema import Schema
from dualschema.upload import Batch, Operation, Success, Transaction, Uploader

__all__ = ["Server", "counterpart", "holds", "open_server", "stored"]

USER = "u1"


@dataclass
class Server:
    """A definition on a database, to which clients upload."""

    schema: Schema
    db: ds.Database
    up: Uploader

    @property
    def table(self) -> type[Table]:
        return self.schema.tables[0]

    @property
    def model(self) -> TableModel:
        return self.schema.model.tables[0]

    def takes(self, operation: Operation, *, is_dropped_too: bool = False) -> bool:
        """Apply an operation; whether it was applied, as far as there is something to do.

        Args:
            operation: what a client wrote.
            is_dropped_too: count one that the table's rules leave out as applied.
        """
        (result,) = self.up.apply(Batch([Transaction([operation])]), USER)
        if not isinstance(result, Success) or result.dead_letter is not None:
            return False
        return is_dropped_too or all(note.outcome != "dropped" for note in result.notes)

    def row(self, key: str) -> Table | None:
        if self.model.dropped:
            return None
        table: Any = self.table  # whose columns nobody knows here
        found: Table | None = self.db.first(ds.select(table).where(table.id == key))
        return found

    def change(self, key: str, column: ColumnModel, value: Any) -> None:
        """Change a row, as another client did, or the server itself."""
        self.db.run(ds.update(self.table, key).set(**{column.attribute: value}))

    def mark(self, key: str) -> None:
        """Have another row name a row."""
        if len(self.schema.tables) > 1 and self.row(key) is not None:
            mark: Any = self.schema.tables[1]
            self.db.run(ds.upsert(mark(id=f"m{key}", user_id=USER, note_id=key), target=mark.id))


@contextmanager
def open_server(schema: Schema) -> Iterator[Server]:
    with ds.connect("sqlite://") as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        up = Uploader(db, schema, after_refusal="skip")
        up.create_tables()
        yield Server(schema, db, up)


def counterpart(column: ColumnModel, model: TableModel) -> ColumnModel | None:
    """Return what a column is in another model of its table."""
    found = model.by_name.get(column.name)
    return found or next((each for each in model.columns if each.was == column.name), None)


def stored(row: Table, column: ColumnModel) -> Any:
    """Return what a client's database holds of a row in a column."""
    return encoder_of(column, Form.SQLITE)(getattr(row, column.attribute))


def holds(column: ColumnModel, value: Any, expected: Any) -> bool:
    """Whether a column's stored value is what another one stored, and lacks no key of it."""
    if value is None or expected is None:
        return value is expected
    if column.type.client_kind is ClientKind.JSON:
        return _lacks_nothing(json.loads(value), json.loads(expected))
    read = decoder_of(column, Form.SQLITE)
    return bool(read(value) == read(expected))


def _lacks_nothing(document: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(document, Mapping) and all(
            key in document and _lacks_nothing(document[key], value)
            for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(document, list)
            and len(document) == len(expected)
            and all(map(_lacks_nothing, document, expected))
        )
    return bool(document == expected)
