"""Times of day: naive ``time``, ISO text where they are not Postgres's own time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
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

__all__ = ["TimeOfDay"]

# PowerSync sends `05:06:07.500000` in edition 2 and 3, `05:06:07.5` in edition 1.
_SPELLING = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)


def _parse(value: Any) -> Any:
    if value.__class__ is not str:
        return value
    found = _SPELLING.fullmatch(value)
    if not found:
        raise refuse("not a time of the form HH:MM:SS.mmm (without a zone)")
    hour, minute, second, fraction = found.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        return time(int(hour), int(minute), int(second), micro)
    except ValueError as error:
        raise refuse(f"no time of day: {error}") from None


@dataclass(frozen=True, slots=True)
class TimeOfDay(ColumnType):
    """A time of day without a zone, cut to milliseconds; its text sorts by time."""

    name = "time"
    example = "time"
    samples = ((time, {}), (time, {"precision": 6}))
    storage = Storage.TEXT
    client_kind = ClientKind.TIME
    options = frozenset({"precision"})
    notes = (
        "Without a zone, `HH:MM:SS.mmm`; what is finer is cut off when the row is made. "
        "`precision=6` keeps microseconds."
    )

    precision: int = 3

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        if annotation is not time:
            return None
        precision = 3 if options.precision is None else options.precision
        if precision not in (3, 6):
            raise ValueError("the precision of a time is 3 (milliseconds) or 6")
        return cls(precision)

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        if style is PostgresStyle.NATIVE:
            return PostgresType.TIME, (self.precision,)
        return PostgresType.TEXT, ()

    def schema(self) -> CoreSchema:
        naive = core_schema.time_schema(strict=True, tz_constraint="naive")
        cut = core_schema.no_info_after_validator_function(
            self._cut, core_schema.no_info_before_validator_function(_parse, naive)
        )
        return with_json_form(cut, self._text)

    def _cut(self, value: time) -> time:
        beyond = value.microsecond % 1000 if self.precision == 3 else 0
        return value.replace(microsecond=value.microsecond - beyond, fold=0)

    def _text(self, value: time) -> str:
        return value.isoformat("milliseconds" if self.precision == 3 else "microseconds")

    def encoder(self, form: Form) -> Coder:
        if form is Form.NATIVE:
            return Coder(guard=self._guard, names={"time": time})
        return Coder(self._text, self._guard, "text(v)", {"time": time, "text": self._text})

    def decoder(self, form: Form) -> Coder:
        return Coder(guard=self._guard, names={"time": time})

    @property
    def _guard(self) -> str:
        whole = " and not v.microsecond % 1000" if self.precision == 3 else ""
        return "type(v) is time and v.tzinfo is None and not v.fold" + whole

    def strategy(self) -> SearchStrategy[time]:
        from hypothesis import strategies as st

        edges = st.sampled_from([time.min, time.max, time(12), time(23, 59, 59, 999_000)])
        return (edges | st.times()).map(self._cut)
