"""How long a push takes that has nothing to do."""

from __future__ import annotations

import time
from typing import Any, Literal

import pytest

import dualschema as ds
from tests.fixtures.cpu_time import cpu_seconds
from tests.migrate.databases import Database
from tests.schema.define import define

DDL = 0.2
"""CPU seconds for the DDL of 200 tables on the machine that the limit is for."""

COLUMNS: dict[str, Any] = {
    "name": (str, {"max_length": 50}),
    "kind": (Literal["a", "b", "c"], {"default": "a"}),
    "is_on": (bool, {"default": False}),
    "count": (int, {"default": 0, "doc": "milliseconds"}),
    "laps": (list[int] | None, {"default_factory": list}),
    "user_id": (str, {"index": True}),
}


@pytest.mark.slow
def test_200_unchanged_tables_take_less_than_3_seconds(database: Database) -> None:
    """Of CPU time, ours and Postgres's, where the tables' DDL takes no more than ``DDL`` seconds.

    Others may keep the machine busy, and it may be a slow one.
    """
    tables = [define(f"t{number}", COLUMNS) for number in range(200)]
    for number in range(1, 200):
        key = ds.ForeignKey(f"t{number - 1}")
        more = {"parent": (str | None, {"foreign_key": key})}
        tables[number] = define(f"t{number}", {**COLUMNS, **more}, doc="A table.")
    schema = ds.Schema(*tables)
    database.push(schema)
    taken = []
    for _ in range(3):
        began = time.process_time()
        schema.ddl("postgresql")
        slowness = max(1, (time.process_time() - began) / DDL)
        [(pid,)] = database.run("SELECT pg_backend_pid()")
        began = cpu_seconds(pid)
        assert () == database.push(schema).steps
        taken.append((cpu_seconds(pid) - began) / slowness)
    assert min(taken) < 3
