"""Dart: the types of values, defaults, and the functions that convert."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, assert_never

from dualschema.client_rows import decimal_size, second_digits
from dualschema.code_text import SPELLINGS, document_text
from dualschema.column_type import ClientKind, ColumnType
from dualschema.documents import Shape, outermost
from dualschema.languages.dart.spelling import quoted

__all__ = ["constant", "decoder", "encoder", "fresh", "json_type", "value_type"]


@lru_cache(maxsize=SPELLINGS)
def value_type(type_: ColumnType) -> str:
    """Return the type of a column's values; that of choices and documents is not known here.

    A 64-bit number is a BigInt: on the web, an int is a double. A decimal, a date, a time and a
    UUID are text: the core libraries have no type for them.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.UUID
            | ClientKind.DECIMAL
            | ClientKind.DATE
            | ClientKind.TIME
        ):
            return "String"
        case ClientKind.BOOLEAN:
            return "bool"
        case ClientKind.INTEGER:
            return "int"
        case ClientKind.INT64:
            return "BigInt"
        case ClientKind.REAL:
            return "double"
        case ClientKind.TIMESTAMP:
            return "DateTime"
        case ClientKind.DURATION:
            return "Duration"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return "Enum"
        case ClientKind.JSON:
            return "Object"
        case ClientKind.BYTES:
            return "Uint8List"
        case _:
            assert_never(kind)


def json_type(shape: Shape) -> str:
    """Return the type of a document, as ``jsonDecode`` gives it."""
    whole = outermost(shape)
    match whole:
        case "array":
            return "List<Object?>"
        case "object":
            return "Map<String, Object?>"
        case "any":
            return "Object"
        case _:
            assert_never(whole)


def constant(type_: ColumnType, value: Any) -> str | None:
    """Return a default as a constant expression, or None where it is none.

    Args:
        type_: the column's type; a choice's constant is not known here.
        value: in the form that it has in an API's JSON.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.UUID
            | ClientKind.DECIMAL
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.CHOICE
        ):
            return quoted(value)
        case ClientKind.BOOLEAN | ClientKind.INTEGER | ClientKind.INTEGER_CHOICE:
            return json.dumps(value)
        case ClientKind.REAL:
            return repr(float(value))
        case ClientKind.DURATION:
            return f"const Duration(milliseconds: {value})"
        case ClientKind.JSON:
            if value is None:
                return "jsonNull"
            return f"const {value}" if value in ([], {}) else None
        case ClientKind.INT64 | ClientKind.TIMESTAMP | ClientKind.BYTES:
            return None
        case _:
            assert_never(kind)


def fresh(type_: ColumnType, value: Any, type_name: str) -> str:
    """Return a default that is no constant, as an expression."""
    if type_.client_kind is ClientKind.JSON:
        value = document_text(value)
    found = decoder(type_, type_name)
    if found.startswith("(it) => "):
        return found.removeprefix("(it) => ").replace("(it,", f"({quoted(value)},")
    return f"{found}({quoted(value)})"


@lru_cache(maxsize=SPELLINGS)
def decoder(type_: ColumnType, type_name: str) -> str:
    """Return the function from a stored value."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.INTEGER | ClientKind.REAL:
            return "_same"
        case ClientKind.UUID:
            return "_uuidText"
        case ClientKind.DECIMAL:
            return "_decodeDecimal"
        case ClientKind.DATE:
            return "_dateText"
        case ClientKind.TIME:
            return f"(it) => _timeText(it, {second_digits(type_)})"
        case ClientKind.BOOLEAN:
            return "_decodeBool"
        case ClientKind.INT64:
            return "_decodeInt64"
        case ClientKind.TIMESTAMP:
            return f"(it) => _decodeInstant(it, {second_digits(type_)})"
        case ClientKind.DURATION:
            return "_decodeDuration"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return f"{type_name}._of"
        case ClientKind.JSON:
            return _JSON_DECODERS[type_name]
        case ClientKind.BYTES:
            return "_decodeBytes"
        case _:
            assert_never(kind)


_JSON_DECODERS = {
    "Object": "_decodeJson",
    "List<Object?>": "_decodeJsonList",
    "Map<String, Object?>": "_decodeJsonMap",
}


@lru_cache(maxsize=SPELLINGS)
def encoder(type_: ColumnType) -> str:
    """Return the function to a stored value."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.INTEGER | ClientKind.REAL:
            return "_same"
        case ClientKind.UUID:
            return "_uuidText"
        case ClientKind.DECIMAL:
            precision, scale = decimal_size(type_)
            if not precision:
                return "_encodeDecimal"
            return f"(it) => _encodeDecimal(it, {precision}, {scale})"
        case ClientKind.DATE:
            return "_dateText"
        case ClientKind.TIME:
            return f"(it) => _timeText(it, {second_digits(type_)})"
        case ClientKind.BOOLEAN:
            return "_encodeBool"
        case ClientKind.INT64:
            return "_encodeInt64"
        case ClientKind.TIMESTAMP:
            return f"(it) => _encodeInstant(it, {second_digits(type_)})"
        case ClientKind.DURATION:
            return "_encodeDuration"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return "(it) => it.value"
        case ClientKind.JSON:
            return "_encodeJson"
        case ClientKind.BYTES:
            return "base64.encode"
        case _:
            assert_never(kind)
