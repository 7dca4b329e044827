"""The log's table: one form in every schema, on the server alone; and what an event says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Literal

import pytest

import dualschema as ds
from dualschema.events import Event, LoggedEvent, event_schema


class Note(ds.Table, name="notes", postgres="native"):
    id: ds.Column[str] = ds.column(primary_key=True)


@pytest.mark.parametrize("style", ["portable", "native"])
def test_the_table_may_stand_in_any_schema(style: Literal["portable", "native"]) -> None:
    own = event_schema().ddl("postgresql")
    schema = ds.Schema(Note, LoggedEvent, postgres=style)

    assert schema.ddl("postgresql").endswith(own)
    assert "dualschema_events" not in schema.ddl("sqlite")
    assert ["notes"] == [table["name"] for table in schema.powersync()["tables"]]


def test_a_message_is_what_the_app_sends() -> None:
    instant = datetime(2025, 1, 31, 12, 0, tzinfo=UTC)
    event = Event(7, "timers:u1", {"a": None}, instant)

    assert {
        "channel": "timers:u1",
        "data": {"a": None},
        "timestamp": "2025-01-31T12:00:00.000Z",
    } == event.message()
    later = Event(8, "a", 1, instant.replace(microsecond=7_000))
    assert "2025-01-31T12:00:00.007Z" == later.message()["timestamp"]


def test_the_module_imports_no_driver_and_no_server() -> None:
    names = ("psycopg", "starlette", "sse_starlette", "sqlite3")
    code = f"import sys, dualschema.events; print([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
