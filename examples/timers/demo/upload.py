"""The way back: the client's queued writes, decoded, checked and applied to Postgres.

``dualschema.upload`` does this for an application, and more: who may write what, for one.
Here it is spelled out, so that a reader sees what comes over the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from psycopg import sql

import dualschema as ds
from dualschema.convert import converter_of
from examples.timers.demo.rows import Rows
from examples.timers.demo.server import Server
from examples.timers.schema import schema

__all__ = ["Entry", "apply_entries", "changes_of", "row_of", "rows_of"]

Entry: TypeAlias = dict[str, Any]
"""One queued write: ``op``, ``type`` (the table), ``id``, ``data`` and ``tx_id``."""

_TABLES = dict(zip((model.name for model in schema.model.tables), schema.tables, strict=True))


def apply_entries(server: Server, entries: Iterable[Entry]) -> None:
    """Apply the writes in their order; what was one transaction on the client is one here."""
    for _, transaction in groupby(entries, key=itemgetter("tx_id")):
        with server.transaction():
            for entry in transaction:
                _apply(server, entry)


def row_of(entry: Entry) -> ds.Table:
    """Return the row of a PUT. PowerSync leaves NULLs out, so they are put back."""
    table = _TABLES[entry["type"]]
    columns = converter_of(table, "sqlite").columns
    nulls = {column.name: None for column in columns if column.nullable}
    return ds.decode(table, {**nulls, **entry["data"], "id": entry["id"]}, "sqlite")


def rows_of(entries: Iterable[Entry]) -> Rows:
    """Return the rows of PUTs, by table."""
    rows: Rows = {table: [] for table in schema.tables}
    for entry in entries:
        rows[_TABLES[entry["type"]]].append(row_of(entry))
    return rows


def changes_of(entry: Entry) -> dict[str, Any]:
    """Return what a PATCH changes, as Python values by column name."""
    converter = converter_of(_TABLES[entry["type"]], "sqlite")
    columns = converter.model.by_name
    return {name: converter.decode_cell(columns[name], v) for name, v in entry["data"].items()}


def _apply(server: Server, entry: Entry) -> None:
    name = sql.Identifier(entry["type"])
    match entry["op"]:
        case "PUT":
            _put(server, name, ds.encode(row_of(entry), "postgres"))
        case "PATCH":
            _patch(server, name, entry["id"], _stored(entry["type"], changes_of(entry)))
        case "DELETE":
            server.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(name), (entry["id"],))
        case other:
            raise ValueError(f"no such operation: {other}")


def _stored(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    converter = converter_of(_TABLES[table], "postgres")
    columns = converter.model.by_name
    return {name: converter.encode_cell(columns[name], value) for name, value in values.items()}


def _put(server: Server, name: sql.Identifier, stored: Mapping[str, Any]) -> None:
    """Insert a row, or replace it: an upload whose answer was lost comes again."""
    columns = [sql.Identifier(column) for column in stored]
    again = (sql.SQL("{} = excluded.{}").format(column, column) for column in columns)
    order = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}").format(
        name,
        sql.SQL(", ").join(columns),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        sql.SQL(", ").join(again),
    )
    server.execute(order, tuple(stored.values()))


def _patch(server: Server, name: sql.Identifier, key: str, stored: Mapping[str, Any]) -> None:
    if not stored:  # an UPDATE that changed nothing is queued too
        return
    settings = (sql.SQL("{} = %s").format(sql.Identifier(column)) for column in stored)
    order = sql.SQL("UPDATE {} SET {} WHERE id = %s").format(name, sql.SQL(", ").join(settings))
    server.execute(order, (*stored.values(), key))
