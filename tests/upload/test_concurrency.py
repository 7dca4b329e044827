"""Several at the same moment: nothing crosses, nothing is lost, and the end is some order's."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from tests.upload.world import Client, World, delete, make_schema, patch, put

pytestmark = pytest.mark.slow

SUCCESS = {"status": "success"}
KEYS = [f"k{n}" for n in range(4)]


def _all_at_once(*works: Callable[[], object]) -> None:
    """Do works, each in a thread of its own; raise what one of them raises."""
    ready = threading.Barrier(len(works))

    def begin(work: Callable[[], object]) -> None:
        ready.wait(10)
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begin, work) for work in works]:
            done.result(120)


def _until_done(client: Client, *steps: list[Any]) -> list[dict[str, Any]]:
    """Send transactions, and send them again while the server says so; return the answers."""
    batch = client.batch(*steps)
    results: list[dict[str, Any]] = []
    for _ in range(50):
        results = client.again(batch)
        if all(result["status"] in ("success", "fatal_error") for result in results):
            return results
    raise AssertionError(results)


@pytest.fixture(params=["postgres", "sqlite"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Give a database that many threads use at once, in a file on SQLite."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres")
        return
    with ds.connect(f"sqlite:///{tmp_path / 'uploads.db'}") as db:
        yield World("sqlite-file", make_schema("native"), db)


def test_two_users_cannot_reach_each_others_rows(shared: World) -> None:
    up = shared.uploader(after_refusal="skip", attempts=20)
    mine: dict[str, set[str]] = {"ann": set(), "bob": set()}
    made = threading.Lock()

    def hammer(user: str, device: str, seed: int) -> None:
        client, rng = shared.client(user, device, up), random.Random(seed)
        for _ in range(25):
            key = rng.choice(KEYS)
            step = rng.choice(
                [
                    put("todos", key, title=user, note=user),
                    patch("todos", key, note=user, title=user),
                    patch("todos", key, user_id=user, label=user),
                    delete("todos", key),
                ]
            )
            [result] = _until_done(client, [step])
            if result["status"] == "fatal_error":
                # After a PUT that was refused, what changes its row waits for it.
                assert result["failed_operation"]["error_code"] in ("UNAUTHORIZED", "BLOCKED")
            with made:
                mine[user].add(result["status"])
            for row in shared.db.all(ds.select(shared.table("todos"))):
                assert {row.title, row.note} <= {row.user_id}
                assert row.label in (None, row.user_id)

    _all_at_once(
        *[
            lambda user=user, n=n: hammer(user, f"device {n}", n)
            for n, user in enumerate(["ann", "bob", "ann", "bob"])
        ]
    )
    assert "success" in mine["ann"] & mine["bob"]


def test_no_change_of_ones_own_is_lost(shared: World) -> None:
    """Each device adds to a counter by a resolver: the sum is of all of them."""

    def add(_user: str, _request: Any, row: Any) -> dict[str, Any]:
        return {"score": row.score + 1}

    up = shared.uploader(resolve={"todos": add}, attempts=20)
    shared.client("ann", "first", up).do(*[put("todos", key, title="a") for key in KEYS])

    def count(device: int) -> None:
        client = shared.client("ann", f"device {device}", up)
        for turn in range(10):
            keys = KEYS if (device + turn) % 2 else KEYS[::-1]
            results = _until_done(client, *[[patch("todos", key, title="b")] for key in keys])
            assert results == [SUCCESS] * 4

    _all_at_once(*[lambda n=n: count(n) for n in range(4)])
    assert [shared.row("todos", key).score for key in KEYS] == [40] * 4


def test_of_changes_that_saw_the_same_version_one_wins(shared: World) -> None:
    shared.client("ann", "first").do(put("pages", "p1"))
    won: list[str] = []

    up = shared.uploader(attempts=20)

    def write(device: int) -> None:
        client = shared.client("ann", f"device {device}", up)
        for version in range(2, 12):
            text = f"{device}:{version}"
            [result] = _until_done(client, [patch("pages", "p1", text=text, version=version)])
            if result == SUCCESS:
                won.append(text)
            else:
                assert result["failed_operation"]["error_code"] == "CONFLICT"

    _all_at_once(*[lambda n=n: write(n) for n in range(4)])
    row = shared.row("pages", "p1")
    assert len(won) == row.version - 1
    assert sorted({int(each.partition(":")[2]) for each in won}) == list(range(2, row.version + 1))


def test_rows_in_opposite_order_raise_no_deadlock(shared: World) -> None:
    """Of rows that the application shares between users, a deadlock is tried again."""
    up = shared.uploader(authorise={"words": lambda *_: True}, attempts=20)
    shared.client("ann", "first", up).do(*[put("words", key, text="a") for key in KEYS])

    def write(user: str) -> None:
        client = shared.client(user, up=up)
        for turn in range(15):
            keys = KEYS if user == "ann" else KEYS[::-1]
            # Of one transaction each, so that they are not merged into one statement.
            steps = [patch("words", key, text=f"{user} {turn}") for key in keys]
            [result] = _until_done(client, steps)
            assert result == SUCCESS

    _all_at_once(lambda: write("ann"), lambda: write("bob"), lambda: write("eve"))
    texts = {shared.row("words", key).text for key in KEYS}
    assert len(texts) == 1  # the last transaction wrote all of them


def test_the_same_new_row_of_two_users_is_one_users(shared: World) -> None:
    up = shared.uploader(attempts=20)
    told: dict[str, list[dict[str, Any]]] = {}

    def make(user: str) -> None:
        client = shared.client(user, up=up)
        told[user] = []
        for number in range(20):
            told[user] += _until_done(client, [put("todos", f"n{number}", title=user)])

    _all_at_once(lambda: make("ann"), lambda: make("bob"))
    for number in range(20):
        owner = shared.row("todos", f"n{number}").user_id
        other = "bob" if owner == "ann" else "ann"
        assert told[owner][number] == SUCCESS
        assert told[other][number]["failed_operation"]["error_code"] == "UNAUTHORIZED"
