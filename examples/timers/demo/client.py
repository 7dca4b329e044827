"""The client's side: rows to and from SQLite, and the writes of a user who is offline."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import dualschema as ds
from dualschema.convert import converter_of
from examples.timers.demo.rows import Rows
from examples.timers.schema import ActivityLog, Timer, Todo, schema

if TYPE_CHECKING:
    import apsw

__all__ = ["Sqlite", "empty_queue", "insert_rows", "plain_sqlite", "read_rows", "work_offline"]

Sqlite: TypeAlias = "sqlite3.Connection | apsw.Connection"


def plain_sqlite() -> closing[sqlite3.Connection]:
    """Return a new SQLite database with the tables and their constraints, and no PowerSync."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema.ddl("sqlite"))
    return closing(connection)


def insert_rows(connection: Sqlite, rows: Rows) -> None:
    """Write rows; PowerSync's views take the same statements as tables do."""
    with connection:
        for table, batch in rows.items():
            name, columns = _names(table)
            marks = ", ".join("?" * len(columns))
            order = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            connection.executemany(order, ds.encode_many(batch, "sqlite"))


def read_rows(connection: Sqlite) -> Rows:
    """Return all rows."""
    rows: Rows = {}
    for table in schema.tables:
        name, columns = _names(table)
        stored = connection.execute(f"SELECT {', '.join(columns)} FROM {name}")  # noqa: S608
        rows[table] = ds.decode_many(table, stored, "sqlite")
    return rows


def empty_queue(connection: apsw.Connection) -> None:
    """Drop the queued writes, as a client does when the server has taken them."""
    with connection:
        connection.execute("DELETE FROM ps_crud")


def work_offline(connection: apsw.Connection, rows: Rows) -> None:
    """Do what a user does without a network: each `with` is one transaction, uploaded as one."""
    stopwatch = next(row for row in rows[Timer] if row.laps and not row.is_running)
    untouched = [row for row in rows[Timer] if not row.is_running and row.first_start_time is None]
    to_do, done = (next(t for t in rows[Todo] if t.completed is each) for each in (False, True))
    at = datetime(2025, 1, 1, 0, 0, 0, 1_000, tzinfo=UTC)
    with connection:
        _insert(connection, _new_timer(stopwatch.user_id, at))
    with connection:
        change = {"is_running": True, "start_time": at, "laps": None, "updated_at": at}
        _update(connection, stopwatch, change)
        _insert(connection, _log_of(stopwatch, at))
    with connection:
        _update(connection, untouched[0], {"name": "\t½ “10.5” \\n 🍵", "updated_at": at})
        _update(connection, to_do, {"completed": True, "updated_at": at})
    with connection:
        _delete(connection, untouched[1])
        _delete(connection, done)


def _new_timer(user_id: str, at: datetime) -> Timer:
    return Timer(
        id="00000000-0000-4000-8000-000000000001",
        name="null",
        timer_type="countdown",
        duration=180_000,
        laps=None,
        user_id=user_id,
        created_at=at,
        updated_at=at,
    )


def _log_of(timer: Timer, at: datetime) -> ActivityLog:
    return ActivityLog(
        id="00000000-0000-4000-8000-000000000002",
        timer_id=timer.id,
        timer_name=timer.name,
        user_id=timer.user_id,
        event_type="start",
        timestamp=at,
        elapsed_at_event=timer.elapsed_time,
        metadata={"offline": True, "battery": 0.1, "Battery": "10 %", "trace": [2**53 + 1, None]},
    )


def _insert(connection: apsw.Connection, row: ds.Table) -> None:
    insert_rows(connection, {type(row): [row]})


def _update(connection: apsw.Connection, row: Any, change: Mapping[str, Any]) -> None:
    converter = converter_of(type(row), "sqlite")
    columns = converter.model.by_name
    values = [converter.encode_cell(columns[name], value) for name, value in change.items()]
    settings = ", ".join(f'"{name}" = ?' for name in change)
    order = f"UPDATE {_names(type(row))[0]} SET {settings} WHERE id = ?"  # noqa: S608
    connection.execute(order, (*values, row.id))


def _delete(connection: apsw.Connection, row: Any) -> None:
    order = f"DELETE FROM {_names(type(row))[0]} WHERE id = ?"  # noqa: S608
    connection.execute(order, (row.id,))


def _names(table: type[ds.Table]) -> tuple[str, list[str]]:
    converter = converter_of(table, "sqlite")
    return f'"{converter.model.name}"', [f'"{name}"' for name in converter.names]
