"""Defaults of Postgres in the definition's terms."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from dualschema.column_type import PostgresStyle
from dualschema.pull.description import ColumnKind, FoundColumn, Name
from dualschema.pull.kinds import takes
from dualschema.pull.postgres.deparse import number_of, text_of, written_number

__all__ = ["default_options"]

_TEXT: Final = ColumnKind.TEXT
_WHOLE: Final = (ColumnKind.INTEGER, ColumnKind.BIG_INTEGER, ColumnKind.LONG_INTEGER)
_FACTORIES: Final = {"'[]'::jsonb": Name("list"), "'{}'::jsonb": Name("dict")}
_CONSTANT: Final = re.compile(r"('(?:[^']|'')*')::([a-z ]+)")

# Constants that come back the same where the column, and not a cast, gives their type.
_OF_COLUMN: Final = frozenset(
    ["text", "integer", "bigint", "double precision", "boolean", "date", "uuid", "jsonb", "bytea"]
)
_OF_COLUMN_IF_WHOLE: Final = ("timestamp with time zone", "time without time zone")


def default_options(column: FoundColumn, written: str, kind: str) -> dict[str, Any]:
    """Return the options of ``ds.column()`` that give a default.

    Args:
        column: the column, with all that tells of its type.
        written: the default's SQL, as Postgres writes it.
        kind: the type of the column in Postgres, as Postgres writes it.
    """
    if (factory := _FACTORIES.get(written)) and column.kind is ColumnKind.JSON:
        return {"default_factory": factory}
    value, own = _value(column, written)
    if value is None or not takes(column, value):
        return {"server_default": _without_cast(written, kind)}
    if own == written or _is_changed(column, kind):
        return {"default": value}
    return {"default": value, "server_default": _without_cast(written, kind)}


def _is_changed(column: FoundColumn, kind: str) -> bool:
    """Whether the definition's type is another, so that no spelling of a constant can stay."""
    is_text = isinstance(column.choices[0], str) if column.choices else column.kind is _TEXT
    return is_text and kind != "text"


def _value(column: FoundColumn, written: str) -> tuple[Any, str]:
    """Return the value of a constant, and how the definition's comes back; None for no value."""
    kind = column.kind
    if kind is ColumnKind.CHOICE:
        kind = ColumnKind.TEXT if isinstance(column.choices[0], str) else ColumnKind.INTEGER
    if kind is ColumnKind.TEXT:
        found = re.fullmatch(r"'((?:[^']|'')*)'::[\w .]+", written)
        text = found and found[1].replace("''", "'")
        return text, "" if text is None else text_of(text)
    if kind is ColumnKind.BOOLEAN:
        native = column.style is PostgresStyle.NATIVE
        said = {"true": True, "false": False} if native else {"1": True, "0": False}
        return said.get(written), written
    number = number_of(written)
    if number is None:
        return None, ""
    if kind in _WHOLE and "." not in number:
        return int(number), written_number(number)[0]
    if kind is ColumnKind.REAL:
        real = float(number)
        return real, written_number(repr(real))[0]
    if kind is ColumnKind.DECIMAL:
        return Decimal(number), _decimal(column, number)
    return None, ""


def _decimal(column: FoundColumn, number: str) -> str:
    """Return how a decimal comes back: it is written in quotes, and has all digits of its scale."""
    scale = column.options.get("scale")
    if scale is not None:
        digits = len(number.partition(".")[2])
        if digits != scale:
            return ""
    return number if number[0] != "-" and "." in number else f"'{number}'::numeric"


def _without_cast(written: str, kind: str) -> str:
    """Return SQL that both databases take, where it is a constant that comes back the same."""
    found = _CONSTANT.fullmatch(written)
    if not found or re.sub(r"\([0-9]\)", "", kind) != found[2]:
        return written
    constant, of = found.groups()
    is_safe = of in _OF_COLUMN or (of in _OF_COLUMN_IF_WHOLE and "." not in constant)
    return constant if is_safe else written
