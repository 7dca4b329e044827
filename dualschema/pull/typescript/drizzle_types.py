"""Drizzle's column builders as Postgres's types: https://orm.drizzle.team/docs/column-types/pg."""

from __future__ import annotations

from typing import Final

from dualschema.column_type import PostgresStyle
from dualschema.pull.description import ColumnKind
from dualschema.pull.sql_types import SqlType, sql_type
from dualschema.pull.typescript.chains import Link
from dualschema.pull.typescript.values import Number, Object, Text

__all__ = ["custom_type", "drizzle_type"]

_TYPES: Final = {
    "text": "text",
    "varchar": "character varying",
    "char": "character",
    "integer": "integer",
    "smallint": "smallint",
    "bigint": "bigint",
    "serial": "integer",
    "smallserial": "smallint",
    "bigserial": "bigint",
    "boolean": "boolean",
    "real": "real",
    "doublePrecision": "double precision",
    "json": "json",
    "jsonb": "jsonb",
    "uuid": "uuid",
    "date": "date",
    "bytea": "bytea",
}

# What a custom type is of in TypeScript and in Postgres, where the definition has its like.
_PORTABLE: Final = {
    ("boolean", "integer"): ColumnKind.BOOLEAN,
    ("Date", "text"): ColumnKind.TIMESTAMP,
    ("Uint8Array", "text"): ColumnKind.BYTES,
    ("Buffer", "text"): ColumnKind.BYTES,
}


def drizzle_type(link: Link) -> SqlType | None:
    """Return what the definition says for a builder, or None where nothing is like it."""
    given = link.settings
    if link.name in ("numeric", "decimal"):
        digits, scale = _number(given, "precision"), _number(given, "scale")
        return sql_type("numeric" if digits is None else f"numeric({digits},{scale or '0'})")
    if link.name in ("timestamp", "time"):
        digits = _number(given, "precision")
        zone = "with" if given.get("withTimezone") == Number("true") else "without"
        return sql_type(f"{link.name}{f'({digits})' if digits else ''} {zone} time zone")
    written = _TYPES.get(link.name)
    if written is None:
        return None
    if length := _number(given, "length"):
        written = f"{written}({length})"
    if written == "bigint" and given.get("mode") == Text("bigint"):
        return SqlType(ColumnKind.LONG_INTEGER)
    return sql_type("character(1)" if written == "character" else written)


def _number(given: Object, name: str) -> str | None:
    value = given.get(name)
    return value.text if isinstance(value, Number) and value.text.isdigit() else None


def custom_type(link: Link, written: str) -> SqlType | None:
    """Return what the definition says for ``customType<{ data: Date }>`` of a type of Postgres."""
    texts = [token.text for token in link.types]
    data = texts[texts.index("data") + 2] if "data" in texts[:-2] else ""
    if kind := _PORTABLE.get((data, written)):
        return SqlType(kind, PostgresStyle.PORTABLE)
    return sql_type(written)
