"""What PowerSync's core made in a client's SQLite file, compared with the schema for it.

The core keeps rows as JSON, in tables that only it writes, and makes a view of casts over each,
with triggers that write to the queue of uploads (read from sqlite_master as core 0.5.3 leaves it).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["compare_client"]

_Mode = Literal["synced", "local only", "insert only"]

_SYNCED: Final = "ps_data__"
_LOCAL: Final = "ps_data_local__"
_CAST: Final = re.compile(r"\) as (\w+)\)")
_INDEXED: Final = re.compile(r"CAST\(json_extract\(data, '\$\.(\w+)'\) as (\w+)\)( DESC)?")
_PREVIOUS: Final = re.compile(r"'(\w+)', (?:powersync_strip_subtype\()?OLD\.\"")

_OF_THE_CORE: Final = ("_metadata", "_deleted")
"""What the core adds to a view by itself, where a table tracks metadata."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What stands in the file.

    Attributes:
        sql: tables, views, indexes and triggers by name, with the SQL that made them.
        indexes: the indexes by table, by the names that the core gave them.
        columns: the columns of views, the key left out.
    """

    sql: Mapping[str, str]
    indexes: Mapping[str, list[str]]
    columns: Mapping[str, list[str]]


def compare_client(connection: sqlite3.Connection, schema: Mapping[str, Any]) -> list[str] | None:
    """Return what differs, in words; None if the core never opened the file.

    Args:
        connection: to the file.
        schema: what ``Schema.powersync`` gives.
    """
    made = _read(connection)
    if "ps_crud" not in made.sql:
        return None
    return [text for table in schema["tables"] for text in _differences(table, made)]


def _read(connection: sqlite3.Connection) -> _Made:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    indexes: dict[str, list[str]] = {}
    columns: dict[str, list[str]] = {}
    for kind, name, table, sql in rows:
        if kind == "index" and sql is not None:
            indexes.setdefault(table, []).append(name)
        if kind == "view":
            asked = connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
            columns[name] = [column for (column,) in asked if column != "id"]
    return _Made({name: sql or "" for _, name, _, sql in rows}, indexes, columns)


def _differences(table: Mapping[str, Any], made: _Made) -> Iterator[str]:
    name, view = table["name"], table["view_name"]
    wanted = _wanted_mode(table)
    rows = f"{_LOCAL if wanted == 'local only' else _SYNCED}{name}"
    there = _mode(name, view, made)
    if there is not None and there != wanted:
        yield f"{view} is {there}, not {wanted}"
        return
    if rows not in made.sql:
        yield f"there is no table {rows}"
    if view not in made.columns:
        yield f"there is no view {view}"
        return
    yield from _columns(table, made)
    yield from _triggers(table, made, wanted)
    yield from _indexes(table, made, rows)


def _wanted_mode(table: Mapping[str, Any]) -> _Mode:
    if table["local_only"]:
        return "local only"
    return "insert only" if table["insert_only"] else "synced"


def _mode(name: str, view: str, made: _Made) -> _Mode | None:
    """Return what a table is in the file; None if it is not there."""
    if view not in made.columns:
        return None
    if f'FROM "{_LOCAL}{name}"' in made.sql[view]:
        return "local only"
    insert = made.sql.get(f"ps_view_insert_{view}")
    if insert is None or f'INSERT INTO "{_SYNCED}{name}"' in insert:
        return "synced"
    return "insert only"


def _columns(table: Mapping[str, Any], made: _Made) -> Iterator[str]:
    view = table["view_name"]
    there, casts = made.columns[view], _CAST.findall(made.sql[view])
    types = {column: casts[i] if i < len(casts) else "" for i, column in enumerate(there)}
    wanted = {column["name"]: column["type"].upper() for column in table["columns"]}
    for column, kind in wanted.items():
        if column not in types:
            yield f"{view} has no column {column}"
        elif types[column].upper() != kind:
            yield f"{view}.{column} is {types[column] or 'no cast'}, not {kind}"
    added = _OF_THE_CORE if table["include_metadata"] else ()
    for column in there:
        if column not in wanted and column not in added:
            yield f"{view} has the column {column}, which the definition has not"
    for column in added:
        if column not in there:
            yield f"{view} has no column {column}, and tracks no metadata"


def _triggers(table: Mapping[str, Any], made: _Made, mode: _Mode) -> Iterator[str]:
    view = table["view_name"]
    for what in ("insert",) if mode == "insert only" else ("insert", "update", "delete"):
        if f"ps_view_{what}_{view}" not in made.sql:
            yield f"{view} has no trigger for {what}"
    if mode != "synced":
        return
    names = [column["name"] for column in table["columns"]]
    tracked = table["include_old"]
    wanted = names if tracked is True else tracked or []
    there = set(_PREVIOUS.findall(made.sql.get(f"ps_view_delete_{view}", "")))
    if there != set(wanted):
        has = ", ".join(name for name in names if name in there) or "no column"
        yield f"{view} tracks previous values of {has}, not of {', '.join(wanted) or 'none'}"


def _indexes(table: Mapping[str, Any], made: _Made, rows: str) -> Iterator[str]:
    view = table["view_name"]
    there = {name.removeprefix(f"{rows}__"): name for name in made.indexes.get(rows, ())}
    for index in table["indexes"]:
        name = index["name"]
        if name not in there:
            yield f"{view} has no index {name}"
            continue
        found = _INDEXED.findall(made.sql[there.pop(name)])
        keys = [(column, kind.upper(), bool(falls)) for column, kind, falls in found]
        wanted = [(c["name"], c["type"].upper(), not c["ascending"]) for c in index["columns"]]
        if keys != wanted:
            yield f"the index {name} of {view} is over {_keys(keys)}, not {_keys(wanted)}"
    for name in there:
        yield f"{view} has the index {name}, which the definition has not"


def _keys(keys: list[tuple[str, str, bool]]) -> str:
    told = (f"{column} as {kind}{' DESC' if falls else ''}" for column, kind, falls in keys)
    return ", ".join(told) or "something else"
