"""Instants: aware ``datetime``, UTC text where they are not Postgres's own timestamptz."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Form,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
    refuse,
    with_json_form,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Timestamp"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

# What PowerSync sends for a timestamptz: `T` and six digits in edition 2 and 3 (or three, by
# `timestamp_max_precision`), a space and as many as are needed in edition 1; what JavaScript's
# toISOString and Postgres itself write are among them.
_SPELLING = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
    r"(?:(Z)|([+-])(\d\d):?(\d\d)?)",
    re.ASCII,
)


# The parts of the text by their numbers: putting them together takes a fraction of `isoformat`.
# Years outside these are written the long way.
_YEARS = {year: f"{year:04d}" for year in range(1900, 2101)}
_MONTHS = tuple(f"-{month:02d}" for month in range(13))
_DAYS = tuple(f"-{day:02d}T" for day in range(32))
_CLOCK = tuple(f"{number:02d}:" for number in range(60))
_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLISECONDS = {n * 1000: f"{n:03d}Z" for n in range(1000)}

_TEXT = (
    "f'{YEARS[v.year]}{MONTHS[v.month]}{DAYS[v.day]}"
    "{CLOCK[v.hour]}{CLOCK[v.minute]}{SECONDS[v.second]}{MILLISECONDS[v.microsecond]}'"
)


def _parse(value: Any) -> Any:
    """Turn every spelling of an instant into a datetime; leave anything else to the schema."""
    if value.__class__ is not str:
        return value
    found = _SPELLING.fullmatch(value)
    if not found:
        raise refuse(
            "not an instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ (with a zone, to the second)"
        )
    year, month, day, hour, minute, second, fraction, _zulu, sign, off_hour, off_minute = (
        found.groups()
    )
    # Postgres rounds what is finer than a microsecond, PowerSync cuts it: cut, once, here.
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        zone = UTC
        if sign:
            offset = timedelta(hours=int(off_hour), minutes=int(off_minute or 0))
            zone = timezone(-offset if sign == "-" else offset)
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), micro, zone
        )
    except ValueError as error:
        raise refuse(f"no instant of the calendar: {error}") from None


@dataclass(frozen=True, slots=True)
class Timestamp(ColumnType):
    """An instant in UTC, cut to milliseconds as JavaScript holds it; its text sorts by time."""

    name = "timestamp"
    example = "datetime"
    samples = ((datetime, {}), (datetime, {"precision": 6}))
    storage = Storage.TEXT
    client_kind = ClientKind.TIMESTAMP
    options = frozenset({"precision"})
    notes = (
        "Aware datetimes only, kept in UTC as `YYYY-MM-DDTHH:MM:SS.mmmZ`; what is finer is cut off "
        "when the row is made. `precision=6` keeps microseconds. What PowerSync sends is read."
    )

    precision: int = 3

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation is not datetime:
            return None
        precision = 3 if options.precision is None else options.precision
        if precision not in (3, 6):
            raise ValueError("the precision of a timestamp is 3 (milliseconds) or 6")
        return cls(precision)

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        if style is PostgresStyle.NATIVE:
            return PostgresType.TIMESTAMPTZ, (self.precision,)
        return PostgresType.TEXT, ()

    def schema(self) -> CoreSchema:
        aware = core_schema.datetime_schema(strict=True, tz_constraint="aware")
        instant = core_schema.no_info_after_validator_function(
            self._in_utc, core_schema.no_info_before_validator_function(_parse, aware)
        )
        return with_json_form(instant, self._text)

    def _in_utc(self, value: datetime) -> datetime:
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise refuse("in UTC it lies outside the years 1 to 9999") from None
        beyond = value.microsecond % 1000 if self.precision == 3 else 0
        # fold means nothing in UTC, yet two datetimes that differ in it are written alike.
        if beyond or value.fold:
            return value.replace(microsecond=value.microsecond - beyond, fold=0)
        return value

    def _text(self, value: datetime) -> str:
        digits = "milliseconds" if self.precision == 3 else "microseconds"
        return value.replace(tzinfo=None).isoformat(timespec=digits) + "Z"

    def encoder(self, form: Form) -> Coder:
        names: dict[str, object] = {"datetime": datetime, "UTC": UTC}
        unchecked = f"{self._in_form} and not v.fold"
        if form is Form.NATIVE:
            return Coder(guard=self._in_form, names=names, unchecked=unchecked)
        if self.precision == 6:
            in_utc = "type(v) is datetime and v.tzinfo is UTC"
            names["text"] = self._text
            return Coder(self._text, in_utc, "text(v)", names, unchecked=unchecked)
        names |= {"YEARS": _YEARS, "MONTHS": _MONTHS, "DAYS": _DAYS}
        names |= {"CLOCK": _CLOCK, "SECONDS": _SECONDS, "MILLISECONDS": _MILLISECONDS}
        return Coder(self._text, "v.tzinfo is UTC", _TEXT, names, unchecked=unchecked)

    @property
    def _in_form(self) -> str:
        whole = " and not v.microsecond % 1000" if self.precision == 3 else ""
        return "type(v) is datetime and v.tzinfo is UTC" + whole

    def decoder(self, form: Form) -> Coder:
        names: dict[str, object] = {"datetime": datetime, "UTC": UTC}
        if form is Form.NATIVE:
            return Coder(guard=self._in_form, names=names)
        # All marks in one slice, and nothing behind the Z: no other form of ISO's passes.
        end = 20 + self.precision
        guard = f"type(v) is str and v[4:20:3] == '--T::.' and v[{end}:] == 'Z'"
        return Coder(
            guard=guard,
            inline="fromisoformat(v)",
            names=names | {"fromisoformat": datetime.fromisoformat},
            # Of ISO's forms that have these marks, all mean one instant of this precision.
            trusted=f"type(v) is str and v[19::{end - 19}] == '.Z'",
            settled=f"{guard} and fromisoformat(v)",
        )

    def strategy(self) -> SearchStrategy[datetime]:
        from hypothesis import strategies as st

        zones = st.just(UTC) | st.integers(-1439, 1439).map(_zone)
        edges = st.sampled_from(
            [
                _FIRST,
                _LAST,
                _EPOCH,
                datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
                datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
                *(datetime(2024, 5, 6, 7, 8, 9, 10**n, tzinfo=UTC) for n in range(6)),
            ]
        )
        day = timedelta(days=1)
        first, last = (edge.replace(tzinfo=None) for edge in (_FIRST, _LAST))
        free = st.datetimes(first + day, last - day, timezones=zones)
        return (edges | free).map(self._in_utc)


def _zone(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))
