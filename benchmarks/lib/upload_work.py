"""What is uploaded: operations on a user's rows, and what they must leave, by a simulation.

In the mix "spread" nearly every operation has a row to itself, in "hot" most are about one of the
last 25 rows that were touched. Of the operations 30 % insert, 5 % replace, 52 % change and 13 %
delete; 1 % are about another user's rows, which must stay as they are.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from benchmarks.lib.rows import Row, timer_rows
from benchmarks.lib.upload_tables import TABLES, sent

__all__ = ["USER", "Content", "Mix", "Work", "Write", "make_batch", "make_requests"]

Content = dict[str, dict[str, Row]]
"""All tables: their rows by key."""

USER: Final = "2f8d3a54-0f0e-4f5c-a3d5-6f4f0f1c2b7a"
OTHER: Final = "9b1c7e20-5d4b-4c39-a8a6-1d2e3f405162"

TRANSACTIONS: Final = 50  # of a batch, as many as the write API takes in a request
_TABLES: Final = ["timers"] * 6 + ["sessions"] * 3 + ["projects"]
_PATCHES: Final[dict[str, list[tuple[str, ...]]]] = {
    "timers": [
        ("elapsed_time", "updated_at"),
        ("is_running", "start_time", "updated_at"),
        ("name", "updated_at"),
        ("laps", "updated_at"),
        ("pomodoro_phase", "pomodoro_session_count", "updated_at"),
        ("is_running", "elapsed_time", "laps", "start_time", "updated_at"),
    ],
    "projects": [("name",), ("archived",), ("sort_order",), ("name", "color")],
    "sessions": [("ended_at", "duration"), ("note",), ("tags",)],
}


class Mix(StrEnum):
    """How the operations fall on the rows."""

    SPREAD = "spread"
    HOT = "hot"


@dataclass(frozen=True, slots=True)
class Write:
    """An operation, with Python's own values."""

    op: Literal["PUT", "PATCH", "DELETE"]
    table: str
    id: str
    values: Row


@dataclass(frozen=True, slots=True)
class Work:
    """Requests, one after the other.

    Attributes:
        start: the tables before them.
        requests: the transactions of each, as JSON.
        left: the tables after them.
        rows: how many rows the operations are about.
    """

    start: Content
    requests: list[str]
    left: Content
    rows: int

    def bodies(self) -> list[bytes]:
        """Return the requests' bodies, from a client that was not heard of before."""
        client = uuid.uuid4()
        head = f'{{"client_id":"{client}","transactions":'
        return [f"{head}{transactions}}}".encode() for transactions in self.requests]


def make_batch(mix: Mix, count: int) -> Work:
    """Return one request of `count` operations, in 50 transactions."""
    maker = _Maker(mix, count)
    size = -(-count // TRANSACTIONS)
    return _work(maker, [_parts([maker.write() for _ in range(count)], size)])


def make_requests(count: int, size: int, among: int) -> Work:
    """Return `count` requests of one transaction of `size` operations, on `among` rows."""
    maker = _Maker(Mix.SPREAD, among)
    return _work(maker, [[[maker.write() for _ in range(size)]] for _ in range(count)])


def _parts(writes: list[Write], size: int) -> list[list[Write]]:
    return [writes[at : at + size] for at in range(0, len(writes), size)]


def _work(maker: _Maker, requests: list[list[list[Write]]]) -> Work:
    writes = [write for request in requests for part in request for write in part]
    bodies: list[str] = []
    operation = transaction = 0
    for request in requests:
        made: list[Any] = []
        for part in request:
            transaction += 1
            crud = [_entry(write, operation + n) for n, write in enumerate(part, start=1)]
            operation += len(part)
            made.append({"crud": crud, "transaction_id": transaction})
        bodies.append(json.dumps(made, separators=(",", ":"), ensure_ascii=False))
    left = _simulated(maker.start, writes)
    return Work(maker.start, bodies, left, len({(each.table, each.id) for each in writes}))


def _entry(write: Write, number: int) -> dict[str, Any]:
    entry = {"op_id": number, "op": write.op, "table": write.table, "id": write.id}
    return entry if write.op == "DELETE" else entry | {"op_data": sent(write.values)}


def _simulated(start: Content, writes: Iterable[Write]) -> Content:
    left = {table: dict(rows) for table, rows in start.items()}
    for write in writes:
        rows = left[write.table]
        row = rows.get(write.id)
        if row is not None and row["user_id"] != USER:
            continue
        if write.op == "PUT":
            absent = dict.fromkeys(TABLES[write.table])
            rows[write.id] = absent | {"id": write.id} | write.values
        elif row is not None and write.op == "PATCH":
            rows[write.id] = row | write.values
        elif row is not None:
            del rows[write.id]
    return left


class _Maker:
    """Draws rows and operations, always the same.

    Args:
        mix: how the operations fall on the rows.
        count: how many rows there are to begin with; one in 20 is another user's.
    """

    def __init__(self, mix: Mix, count: int) -> None:
        self.mix = mix
        self.draw = random.Random(f"{mix} {count}")
        self.timers = timer_rows(2_000)
        self.recent: deque[tuple[str, str]] = deque(maxlen=25)
        self.start: Content = {table: {} for table in TABLES}
        mine: dict[str, list[str]] = {table: [] for table in TABLES}
        others: dict[str, list[str]] = {table: [] for table in TABLES}
        for number in range(max(count, 1_000)):
            table = self.draw.choice(_TABLES)
            row = self.row(table, USER if number % 20 else OTHER)
            self.start[table][row["id"]] = row
            (mine if number % 20 else others)[table].append(row["id"])
        for keys in mine.values():
            self.draw.shuffle(keys)
        self.mine, self.others = mine, others

    def write(self) -> Write:
        """Return the next operation."""
        chance = self.draw.random()
        if chance < 0.30:
            table = self.draw.choice(_TABLES)
            row = self.row(table, USER)
            # A client leaves out what is NULL in a new row.
            values = {name: value for name, value in row.items() if value is not None}
            return self._write("PUT", table, row["id"], values)
        table, key = self._target()
        row = self.row(table, USER)
        if chance < 0.35:
            # The row may be there, and the demo's statement leaves what is not named as it was.
            return self._write("PUT", table, key, row)
        if chance < 0.87:
            names = self.draw.choice(_PATCHES[table])
            return self._write("PATCH", table, key, {name: row[name] for name in names})
        return self._write("DELETE", table, key, {})

    def row(self, table: str, user: str) -> Row:
        """Return a new row."""
        draw, timer = self.draw, self.draw.choice(self.timers)
        at = timer["created_at"]
        own = {"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "user_id": user}
        match table:
            case "timers":
                return timer | own
            case "projects":
                return own | {
                    "name": f"Project {draw.randrange(1_000)}",
                    "color": draw.choice([None, "#f00", "#0f0"]),
                    "archived": draw.random() < 0.5,
                    "sort_order": draw.randrange(100),
                    "created_at": at,
                }
            case _:
                return own | {
                    "timer_id": timer["id"],
                    "started_at": at,
                    "ended_at": draw.choice([None, at + timedelta(seconds=90)]),
                    "duration": draw.choice([None, draw.randrange(100_000)]),
                    "tags": [f"tag {draw.randrange(9)}"] * draw.randrange(3),
                    "note": draw.choice([None, 'a "note"', "línea\n2"]),
                }

    def _target(self) -> tuple[str, str]:
        """Return the row that an operation is about, by table and key."""
        draw = self.draw
        table = draw.choice(_TABLES)
        if self.others[table] and draw.random() < 0.01:
            return table, draw.choice(self.others[table])
        if self.mix is Mix.HOT and self.recent and draw.random() < 0.85:
            return draw.choice(self.recent)
        if not self.mine[table]:
            table = max(self.mine, key=lambda each: len(self.mine[each]))
        return table, self.mine[table].pop()

    def _write(
        self, op: Literal["PUT", "PATCH", "DELETE"], table: str, key: str, values: Row
    ) -> Write:
        self.recent.append((table, key))
        return Write(op, table, key, {n: v for n, v in values.items() if n != "id"})
