"""The converters: rows in Python to and from their stored forms, compiled once a table and side.

A stored row of ``"postgres"`` or ``"sqlite"`` has the columns' names in the database; one of
``"json"`` is an API's object, with camelCase names. In bulk, rows for a database are tuples in
column order, as drivers take and give them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar, overload

from dualschema.convert.converter import Converter
from dualschema.declare.table import Table, binding_of
from dualschema.model import Side

__all__ = ["Converter", "converter_of", "decode", "decode_many", "encode", "encode_many"]

Row = TypeVar("Row", bound=Table)


def converter_of(table: type[Row], side: Side) -> Converter[Row]:
    """Return the converter of a table class for one side; it is compiled at the first call.

    Raises:
        UnboundTableError: the table stands in no schema.
        ValueError: there is no such side.
    """
    if side not in ("postgres", "sqlite", "json"):
        raise ValueError(f"no such side: {side!r} (it is 'postgres', 'sqlite' or 'json')")
    cache = binding_of(table).cache
    found: Converter[Row] | None = cache.get(side)
    if found is None:
        found = cache[side] = Converter(table, side)
    return found


def encode(row: Table, side: Side) -> dict[str, Any]:
    """Return a row as it is stored, by the columns' names (in JSON: by their camelCase names).

    Raises:
        EncodeError: the row holds what its column does not take (which takes some doing: it was
            checked when it was made and when it was changed).
        UnboundTableError: the table stands in no schema.
    """
    return converter_of(type(row), side).encode(row)


@overload
def encode_many(rows: Iterable[Table], side: Literal["json"]) -> list[dict[str, Any]]: ...
@overload
def encode_many(
    rows: Iterable[Table], side: Literal["postgres", "sqlite"]
) -> list[tuple[Any, ...]]: ...
def encode_many(rows: Iterable[Table], side: Side) -> list[Any]:
    """Return rows of one table as they are stored: tuples in column order, for JSON objects.

    Raises:
        EncodeError: as ``encode``; its ``row`` is the row's place.
        TypeError: the rows are of several tables.
    """
    rows = rows if isinstance(rows, list) else list(rows)
    return converter_of(type(rows[0]), side).encode_many(rows) if rows else []


def decode(table: type[Row], stored: Mapping[str, Any], side: Side) -> Row:
    """Return the row of a stored or uploaded mapping.

    Values are read strictly by the columns' types, never by how they look. A column that the
    mapping lacks takes its default, or NULL if it has none and is nullable.

    Raises:
        DecodeError: a value is none of its column's, a name is none of the table's, or a column
            that must be there is missing.
        UnboundTableError: the table stands in no schema.
    """
    return converter_of(table, side).decode_many((stored,))[0]


def decode_many(
    table: type[Row],
    stored: Iterable[Sequence[Any]] | Iterable[Mapping[str, Any]],
    side: Side,
) -> list[Row]:
    """Return the rows of a batch: all tuples in column order, or all mappings.

    Mappings are read as ``decode`` reads one. Tuples are taken for a driver's rows of this table:
    what must be parsed is, and each value is of its class, but bounds and the like are not checked
    again.

    Raises:
        DecodeError: as ``decode``; its ``row`` is the row's place.
    """
    return converter_of(table, side).decode_many(stored)
