"""Days of the calendar: ``date``, ISO text where they are not Postgres's own date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
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

__all__ = ["Date"]

_SPELLING = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _parse(value: Any) -> Any:
    if value.__class__ is not str:
        return value
    if not _SPELLING.fullmatch(value):
        raise refuse("not a date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise refuse(f"no day of the calendar: {error}") from None


@dataclass(frozen=True, slots=True)
class Date(ColumnType):
    """A day without a time or zone, ``YYYY-MM-DD``; a datetime is none."""

    name = "date"
    example = "date"
    samples = ((date, {}),)
    storage = Storage.TEXT
    client_kind = ClientKind.DATE
    notes = "`YYYY-MM-DD`, years 1 to 9999. A datetime is refused."

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is date else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return (PostgresType.DATE if style is PostgresStyle.NATIVE else PostgresType.TEXT), ()

    def schema(self) -> CoreSchema:
        strict = core_schema.date_schema(strict=True)
        parsed = core_schema.no_info_before_validator_function(_parse, strict)
        return with_json_form(parsed, date.isoformat)

    def encoder(self, form: Form) -> Coder:
        guard = "type(v) is date"
        if form is Form.NATIVE:
            return Coder(guard=guard, names={"date": date})
        return Coder(date.isoformat, guard=guard, inline="v.isoformat()", names={"date": date})

    def decoder(self, form: Form) -> Coder:
        return Coder(guard="type(v) is date", names={"date": date})

    def strategy(self) -> SearchStrategy[date]:
        from hypothesis import strategies as st

        edges = [date.min, date.max, date(1970, 1, 1), date(2024, 2, 29), date(1900, 2, 28)]
        return st.sampled_from(edges) | st.dates()
