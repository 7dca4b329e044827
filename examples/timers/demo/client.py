"""The client's side: SQLite, and the writes of a user who is offline."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import dualschema as ds
from examples.timers import crud
from examples.timers.demo.rows import Rows
from examples.timers.schema import Timer, Todo, schema

if TYPE_CHECKING:
    import apsw

__all__ = ["Sqlite", "empty_queue", "plain_sqlite", "work_offline"]

Sqlite: TypeAlias = "sqlite3.Connection | apsw.Connection"


def plain_sqlite() -> closing[sqlite3.Connection]:
    """Return a new SQLite database with the tables and their constraints, and no PowerSync."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema.ddl("sqlite"))
    return closing(connection)


def empty_queue(connection: apsw.Connection) -> None:
    """Drop the queued writes, as a client does when the server has taken them."""
    with connection:
        connection.execute("DELETE FROM ps_crud")


def work_offline(db: ds.Database, rows: Rows) -> None:
    """Do what a user does without a network; what is one transaction is uploaded as one."""
    stopwatch = next(row for row in rows[Timer] if row.laps and not row.is_running)
    untouched = [row for row in rows[Timer] if not row.is_running and row.first_start_time is None]
    to_do, done = (next(t for t in rows[Todo] if t.completed is each) for each in (False, True))
    at = datetime(2025, 1, 1, 0, 0, 0, 1_000, tzinfo=UTC)
    crud.add(db, _new_timer(stopwatch.user_id, at))
    odd = {"offline": True, "battery": 0.1, "Battery": "10 %", "trace": [2**53 + 1, None]}
    crud.start(db, stopwatch, at, metadata=odd)
    with db.transaction():
        crud.rename(db, untouched[0].id, "\t½ “10.5” \\n 🍵")
        crud.finish(db, to_do)
    with db.transaction():
        crud.remove(db, untouched[1].id)
        db.run(ds.delete(Todo, done.id))


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
