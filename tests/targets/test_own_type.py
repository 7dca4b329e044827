"""A column type that no target knows: its client kind is all that is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Self

import pytest
from pydantic_core import CoreSchema, core_schema

import dualschema as ds
from dualschema.column_type import (
    ClientKind,
    Coder,
    ColumnType,
    Form,
    PostgresStyle,
    PostgresType,
    Storage,
    TypeOptions,
    with_json_form,
)
from dualschema.targets import Target, generate
from dualschema.types import ALL_TYPES
from tests.targets.golden_cases import every_target


@dataclass(frozen=True, slots=True)
class Address(ColumnType):
    """An address, as text."""

    name = "address"
    example = "IPv4Address"
    samples = ((IPv4Address, {}),)
    storage = Storage.TEXT
    client_kind = ClientKind.STRING

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is IPv4Address else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return PostgresType.TEXT, ()

    def schema(self) -> CoreSchema:
        strict = core_schema.is_instance_schema(IPv4Address)
        taken = core_schema.no_info_before_validator_function(IPv4Address, strict)
        return with_json_form(taken, str, written=core_schema.str_schema())

    def encoder(self, form: Form) -> Coder:
        return Coder(str)

    def strategy(self) -> Any:
        raise NotImplementedError


@every_target
def test_it_is_what_its_kind_says(target: Target[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dualschema.declare.resolve.ALL_TYPES", (*ALL_TYPES, Address))

    class Host(ds.Table, name="hosts"):
        id: ds.Column[str] = ds.column(primary_key=True)
        address: ds.Column[IPv4Address]
        user_id: ds.Column[str] = ds.column(owner=True)
        gateway: ds.Column[IPv4Address | None] = ds.column(default=IPv4Address("192.0.2.1"))

    (*_, made) = generate(ds.Schema(Host), target)
    assert made.text
