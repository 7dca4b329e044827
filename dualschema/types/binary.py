"""Bytes: base64 text where they are not Postgres's own bytea, for PowerSync syncs no blobs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
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

__all__ = ["Binary"]


def _parse(value: Any) -> Any:
    if value.__class__ is str:
        try:
            found = base64.b64decode(value, validate=True)
        except ValueError:  # binascii.Error is one
            raise refuse("not base64 (RFC 4648, standard alphabet, padded)") from None
        return found
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


@dataclass(frozen=True, slots=True)
class Binary(ColumnType):
    """Bytes, as base64 (RFC 4648, standard alphabet, padded) wherever they are text."""

    name = "binary"
    example = "bytes"
    samples = ((bytes, {}),)
    storage = Storage.TEXT
    client_kind = ClientKind.BYTES
    notes = "Base64 with padding; PowerSync syncs no blobs, so the stream uses `base64()`."

    @classmethod
    def claim(cls, annotation: Any, options: TypeOptions) -> Self | None:
        return cls() if annotation is bytes else None

    def postgres_type(self, style: PostgresStyle) -> tuple[PostgresType, tuple[int, ...]]:
        return (PostgresType.BYTEA if style is PostgresStyle.NATIVE else PostgresType.TEXT), ()

    def schema(self) -> CoreSchema:
        strict = core_schema.bytes_schema(strict=True)
        return with_json_form(
            core_schema.no_info_before_validator_function(_parse, strict), _base64
        )

    def encoder(self, form: Form) -> Coder:
        guard = "type(v) is bytes"
        if form is Form.NATIVE:
            return Coder(guard=guard)
        return Coder(_base64, guard, "base64(v)", {"base64": _base64})

    def decoder(self, form: Form) -> Coder:
        return Coder(guard="type(v) is bytes")

    def strategy(self) -> SearchStrategy[bytes]:
        from hypothesis import strategies as st

        return st.binary() | st.sampled_from([b"", b"\0", bytes(range(256)), b"\xff" * 3])
