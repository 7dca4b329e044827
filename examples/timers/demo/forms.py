"""A few awkward values in their four forms, as Python and each store have them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from psycopg import sql

import dualschema as ds
from dualschema.convert import converter_of
from examples.timers.demo.client import Sqlite
from examples.timers.demo.rows import Rows
from examples.timers.demo.server import Server
from examples.timers.schema import ActivityLog, Timer

__all__ = ["Form", "forms_of", "python_text"]


@dataclass(frozen=True, slots=True)
class Form:
    """One value: its column, and how it is written on each side."""

    column: str
    python: str
    postgres: str
    sqlite: str
    json: str

    def grouped(self) -> Iterator[tuple[str, str]]:
        """Give the ways it is written, each with the sides that write it so."""
        sides = {"Python": self.python, "Postgres": self.postgres, "SQLite": self.sqlite}
        sides["JSON"] = self.json
        for text, names in groupby(sides, key=sides.__getitem__):
            yield ", ".join(names), text


def forms_of(rows: Rows, server: Server, sqlite: Sqlite) -> list[Form]:
    """Return values of a timer and of a log entry, read raw from both databases."""
    timer = next(row for row in rows[Timer] if row.is_running and "\\" in row.name)
    log = next(row for row in rows[ActivityLog] if row.metadata and "unsafe" in row.metadata)
    timer_columns = ("name", "is_running", "duration", "start_time", "laps")
    return [
        *_forms(timer, timer_columns, server, sqlite),
        *_forms(log, ("timestamp", "metadata"), server, sqlite),
    ]


def _forms(row: Any, names: tuple[str, ...], server: Server, sqlite: Sqlite) -> Iterator[Form]:
    model = converter_of(type(row), "json").model
    in_json = ds.encode(row, "json")
    for name in names:
        column = model.by_name[name]
        select = f'SELECT "{name}" FROM "{model.name}" WHERE id = '  # noqa: S608  (names of the definition)
        in_sqlite = next(iter(sqlite.execute(select + "?", (row.id,))))
        # As text, for psycopg would parse the document; numbers are known by their type.
        query = sql.SQL("SELECT {0}::text, pg_typeof({0})::text FROM {1} WHERE id = %s").format(
            sql.Identifier(name), sql.Identifier(model.name)
        )
        text, kind = server.execute(query, (row.id,)).fetchone() or (None, "")
        in_postgres = int(text) if text is not None and kind == "integer" else text
        value = getattr(row, column.attribute)
        yield Form(
            column=f"{model.name}.{name}",
            python=python_text(value),
            postgres=_quoted(in_postgres),
            sqlite=_quoted(in_sqlite[0]),
            json=json.dumps(in_json[column.json_name], ensure_ascii=False),
        )


def python_text(value: object) -> str:
    """Write a Python value as one would in code that imported what it needs."""
    return re.sub(r"datetime\.(?=datetime\()|datetime\.timezone\.", "", repr(value))


def _quoted(value: object) -> str:
    """Write a value as SQL does."""
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
