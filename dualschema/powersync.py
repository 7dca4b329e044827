"""The client's schema as PowerSync's core takes it: the JSON of ``powersync_replace_schema``."""

from __future__ import annotations

from typing import Any

from dualschema.model import IndexModel, SchemaModel, Sync, TableModel

__all__ = ["MAX_COLUMNS", "client_indexes", "client_tables", "powersync_schema"]

MAX_COLUMNS = 1997
"""Columns beside the key: a view of the core has ``id`` and two more for metadata, and SQLite's
limit is 2000 (measured on core 0.5.3)."""


def client_tables(model: SchemaModel) -> tuple[TableModel, ...]:
    """Return the tables that a client has."""
    return tuple(
        table for table in model.tables if table.sync is not Sync.SERVER_ONLY and not table.dropped
    )


def client_indexes(table: TableModel) -> tuple[IndexModel, ...]:
    """Return the indexes that a client has: the key has its own, and is no column of the data."""
    return tuple(index for index in table.indexes if table.key not in index.columns)


def powersync_schema(model: SchemaModel) -> dict[str, Any]:
    """Return the schema in the form that PowerSync's SDKs send to the core.

    The key is not among the columns: a client's key is always a text column called ``id``.
    """
    return {"tables": [_table(table) for table in client_tables(model)], "raw_tables": []}


def _table(table: TableModel) -> dict[str, Any]:
    previous = table.track_previous
    include_old: bool | list[str] = False
    if previous is not None:
        include_old = True if previous.columns is None else list(previous.columns)
    return {
        "name": table.name,
        "view_name": table.view,
        "columns": [
            {"name": column.name, "type": column.type.storage.value}
            for column in table.columns
            if column.name != table.key
        ],
        "indexes": [
            {
                "name": index.name,
                "columns": [
                    {
                        "name": name,
                        "ascending": not descending,
                        "type": table.by_name[name].type.storage.value,
                    }
                    for name, descending in index.parts
                ],
            }
            for index in client_indexes(table)
        ],
        "local_only": table.sync is Sync.LOCAL_ONLY,
        "insert_only": table.sync is Sync.INSERT_ONLY,
        "include_old": include_old,
        "include_old_only_when_changed": previous is not None and previous.only_when_changed,
        "include_metadata": table.track_metadata,
        "ignore_empty_update": table.ignore_empty_updates,
    }
