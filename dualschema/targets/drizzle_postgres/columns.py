"""Columns of Postgres in Drizzle: their types, and their defaults as drizzle-kit compares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind, PostgresType
from dualschema.declare import factories
from dualschema.documents import Documents
from dualschema.generator import Filling, filling_of
from dualschema.languages.drizzle import may_be_text
from dualschema.languages.typescript.calls import Call, call_lines
from dualschema.languages.typescript.spelling import doc_comment, key, literal, quoted
from dualschema.languages.typescript.types import (
    choices_of,
    document_type,
    now,
)
from dualschema.model import ColumnModel, TableModel
from dualschema.naming import constraint_name
from dualschema.targets.drizzle_postgres.defaults import default_of

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
        for column in table.columns:
            head = f"{key(self.properties[table.name, column.name])}: "
            calls = [self._type(table, column), *self._options(table, column)]
            lines += [*doc_comment(column.doc, indent), *call_lines(indent, head, calls)]
        return lines

    def _options(self, table: TableModel, column: ColumnModel) -> Iterator[Call]:
        if typed := self._typed(table, column):
            yield Call(f".$type<{typed}>()")
        # Where Postgres would give the key another name, it stands among the constraints.
        is_usual = constraint_name(table.name, "pkey") == f"{table.name}_pkey"
        if column.name == table.key and is_usual:
            yield Call(".primaryKey()")
        elif not column.nullable:
            yield Call(".notNull()")
        if default := default_of(column):
            yield default
        yield from _made_by_client(column)

    def _typed(self, table: TableModel, column: ColumnModel) -> str | None:
        """Return what the type of a column's values is, where Drizzle's own says less."""
        if column.type.client_kind is ClientKind.INTEGER_CHOICE:
            return " | ".join(map(literal, choices_of(column.type)))
        shape = self.documents.shapes.get((table.name, column.name))
        if shape is None or document_type(shape, self.records) == "JsonValue":
            return None
        return document_type(shape, self.records)

    def _type(self, table: TableModel, column: ColumnModel) -> Call:
        name = quoted(column.name)
        kind, arguments = column.type.postgres_type(column.style)
        if _counts_up(table, column, kind):
            return _serial(column, kind)
        match kind:
            case PostgresType.TEXT:
                return self._text(table, column)
            case PostgresType.INTEGER:
                is_boolean = column.type.client_kind is ClientKind.BOOLEAN
                return Call(f"{'booleanNumber' if is_boolean else 'integer'}({name})")
            case PostgresType.BIGINT:
                return Call(f"bigint({name}, {{ mode: '{_mode(column)}' }})")
            case PostgresType.DOUBLE:
                return Call(f"doublePrecision({name})")
            case PostgresType.NUMERIC if arguments:
                digits = f"precision: {arguments[0]}, scale: {arguments[1]}"
                return Call(f"numeric({name}, {{ {digits} }})")
            case PostgresType.NUMERIC:
                return Call(f"numeric({name})")
            case PostgresType.BOOLEAN:
                return Call(f"boolean({name})")
            case PostgresType.TIMESTAMPTZ:
                mode = "" if arguments == (3,) else ", mode: 'string'"
                options = f"withTimezone: true, precision: {arguments[0]}{mode}"
                return Call(f"timestamp({name}, {{ {options} }})")
            case PostgresType.DATE:
                return Call(f"date({name})")
            case PostgresType.TIME:
                return Call(f"time({name}, {{ precision: {arguments[0]} }})")
            case PostgresType.UUID:
                return Call(f"uuid({name})")
            case PostgresType.JSONB:
                shape = self.documents.shapes[table.name, column.name]
                return Call(f"{'anyJson' if may_be_text(shape) else 'jsonb'}({name})")
            case PostgresType.BYTEA:
                return Call(f"bytea({name})")
            case _:
                assert_never(kind)

    def _text(self, table: TableModel, column: ColumnModel) -> Call:
        """Return a column of text, by what the text means."""
        name = quoted(column.name)
        kind = column.type.client_kind
        if kind is ClientKind.CHOICE:
            return Call(f"text({name}, {{ enum: {self.choices[table.name, column.name]} }})")
        if kind is ClientKind.TIMESTAMP and is_to_the_millisecond(column.type):
            return Call(f"instantText({name})")
        return Call(f"{'bytesText' if kind is ClientKind.BYTES else 'text'}({name})")


def _counts_up(table: TableModel, column: ColumnModel, kind: PostgresType) -> bool:
    """Whether the database counts a key up: a whole number of its own, without a default."""
    is_reference = any(key.column == column.name for key in table.foreign_keys)
    is_whole = kind in (PostgresType.INTEGER, PostgresType.BIGINT)
    return column.name == table.key and is_whole and column.default is None and not is_reference


def _serial(column: ColumnModel, kind: PostgresType) -> Call:
    name = quoted(column.name)
    if kind is PostgresType.INTEGER:
        return Call(f"serial({name})")
    return Call(f"bigserial({name}, {{ mode: '{_mode(column)}' }})")


def _mode(column: ColumnModel) -> str:
    """Return which of JavaScript's numbers holds every value."""
    return "bigint" if column.type.client_kind is ClientKind.INT64 else "number"


def _made_by_client(column: ColumnModel) -> Iterator[Call]:
    """Yield what Drizzle itself fills in, when it inserts or updates."""
    filling = filling_of(column)
    if filling is Filling.NEW_ID:
        yield Call(".$defaultFn(() => crypto.randomUUID())", simple=False)
    if filling is Filling.NOW:
        yield Call(f".$defaultFn(() => {now(column.type)})", simple=False)
    if column.on_update is factories.now:
        yield Call(f".$onUpdateFn(() => {now(column.type)})", simple=False)
