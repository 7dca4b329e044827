"""Rust: the values of columns: their types, defaults, readers, writers and checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from dualschema.column_type import ClientKind, ColumnType, PostgresStyle, PostgresType
from dualschema.languages.rust.text import literal, quoted
from dualschema.types.decimal import Numeric
from dualschema.types.integer import BigInteger, Integer, LongInteger
from dualschema.types.real import Real
from dualschema.types.text import Text
from dualschema.types.time import TimeOfDay
from dualschema.types.timestamp import Timestamp

__all__ = [
    "checks",
    "default",
    "digits",
    "form_of",
    "is_small",
    "reader",
    "value_type",
    "writer",
]


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
            return "i32" if is_small(type_) else "i64"
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


def is_small(type_: ColumnType) -> bool:
    """Whether a whole number has 32 bits."""
    return type_.postgres_type(PostgresStyle.PORTABLE)[0] is PostgresType.INTEGER


def form_of(type_: ColumnType) -> str | None:
    """Return in words what a value's type does not say."""
    kind = type_.client_kind
    match kind:
        case ClientKind.DECIMAL:
            return "A decimal number as text, exact: `-12.50`."
        case ClientKind.UUID:
            return "A UUID, in lower case."
        case ClientKind.DATE:
            return "A day: `2024-02-29`."
        case ClientKind.TIME:
            return "A time of day: `23:59:59.000`."
        case ClientKind.JSON:
            return "The text of a JSON document."
        case ClientKind.DURATION:
            return "Milliseconds."
        case ClientKind.TIMESTAMP:
            return f"Kept to {digits(type_)} digits of a second."
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.INTEGER
            | ClientKind.INT64
            | ClientKind.REAL
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
            | ClientKind.BYTES
        ):
            return None
        case _:
            assert_never(kind)


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
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            return f"{quoted(text)}.to_owned()"
        case ClientKind.TIMESTAMP:
            micros = (datetime.fromisoformat(value) - _EPOCH) // timedelta(microseconds=1)
            return f"stored::instant({micros})"
        case ClientKind.BYTES:
            return f"stored::base64({quoted(value)})"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            raise AssertionError("a choice is a variant of its enum")
        case _:
            assert_never(kind)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def reader(type_: ColumnType) -> str:
    """Return the function that reads a column's cells."""
    return "stored::read_" + _codec(type_, is_time_text=True)


def writer(type_: ColumnType) -> str:
    """Return the function that writes a column's values."""
    return "stored::write_" + _codec(type_, is_time_text=False)


def _codec(type_: ColumnType, *, is_time_text: bool) -> str:  # noqa: PLR0912  (a line a kind)
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON:
            return "text"
        case ClientKind.BOOLEAN:
            return "boolean"
        case ClientKind.INTEGER:
            return "i32" if is_small(type_) else "i64"
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
            return f"timestamp::<{digits(type_)}>"
        case ClientKind.DATE:
            return "date" if is_time_text else "text"
        case ClientKind.TIME:
            return f"time::<{digits(type_)}>"
        case ClientKind.CHOICE:
            return "choice"
        case ClientKind.INTEGER_CHOICE:
            return "number"
        case ClientKind.BYTES:
            return "bytes"
        case _:
            assert_never(kind)


def digits(type_: ColumnType) -> int:
    """Return how many digits of a second a column keeps."""
    assert isinstance(type_, Timestamp | TimeOfDay)  # noqa: S101  (its kind says so)
    return type_.precision


def _size(type_: ColumnType) -> str:
    assert isinstance(type_, Numeric)  # noqa: S101  (its kind says so)
    return f"{type_.precision or 0}, {type_.scale or 0}"


def checks(type_: ColumnType, value: str, reference: str) -> Iterator[tuple[str, str]]:  # noqa: PLR0912  (a line a kind)
    """Yield what a value may not be, as conditions and reasons.

    A reason in brackets stands for a condition that is a ``Result``, whose error is the reason.

    Args:
        type_: the column's type.
        value: an expression of the value.
        reference: an expression of a reference to it.
    """
    match type_:
        case Text():
            yield f"{value}.contains('\\0')", "holds NUL"
            if type_.min_length:
                yield (
                    f"{value}.chars().count() < {type_.min_length}",
                    f"has less than {type_.min_length} characters",
                )
            if type_.max_length is not None:
                yield (
                    f"{value}.chars().count() > {type_.max_length}",
                    f"has more than {type_.max_length} characters",
                )
        case Integer() | BigInteger() | LongInteger():
            limit = 2**31 if isinstance(type_, Integer) else 2**63
            if type_.lowest > -limit:
                yield f"{value} < {type_.lowest}", f"is less than {type_.lowest}"
            if type_.highest < limit - 1:
                yield f"{value} > {type_.highest}", f"is more than {type_.highest}"
        case Real():
            yield f"!{value}.is_finite()", "is not finite"
            for sign, opposite, limit in _bounds(type_):
                yield f"{value} {opposite} {limit!r}", f"is not {sign} {limit!r}"
        case Numeric():
            yield f"stored::decimal::<{_size(type_)}>({reference})", ""
            for sign, opposite, limit in _bounds(type_):
                text = format(limit, "f")
                order = f"stored::compare_decimals({reference}, {quoted(text)})"
                yield (
                    f"{order}.is_some_and(|order| order.{_ORDERS[opposite]})",
                    f"is not {sign} {text}",
                )
        case _ if type_.client_kind is ClientKind.UUID:
            yield f"stored::uuid({reference})", ""
        case _ if type_.client_kind is ClientKind.DATE:
            yield f"stored::date({reference})", ""
        case TimeOfDay():
            yield f"stored::time::<{type_.precision}>({reference})", ""
        case _ if type_.client_kind is ClientKind.DURATION:
            yield (
                f"{value}.unsigned_abs() > 9_007_199_254_740_991",
                "is longer than 2^53 - 1 milliseconds",
            )
        case _:
            return


_ORDERS = {"<": "is_lt()", "<=": "is_le()", ">": "is_gt()", ">=": "is_ge()"}


def _bounds(type_: Real | Numeric) -> Iterator[tuple[str, str, Any]]:
    """Yield the bounds of a number: what holds, what does not, and the bound."""
    pairs = (
        (">=", "<", type_.ge),
        (">", "<=", type_.gt),
        ("<=", ">", type_.le),
        ("<", ">=", type_.lt),
    )
    yield from ((sign, opposite, limit) for sign, opposite, limit in pairs if limit is not None)
