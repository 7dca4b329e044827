"""What is written on a device is what Postgres holds: made, changed and deleted, in its order."""

from __future__ import annotations

from typing import Any

import dualschema as ds
from examples.timers.demo.rows import differences, read_data
from examples.timers.schema import ActivityLog, Timer, Todo
from tests.e2e.device import Device, Uploaded, app_in, inserted
from tests.e2e.serving import ServerProcess
from tests.fixtures.node import Node

NAME = "שָׁלוֹם 👩\u200d🍳 'n' \"tea\" \\ 2^63 = 9223372036854775808"

LOG = """
INSERT INTO activity_logs (id, timer_id, timer_name, event_type, metadata)
SELECT uuid(), id, text, 'start', json_object('round', ?) FROM todos
"""


def test_the_devices_program_has_the_right_types(node: Node) -> None:
    app_in(node.folder).tsc()


def test_a_burst_of_all_the_examples_rows_arrives(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    data = {
        table: [row.model_copy(update={"user_id": user}) for row in rows]
        for table, rows in read_data().items()
    }
    entries = [inserted(row) for rows in data.values() for row in rows]
    transactions = [entries[start : start + 3] for start in range(0, len(entries), 3)]
    device.open(server.url, user)
    device.write(*transactions)

    assert Uploaded(None, -(-len(transactions) // 50)) == device.upload()
    written = {table: [as_inserted(row) for row in rows] for table, rows in data.items()}
    arrived = {table: all_of(db, table, user) for table in data}
    assert [] == differences(written, arrived)


def test_a_row_is_made_changed_and_deleted(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    timer = Timer(id=ds.new_id(), name=NAME, timer_type="countdown", user_id=user)
    device.open(server.url, user)
    device.write([inserted(timer)])
    assert Uploaded(None, 1) == device.upload()
    assert timer == db.get(Timer, timer.id)

    settings = (
        '{"workDuration":1,"shortBreakDuration":2,"longBreakDuration":3,'
        '"sessionsBeforeLongBreak":9007199254740993}'
    )
    device.run(
        "UPDATE timers SET name = ?, is_running = 1, start_time = ?, pomodoro_settings = ?",
        *(NAME[::-1], "2024-02-29T23:59:59.999Z", settings),
    )
    assert Uploaded(None, 1) == device.upload()
    stored = ds.encode(db.get(Timer, timer.id), "sqlite")
    [local] = device.rows("SELECT * FROM timers")
    assert stored.pop("updated_at") > local.pop("updated_at"), "the server keeps it"
    assert local == stored

    device.run("UPDATE timers SET start_time = NULL, laps = NULL")
    assert Uploaded(None, 1) == device.upload()
    emptied = db.get(Timer, timer.id)
    assert (None, None) == (emptied.start_time, emptied.laps)

    device.run("DELETE FROM timers")
    assert Uploaded(None, 1) == device.upload()
    assert db.get_or_none(Timer, timer.id) is None


def test_what_was_done_offline_is_done_in_its_order(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    key = ds.new_id()
    device.open(server.url, user)
    for round_ in range(60):
        device.write(
            [("INSERT INTO todos (id, text) VALUES (?, ?)", [key, f"{round_}"])],
            [("UPDATE todos SET completed = 1 WHERE text = ?", [f"{round_}"])],
            [(LOG, [round_])],
            [("DELETE FROM todos WHERE id = ?", [key])],
        )
    device.run("INSERT INTO todos (id, text) VALUES (?, 'the last')", key)

    assert Uploaded(None, 5) == device.upload()
    todo = db.get(Todo, key)
    assert ("the last", False, user) == (todo.text, todo.completed, todo.user_id)
    logs = all_of(db, ActivityLog, user)
    assert [{"round": each} for each in range(60)] == sorted(
        (log.metadata for log in logs), key=lambda found: found["round"]
    )


def as_inserted(row: ds.Table) -> ds.Table:
    """Return a row as an insert brings it: what is NULL is not sent, and takes its default."""
    sent = {name: value for name, value in ds.encode(row, "sqlite").items() if value is not None}
    return ds.decode(type(row), sent, "sqlite")


def all_of(db: ds.Database, table: Any, user: str) -> list[Any]:
    return db.all(ds.select(table).where(table.user_id == user))
