"""Booleans: 0 and 1 where the database has no boolean, or should look as if it had none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import CoreSchema, core_schema

from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Constraint,
    Form,
    OneOf,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Boolean"]

_NUMBERS = {0: False, 1: True}


def _from_number(value: Any) -> Any:
    return _NUMBERS.get(value, value) if value.__class__ is int else value


@dataclass(frozen=True, slots=True)
class Boolean(ColumnType):
    """True and False, an integer with a CHECK where it is not Postgres's own boolean."""

    name = "boolean"
    example = "bool"
    samples = ((bool, {}),)
    storage = Storage.INTEGER
    client_kind = ClientKind.BOOLEAN
    notes = "Takes True, False, 0 and 1, and nothing else."

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is bool else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        native = style is PostgresStyle.NATIVE
        return (PostgresType.BOOLEAN if native else PostgresType.INTEGER), ()

    def schema(self) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _from_number, core_schema.bool_schema(strict=True)
        )

    def encoder(self, form: Form) -> Coder:
        guard = "v is True or v is False"
        if form in (Form.JSON, Form.NATIVE):
            return Coder(guard=guard, unchecked=guard)
        return Coder(int, guard, "1 if v is True else 0", unchecked=guard)

    def decoder(self, form: Form) -> Coder:
        if form in (Form.JSON, Form.NATIVE):
            return Coder(guard="type(v) is bool")
        # CPython has one 0 and one 1, and True is another object.
        guard = "v is ONE or v is ZERO"
        return Coder(guard=guard, inline="v is ONE", names={"ZERO": 0, "ONE": 1}, settled=guard)

    def constraints(self, form: Form) -> tuple[Constraint, ...]:
        return () if form is Form.NATIVE else (OneOf((0, 1)),)

    def strategy(self) -> SearchStrategy[bool]:
        from hypothesis import strategies as st

        return st.booleans()
