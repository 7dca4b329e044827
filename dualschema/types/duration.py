"""Lengths of time: ``timedelta``, whole milliseconds in every database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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

__all__ = ["Duration"]

_MILLISECOND = timedelta(milliseconds=1)
_LIMIT = 2**53 - 1
"""Milliseconds, either way: what a JavaScript client holds exactly; some 285,000 years."""
_DAYS = f"{-(_LIMIT // 86_400_000)} <= v.days < {_LIMIT // 86_400_000}"
"""A guard that is true only within the limit."""


def _parse(value: Any) -> Any:
    if value.__class__ is int:
        if not -_LIMIT <= value <= _LIMIT:
            raise refuse("a duration is at most 2^53 - 1 milliseconds long")
        return timedelta(milliseconds=value)
    return value


def _cut(value: timedelta) -> timedelta:
    milliseconds = value // _MILLISECOND
    if not -_LIMIT <= milliseconds <= _LIMIT:
        raise refuse("a duration is at most 2^53 - 1 milliseconds long")
    return value if not value.microseconds % 1000 else timedelta(milliseconds=milliseconds)


def _milliseconds(value: timedelta) -> int:
    return (value.days * 86400 + value.seconds) * 1000 + value.microseconds // 1000


@dataclass(frozen=True, slots=True)
class Duration(ColumnType):
    """A length of time in whole milliseconds, negative ones too."""

    name = "duration"
    example = "timedelta"
    samples = ((timedelta, {}),)
    storage = Storage.INTEGER
    client_kind = ClientKind.DURATION
    notes = "Milliseconds, within ±(2^53 - 1); what is finer is cut off when the row is made."

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is timedelta else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.BIGINT, ()

    def schema(self) -> CoreSchema:
        strict = core_schema.timedelta_schema(strict=True)
        cut = core_schema.no_info_after_validator_function(_cut, strict)
        return with_json_form(
            core_schema.no_info_before_validator_function(_parse, cut),
            _milliseconds,
            written=core_schema.int_schema(ge=-_LIMIT, le=_LIMIT),
        )

    def encoder(self, form: Form) -> Coder:
        return Coder(
            _milliseconds,
            guard=f"type(v) is timedelta and not v.microseconds % 1000 and {_DAYS}",
            inline="milliseconds(v)",
            names={"timedelta": timedelta, "milliseconds": _milliseconds},
        )

    def strategy(self) -> SearchStrategy[timedelta]:
        from hypothesis import strategies as st

        counts = st.sampled_from([0, 1, -1, 999, 86_400_000, _LIMIT, -_LIMIT])
        return (counts | st.integers(-_LIMIT, _LIMIT)).map(lambda n: timedelta(milliseconds=n))
