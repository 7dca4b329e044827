"""Defaults of Postgres's columns in Drizzle.

drizzle-kit compares a default with what the database says of it, as text or as a number. So each is
written here as Postgres writes it back (``get_const_expr`` in its ruleutils.c), which is not always
how the DDL has it: a negative number comes back in quotes.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from decimal import Decimal
from typing import Any, assert_never

from dualschema.client_rows import is_to_the_millisecond
from dualschema.column_type import ClientKind, PostgresType
from dualschema.languages.drizzle import template
from dualschema.languages.sql import literal
from dualschema.languages.typescript.calls import Call
from dualschema.languages.typescript.spelling import quoted
from dualschema.model import ColumnModel, default_as, form_of

__all__ = ["default_of"]

_NUMBERS = (PostgresType.INTEGER, PostgresType.BIGINT, PostgresType.DOUBLE)


def default_of(column: ColumnModel) -> Call | None:
    """Return the default that the database fills in, or None."""
    default = column.default
    kind, _ = column.type.postgres_type(column.style)
    if default is None:
        return None
    if default.server is not None:
        is_number = kind in _NUMBERS and re.fullmatch(r"[0-9]{1,9}", default.server)
        return _number(column, default.server) if is_number else _sql(default.server)
    if not default.in_ddl or default.value is None:
        return None
    return _constant(column, kind, default_as(column, form_of(column, "postgres")))


def _constant(column: ColumnModel, kind: PostgresType, value: Any) -> Call:
    match kind:
        case PostgresType.TEXT:
            return _text(column, value)
        case PostgresType.INTEGER | PostgresType.BIGINT:
            if 0 <= value < 2**31:
                return _number(column, str(int(value)))
            return _sql(literal(str(value)))
        case PostgresType.DOUBLE:
            # The DDL's text is a numeric to Postgres, which writes no exponent.
            digits = format(Decimal(repr(value)), "f")
            if value >= 0 and "." in digits:
                return Call(f".default({_javascript(value)})")
            return _sql(literal(digits))
        case PostgresType.NUMERIC:
            scale = getattr(column.type, "scale", None)
            return Call(
                f".default({quoted(format(value, 'f' if scale is None else f'.{scale}f'))})"
            )
        case PostgresType.BOOLEAN:
            return Call(f".default({'true' if value else 'false'})")
        case PostgresType.TIMESTAMPTZ:
            return _sql(literal(_instant(value)))
        case PostgresType.DATE | PostgresType.UUID:
            return Call(f".default({quoted(str(value))})")
        case PostgresType.TIME:
            return Call(f".default({quoted(_clock(value))})")
        case PostgresType.JSONB:
            return _sql(f"{literal(_document(json.loads(value)))}::jsonb")
        case PostgresType.BYTEA:
            return _sql(literal(f"\\x{value.hex()}"))
        case _:
            assert_never(kind)


def _text(column: ColumnModel, value: str) -> Call:
    kind = column.type.client_kind
    is_instant = kind is ClientKind.TIMESTAMP and is_to_the_millisecond(column.type)
    if is_instant or kind is ClientKind.BYTES:
        return _sql(literal(value))  # in TypeScript its values are no texts
    return Call(f".default({quoted(value)})")


def _number(column: ColumnModel, digits: str) -> Call:
    """Return a number, which drizzle-kit compares as one, though the column may hold others."""
    kind, _ = column.type.postgres_type(column.style)
    if column.type.client_kind in (ClientKind.BOOLEAN, ClientKind.INT64) and kind in _NUMBERS:
        return Call(f".default({digits} as never)", simple=False)
    return Call(f".default({digits})")


def _sql(text: str) -> Call:
    return Call(f".default({template(text)})", simple=False)


def _instant(value: datetime) -> str:
    return f"{value:%H:%M:%S}".join((f"{value.date()} ", f"{_fraction(value.microsecond)}+00"))


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}{_fraction(value.microsecond)}"


def _fraction(microsecond: int) -> str:
    return f".{microsecond:06d}".rstrip("0").rstrip(".")


def _document(value: Any) -> str:
    """Return a document as drizzle-kit writes it: without blanks, its keys in jsonb's order."""
    if isinstance(value, dict):
        # Shorter keys first (`lengthCompareJsonbStringValue` in Postgres's jsonb_util.c), but those
        # that are indexes in JavaScript's order.
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        keys.sort(key=lambda key: (0, int(key)) if _is_index(key) else (1, 0))
        inner = (f"{json.dumps(key, ensure_ascii=False)}:{_document(value[key])}" for key in keys)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_document, value)) + "]"
    if isinstance(value, float):
        return _javascript(value)
    return json.dumps(value, ensure_ascii=False)


def _is_index(key: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,9}", key) is not None and int(key) < 2**32 - 1


def _javascript(value: float) -> str:
    """Return a number as JavaScript writes it."""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    return re.sub(r"e([+-])0*", r"e\1", repr(value))
