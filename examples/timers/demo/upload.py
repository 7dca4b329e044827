"""The way back: the client's queued writes, decoded, checked and applied to Postgres.

``dualschema.upload`` does this for an application, and more: who may write what, for one.
Here it is spelled out, so that a reader sees what comes over the wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

import dualschema as ds
from dualschema.convert import converter_of
from examples.timers.demo.rows import Rows
from examples.timers.schema import schema

__all__ = ["Entry", "apply_entries", "changes_of", "row_of", "rows_of"]

Entry: TypeAlias = dict[str, Any]
"""One queued write: ``op``, ``type`` (the table), ``id``, ``data`` and ``tx_id``."""

_TABLES = dict(zip((model.name for model in schema.model.tables), schema.tables, strict=True))


def apply_entries(server: ds.Database, entries: Iterable[Entry]) -> None:
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
    """Return what a PATCH changes, as Python values by the columns' names in Python."""
    converter = converter_of(_TABLES[entry["type"]], "sqlite")
    columns = [(converter.model.by_name[name], value) for name, value in entry["data"].items()]
    return {column.attribute: converter.decode_cell(column, value) for column, value in columns}


def _apply(server: ds.Database, entry: Entry) -> None:
    table, key = _TABLES[entry["type"]], entry["id"]
    match entry["op"]:
        case "PUT":
            # Also an upload whose answer was lost, and which comes again.
            server.run(ds.upsert(row_of(entry)))
        case "PATCH":
            server.run(ds.update(table, key).set(changes_of(entry)))
        case "DELETE":
            server.run(ds.delete(table, key))
        case other:
            raise ValueError(f"no such operation: {other}")
