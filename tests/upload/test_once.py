"""Exactly once: what is sent again, whole or in parts or late, does nothing again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

import dualschema as ds
from dualschema.upload import Batch, LedgerEntry, Operation, Transaction
from tests.upload.world import Seen, World, delete, patch, put

SUCCESS = {"status": "success"}


def _todo(number: int) -> Operation:
    return put("todos", f"t{number}", title="Milk")


def _parts(batch: Batch, *sizes: int) -> Batch:
    """Return the same operations in transactions of other sizes."""
    left = [each for transaction in batch.transactions for each in transaction.operations]
    made = []
    for size in sizes:
        made.append(Transaction(left[:size]))
        left = left[size:]
    assert not left
    return Batch(made, batch.client)


def test_a_batch_that_is_sent_again_does_nothing(world: World) -> None:
    ann = world.client("ann")
    first = ann.send([_todo(1), patch("todos", "t1", nonsense=1)], [_todo(2)])
    assert ann.again() == first
    world.db.run(ds.update(world.table("todos")).all_rows().set(title="by hand"))
    assert ann.again() == first
    assert {world.row("todos", f"t{n}").title for n in (1, 2)} == {"by hand"}
    assert world.up.counts.read()["repeated"] >= 4


def test_a_put_that_comes_again_after_a_delete_resurrects_nothing(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(_todo(1)) == SUCCESS
    old = ann.sent
    assert ann.do(delete("todos", "t1")) == SUCCESS
    assert ann.again(old) == [SUCCESS]
    assert world.row("todos", "t1") is None


def test_only_what_is_new_of_a_batch_is_applied(world: World) -> None:
    ann = world.client("ann")
    ann.send([_todo(1)], [_todo(2)])
    old = ann.sent
    ann.send([delete("todos", "t1")], [_todo(3)])
    both = Batch([*old.transactions, *ann.sent.transactions, *ann.batch([_todo(4)]).transactions])
    both.client = "phone"
    assert ann.again(both) == [SUCCESS] * 5
    assert world.row("todos", "t1") is None
    assert world.count("todos") == 3


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (4,), (3, 1), (1, 3)])
def test_transactions_of_other_sizes_do_nothing_again(world: World, sizes: tuple[int, ...]) -> None:
    ann = world.client("ann")
    ann.send([_todo(1), _todo(2)], [delete("todos", "t1"), _todo(3)])
    assert ann.again(_parts(ann.sent, *sizes)) == [SUCCESS] * len(sizes)
    assert world.row("todos", "t1") is None
    assert world.count("todos") == 2


def test_a_transaction_that_was_done_in_part_is_completed(world: World) -> None:
    ann = world.client("ann")
    batch = ann.batch([_todo(1), delete("todos", "t1"), _todo(2), _todo(3)])
    first, _ = _parts(batch, 2, 2).transactions
    assert ann.again(Batch([first], "phone")) == [SUCCESS]
    world.insert("todos", id="t1", title="by hand", user_id="ann")
    assert ann.again(batch) == [SUCCESS]
    assert world.row("todos", "t1").title == "by hand"
    assert world.count("todos") == 3


@pytest.mark.parametrize("times", [3, 12, 150])
def test_a_long_queue_is_remembered_by_numbers(world: World, times: int) -> None:
    ann = world.client("ann")
    ann.send(*[[_todo(1), delete("todos", "t1")] for _ in range(times)])
    first = ann.sent
    ann.send([_todo(1)])
    assert ann.again(first) == [SUCCESS] * times
    assert world.row("todos", "t1").title == "Milk"
    assert ann.again(Batch(first.transactions[4:6], "phone")) == [SUCCESS] * len(
        first.transactions[4:6]
    )
    assert world.row("todos", "t1").title == "Milk"


def test_a_refusal_is_told_again_and_kept_once(world: World) -> None:
    ann = world.client("ann")
    first = ann.send([_todo(1), put("todos", "t2")])
    assert first[0]["status"] == "fatal_error"
    assert ann.again() == first
    assert len(world.letters("ann")) == 1


def test_a_success_with_notes_is_told_again(world: World) -> None:
    ann = world.client("ann")
    steps = [put("loose", "l1", code=-1), put("loose", "l2", nonsense=1), delete("loose", "l9")]
    first = ann.send(steps)
    assert [each["outcome"] for each in first[0]["operations"]] == ["dropped", "noop"]
    assert ann.again() == first


def test_each_client_of_a_user_counts_for_itself(world: World) -> None:
    phone, laptop = world.client("ann", "phone"), world.client("ann", "laptop")
    assert phone.do(_todo(1)) == laptop.do(_todo(2)) == SUCCESS
    assert world.count("todos") == 2


def test_each_user_of_a_client_counts_for_itself(world: World) -> None:
    assert world.client("ann").do(_todo(1)) == world.client("bob").do(_todo(2)) == SUCCESS
    assert world.count("todos") == 2


def test_without_numbers_all_is_done_again(world: World) -> None:
    batch = Batch([Transaction([_todo(1)])], "phone")
    for _ in range(2):
        assert world.up.apply(batch, "ann")[0].wire() == SUCCESS
        world.db.run(ds.delete(world.table("todos")).all_rows())
    assert not world.db.exists(LedgerEntry)


def test_the_same_transaction_twice_in_a_batch_is_done_once(world: World) -> None:
    ann = world.client("ann")
    batch = ann.batch([_todo(1)], [delete("todos", "t1")])
    assert ann.again(Batch([*batch.transactions, batch.transactions[0]], "phone")) == [SUCCESS] * 3
    assert world.row("todos", "t1") is None


def test_equal_requests_at_the_same_moment_are_done_once(postgres: World) -> None:
    seen = Seen()
    up = postgres.uploader(authorise={"words": seen}, attempts=50)
    ann = postgres.client("ann", up=up)
    for number in range(8):
        batch = ann.batch([put("words", f"w{number}", text="a")], [delete("words", f"w{number}")])
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: ann.again(batch), range(6)))  # noqa: B023  (done here)
        assert found == [[SUCCESS, SUCCESS]] * 6
    assert seen.times == 16
    assert postgres.count("words") == 0


def test_a_transaction_of_which_a_part_was_answered_is_answered_too(world: World) -> None:
    ann = world.client("ann")

    def sent(*numbers: int) -> Batch:
        todos = [Operation("PUT", "todos", f"t{n}", {"title": "a"}, op_id=n) for n in numbers]
        return Batch([Transaction(todos)], "phone")

    for batch in (sent(1), sent(1, 3), sent(2, 3, 4), sent(1, 2, 3, 4)):
        [result] = ann.up.apply(batch, "ann")
        assert result.wire() == SUCCESS
    assert world.count("todos") == 4
    runs = world.db.all(ds.select(LedgerEntry).order_by(LedgerEntry.first_operation))
    assert [(e.first_operation, e.last_operation) for e in runs] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_what_is_too_old_is_removed_now_and_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = world.client("ann", up=world.uploader(keep_answers=timedelta(hours=1)))
    ann.do(_todo(1))
    old = ds.now() - timedelta(hours=2)
    world.db.run(ds.update(LedgerEntry).all_rows().set(applied_at=old))
    monkeypatch.setattr("dualschema.upload.ledger._ONE_IN", 1)
    ann.do(_todo(2))
    assert len(world.db.all(ds.select(LedgerEntry))) == 1


def test_answers_are_kept_as_long_as_said(world: World) -> None:
    ann = world.client("ann", up=world.uploader(keep_answers=timedelta(hours=1)))
    ann.send([_todo(1)], [put("todos", "t2")])
    assert ann.up.prune() == 0
    old = ds.now() - timedelta(hours=2)
    world.db.run(ds.update(LedgerEntry).all_rows().set(applied_at=old))
    assert ann.up.prune() == 2
    assert ann.do(_todo(3)) == SUCCESS
    assert len(world.db.all(ds.select(LedgerEntry))) == 1
    assert len(world.letters("ann")) == 1  # what was refused stays
