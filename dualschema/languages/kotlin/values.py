"""Kotlin: the types of values, defaults, and the expressions that convert and compare."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, assert_never

from dualschema.client_rows import decimal_size, has_32_bits, second_digits
from dualschema.code_text import SPELLINGS, document_text
from dualschema.column_type import ClientKind, ColumnType
from dualschema.documents import Shape, outermost
from dualschema.languages.kotlin.spelling import call, quoted

__all__ = ["decoded", "encoded", "json_type", "literal", "value_type", "whole"]


def whole(value: int, *, long: bool) -> str:
    """Return a whole number as an expression."""
    if long:
        return "Long.MIN_VALUE" if value == -(2**63) else f"{value}L"
    return "Int.MIN_VALUE" if value == -(2**31) else str(value)


@lru_cache(maxsize=SPELLINGS)
def value_type(type_: ColumnType, *, multiplatform: bool) -> str:
    """Return the type of a column's values; that of choices and documents is not known here.

    Args:
        type_: the column's type.
        multiplatform: have only what Kotlin has everywhere, so no class of Java's.
    """
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.UUID:
            return "String"
        case ClientKind.BOOLEAN:
            return "Boolean"
        case ClientKind.INTEGER:
            return "Int" if has_32_bits(type_) else "Long"
        case ClientKind.INT64:
            return "Long"
        case ClientKind.REAL:
            return "Double"
        case ClientKind.DECIMAL:
            return "String" if multiplatform else "BigDecimal"
        case ClientKind.TIMESTAMP:
            return "Instant"
        case ClientKind.DATE:
            return "String" if multiplatform else "LocalDate"
        case ClientKind.TIME:
            return "String" if multiplatform else "LocalTime"
        case ClientKind.DURATION:
            return "Duration"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return "Enum<*>"
        case ClientKind.JSON:
            return "JsonElement"
        case ClientKind.BYTES:
            return "ByteArray"
        case _:
            assert_never(kind)


def json_type(shape: Shape) -> str:
    """Return the type of a document: as close as kotlinx.serialization's own types come."""
    whole = outermost(shape)
    match whole:
        case "array":
            return "JsonArray"
        case "object":
            return "JsonObject"
        case "any":
            return "JsonElement"
        case _:
            assert_never(whole)


def literal(type_: ColumnType, value: Any, type_name: str) -> str:
    """Return a default as an expression; that of a choice is not known here.

    Args:
        type_: the column's type.
        value: in the form that it has in an API's JSON.
        type_name: the type of the column's values.
    """
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.UUID | ClientKind.CHOICE:
            return quoted(value)
        case ClientKind.BOOLEAN:
            return json.dumps(value)
        case ClientKind.INTEGER | ClientKind.INTEGER_CHOICE | ClientKind.INT64:
            return whole(int(value), long=type_name != "Int")
        case ClientKind.REAL:
            return repr(float(value))
        case ClientKind.DECIMAL:
            return quoted(value) if type_name == "String" else call(type_name, [quoted(value)])
        case ClientKind.TIMESTAMP:
            return call("decodeInstant", [quoted(value), str(second_digits(type_))])
        case ClientKind.DATE | ClientKind.TIME:
            text = quoted(value)
            return text if type_name == "String" else call(f"{type_name}.parse", [text])
        case ClientKind.DURATION:
            return f"{whole(value, long=True)}.milliseconds"
        case ClientKind.BYTES:
            return call("decodeBytes", [quoted(value)])
        case ClientKind.JSON:
            text = quoted(document_text(value))
            return call(f"decode{type_name}", [text])
        case _:
            assert_never(kind)


@lru_cache(maxsize=SPELLINGS)
def encoded(type_: ColumnType, type_name: str) -> str:
    """Return the stored form of ``it``."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.REAL:
            return "it"
        case ClientKind.INTEGER:
            return "it.toLong()" if type_name == "Int" else "it"
        case ClientKind.BOOLEAN:
            return "encodeBoolean(it)"
        case ClientKind.INT64:
            return "it.toString()"
        case ClientKind.DECIMAL:
            name = "encodeDigits" if type_name == "String" else "encodeDecimal"
            precision, scale = decimal_size(type_)
            return call(name, ["it", *([str(precision), str(scale)] if precision else [])])
        case ClientKind.UUID:
            return "uuidText(it)"
        case ClientKind.TIMESTAMP:
            return f"encodeInstant(it, {second_digits(type_)})"
        case ClientKind.DATE:
            return "dateText(it)" if type_name == "String" else "encodeDate(it)"
        case ClientKind.TIME:
            name = "timeText" if type_name == "String" else "encodeTime"
            return f"{name}(it, {second_digits(type_)})"
        case ClientKind.DURATION:
            return "encodeDuration(it)"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return "it.value"
        case ClientKind.JSON:
            return "encodeJson(it)"
        case ClientKind.BYTES:
            return "encodeBytes(it)"
        case _:
            assert_never(kind)


@lru_cache(maxsize=SPELLINGS)
def decoded(type_: ColumnType, type_name: str) -> str:
    """Return the value of the stored form ``it``."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.REAL:
            return "it"
        case ClientKind.INTEGER:
            return "decodeInt(it)" if type_name == "Int" else "it"
        case ClientKind.BOOLEAN:
            return "decodeBoolean(it)"
        case ClientKind.INT64:
            return "decodeLong(it)"
        case ClientKind.DECIMAL:
            return "decodeDigits(it)" if type_name == "String" else "decodeDecimal(it)"
        case ClientKind.UUID:
            return "uuidText(it)"
        case ClientKind.TIMESTAMP:
            return f"decodeInstant(it, {second_digits(type_)})"
        case ClientKind.DATE:
            return "dateText(it)" if type_name == "String" else "decodeDate(it)"
        case ClientKind.TIME:
            name = "timeText" if type_name == "String" else "decodeTime"
            return f"{name}(it, {second_digits(type_)})"
        case ClientKind.DURATION:
            return "it.milliseconds"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return f"decodeChoice(it, {type_name}.entries, {type_name}::value)"
        case ClientKind.JSON:
            return f"decode{type_name}(it)"
        case ClientKind.BYTES:
            return "decodeBytes(it)"
        case _:
            assert_never(kind)
