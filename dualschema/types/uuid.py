"""UUIDs: ``uuid.UUID``, lower-case text where the database has no type for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

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

__all__ = ["Uuid"]

_IS_UUID = "type(v) is UUID"
_HYPHENATED = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _parse(value: Any) -> Any:
    if value.__class__ is not str:
        return value
    if not _HYPHENATED.fullmatch(value):
        raise refuse("not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
    return UUID(value)


@dataclass(frozen=True, slots=True)
class Uuid(ColumnType):
    """A UUID; text is written in lower case, as Postgres writes it, and read in either."""

    name = "uuid"
    example = "UUID"
    samples = ((UUID, {}),)
    storage = Storage.TEXT
    client_kind = ClientKind.UUID
    can_be_key = True
    can_be_owner = True
    notes = "Written in lower case with hyphens; upper case is read too."

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is UUID else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return (PostgresType.UUID if style is PostgresStyle.NATIVE else PostgresType.TEXT), ()

    def schema(self) -> CoreSchema:
        strict = core_schema.uuid_schema(strict=True)
        return with_json_form(core_schema.no_info_before_validator_function(_parse, strict), str)

    def encoder(self, form: Form) -> Coder:
        function, inline = (None, "v") if form is Form.NATIVE else (str, "str(v)")
        return Coder(function, _IS_UUID, inline, {"UUID": UUID}, unchecked=_IS_UUID)

    def decoder(self, form: Form) -> Coder:
        return Coder(guard="type(v) is UUID", names={"UUID": UUID})

    def strategy(self) -> SearchStrategy[UUID]:
        from hypothesis import strategies as st

        return st.uuids() | st.sampled_from([UUID(int=0), UUID(int=2**128 - 1)])
