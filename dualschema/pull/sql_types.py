"""Postgres's types, as Postgres writes them, in the definition's terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dualschema.column_type import PostgresStyle
from dualschema.pull.description import ColumnKind

__all__ = ["SqlType", "sql_type"]


@dataclass(frozen=True, slots=True)
class SqlType:
    """What the definition says for a type of Postgres.

    Attributes:
        kind: what a column of it holds.
        style: the style in which the definition has it, where the two differ.
        options: what ``ds.column()`` is told.
        change: what the definition makes of it instead, or nothing.
    """

    kind: ColumnKind
    style: PostgresStyle | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    change: str = ""


_NATIVE: Final = PostgresStyle.NATIVE
_MICROSECONDS: Final = {"precision": 6}

# The definition's own types.
_TYPES: Final[Mapping[str, SqlType]] = {
    "text": SqlType(ColumnKind.TEXT),
    "integer": SqlType(ColumnKind.INTEGER),
    "bigint": SqlType(ColumnKind.BIG_INTEGER),
    "double precision": SqlType(ColumnKind.REAL),
    "numeric": SqlType(ColumnKind.DECIMAL),
    "boolean": SqlType(ColumnKind.BOOLEAN, _NATIVE),
    "timestamp(3) with time zone": SqlType(ColumnKind.TIMESTAMP, _NATIVE),
    "timestamp(6) with time zone": SqlType(ColumnKind.TIMESTAMP, _NATIVE, _MICROSECONDS),
    "timestamp with time zone": SqlType(ColumnKind.TIMESTAMP, _NATIVE, _MICROSECONDS),
    "date": SqlType(ColumnKind.DATE, _NATIVE),
    "time(3) without time zone": SqlType(ColumnKind.TIME, _NATIVE),
    "time(6) without time zone": SqlType(ColumnKind.TIME, _NATIVE, _MICROSECONDS),
    "time without time zone": SqlType(ColumnKind.TIME, _NATIVE, _MICROSECONDS),
    "uuid": SqlType(ColumnKind.UUID, _NATIVE),
    "jsonb": SqlType(ColumnKind.JSON),
    "bytea": SqlType(ColumnKind.BYTES, _NATIVE),
}

# Those that one of them may stand for, but not without a change in the database.
_NEAR: Final[Mapping[str, tuple[str, str]]] = {
    "smallint": ("integer", ""),
    "real": ("double precision", ""),
    "json": ("jsonb", ", which keeps no blanks, no order of keys and no second one of a name"),
    "character varying": ("text", ""),
    "timestamp with time zone": ("timestamp(6) with time zone", ""),
    "timestamp without time zone": (
        "timestamp(6) with time zone",
        ", which takes what is there for times of the connection's zone",
    ),
    "time without time zone": ("time(6) without time zone", ""),
}


def sql_type(written: str) -> SqlType | None:
    """Return what the definition says for a type, or None where nothing is like it."""
    if exact := _TYPES.get(written):
        return exact
    if found := re.fullmatch(r"numeric\(([0-9]+),(-?[0-9]+)\)", written):
        precision, scale = int(found[1]), int(found[2])
        if 0 <= scale <= precision:
            said = {"precision": precision, "scale": scale}
            return SqlType(ColumnKind.DECIMAL, None, said)
        return _changed("numeric", "")
    if found := re.fullmatch(r"character(?: varying)?\(([0-9]+)\)", written):
        change = "the definition makes it text with a CHECK of its length"
        return SqlType(ColumnKind.TEXT, None, {"max_length": int(found[1])}, change)
    near = _NEAR.get(written) or _NEAR.get(re.sub(r"\([0-6]\)", "", written))
    return None if near is None else _changed(*near)


def _changed(to: str, more: str) -> SqlType:
    made = _TYPES[to]
    change = f"the definition makes it {to}{more}"
    return SqlType(made.kind, made.style, made.options, change)
