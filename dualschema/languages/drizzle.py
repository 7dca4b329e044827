"""Drizzle: what its tables for Postgres and for SQLite have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, assert_never

from dualschema.documents import (
    Anything,
    Choices,
    Items,
    Mapped,
    OneOfShapes,
    Reference,
    Scalar,
    Shape,
    Tuple,
)
from dualschema.generator import Names

__all__ = ["HELPERS", "may_be_text", "properties", "template"]

# What a table or a query's row has under these names is Drizzle's own (`Table` in drizzle-orm's
# table.ts); a key `__proto__` would set the prototype of the table that Drizzle makes.
_OWN: Final = frozenset({"_", "$inferSelect", "$inferInsert", "enableRLS", "getSQL", "__proto__"})


def properties(names: Iterable[str]) -> tuple[str, ...]:
    """Return what a table's columns are called in TypeScript, in the order of their names."""
    free = Names(_OWN)
    return tuple(free.take("proto" if name == "__proto__" else name) for name in names)


def template(text: str) -> str:
    r"""Return SQL as Drizzle's template: ``sql`a = 'b'```, whatever it holds."""
    inner = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    escapes = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    inner = inner.translate({ord(char): escape for char, escape in escapes.items()})
    return f"sql`{_CONTROLS.sub(_hexadecimal, inner)}`"


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"


HELPERS: Final = {
    "booleanNumber": """\
/** Truth values, which the database has as 0 and 1. */
const booleanNumber = customType<{ data: boolean; driverData: number }>({
  dataType: () => 'integer',
  fromDriver: (value) => value !== 0,
  toDriver: (value) => (value ? 1 : 0),
});""",
    "int64Text": """\
/** Whole numbers of 64 bits, exact: the database has them as text. */
const int64Text = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'text',
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => String(value),
});""",
    "instantText": """\
/** Instants to the millisecond, as text: YYYY-MM-DDTHH:MM:SS.mmmZ. */
const instantText = customType<{ data: Date; driverData: string }>({
  dataType: () => 'text',
  // PowerSync may send a space for the T, and more digits than three.
  fromDriver: (value) =>
    new Date(value.replace(' ', 'T').replace(/(\\.\\d{3})\\d+/, '$1')),
  toDriver: (value) => value.toISOString(),
});""",
    "bytesText": """\
/** Bytes, which the database has as base64. */
const bytesText = customType<{ data: Uint8Array; driverData: string }>({
  dataType: () => 'text',
  fromDriver: (value) =>
    Uint8Array.from(atob(value), (char) => char.charCodeAt(0)),
  toDriver: (value) =>
    btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')),
});""",
}
"""Column types that Drizzle lacks, by the names of their constants; alike in both dialects."""


def may_be_text(shape: Shape) -> bool:
    """Whether a document may be nothing but a text."""
    match shape:
        case Scalar():
            return shape is Scalar.STRING
        case Choices(values):
            return any(isinstance(value, str) for value in values)
        case OneOfShapes(shapes):
            return any(map(may_be_text, shapes))
        case Items() | Tuple() | Mapped() | Reference():
            return False
        case Anything():
            return True
        case _:
            assert_never(shape)
