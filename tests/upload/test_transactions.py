"""A client's transaction is one of the database's: in order, whole, and with its own result."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest

from dualschema.upload import Applied, Operation
from tests.crud.exchanges import counting
from tests.upload.world import World, delete, patch, put

SUCCESS = {"status": "success"}


def _todo(number: int, **data: Any) -> Operation:
    return put("todos", f"t{number}", title="Milk", **data)


def _statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


def test_a_transaction_is_applied_whole_or_not_at_all(world: World) -> None:
    bad = world.client("ann").do(_todo(1), _todo(2, priority=99), _todo(3))
    assert bad["failed_operation"]["operation_index"] == 1
    assert world.count("todos") == 0


def test_what_was_written_before_a_refusal_is_undone(world: World) -> None:
    ann = world.client("ann")
    world.insert("categories", id="c1", name="a", slug="taken", user_id="bob")
    # The second change of a row with unique values is written apart from the first one.
    steps = [put("categories", "c2", name="a"), patch("categories", "c2", name="b")]
    assert ann.refused(*steps, patch("categories", "c2", slug="taken")) == "UNIQUE_VIOLATION"
    assert world.row("categories", "c2") is None


def test_each_transaction_has_its_result(world: World) -> None:
    ann = world.client("ann", up=world.uploader(after_refusal="skip"))
    results = ann.send([_todo(1)], [_todo(2, priority=99)], [_todo(3)], [delete("todos", "t9")])
    assert _statuses(results) == ["success", "fatal_error", "success", "success"]
    assert results[3]["operations"] == [{"operation_index": 0, "outcome": "noop"}]
    assert [world.row("todos", f"t{n}") is not None for n in (1, 2, 3)] == [True, False, True]


def test_nothing_is_tried_behind_a_refusal(world: World) -> None:
    ann = world.client("ann")
    results = ann.send([_todo(1)], [_todo(2, priority=99)], [_todo(3)], [_todo(4)])
    assert _statuses(results) == ["success", "fatal_error", "not_attempted", "not_attempted"]
    assert world.count("todos") == 1
    assert _statuses(ann.again()) == ["success", "fatal_error", "success", "success"]
    assert world.count("todos") == 3


@pytest.mark.parametrize("after", ["stop", "skip"])
def test_where_the_client_decides_nothing_is_tried_before(world: World, after: str) -> None:
    up = world.uploader(after_refusal=after, client_decides=True)
    ann = world.client("ann", up=up)
    results = ann.send([_todo(1)], [_todo(2, priority=99)], [_todo(3)])
    assert _statuses(results) == ["success", "fatal_error", "not_attempted"]
    assert results[1]["requires_client_handling"] is True
    assert world.count("todos") == 1
    assert ann.again() == results
    assert world.count("todos") == 1


def test_operations_are_applied_in_order(world: World) -> None:
    steps = [
        _todo(1, note="a"),
        patch("todos", "t1", note="b", done=1),
        delete("todos", "t1"),
        _todo(1, note="c"),
        patch("todos", "t1", note="d"),
    ]
    for sent in ([steps], [[each] for each in steps]):
        world.clear()
        assert _statuses(world.client("ann").send(*sent)) == ["success"] * len(sent)
        row = world.row("todos", "t1")
        assert (row.note, row.done) == ("d", False)


def test_children_may_come_before_their_parents_within_a_transaction(world: World) -> None:
    steps = [put("items", "i1", category_id="c1"), put("categories", "c1", name="a")]
    assert world.client("ann").do(*steps) == SUCCESS
    assert world.row("items", "i1").category_id == "c1"


def test_children_may_not_come_a_transaction_before_their_parents(world: World) -> None:
    ann = world.client("ann", up=world.uploader(after_refusal="skip"))
    child, parent = put("items", "i1", category_id="c1"), put("categories", "c1", name="a")
    results = ann.send([child], [parent])
    assert _statuses(results) == ["fatal_error", "success"]
    assert results[0]["failed_operation"]["error_code"] == "FOREIGN_KEY_VIOLATION"


def test_values_may_change_places_within_a_transaction(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("categories", "c1", name="a", slug="x"), put("categories", "c2", name="b"))
    steps = [patch("categories", "c1", slug=None), patch("categories", "c2", slug="x")]
    assert ann.do(*steps, patch("categories", "c1", slug="y")) == SUCCESS
    assert [world.row("categories", k).slug for k in ("c1", "c2")] == ["y", "x"]


def test_nobody_sees_half_of_a_transaction(postgres: World) -> None:
    seen: set[int] = set()
    done = threading.Event()
    assert postgres.url is not None
    query = dict(postgres.url.query)

    def watch() -> None:
        with psycopg.connect(**query, autocommit=True) as connection:  # type: ignore[arg-type]  # options by name
            while not done.is_set():
                row = connection.execute("SELECT count(*) FROM todos").fetchone()
                seen.add(row[0] if row else -1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    ann = postgres.client("ann")
    for first in range(0, 100, 10):
        assert ann.do(*[_todo(n) for n in range(first, first + 10)]) == SUCCESS
    done.set()
    watcher.join()
    assert {number % 10 for number in seen} == {0}


def test_who_listens_is_told_of_what_was_committed(world: World) -> None:
    told: list[Applied] = []
    ann = world.client("ann", up=world.uploader(applied=told.append))
    ann.send([_todo(1), put("categories", "c1", name="a")], [_todo(2, priority=99)])
    assert told == [Applied("ann", frozenset({"todos", "categories"}))]
    ann.again()
    ann.do(_todo(3, priority=99))
    assert len(told) == 1


def test_an_empty_transaction_and_an_empty_batch_are_fine(world: World) -> None:
    ann = world.client("ann")
    assert ann.send() == []
    assert ann.send([]) == [SUCCESS]
    assert ann.send([], [_todo(1)], []) == [SUCCESS] * 3
    assert world.count("todos") == 1


@pytest.mark.parametrize("later", [delete("kin", "k1"), put("kin", "root", kin_id="root")])
def test_a_default_that_names_no_row_is_refused_whatever_comes_behind(
    world: World, later: Operation
) -> None:
    ann = world.client("ann", up=world.uploader(after_refusal="skip"))
    results = ann.send([put("kin", "k1")], [later])
    assert results[0]["failed_operation"]["error_code"] == "FOREIGN_KEY_VIOLATION"
    assert world.row("kin", "k1") is None


def test_a_request_is_three_exchanges(postgres: World) -> None:
    ann = postgres.client("ann")

    def requests(number: int) -> list[list[Operation]]:
        keys = [f"t{number}-{n}" for n in range(4)]
        category = f"c{number}"
        return [
            [put("todos", key, title="Milk") for key in keys[:3]],
            [patch("todos", keys[1], title="Bread"), delete("todos", keys[2])],
            [
                put("categories", category, name="a"),
                put("todos", keys[3], title="x", category_id=category),
            ],
        ]

    # One connection, on which the fifth time of each statement, when it is prepared, is over:
    # preparing is an exchange of its own, and who else used the connection is left to chance.
    postgres.db.engine.dispose()
    for number in range(6):
        for operations in requests(number):
            assert ann.do(*operations) == SUCCESS
    with counting() as exchanges:
        for operations in requests(6):
            assert ann.do(*operations) == SUCCESS
            assert exchanges.since() == 3


def test_keys_that_are_not_deferrable_are_checked_at_once(postgres: World) -> None:
    """Rows are written together, parents first; in the client's order, only where they must be."""
    child, parent = (
        put("items", "i1", category_id="c1"),
        put("categories", "c1", name="a", slug="x"),
    )
    # A value that moves on is written in the client's order.
    moves = [patch("categories", "c1", slug=None), put("categories", "c2", name="b", slug="x")]
    late = [put("items", "i2", category_id="c2"), *moves]
    ann = postgres.client("ann")
    alter = "ALTER TABLE items ALTER CONSTRAINT items_category_id_fkey"
    with postgres.db.engine.begin() as connection:
        connection.exec_driver_sql(f"{alter} NOT DEFERRABLE")
    try:
        assert SUCCESS == ann.do(child, parent)
        again = ann.do(*late)
        assert "FOREIGN_KEY_VIOLATION" == again["failed_operation"]["error_code"]
        assert 1 == postgres.count("items")
    finally:
        with postgres.db.engine.begin() as connection:
            connection.exec_driver_sql(f"{alter} DEFERRABLE")
    assert SUCCESS == ann.do(*late)
