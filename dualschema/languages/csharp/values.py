"""C#: the values of columns: their types, defaults, readers, writers and checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, assert_never

from dualschema.client_rows import decimal_size, has_32_bits, limits, second_digits
from dualschema.code_text import SPELLINGS, document_text
from dualschema.column_type import ClientKind, ColumnType
from dualschema.languages.csharp.text import literal, quoted
from dualschema.types.text import Text

__all__ = [
    "checks",
    "default",
    "is_exact",
    "now",
    "pattern_of",
    "reader",
    "value_type",
    "writer",
]


def is_exact(type_: ColumnType) -> bool:
    """Whether `decimal`, which has 28 digits in every scale, holds all numbers of a column."""
    return 0 < decimal_size(type_)[0] <= 28


@lru_cache(maxsize=SPELLINGS)
def value_type(type_: ColumnType, choice: str | None) -> str:
    """Return the type of a column's values as they are meant.

    Args:
        type_: the column's type.
        choice: the name of its enum, where its values are a closed set.
    """
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING:
            return "string"
        case ClientKind.DECIMAL:
            return "decimal" if is_exact(type_) else "string"
        case ClientKind.BOOLEAN:
            return "bool"
        case ClientKind.INTEGER:
            return "int" if has_32_bits(type_) else "long"
        case ClientKind.INT64:
            return "long"
        case ClientKind.REAL:
            return "double"
        case ClientKind.UUID:
            return "Guid"
        case ClientKind.TIMESTAMP:
            return "DateTimeOffset"
        case ClientKind.DATE:
            return "DateOnly"
        case ClientKind.TIME:
            return "TimeOnly"
        case ClientKind.DURATION:
            return "TimeSpan"
        case ClientKind.JSON:
            return "JsonElement"
        case ClientKind.BYTES:
            return "byte[]"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            assert choice is not None  # noqa: S101  (its kind says so)
            return choice
        case _:
            assert_never(kind)


def now(type_: ColumnType) -> str:
    """Return the present instant as an expression."""
    return f"Stored.Now({second_digits(type_)})"


def default(type_: ColumnType, value: Any) -> str:
    """Return a value, given in the form that it has in an API's JSON, as an expression."""
    kind = type_.client_kind
    match kind:
        case ClientKind.BOOLEAN | ClientKind.STRING:
            return literal(value)
        case ClientKind.INTEGER:
            return str(value) if has_32_bits(type_) else f"{value}L"
        case ClientKind.DURATION:
            return f"TimeSpan.FromTicks({value * 10_000}L)"
        case ClientKind.REAL:
            return repr(float(value))
        case ClientKind.INT64:
            return f"{value}L"
        case ClientKind.DECIMAL:
            return f"{value}m" if is_exact(type_) else quoted(value)
        case ClientKind.UUID:
            return f"Guid.Parse({quoted(value)})"
        case ClientKind.TIMESTAMP:
            at = datetime.fromisoformat(value)
            parts = (at.year, at.month, at.day, at.hour, at.minute, at.second)
            return f"new DateTimeOffset({_parts(*parts, *_fraction(at))}, TimeSpan.Zero)"
        case ClientKind.DATE:
            day = date.fromisoformat(value)
            return f"new DateOnly({_parts(day.year, day.month, day.day)})"
        case ClientKind.TIME:
            clock = time.fromisoformat(value)
            whole = (clock.hour, clock.minute, clock.second)
            return f"new TimeOnly({_parts(*whole, *_fraction(clock))})"
        case ClientKind.JSON:
            text = document_text(value)
            return f"Stored.Json({quoted(text)})"
        case ClientKind.BYTES:
            return f"Convert.FromBase64String({quoted(value)})"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            raise AssertionError("a choice is a member of its enum")
        case _:
            assert_never(kind)


def _parts(*parts: int) -> str:
    return ", ".join(map(str, parts))


def _fraction(value: datetime | time) -> tuple[int, ...]:
    """Return the milliseconds, and the microseconds where there are any."""
    milliseconds, micros = divmod(value.microsecond, 1000)
    return (milliseconds, micros) if micros else (milliseconds,)


@lru_cache(maxsize=SPELLINGS)
def reader(type_: ColumnType, column: str, choice: str | None) -> str:
    """Return the call that reads a column's cell from ``cells``; it gives null for NULL.

    Args:
        type_: the column's type.
        column: its name, as a literal.
        choice: the class that parses its choices, where its values are a closed set.
    """
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING:
            call = f"ReadText({column})"
        case ClientKind.BOOLEAN:
            call = f"ReadBoolean({column})"
        case ClientKind.INTEGER:
            call = f"ReadInt{32 if has_32_bits(type_) else 64}({column})"
        case ClientKind.INT64:
            call = f"ReadDigits({column})"
        case ClientKind.REAL:
            call = f"ReadDouble({column})"
        case ClientKind.DECIMAL:
            call = f"ReadDecimal{'' if is_exact(type_) else 'Text'}({column}, {_size(type_)})"
        case ClientKind.UUID:
            call = f"ReadGuid({column})"
        case ClientKind.TIMESTAMP:
            call = f"ReadInstant({column}, {second_digits(type_)})"
        case ClientKind.DATE:
            call = f"ReadDay({column})"
        case ClientKind.TIME:
            call = f"ReadTime({column}, {second_digits(type_)})"
        case ClientKind.DURATION:
            call = f"ReadDuration({column})"
        case ClientKind.CHOICE:
            call = f"ReadChoice({column}, {choice}.Parse)"
        case ClientKind.INTEGER_CHOICE:
            call = f"ReadNumber({column}, {choice}.Parse)"
        case ClientKind.JSON:
            call = f"ReadJson({column})"
        case ClientKind.BYTES:
            call = f"ReadBytes({column})"
        case _:
            assert_never(kind)
    return f"cells.{call}"


def _size(type_: ColumnType) -> str:
    precision, scale = decimal_size(type_)
    return f"{precision}, {scale}"


def writer(type_: ColumnType, value: str, *, is_optional: bool) -> str:
    """Return what a property is stored as."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.REAL:
            return value
        case ClientKind.BOOLEAN:
            return f"Stored.WriteBoolean({value})"
        case ClientKind.INTEGER:
            return f"Stored.WriteInteger({value})"
        case ClientKind.INT64:
            return f"Stored.WriteDigits({value})"
        case ClientKind.DECIMAL:
            suffix = "" if is_exact(type_) else "Text"
            return f"Stored.WriteDecimal{suffix}({value}, {_size(type_)})"
        case ClientKind.UUID:
            return f"Stored.WriteGuid({value})"
        case ClientKind.TIMESTAMP:
            return f"Stored.WriteInstant({value}, {second_digits(type_)})"
        case ClientKind.DATE:
            return f"Stored.WriteDay({value})"
        case ClientKind.TIME:
            return f"Stored.WriteTime({value}, {second_digits(type_)})"
        case ClientKind.DURATION:
            return f"Stored.WriteDuration({value})"
        case ClientKind.CHOICE:
            return f"{value}{'?' if is_optional else ''}.ToStored()"
        case ClientKind.INTEGER_CHOICE:
            return f"Stored.WriteInteger((long?){value})"
        case ClientKind.JSON:
            return f"Stored.WriteJson({value})"
        case ClientKind.BYTES:
            return f"Stored.WriteBytes({value})"
        case _:
            assert_never(kind)


def checks(type_: Any, value: str) -> Iterator[tuple[str, str]]:
    """Yield what a value must be, as conditions, and what is said of one that is not."""
    kind: ClientKind = type_.client_kind
    match kind:
        case ClientKind.STRING if isinstance(type_, Text):
            yield f"Stored.IsUnicode({value})", "holds NUL or half of a surrogate pair"
            for limit in limits(type_):
                yield f"Stored.Length({value}) {limit.sign} {limit.bound}", limit.reason
            if type_.pattern is not None:
                found = f"Stored.Matches({value}, {quoted(pattern_of(type_.pattern))})"
                yield found, f"does not match {type_.pattern}"
        case ClientKind.INTEGER | ClientKind.INT64:
            edge = 2**31 if has_32_bits(type_) else 2**63
            low, high = type_.lowest, type_.highest
            if (low, high) != (-edge, edge - 1):
                yield f"{value} is >= {low} and <= {high}", f"is not within {low} to {high}"
        case ClientKind.REAL:
            yield f"double.IsFinite({value})", "is not finite"
            for limit in limits(type_):
                yield f"{value} {limit.sign} {limit.bound}", limit.reason
        case ClientKind.DECIMAL:
            exact = is_exact(type_)
            fits = f"Stored.FitsDecimal({value}, {_size(type_)})"
            parsed = f"Stored.DecimalText({value}, {_size(type_)}) is not null"
            yield fits if exact else parsed, "is no decimal number that fits the column"
            given = f"{value}.ToString(System.Globalization.CultureInfo.InvariantCulture)"
            for limit in limits(type_):
                digits = quoted(limit.bound)
                order = f"Stored.CompareDecimals({given if exact else value}, {digits})"
                yield f"{order} {limit.sign} 0", limit.reason
        case ClientKind.JSON:
            # What a JsonElement is that nobody set.
            yield f"{value}.ValueKind != JsonValueKind.Undefined", "is not set"
        case ClientKind.INTEGER_CHOICE:
            yield f"Enum.IsDefined({value})", "is none of the choices"
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.UUID
            | ClientKind.TIMESTAMP
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.DURATION
            | ClientKind.CHOICE
            | ClientKind.BYTES
        ):
            return
        case _:
            assert_never(kind)


_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def pattern_of(pattern: str) -> str:
    """Return a pattern of the common dialect as .NET's.

    .NET matches halves of surrogate pairs, where others match code points, and its ``$`` also
    matches before a last line feed.
    https://learn.microsoft.com/dotnet/standard/base-types/character-encoding-introduction

    Raises:
        ValueError: the pattern names single code points that are two halves.
    """
    if any(char > "\uffff" for char in pattern):
        raise ValueError("a pattern that names characters beyond the first 65,536 code points")
    pieces = _PIECE.findall(pattern)
    pair = r"[\uD800-\uDBFF][\uDC00-\uDFFF]"
    for at, piece in enumerate(pieces):
        if piece.startswith("[^"):
            pieces[at] = f"(?:{piece[:-1]}\\uD800-\\uDFFF]|{pair})"
    if pieces and pieces[-1] == "$":
        pieces[-1] = r"\z"
    return "".join(pieces)
