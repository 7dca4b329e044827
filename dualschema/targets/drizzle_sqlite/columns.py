"""Columns of the client's tables in Drizzle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind, Form
from dualschema.declare import factories
from dualschema.documents import Documents
from dualschema.generator import ClientColumn, Filling, client_columns, client_filling
from dualschema.languages import sql
from dualschema.languages.drizzle import template
from dualschema.languages.typescript.calls import Call, call_lines
from dualschema.languages.typescript.spelling import doc_comment, key, literal, quoted
from dualschema.languages.typescript.types import (
    choices_of,
    document_type,
    now,
)
from dualschema.model import ColumnModel, TableModel, default_as

__all__ = ["Columns"]


@dataclass(frozen=True, slots=True)
class Columns:
    """How columns are spelled.

    Attributes:
        documents: the shapes of JSON documents.
        records: what the types of documents' records are called.
        choices: what the lists of choices are called, by the names of the table and the column.
        properties: what the columns are called, by the same.
    """

    documents: Documents
    records: Mapping[str, str]
    choices: Mapping[tuple[str, str], str]
    properties: Mapping[tuple[str, str], str]

    def of(self, table: TableModel, *, indent: str) -> list[str]:
        """Return the columns of a table."""
        lines: list[str] = []
        for column in client_columns(table):
            model = column.model
            head = f"{key(self.properties[table.name, model.name])}: "
            calls = [self._type(table, column), *self._options(table, column)]
            lines += [*doc_comment(model.doc, indent), *call_lines(indent, head, calls)]
        return lines

    def _options(self, table: TableModel, column: ClientColumn) -> Iterator[Call]:
        model = column.model
        if model.type.client_kind is ClientKind.INTEGER_CHOICE:
            yield Call(f".$type<{' | '.join(map(literal, choices_of(model.type)))}>()")
        if column.is_key:
            yield Call(".primaryKey()")
        elif not column.may_be_null:
            yield Call(".notNull()")
        yield from _defaults(column)

    def _type(self, table: TableModel, column: ClientColumn) -> Call:
        name = quoted(column.name)
        kind = column.model.type.client_kind
        match kind:
            case (
                ClientKind.STRING
                | ClientKind.UUID
                | ClientKind.DECIMAL
                | ClientKind.DATE
                | ClientKind.TIME
            ):
                return Call(f"text({name})")
            case ClientKind.CHOICE:
                choices = self.choices[table.name, column.model.name]
                return Call(f"text({name}, {{ enum: {choices} }})")
            case ClientKind.INTEGER | ClientKind.INTEGER_CHOICE | ClientKind.DURATION:
                return Call(f"integer({name})")
            case ClientKind.BOOLEAN:
                return Call(f"integer({name}, {{ mode: 'boolean' }})")
            case ClientKind.REAL:
                return Call(f"real({name})")
            case ClientKind.INT64:
                return Call(f"int64Text({name})")
            case ClientKind.TIMESTAMP:
                is_date = is_to_the_millisecond(column.model.type)
                return Call(f"{'instantText' if is_date else 'text'}({name})")
            case ClientKind.BYTES:
                return Call(f"bytesText({name})")
            case ClientKind.JSON if column.model.type.has_null:
                return Call(f"anyJson({name})")
            case ClientKind.JSON:
                shape = self.documents.shapes[table.name, column.model.name]
                return Call(f"jsonText<{document_type(shape, self.records)}>({name})")
            case _:
                assert_never(kind)


def _defaults(client_column: ClientColumn) -> Iterator[Call]:
    """Yield what Drizzle fills in: PowerSync's views have no defaults."""
    column, filling = client_column.model, client_filling(client_column)
    match filling:
        case Filling.NOTHING | Filling.NULL:
            pass
        case Filling.VALUE:
            yield _default(column)
        case Filling.NEW_ID:
            # A function of PowerSync's core; not every engine has crypto.randomUUID.
            yield Call(".default(sql`uuid()`)", simple=False)
        case Filling.NOW:
            yield Call(f".$defaultFn(() => {now(column.type)})", simple=False)
        case _:
            assert_never(filling)
    if column.on_update is factories.now and client_column.is_updated:
        yield Call(f".$onUpdateFn(() => {now(column.type)})", simple=False)


def _default(column: ColumnModel) -> Call:
    kind = column.type.client_kind
    stored = default_as(column, Form.SQLITE)
    match kind:
        case ClientKind.BOOLEAN:
            return Call(f".default({'true' if stored else 'false'})")
        case ClientKind.TIMESTAMP if not is_to_the_millisecond(column.type):
            return Call(f".default({quoted(stored)})")
        case ClientKind.INT64 | ClientKind.TIMESTAMP | ClientKind.BYTES | ClientKind.JSON:
            # As it is stored: exact, and no object that rows would share.
            return Call(f".default({template(sql.literal(stored))})", simple=False)
        case (
            ClientKind.STRING
            | ClientKind.UUID
            | ClientKind.DECIMAL
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.CHOICE
            | ClientKind.INTEGER
            | ClientKind.INTEGER_CHOICE
            | ClientKind.DURATION
            | ClientKind.REAL
        ):
            return Call(f".default({literal(stored)})")
        case _:
            assert_never(kind)
