"""What the server refuses: the device hears why, goes on, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import dualschema as ds
from dualschema.upload import Success, Uploader
from examples.timers.schema import ActivityLog, Timer, Todo, schema
from tests.e2e.device import Device, Entry, Uploaded, device_in
from tests.e2e.serving import ServerProcess

Sql = psycopg.Connection[tuple[object, ...]]


def todo(key: str, text: str = "tea", **columns: Any) -> list[Entry]:
    given = {"id": key, "text": text, **columns}
    places = ", ".join("?" * len(given))
    return [(f"INSERT INTO todos ({', '.join(given)}) VALUES ({places})", [*given.values()])]


def test_what_the_database_refuses_waits_until_it_is_replayed(
    device: Device, server: ServerProcess, db: ds.Database, sql: Sql, user: str
) -> None:
    first, second, third = ds.new_id(), ds.new_id(), ds.new_id()
    # Of this user alone: others' rows, which other tests left, may be of coffee.
    is_ours = f"user_id = '{user}' AND text LIKE '%coffee%'"
    sql.execute(f"ALTER TABLE todos ADD CONSTRAINT no_coffee CHECK (NOT ({is_ours}))".encode())
    device.open(server.url, user)
    device.write(todo(first), todo(second, "coffee ☕") + todo(ds.new_id()), todo(third))
    device.write([("UPDATE todos SET completed = 1 WHERE id = ?", [first])])

    assert None is device.upload().thrown
    [rejection] = device.rejections()
    [letter] = Uploader(db, schema).letters.all(user)
    assert rejection["needsDecision"] is False
    assert ["PUT", "PUT"] == [each["op"] for each in rejection["operations"]]
    failed = rejection["failedOperation"]
    assert ("CHECK_VIOLATION", 0) == (failed["errorCode"], failed["operationIndex"])
    details = failed["details"]
    assert ("todos", second, letter.id) == (
        details["table"],
        details["id"],
        details["dead_letter"],
    )
    assert "coffee" not in json.dumps([failed["message"], rejection["message"]])
    assert {(first, True), (third, False)} == todos_of(db, user)

    # The transaction stays whole until somebody has repaired what was wrong.
    sql.execute("ALTER TABLE todos DROP CONSTRAINT no_coffee")
    assert Success() == Uploader(db, schema).replay(letter.id)
    assert 4 == db.count(ds.select(Todo).where(Todo.user_id == user))
    assert "coffee ☕" == db.get(Todo, second).text


@pytest.mark.parametrize(
    ("columns", "code", "column"),
    [
        ({"completed": 7}, "INVALID_DATA", "completed"),
        ({"created_at": "yesterday"}, "INVALID_DATA", "created_at"),
        ({"completed": "'; DROP TABLE todos;--"}, "INVALID_DATA", "completed"),
        ({"user_id": "somebody@example.com"}, "UNAUTHORIZED", None),
    ],
)
def test_what_is_no_value_or_anothers_is_refused(
    device: Device,
    server: ServerProcess,
    db: ds.Database,
    *,
    columns: dict[str, Any],
    code: str,
    column: str | None,
) -> None:
    user = ds.new_id()
    device.open(server.url, user)
    before, after = ds.new_id(), ds.new_id()
    device.write(todo(before), todo(ds.new_id(), **columns), todo(after))

    assert None is device.upload().thrown
    [rejection] = device.rejections()
    failed = rejection["failedOperation"]
    assert (code, column) == (failed["errorCode"], failed["details"].get("column"))
    assert {(before, False), (after, False)} == todos_of(db, user)
    assert 0 == db.count(ds.select(Todo).where(Todo.user_id == "somebody@example.com"))


def test_a_row_without_what_it_must_have_is_refused(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    device.open(server.url, user)
    device.run("INSERT INTO timers (id, timer_type) VALUES ('t', 'stopwatch')")
    device.run("INSERT INTO timers (id, name, timer_type) VALUES ('s', 'n', 'sundial')")
    assert None is device.upload().thrown
    told = [each["failedOperation"] for each in device.rejections()]
    assert ["name", "timer_type"] == [failed["details"]["column"] for failed in told]
    assert 0 == db.count(ds.select(Timer).where(Timer.user_id == user))


def test_what_needs_a_refused_row_waits_with_it(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    key = ds.new_id()
    device.open(server.url, user)
    device.write(todo(key, completed=7))
    device.run("UPDATE todos SET text = 'more tea' WHERE id = ?", key)
    assert None is device.upload().thrown
    codes = [each["failedOperation"]["errorCode"] for each in device.rejections()]
    assert ["INVALID_DATA", "BLOCKED"] == codes
    assert [key, key] == [
        json.loads(letter.entries)[0]["id"] for letter in Uploader(db, schema).letters.all(user)
    ]


def test_another_users_row_is_neither_changed_nor_told(
    device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    key, other = ds.new_id(), f"other.{user}"
    device.open(server.url, other)
    device.write(todo(key, "theirs"))
    assert Uploaded(None, 1) == device.upload()
    theirs = db.get(Todo, key)

    device.open(server.url, user)
    device.write(todo(key, "mine"))  # a row of one's own, as far as this device knows
    device.run("UPDATE todos SET text = 'mine', completed = 1 WHERE id = ?", key)
    device.run("DELETE FROM todos WHERE id = ?", key)
    device.write(todo(ds.new_id(), "mine indeed"))
    assert None is device.upload().thrown
    assert theirs == db.get(Todo, key)
    assert {"mine indeed"} == {
        row.text for row in db.all(ds.select(Todo).where(Todo.user_id == user))
    }
    told = device.rejections()
    assert "theirs" not in json.dumps(told)
    assert other not in json.dumps(told)


class Note(ds.Table, name="notes"):
    """A table that the app once had."""

    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str]
    user_id: ds.Column[str] = ds.column(owner=True)


@pytest.fixture
def old_device(tmp_path: Path) -> Iterator[Device]:
    """Give a device whose app was generated when there were notes."""
    device = device_in(tmp_path, ds.Schema(Timer, ActivityLog, Todo, Note))
    yield device
    device.end()


def test_an_old_client_goes_on_without_the_table_that_is_gone(
    old_device: Device, server: ServerProcess, db: ds.Database, user: str
) -> None:
    key = ds.new_id()
    old_device.open(server.url, user)
    old_device.run("INSERT INTO notes (id, text) VALUES ('n', 'keep me')")
    old_device.write(todo(key))
    assert None is old_device.upload().thrown
    [rejection] = old_device.rejections()
    failed = rejection["failedOperation"]
    assert ("UNKNOWN_TABLE", "notes") == (failed["errorCode"], failed["details"]["table"])
    assert {(key, False)} == todos_of(db, user)
    [letter] = Uploader(db, schema).letters.all(user)
    assert "keep me" in letter.entries


def todos_of(db: ds.Database, user: str) -> set[tuple[str, bool]]:
    found = db.all(ds.select(Todo).where(Todo.user_id == user))
    return {(row.id, row.completed) for row in found}
