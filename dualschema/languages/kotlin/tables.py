"""Kotlin: tables as PowerSync's SDK declares them."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.client_rows import written_columns
from dualschema.languages.kotlin import spelling as kt
from dualschema.model import Sync, TableModel
from dualschema.powersync import client_indexes

__all__ = ["declared"]


def declared(table: TableModel) -> list[str]:
    """Return the declaration of a table for PowerSync."""
    columns = [
        f"Column.{column.type.storage.value.lower()}({kt.quoted(column.name)})"
        for column in written_columns(table)
    ]
    lines = ["Table(", f"    name = {kt.quoted(table.name)},"]
    lines.append("    columns =")
    lines += kt.block("listOf<Column>(", columns, "),", indent="        ")
    lines += _indexes(table)
    lines += [f"    {option}," for option in _options(table)]
    return [*lines, ")"]


def _indexes(table: TableModel) -> list[str]:
    found = client_indexes(table)
    if not found:
        return []
    lines = ["    indexes =", "        listOf("]
    for index in found:
        columns = [
            f"IndexedColumn.{'descending' if descends else 'ascending'}({kt.quoted(name)})"
            for name, descends in index.parts
        ]
        listed = kt.call("listOf", columns)
        lines.append(f"            {kt.call('Index', [kt.quoted(index.name), listed])},")
    return [*lines, "        ),"]


def _options(table: TableModel) -> Iterator[str]:
    # Named in each call, and so told from the constructor that takes options as one object.
    yield f"localOnly = {str(table.sync is Sync.LOCAL_ONLY).lower()}"
    if table.sync is Sync.INSERT_ONLY:
        yield "insertOnly = true"
    if table.view_name is not None and table.view_name != table.name:
        yield f"viewNameOverride = {kt.quoted(table.view_name)}"
    if table.track_metadata:
        yield "trackMetadata = true"
    if table.track_previous is not None:
        parts = []
        if table.track_previous.columns is not None:
            names = ", ".join(map(kt.quoted, table.track_previous.columns))
            parts.append(f"columnFilter = listOf({names})")
        if table.track_previous.only_when_changed:
            parts.append("onlyWhenChanged = true")
        yield f"trackPreviousValues = {kt.call('TrackPreviousValuesOptions', parts)}"
    if table.ignore_empty_updates:
        yield "ignoreEmptyUpdates = true"
