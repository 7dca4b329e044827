"""TypeScript: the types of values and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind, ColumnType
from dualschema.documents import (
    Anything,
    Choices,
    Documents,
    Items,
    Mapped,
    OneOfShapes,
    Record,
    Reference,
    Scalar,
    Shape,
    Tuple,
)
from dualschema.languages.typescript.spelling import doc_comment, fits, key, literal, wrapped
from dualschema.model import TableModel
from dualschema.types.enum import Choice, IntegerChoice

__all__ = [
    "JSON_VALUE",
    "choices_lines",
    "choices_of",
    "document_members",
    "document_type",
    "now",
    "record_lines",
    "record_type",
    "typed",
    "value_type",
]


def choices_of(type_: ColumnType) -> tuple[str | int, ...]:
    """Return the values of a closed set, as they are stored."""
    assert isinstance(type_, Choice | IntegerChoice)  # noqa: S101  (its kind says so)
    return type_.values


def value_type(type_: ColumnType, *, dates: bool) -> str:
    """Return the type of a column's values as they are meant; a document's is not known here.

    Args:
        type_: the column's type.
        dates: have ``Date`` where it holds every value: an instant to the millisecond.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.UUID
            | ClientKind.DATE
            | ClientKind.TIME
        ):
            return "string"
        case ClientKind.TIMESTAMP:
            return "Date" if dates and is_to_the_millisecond(type_) else "string"
        case ClientKind.INTEGER | ClientKind.REAL | ClientKind.DURATION:
            return "number"
        case ClientKind.INT64:
            return "bigint"
        case ClientKind.BOOLEAN:
            return "boolean"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return " | ".join(literal(value) for value in choices_of(type_))
        case ClientKind.BYTES:
            return "Uint8Array"
        case ClientKind.JSON:
            return "JsonValue"
        case _:
            assert_never(kind)


def document_type(shape: Shape, names: Mapping[str, str]) -> str:
    """Return the type of a document.

    Args:
        shape: of the document.
        names: what the types of records are called, by the records' names.
    """
    match shape:
        case Scalar.STRING | Scalar.BOOLEAN | Scalar.NULL:
            return str(shape.value)
        case Scalar.INTEGER | Scalar.NUMBER:
            return "number"
        case Choices(values):
            return " | ".join(map(literal, values))
        case Items(of):
            inner = document_type(of, names)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case Tuple(items):
            return "[" + ", ".join(document_type(item, names) for item in items) + "]"
        case Mapped(of):
            return f"{{ [key: string]: {document_type(of, names)} }}"
        case Reference(name):
            return names[name]
        case OneOfShapes(shapes):
            return " | ".join(document_type(each, names) for each in shapes)
        case Anything():
            return "JsonValue"
        case _:
            assert_never(shape)


def document_members(shape: Shape, names: Mapping[str, str]) -> list[str]:
    """Return the members of a document's type, which is a union if there are several."""
    match shape:
        case OneOfShapes(shapes):
            return [member for each in shapes for member in document_members(each, names)]
        case Choices(values):
            return list(map(literal, values))
        case _:
            return [document_type(shape, names)]


def typed(head: str, members: Sequence[str], *, indent: str = "  ", tail: str = ";") -> list[str]:
    """Return a name with its type, a union, as prettier breaks it.

    Args:
        head: the name with its colon: ``name?:``.
        members: of the union.
        indent: before it.
        tail: what ends it.
    """
    line = f"{indent}{head} {' | '.join(members)}{tail}"
    if fits(line) or len(members) == 1:
        return [line]
    below = f"{indent}  {' | '.join(members)}{tail}"
    if fits(below):
        return [f"{indent}{head}", below]
    broken = [f"{indent}  | {member}" for member in members]
    return [f"{indent}{head}", *broken[:-1], broken[-1] + tail]


def record_type(record: Record, names: Mapping[str, str]) -> list[str]:
    """Return the interface of a record."""
    lines = [*doc_comment(record.doc), f"export interface {names[record.name]} {{"]
    for field in record.fields:
        lines += doc_comment(field.doc, "  ")
        mark = "" if field.required else "?"
        lines += typed(f"{key(field.name)}{mark}:", document_members(field.shape, names))
    if record.others is not None:
        # What any key may hold must be a union that the known ones fit.
        lines.append("  [key: string]: unknown;")
    return [*lines, "}"]


def record_lines(documents: Documents, names: Mapping[str, str]) -> list[str]:
    """Return the interfaces of all records, after an empty line each."""
    return [line for record in documents.records for line in ("", *record_type(record, names))]


def choices_lines(table: TableModel, names: Mapping[tuple[str, str], str]) -> list[str]:
    """Return lists of a table's choices, by what they are called."""
    lines: list[str] = []
    for column in table.columns:
        if name := names.get((table.name, column.name)):
            values = [literal(value) for value in choices_of(column.type)]
            lines += ["", *wrapped(f"export const {name} = [", values, "] as const;")]
    return lines


def now(type_: ColumnType) -> str:
    """Return the present instant, to the millisecond, as a column's type has it."""
    if is_to_the_millisecond(type_):
        return "new Date()"
    return "new Date().toISOString().replace('Z', '000Z')"


JSON_VALUE: Final = (
    "/** What JSON holds. */",
    "export type JsonValue =",
    "  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };",
)
