"""A PowerSync client's SQLite file: the tables, views and indexes that the core made in it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped

__all__ = ["CLIENT", "check_client"]

CLIENT: Final = "client file"

_FIX: Final = (
    "generate the client's schema anew (`dualschema codegen`), and open the file with it: "
    "PowerSync then remakes its views"
)

# The core keeps rows as JSON, in tables that only it writes, and makes a view of casts over each
# (read from sqlite_master as core 0.5.3 leaves it).
_SYNCED: Final = "ps_data__"
_LOCAL: Final = "ps_data_local__"
_CAST: Final = re.compile(r"\) as (\w+)\)")

# What the core adds to a view by itself, where a table tracks metadata.
_OF_THE_CORE: Final = frozenset({"_metadata", "_deleted"})


def check_client(patient: Patient) -> Iterator[Finding]:
    """Compare the file with ``Schema.powersync()``; it is opened to be read alone."""
    if patient.client is None:
        yield skipped(CLIENT, "none is named: --client FILE")
        return
    if not patient.client.is_file():
        yield fault(CLIENT, f"there is no file {patient.client}", "name the client's database")
        return
    try:
        with closing(_opened(patient.client)) as connection:
            made = _made(connection)
            if "ps_crud" not in made:
                fix = "name the file that a PowerSync client opened"
                yield fault(CLIENT, f"{patient.client} is no database of PowerSync's", fix)
                return
            wrong = [
                text
                for table in patient.schema.powersync()["tables"]
                for text in _differences(connection, table, made)
            ]
    except sqlite3.Error as error:
        yield fault(CLIENT, f"{patient.client} cannot be read: {error}", "name a SQLite file")
        return
    if wrong:
        yield fault(CLIENT, f"not as the definition says: {few(wrong, '; ')}", _FIX)
    else:
        yield fine(CLIENT, "as the definition says")


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _made(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what stands in the file by name, with its SQL."""
    return dict(connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))


def _differences(
    connection: sqlite3.Connection, table: Mapping[str, Any], made: Mapping[str, str]
) -> Iterator[str]:
    name, view = table["name"], table["view_name"]
    rows = f"{_LOCAL if table['local_only'] else _SYNCED}{name}"
    if rows not in made:
        yield f"there is no table {rows}"
    if view not in made:
        yield f"there is no view {view}"
        return
    asked = connection.execute("SELECT name FROM pragma_table_info(?)", (view,))
    there = [column for (column,) in asked if column != "id"]
    casts = _CAST.findall(made[view])
    types = {column: casts[i] if i < len(casts) else "" for i, column in enumerate(there)}
    wanted = {column["name"]: column["type"].upper() for column in table["columns"]}
    for column, kind in wanted.items():
        if column not in types:
            yield f"{view} has no column {column}"
        elif types[column].upper() != kind:
            yield f"{view}.{column} is {types[column] or 'no cast'}, not {kind}"
    for column in there:
        if column not in wanted and column not in _OF_THE_CORE:
            yield f"{view} has the column {column}, which the definition has not"
    for index in table["indexes"]:
        if f"{rows}__{index['name']}" not in made:
            yield f"{view} has no index {index['name']}"
