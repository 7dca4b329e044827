"""Two users write to the same ids at once, through two servers: nothing crosses."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

import dualschema as ds
from dualschema.upload import DeadLetter, LedgerEntry
from examples.timers.schema import ActivityLog, Timer, Todo
from tests.e2e.serving import PATIENCE, ServerProcess, serving

pytestmark = pytest.mark.slow

USERS: Final = ("ann@example.com", "bob@example.com")
DEVICES: Final = 2
IDS: Final = 8
"""How many ids each device shares with one of the other user's."""

Row = tuple[str, str]
"""A table and a key."""


@pytest.fixture
def two_servers(
    settings: dict[str, str], postgres_url: str, tmp_path: Path
) -> Iterator[list[ServerProcess]]:
    own = {**settings, "DATABASE_URL": postgres_url}
    with serving(own, tmp_path / "1.txt", tmp_path / "2.txt") as servers:
        yield servers


@dataclass
class Writer:
    """A device of a user, which knows what it was told.

    Attributes:
        rows: the rows that are its user's, as far as it was told, with what it wrote to them.
        logs: the keys of the rows of the log that it was told are there.
        refused: the codes of what was refused.
        retried: how often it was told to try again.
    """

    user: str
    number: int
    urls: list[str]
    chance: random.Random
    rows: dict[Row, str] = field(default_factory=dict)
    logs: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    retried: int = 0
    _operations: int = 0

    def hammer(self, batches: int) -> None:
        """Write, as fast as it can."""
        with httpx.Client(timeout=PATIENCE, headers={"X-User-Id": self.user}) as client:
            token = client.get(f"{self.urls[0]}/api/auth/token").json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            for _ in range(batches):
                left = [self._transaction() for _ in range(self.chance.randint(1, 8))]
                while left:
                    left = left[self._send(client, left) :]

    def _send(self, client: httpx.Client, transactions: list[dict[str, Any]]) -> int:
        """Upload; return how many transactions are done."""
        body = {"client_id": f"{self.user} {self.number}", "transactions": transactions}
        response = client.post(f"{self.chance.choice(self.urls)}/api/data", json=body)
        assert 200 == response.status_code, response.text
        others = [user for user in USERS if user != self.user]
        assert not any(other in response.text for other in others), response.text
        results = response.json()["results"]
        for done, (transaction, result) in enumerate(zip(transactions, results, strict=True)):
            match result["status"]:
                case "success":
                    self._believe(transaction, result)
                case "fatal_error":
                    self.refused.append(result["failed_operation"]["error_code"])
                case "retryable_error":
                    self.retried += 1
                    assert self.retried < 100, response.text
                    return done
                case other:
                    assert other == "not_attempted"
                    return done
        return len(transactions)

    def _transaction(self) -> dict[str, Any]:
        crud = [self._operation() for _ in range(self.chance.randint(1, 3))]
        key = f"{self.user} {self.number} {self._operations}"
        data = {"timer_id": "t", "timer_name": self.user, "event_type": "lap"}
        crud.append(self._entry("PUT", "activity_logs", key, data))
        return {"crud": crud}

    def _operation(self) -> dict[str, Any]:
        op = self.chance.choice(["PUT", "PUT", "PATCH", "PATCH", "PATCH", "DELETE"])
        table = self.chance.choice(["todos", "timers"])
        key = f"{self.number} {self.chance.randrange(IDS)}"
        text = f"{self.user} {self._operations}"
        if op == "DELETE":
            return self._entry(op, table, key)
        if table == "todos":
            return self._entry(op, table, key, {"text": text, "completed": 1})
        more = {"timer_type": "stopwatch"} if op == "PUT" else {}
        return self._entry(op, table, key, {"name": text, **more})

    def _entry(
        self, op: str, table: str, key: str, data: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        self._operations += 1
        entry = {"op_id": self._operations, "op": op, "table": table, "id": key}
        return entry if data is None else {**entry, "op_data": data}

    def _believe(self, transaction: dict[str, Any], result: dict[str, Any]) -> None:
        """Keep what a transaction that succeeded did."""
        notes = result.get("operations", ())
        noops = {note["operation_index"] for note in notes if note["outcome"] == "noop"}
        for index, entry in enumerate(transaction["crud"]):
            row = (entry["table"], entry["id"])
            if index in noops:
                assert row not in self.rows, "it was its own"
            elif entry["op"] == "DELETE":
                del self.rows[row]
            elif entry["table"] == "activity_logs":
                self.logs.add(entry["id"])
            else:
                data = entry["op_data"]
                self.rows[row] = data["text"] if entry["table"] == "todos" else data["name"]


def test_nothing_of_a_user_is_in_anothers_rows(
    two_servers: list[ServerProcess], postgres_url: str, chance: random.Random, examples: int
) -> None:
    seed = chance.random()
    batches = max(40, min(examples, 400))
    urls = [server.url for server in two_servers]
    writers = [
        Writer(user, number, urls, random.Random(f"{seed} {user} {number}"))
        for user in USERS
        for number in range(DEVICES)
    ]
    with ThreadPoolExecutor(len(writers)) as threads:
        for done in [threads.submit(writer.hammer, batches) for writer in writers]:
            done.result()

    refused = [code for writer in writers for code in writer.refused]
    retried = sum(writer.retried for writer in writers)
    logging.getLogger("tests").info("%d refused, %d to be tried again", len(refused), retried)
    assert {"UNAUTHORIZED", "BLOCKED"} == {*refused}

    with ds.connect(postgres_url) as db:
        assert rows_of(db) == {
            (writer.user, *row): text for writer in writers for row, text in writer.rows.items()
        }
        logs = {(log.user_id, log.id) for log in db.all(ds.select(ActivityLog))}
        assert logs == {(writer.user, key) for writer in writers for key in writer.logs}
        kept: Any
        for kept in (*db.all(ds.select(DeadLetter)), *db.all(ds.select(LedgerEntry))):
            [other] = {*USERS} - {kept.user_id}
            assert other not in kept.model_dump_json()
    with psycopg.connect(postgres_url) as connection:
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert (0,) == connection.execute(deadlocks).fetchone()
    for server in two_servers:
        assert "Traceback" not in server.lines()
        assert " 500 " not in server.lines()


def rows_of(db: ds.Database) -> dict[tuple[str, str, str], str]:
    """Return the rows that several write to: by owner, table and key, what they hold."""
    todos = {(each.user_id, "todos", each.id): each.text for each in db.all(ds.select(Todo))}
    timers = {(each.user_id, "timers", each.id): each.name for each in db.all(ds.select(Timer))}
    return todos | timers
