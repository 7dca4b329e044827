"""Dart: tables as PowerSync's SDK declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dualschema.client_rows import written_columns
from dualschema.languages.dart import spelling as dart
from dualschema.model import IndexModel, Sync, TableModel
from dualschema.powersync import client_indexes

__all__ = ["declared"]


def declared(table: TableModel) -> list[str]:
    """Return the declaration of a table for PowerSync, as a static constant."""
    columns = [
        f"Column.{column.type.storage.value.lower()}({dart.quoted(column.name)})"
        for column in written_columns(table)
    ]
    items = [dart.quoted(table.name), "\n".join(dart.fitted("[", columns, "]"))]
    head = f"static const Table table = Table{_FACTORIES[table.sync]}("
    return dart.fitted(head, [*items, *_options(table)], ");")


_FACTORIES: Final = {
    Sync.BOTH: "",
    Sync.LOCAL_ONLY: "",
    Sync.INSERT_ONLY: ".insertOnly",
    Sync.SERVER_ONLY: "",
}
"""Of these constructors, one alone says insertOnly; that of localOnly takes too little."""


def _options(table: TableModel) -> Iterator[str]:
    indexes = ["\n".join(_index(index)) for index in client_indexes(table)]
    if indexes and table.sync is not Sync.INSERT_ONLY:
        yield "\n".join(dart.fitted("indexes: [", indexes, "]", room=5))
    if table.sync is Sync.LOCAL_ONLY:
        yield "localOnly: true"
    if table.view_name is not None and table.view_name != table.name:
        yield f"viewName: {dart.quoted(table.view_name)}"
    if table.track_metadata:
        yield "trackMetadata: true"
    if table.track_previous is not None:
        parts = []
        if table.track_previous.columns is not None:
            names = ", ".join(map(dart.quoted, table.track_previous.columns))
            parts.append(f"columnFilter: [{names}]")
        if table.track_previous.only_when_changed:
            parts.append("onlyWhenChanged: true")
        made = dart.fitted("trackPreviousValues: TrackPreviousValuesOptions(", parts, ")")
        yield "\n".join(made)
    if table.ignore_empty_updates:
        yield "ignoreEmptyUpdates: true"


def _index(index: IndexModel) -> list[str]:
    listed = dart.fitted("[", list(_indexed(index)), "]", room=7)
    line = f"Index({dart.quoted(index.name)}, {listed[0]})"
    if len(listed) == 1 and len(line) + 7 <= dart.WIDTH:
        return [line]
    return dart.fitted("Index(", [dart.quoted(index.name), "\n".join(listed)], ")", room=7)


def _indexed(index: IndexModel) -> Iterator[str]:
    for name, descends in index.parts:
        direction = "descending" if descends else "ascending"
        yield f"IndexedColumn.{direction}({dart.quoted(name)})"
