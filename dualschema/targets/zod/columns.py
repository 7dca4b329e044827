"""Columns in zod: as they are stored, as they are meant, and how they are written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind, Length, Matches, OneOf, Range
from dualschema.documents import Documents
from dualschema.errors import GenerationError
from dualschema.generator import ClientColumn, Filling, client_filling, plain_default
from dualschema.languages.typescript.patterns import regular_expression
from dualschema.languages.typescript.spelling import MAX_SAFE, is_rounded, literal, number, quoted
from dualschema.languages.typescript.types import now
from dualschema.model import TableModel, column_constraints
from dualschema.targets.zod.documents import shape_schema
from dualschema.types.decimal import Numeric
from dualschema.types.integer import BigInteger, Integer, LongInteger

__all__ = ["Columns", "json_column"]

_CHOICES = (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE)


def json_column(column: ClientColumn) -> bool:
    """Whether a column holds documents."""
    return column.model.type.client_kind is ClientKind.JSON


@dataclass(frozen=True, slots=True)
class Columns:
    """How columns are spelled.

    Attributes:
        documents: the shapes of JSON documents.
        schemas: what the schemas of documents' records are called.
        choices: what the schemas of closed sets are called, by the names of table and column.
    """

    documents: Documents
    schemas: Mapping[str, str]
    choices: Mapping[tuple[str, str], str]

    def _schemas(self, table: TableModel, column: ClientColumn) -> tuple[str, str]:
        """Return the schema of a stored value, which gives what it means, and that of the latter.

        Neither has the column's own rules.
        """
        model = column.model
        kind = model.type.client_kind
        match kind:
            case ClientKind.STRING:
                return "z.string()", "text"
            case ClientKind.BOOLEAN:
                return "storedBoolean", "z.boolean()"
            case ClientKind.INT64:
                return "storedInt64", "int64"
            case ClientKind.BYTES:
                return "storedBytes", "bytes"
            case ClientKind.TIMESTAMP if is_to_the_millisecond(model.type):
                return "storedDate", "date"
            case ClientKind.JSON if model.type.has_null:
                return "storedAnyJson", "anyJson"
            case ClientKind.JSON:
                document = shape_schema(self.documents.shapes[table.name, model.name], self.schemas)
                # A document's null is NULL where the column may have it.
                whole = f"{document}.nullable()" if model.nullable else document
                return f"parsed.pipe({whole})", document
            case ClientKind.INTEGER:
                return "z.int()", "int32" if isinstance(model.type, Integer) else "z.int()"
            case ClientKind.DURATION:
                both = "z.int()"
            case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
                both = self.choices[table.name, model.name]
            case ClientKind.REAL:
                both = "z.number()"
            case ClientKind.DECIMAL:
                both = "decimal"
            case ClientKind.UUID:
                both = "uuid"
            case ClientKind.DATE:
                both = "day"
            case ClientKind.TIME:
                both = "milliClock" if is_to_the_millisecond(model.type) else "microClock"
            case ClientKind.TIMESTAMP:
                both = "microInstant"
            case _:
                assert_never(kind)
        return both, both

    def row(self, table: TableModel, column: ClientColumn) -> str:
        """Return the schema of a value as it is meant, with the column's rules."""
        _, meant = self._schemas(table, column)
        schema = _ruled(column, meant)
        return f"{schema}.nullable()" if column.may_be_null else schema

    def select(self, table: TableModel, column: ClientColumn) -> str:
        """Return the schema of a stored value, NULL among them where the column has it."""
        schema, _ = self._schemas(table, column)
        return f"{schema}.nullable()" if column.may_be_null else schema

    def default(self, table: TableModel, column: ClientColumn) -> str | None:
        """Return what a new row has that does not name the column, or None if it must."""
        filling = client_filling(column)
        match filling:
            case Filling.NOTHING:
                return None
            case Filling.NULL:
                return "null"
            case Filling.NEW_ID:
                return "newId"
            case Filling.NOW:
                return f"() => {now(column.model.type)}"
            case Filling.VALUE:
                return _value(table, column)
            case _:
                assert_never(filling)


def serializer(column: ClientColumn) -> str | None:
    """Return what writes a value that TanStack DB would write in another way, or None."""
    kind = column.model.type.client_kind
    match kind:
        case ClientKind.INT64:
            return "String"
        case ClientKind.BYTES:
            return "writeBytes"
        case ClientKind.JSON:
            return "writeJson"
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.INTEGER
            | ClientKind.REAL
            | ClientKind.DECIMAL
            | ClientKind.UUID
            | ClientKind.TIMESTAMP
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.DURATION
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
        ):
            return None
        case _:
            assert_never(kind)


def _value(table: TableModel, column: ClientColumn) -> str:
    value = plain_default(column.model)
    kind = column.model.type.client_kind
    if kind is ClientKind.INT64:
        return f"{value}n"
    if kind is ClientKind.BYTES:
        return f"() => bytesOf({quoted(value)})"
    if kind is ClientKind.TIMESTAMP and is_to_the_millisecond(column.model.type):
        return f"() => new Date({quoted(value)})"
    if kind is not ClientKind.JSON:
        return literal(value)
    if value is None:
        return "JSON_NULL"
    if is_rounded(value):
        reason = "its default holds a whole number that JavaScript would round"
        raise GenerationError("zod", reason, table=table.name, column=column.model.name)
    made = literal(value)
    return f"() => ({made})" if made.startswith("{") else f"() => {made}"


def _ruled(column: ClientColumn, schema: str) -> str:
    of_type = column.model.type
    if isinstance(of_type, Numeric) and of_type.precision is not None and of_type.scale is not None:
        whole = of_type.precision - of_type.scale
        schema = f"decimalDigits({schema}, {whole}, {of_type.scale})"
    for constraint in column_constraints(column.model):
        match constraint:
            case OneOf():
                pass  # the schema is of just these
            case Length(minimum, maximum):
                most = "Infinity" if maximum is None else str(maximum)
                schema = f"codePoints({schema}, {minimum or 0}, {most})"
            case Matches(pattern):
                schema = f"matching({schema}, {regular_expression(pattern)})"
            case Range():
                schema = _bounded(column, schema, constraint)
            case _:
                assert_never(constraint)
    return schema


def _bounded(column: ClientColumn, schema: str, limits: Range) -> str:
    is_decimal = column.model.type.client_kind is ClientKind.DECIMAL
    for sign, bound in limits.bounds():
        if is_decimal:
            schema = f"decimalRule({schema}, '{sign}', {quoted(str(bound))})"
        else:
            schema = f"{schema}.{_METHODS[sign]}({_number(column, bound)})"
    return schema


_METHODS = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}


def _number(column: ClientColumn, bound: float | str) -> str:
    if isinstance(column.model.type, LongInteger):
        return f"{bound}n"
    if isinstance(column.model.type, Integer | BigInteger):
        return str(max(-MAX_SAFE, min(MAX_SAFE, int(bound))))
    return number(float(bound)).removesuffix(".0")
