"""The server is killed while a device uploads: every operation is applied exactly once."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.audit import Change, changes, watch
from tests.e2e.device import Device, Entry
from tests.e2e.serving import PATIENCE, ServerProcess, serving

pytestmark = pytest.mark.slow

Sql = psycopg.Connection[tuple[Any, ...]]

LOG = logging.getLogger("tests")

A_ROUND = 20
"""How many transactions the device makes between one kill and the next."""

LOOP = {"retryDelayMs": 20, "crudUploadThrottleMs": 1}


@pytest.fixture
def own_sql(postgres_url: str) -> Iterator[Sql]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def mortal(settings: dict[str, str], postgres_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """Give a server with a database of its own."""
    own = {**settings, "DATABASE_URL": postgres_url}
    with serving(own, tmp_path / "log.txt") as [server]:
        yield server


LAP = """
INSERT INTO activity_logs (id, timer_id, timer_name, event_type, elapsed_at_event)
VALUES (?, 'counter', 'counter', 'lap', ?)
"""


def made(number: int) -> list[Entry]:
    """Return a transaction of which each operation shows if it is done twice, or not."""
    return [
        (LAP, [f"log {number}", number]),
        ("UPDATE timers SET elapsed_time = ? WHERE id = 'counter'", [number]),
        ("UPDATE todos SET text = ? WHERE id = ?", [f"{number}", f"todo {number}"]),
        ("DELETE FROM todos WHERE id = ?", [f"gone {number}"]),
    ]


def prepare(device: Device, count: int) -> None:
    """Make the rows that transactions change and delete."""
    device.run(
        "INSERT INTO timers (id, name, timer_type, elapsed_time) "
        "VALUES ('counter', 'counter', 'stopwatch', -1)"
    )
    for start in range(0, count, 100):
        device.write(
            [
                ("INSERT INTO todos (id, text) VALUES (?, '')", [f"{kind} {number}"])
                for number in range(start, min(start + 100, count))
                for kind in ("todo", "gone")
            ]
        )
    assert device.upload().thrown is None


def until(found: Callable[[], bool], what: str, pause: float = 0.01) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, what
        time.sleep(pause)


def last_answered(sql: Sql) -> int:
    """Return the number of the last operation whose answer is committed."""
    row = sql.execute("SELECT coalesce(max(last_operation), 0) FROM dualschema_ledger").fetchone()
    assert row is not None
    return int(row[0])


def test_each_operation_is_applied_once_however_often_the_server_is_killed(
    mortal: ServerProcess, device: Device, own_sql: Sql, chance: random.Random, examples: int
) -> None:
    kills = 50 if examples >= 500 else 5
    device.open(mortal.url, "ann", maxTransactions=7)
    prepare(device, kills * A_ROUND)
    watch(own_sql)
    device.connect(**LOOP)
    answers_lost = unfinished = 0
    for round_ in range(kills):
        before = last_answered(own_sql)
        first = round_ * A_ROUND
        device.write(*(made(number) for number in range(first, first + A_ROUND)))
        if round_ and chance.random() < 0.5:  # between a commit and its answer, or nearly so
            until(
                lambda: last_answered(own_sql) > before,  # noqa: B023  (called within the round)
                "nothing is uploaded",
                pause=0,
            )
        if round_:  # the first time at once, when not all can be uploaded
            time.sleep(chance.choice([0, chance.uniform(0, 0.02), chance.uniform(0, 0.1)]))
        mortal.kill()
        left = device.queue()
        unfinished += bool(left)
        answers_lost += bool(left) and left[0] <= last_answered(own_sql)
        mortal.start(wait=chance.random() < 0.5)
    until(lambda: device.queue() == [], "the queue is not done")
    LOG.info("%d kills: %d with a queue, %d lost an answer", kills, unfinished, answers_lost)

    assert unfinished > 0
    assert [] == device.rejections()
    check_once(changes(own_sql), kills * A_ROUND)
    assert (0,) == own_sql.execute("SELECT count(*) FROM dualschema_dead_letters").fetchone()
    assert "Traceback" not in mortal.lines()


def check_once(found: list[Change], count: int) -> None:
    """Check that all transactions were applied, each once and whole, in their order."""
    everything = list(range(count))
    by_kind = {
        kind: numbers(found, *kind)
        for kind in (("INSERT", "activity_logs"), ("UPDATE", "todos"), ("DELETE", "todos"))
    }
    for applied in by_kind.values():
        assert everything == sorted(applied)
    counter = numbers(found, "UPDATE", "timers")
    assert counter == sorted(set(counter))
    assert count - 1 == counter[-1]
    assert len(found) == 3 * count + len(counter)

    next_ = 0
    for _, together in groupby(found, key=lambda change: change.transaction):
        batch = list(together)
        parts = [sorted(numbers(batch, *kind)) for kind in by_kind]
        expected = list(range(next_, next_ + len(parts[0])))
        assert [expected] * 3 == parts
        next_ += len(expected)
        assert [next_ - 1] == numbers(batch, "UPDATE", "timers")


def numbers(found: list[Change], operation: str, table: str) -> list[int]:
    rows = [each.row for each in found if (each.operation, each.table) == (operation, table)]
    if table == "timers":
        return [row["elapsed_time"] for row in rows]
    return [int(row["id"].split()[1]) for row in rows]


GATE = """
CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(4711);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON activity_logs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION gate();
"""

IN_COMMIT = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND query = 'COMMIT' AND wait_event = 'advisory'
"""


@pytest.mark.parametrize("ends", ["commits", "rolls back"])
def test_a_commit_that_outlives_its_server(
    mortal: ServerProcess, device: Device, own_sql: Sql, ends: str
) -> None:
    """Postgres ends a commit whose client is gone; meanwhile the device has sent it again."""
    device.open(mortal.url, "ann")
    prepare(device, A_ROUND)
    watch(own_sql)
    own_sql.execute(GATE)
    own_sql.execute("SELECT pg_advisory_lock(4711)")
    device.write(*(made(number) for number in range(A_ROUND)))
    device.connect(**LOOP)
    until(lambda: own_sql.execute(IN_COMMIT).fetchone() is not None, "nothing is committed")
    before = mortal.lines().count("POST /api/data")

    mortal.kill()
    mortal.start()
    until(lambda: mortal.lines().count("POST /api/data") > before, "it is not sent again")
    assert [] == changes(own_sql)
    if ends == "rolls back":
        own_sql.execute(f"SELECT pg_terminate_backend(pid) FROM ({IN_COMMIT}) AS waiting")
    own_sql.execute("SELECT pg_advisory_unlock(4711)")

    until(lambda: device.queue() == [], "the queue is not done")
    check_once(changes(own_sql), A_ROUND)
    assert [] == device.rejections()
