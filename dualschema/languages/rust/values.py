"""Rust: the values of columns: their types, defaults, readers, writers and checks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, assert_never

from dualschema.client_rows import (
    decimal_size,
    epoch_micros,
    has_32_bits,
    limits,
    plain_form,
    second_digits,
)
from dualschema.code_text import SPELLINGS, document_text
from dualschema.column_type import ClientKind, ColumnType
from dualschema.languages.rust.text import literal, quoted
from dualschema.types.text import Text

__all__ = [
    "checks",
    "default",
    "form_of",
    "reader",
    "value_type",
    "writer",
]


@lru_cache(maxsize=SPELLINGS)
def value_type(type_: ColumnType, choice: str | None) -> str:
    """Return the type of a column's values as they are meant.

    Args:
        type_: the column's type.
        choice: the name of its enum, where its values are a closed set.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.UUID
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.JSON
        ):
            return "String"
        case ClientKind.BOOLEAN:
            return "bool"
        case ClientKind.INTEGER:
            return "i32" if has_32_bits(type_) else "i64"
        case ClientKind.INT64 | ClientKind.DURATION:
            return "i64"
        case ClientKind.REAL:
            return "f64"
        case ClientKind.TIMESTAMP:
            return "Timestamp"
        case ClientKind.BYTES:
            return "Vec<u8>"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            assert choice is not None  # noqa: S101  (its kind says so)
            return choice
        case _:
            assert_never(kind)


@lru_cache(maxsize=SPELLINGS)
def form_of(type_: ColumnType) -> str | None:
    """Return in words what a value's type does not say."""
    if type_.client_kind is ClientKind.TIMESTAMP:
        return f"Kept to {second_digits(type_)} digits of a second."
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
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.UUID
            | ClientKind.DATE
            | ClientKind.TIME
        ):
            return f"{quoted(value)}.to_owned()"
        case ClientKind.JSON:
            text = document_text(value)
            return f"{quoted(text)}.to_owned()"
        case ClientKind.TIMESTAMP:
            return f"stored::instant({epoch_micros(value)})"
        case ClientKind.BYTES:
            return f"stored::base64({quoted(value)})"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            raise AssertionError("a choice is a variant of its enum")
        case _:
            assert_never(kind)


@lru_cache(maxsize=SPELLINGS)
def reader(type_: ColumnType) -> str:
    """Return the function that reads a column's cells."""
    return "stored::read_" + _codec(type_, is_time_text=True)


@lru_cache(maxsize=SPELLINGS)
def writer(type_: ColumnType) -> str:
    """Return the function that writes a column's values."""
    return "stored::write_" + _codec(type_, is_time_text=False)


def _codec(type_: ColumnType, *, is_time_text: bool) -> str:
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON:
            return "text"
        case ClientKind.BOOLEAN:
            return "boolean"
        case ClientKind.INTEGER:
            return "i32" if has_32_bits(type_) else "i64"
        case ClientKind.DURATION:
            return "i64"
        case ClientKind.INT64:
            return "digits"
        case ClientKind.REAL:
            return "f64"
        case ClientKind.DECIMAL:
            return f"decimal::<{_size(type_)}>"
        case ClientKind.UUID:
            return "uuid"
        case ClientKind.TIMESTAMP:
            return f"timestamp::<{second_digits(type_)}>"
        case ClientKind.DATE:
            return "date" if is_time_text else "text"
        case ClientKind.TIME:
            return f"time::<{second_digits(type_)}>"
        case ClientKind.CHOICE:
            return "choice"
        case ClientKind.INTEGER_CHOICE:
            return "number"
        case ClientKind.BYTES:
            return "bytes"
        case _:
            assert_never(kind)


def _size(type_: ColumnType) -> str:
    precision, scale = decimal_size(type_)
    return f"{precision}, {scale}"


def checks(type_: Any, value: str, reference: str) -> Iterator[tuple[str, str]]:
    """Yield what a value may not be, as conditions and reasons.

    A reason in brackets stands for a condition that is a ``Result``, whose error is the reason.

    Args:
        type_: the column's type.
        value: an expression of the value.
        reference: an expression of a reference to it.
    """
    kind: ClientKind = type_.client_kind
    match kind:
        case ClientKind.STRING if isinstance(type_, Text):
            yield f"{value}.contains('\\0')", "holds NUL"
            for limit in limits(type_):
                count = f"{value}.chars().count()"
                yield f"{count} {_OPPOSITES[limit.sign]} {limit.bound}", limit.reason
        case ClientKind.INTEGER | ClientKind.INT64:
            edge = 2**31 if has_32_bits(type_) else 2**63
            if type_.lowest > -edge:
                yield f"{value} < {type_.lowest}", f"is less than {type_.lowest}"
            if type_.highest < edge - 1:
                yield f"{value} > {type_.highest}", f"is more than {type_.highest}"
        case ClientKind.REAL:
            yield f"!{value}.is_finite()", "is not finite"
            for limit in limits(type_):
                yield f"{value} {_OPPOSITES[limit.sign]} {limit.bound}", limit.reason
        case ClientKind.DECIMAL:
            yield f"stored::decimal::<{_size(type_)}>({reference})", ""
            for limit in limits(type_):
                order = f"stored::compare_decimals({reference}, {quoted(limit.bound)})"
                is_beyond = _ORDERS[_OPPOSITES[limit.sign]]
                yield f"{order}.is_some_and(|order| order.{is_beyond})", limit.reason
        case ClientKind.UUID:
            yield f"stored::uuid({reference})", ""
        case ClientKind.DATE:
            yield f"stored::date({reference})", ""
        case ClientKind.TIME:
            yield f"stored::time::<{second_digits(type_)}>({reference})", ""
        case ClientKind.DURATION:
            yield (
                f"{value}.unsigned_abs() > 9_007_199_254_740_991",
                "is longer than 2^53 - 1 milliseconds",
            )
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.TIMESTAMP
            | ClientKind.JSON
            | ClientKind.BYTES
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
        ):
            return
        case _:
            assert_never(kind)


_OPPOSITES = {">=": "<", ">": "<=", "<=": ">", "<": ">="}
_ORDERS = {"<": "is_lt()", "<=": "is_le()", ">": "is_gt()", ">=": "is_ge()"}
