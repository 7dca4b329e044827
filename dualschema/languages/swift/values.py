"""Swift: the values of columns: their types, defaults, readers, writers and checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, assert_never

from dualschema.client_rows import (
    decimal_size,
    epoch_micros,
    has_32_bits,
    is_to_the_millisecond,
    limits,
    plain_form,
    second_digits,
)
from dualschema.code_text import SPELLINGS, document_text
from dualschema.column_type import ClientKind, ColumnType
from dualschema.languages.swift.text import literal, quoted
from dualschema.types.text import Text

__all__ = [
    "checks",
    "default",
    "form_of",
    "now",
    "reader",
    "value_type",
    "writer",
]


@lru_cache(maxsize=SPELLINGS)
def value_type(type_: ColumnType, choice: str | None) -> str:
    """Return the type of a column's values as they are meant.

    Decimals are text: Foundation's `Decimal` rounds to 38 digits and drops the scale, and its
    literals go through `Double`. `Date` holds milliseconds of all years, but microseconds only of
    some, so instants of six digits are text.

    Args:
        type_: the column's type.
        choice: the name of its enum, where its values are a closed set.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.JSON
        ):
            return "String"
        case ClientKind.BOOLEAN:
            return "Bool"
        case ClientKind.INTEGER:
            return "Int" if has_32_bits(type_) else "Int64"
        case ClientKind.INT64 | ClientKind.DURATION:
            return "Int64"
        case ClientKind.REAL:
            return "Double"
        case ClientKind.UUID:
            return "UUID"
        case ClientKind.TIMESTAMP:
            return "Date" if is_to_the_millisecond(type_) else "String"
        case ClientKind.BYTES:
            return "Data"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            assert choice is not None  # noqa: S101  (its kind says so)
            return choice
        case _:
            assert_never(kind)


@lru_cache(maxsize=SPELLINGS)
def form_of(type_: ColumnType) -> str | None:
    """Return in words what a value's type does not say."""
    kind = type_.client_kind
    if kind is ClientKind.UUID:
        return None
    if kind is ClientKind.TIMESTAMP and is_to_the_millisecond(type_):
        return "Kept to the millisecond."
    return plain_form(type_)


def default(type_: ColumnType, value: Any) -> str:
    """Return a value, given in the form that it has in an API's JSON, as an expression."""
    kind = type_.client_kind
    match kind:
        case ClientKind.BOOLEAN | ClientKind.INTEGER | ClientKind.DURATION:
            return literal(value)
        case ClientKind.REAL:
            return repr(float(value))
        case ClientKind.INT64:
            return str(value)
        case ClientKind.STRING | ClientKind.DECIMAL | ClientKind.DATE | ClientKind.TIME:
            return quoted(value)
        case ClientKind.JSON:
            return quoted(document_text(value))
        case ClientKind.UUID:
            return f"UUID(uuidString: {quoted(value)})!"
        case ClientKind.TIMESTAMP if is_to_the_millisecond(type_):
            return f"Stored.instant({epoch_micros(value) // 1000})"
        case ClientKind.TIMESTAMP:
            return quoted(value)
        case ClientKind.BYTES:
            return f"Data(base64Encoded: {quoted(value)})!"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            raise AssertionError("a choice is a case of its enum")
        case _:
            assert_never(kind)


def now(type_: ColumnType) -> str:
    """Return the present instant as an expression."""
    return "Stored.now()" if is_to_the_millisecond(type_) else "Stored.nowText()"


@lru_cache(maxsize=SPELLINGS)
def reader(type_: ColumnType) -> str:
    """Return the function, or the closure, that reads a column's cells."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON:
            return "Stored.readText"
        case ClientKind.BOOLEAN:
            return "Stored.readBool"
        case ClientKind.INTEGER if has_32_bits(type_):
            return "Stored.readInt"
        case ClientKind.INTEGER | ClientKind.DURATION:
            return "Stored.readInt64"
        case ClientKind.INT64:
            return "Stored.readDigits"
        case ClientKind.REAL:
            return "Stored.readDouble"
        case ClientKind.DECIMAL:
            return f"{{ try Stored.readDecimal($0, $1, {_size(type_)}) }}"
        case ClientKind.UUID:
            return "Stored.readUUID"
        case ClientKind.TIMESTAMP if is_to_the_millisecond(type_):
            return "Stored.readInstant"
        case ClientKind.TIMESTAMP:
            return "Stored.readInstantText"
        case ClientKind.DATE:
            return "Stored.readDay"
        case ClientKind.TIME:
            return f"{{ try Stored.readTime($0, $1, digits: {second_digits(type_)}) }}"
        case ClientKind.CHOICE:
            return "Stored.readChoice"
        case ClientKind.INTEGER_CHOICE:
            return "Stored.readNumber"
        case ClientKind.BYTES:
            return "Stored.readData"
        case _:
            assert_never(kind)


def _size(type_: ColumnType) -> str:
    precision, scale = decimal_size(type_)
    return f"precision: {precision}, scale: {scale}"


@lru_cache(maxsize=SPELLINGS)
def writer(type_: ColumnType, value: str) -> str:
    """Return what a value, an expression, is stored as."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON | ClientKind.REAL | ClientKind.DATE:
            return value
        case ClientKind.BOOLEAN:
            return f"Int64({value} ? 1 : 0)"
        case ClientKind.INTEGER if has_32_bits(type_):
            return f"Int64({value})"
        case ClientKind.INTEGER | ClientKind.DURATION:
            return value
        case ClientKind.INT64:
            return f"String({value})"
        case ClientKind.DECIMAL:
            return f"try Stored.decimal({value}, {_size(type_)})"
        case ClientKind.UUID:
            return f"{value}.uuidString.lowercased()"
        case ClientKind.TIMESTAMP:
            return f"try Stored.instantText({value})"
        case ClientKind.TIME:
            return f"try Stored.time({value}, digits: {second_digits(type_)})"
        case ClientKind.CHOICE:
            return f"{value}.rawValue"
        case ClientKind.INTEGER_CHOICE:
            return f"Int64({value}.rawValue)"
        case ClientKind.BYTES:
            return f"{value}.base64EncodedString()"
        case _:
            assert_never(kind)


def checks(type_: Any, value: str) -> Iterator[tuple[str, str]]:
    """Yield what a value must be, as conditions, and what is said of one that is not.

    With an empty reason it is a call that throws.
    """
    kind: ClientKind = type_.client_kind
    match kind:
        case ClientKind.STRING if isinstance(type_, Text):
            yield f'!{value}.unicodeScalars.contains("\\u{{0}}")', "holds NUL"
            for limit in limits(type_):
                count = f"{value}.unicodeScalars.count"
                yield f"{count} {limit.sign} {limit.bound}", limit.reason
            if type_.pattern is not None:
                pattern = quoted(_pattern(type_.pattern))
                found = f"{value}.range(of: {pattern}, options: .regularExpression)"
                yield f"{found} != nil", f"does not match {type_.pattern}"
        case ClientKind.INTEGER | ClientKind.INT64:
            low, high = type_.lowest, type_.highest
            if (low, high) != (-(2**63), 2**63 - 1):
                yield f"({low}...{high}).contains({value})", f"is not within {low} to {high}"
        case ClientKind.REAL:
            yield f"{value}.isFinite", "is not finite"
            for limit in limits(type_):
                yield f"{value} {limit.sign} {limit.bound}", limit.reason
        case ClientKind.DECIMAL:
            yield f"Stored.decimal({value}, {_size(type_)})", ""
            for limit in limits(type_):
                order = f"Stored.compareDecimals({value}, {quoted(limit.bound)})"
                yield f"try {order} {limit.sign} 0", limit.reason
        case ClientKind.TIMESTAMP:
            yield f"Stored.instantText({value})", ""
        case ClientKind.TIME:
            yield f"Stored.time({value}, digits: {second_digits(type_)})", ""
        case ClientKind.DATE:
            yield f"Stored.day({value})", ""
        case ClientKind.DURATION:
            reason = "is longer than 2^53 - 1 milliseconds"
            yield f"{value}.magnitude <= 9_007_199_254_740_991", reason
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.UUID
            | ClientKind.JSON
            | ClientKind.BYTES
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
        ):
            return
        case _:
            assert_never(kind)


def _pattern(pattern: str) -> str:
    """Return a pattern of the common dialect as ICU's, whose end and vertical tab match more.

    https://unicode-org.github.io/icu/userguide/strings/regexp.html
    """
    made = re.sub(
        r"\\(.)", lambda found: r"\x0B" if found[1] == "v" else found[0], pattern, flags=re.DOTALL
    )
    escapes = len(made) - 1 - len(made[:-1].rstrip("\\"))
    return made[:-1] + r"\z" if made.endswith("$") and escapes % 2 == 0 else made
