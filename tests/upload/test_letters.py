"""Dead letters: nothing that was refused is lost, and what waits for it waits beside it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import dualschema as ds
from dualschema.errors import NotFoundError
from dualschema.upload import (
    Batch,
    DeadLetter,
    Fatal,
    Operation,
    Request,
    Success,
    Transaction,
)
from tests.upload.world import MADE, Client, Seen, World, delete, patch, put

SUCCESS = {"status": "success"}


def _letter(result: Any) -> str:
    """Return the letter that a result names."""
    found: str = result.get("dead_letter") or result["failed_operation"]["details"]["dead_letter"]
    return found


def _details(result: Any) -> dict[str, Any]:
    found: dict[str, Any] = result["failed_operation"]["details"]
    return found


@pytest.fixture
def ann(world: World) -> Client:
    return world.client("ann")


def _broken(ann: Client, key: str = "c1") -> str:
    """Have the insert of a category be refused, since its slug is another's; return the letter."""
    return _letter(ann.do(put("categories", key, name="a", slug="taken")))


@pytest.fixture
def taken(world: World) -> World:
    world.insert("categories", id="bobs", name="b", slug="taken", user_id="bob")
    return world


def _repair(world: World) -> None:
    world.db.run(ds.update(world.table("categories"), "bobs").set(slug=None))


def test_a_letter_holds_all_of_its_transaction(world: World, ann: Client) -> None:
    steps = [
        Operation("PUT", "todos", "t1", {"title": "a", "tags": ["x"]}, None, "note"),
        Operation("PATCH", "tasks", "t2", {"nonsense": 1.5}, {"nonsense": None}),
        delete("todos", "t3"),
        put("todos", "t4"),
    ]
    letter = world.up.letters.get(_letter(ann.do(*steps)))
    assert json.loads(letter.entries) == [each.entry() for each in steps]
    assert (letter.user_id, letter.client_id, letter.transaction_id) == ("ann", "phone", 1)
    assert (letter.error_code, letter.operation_index) == ("INVALID_DATA", 3)
    assert (letter.state, letter.attempts, letter.blocked_by) == ("waiting", 1, [])
    assert letter.details["column"] == "title"
    assert [list(each) for each in letter.row_keys] == [["todos", "t1"], ["todos", "t4"]]


def test_letters_are_listed_by_user_and_state(taken: World, ann: Client) -> None:
    first = _broken(ann)
    second = _broken(taken.client("bob"), "c2")
    assert {each.id for each in taken.up.letters.all()} == {first, second}
    assert [each.id for each in taken.up.letters.all("ann")] == [first]
    taken.up.discard(first)
    assert taken.up.letters.all("ann") == []
    assert [each.id for each in taken.up.letters.all("ann", "discarded")] == [first]
    assert len(taken.up.letters.all(state=None)) == 2


def test_a_replay_applies_it_when_the_cause_is_gone(taken: World, ann: Client) -> None:
    letter = _broken(ann)
    _repair(taken)
    assert taken.up.replay(letter) == Success()
    assert taken.row("categories", "c1").slug == "taken"
    found = taken.up.letters.get(letter)
    assert found.state == "replayed"
    assert found.resolved_at is not None
    assert taken.letters() == []


def test_a_replay_that_is_refused_again_changes_nothing(taken: World, ann: Client) -> None:
    letter = _broken(ann)
    before = taken.up.letters.get(letter)
    result = taken.up.replay(letter)
    assert isinstance(result, Fatal)
    assert result.code == "UNIQUE_VIOLATION"
    assert taken.up.letters.get(letter).model_dump() == before.model_dump()
    assert taken.row("categories", "c1") is None


def test_a_letter_is_replayed_once(taken: World, ann: Client) -> None:
    letter = _broken(ann)
    _repair(taken)
    taken.up.replay(letter)
    for again in (taken.up.replay, taken.up.discard):
        with pytest.raises(NotFoundError, match="was replayed already"):
            again(letter)
    with pytest.raises(NotFoundError):
        taken.up.replay("nowhere")


def test_a_letter_that_two_replay_at_the_same_moment_is_applied_once(postgres: World) -> None:
    def authorise(_user: str, request: Request, _row: Any) -> bool:
        return bool(request.values["text"] != "bad")

    bad = postgres.client("ann", up=postgres.uploader(authorise={"words": authorise}))
    letters = [_letter(bad.do(put("words", f"w{n}", text="bad"))) for n in range(5)]
    seen = Seen()
    up = postgres.uploader(authorise={"words": seen})

    def replay(letter: str) -> bool:
        try:
            return up.replay(letter) == Success()
        except NotFoundError:
            return False

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(replay, letters * 4))
    assert sum(done) == 5
    assert seen.times == 5
    assert postgres.count("words") == 5


def test_a_discarded_letter_is_kept_and_not_applied(taken: World, ann: Client) -> None:
    letter = _broken(ann)
    taken.up.discard(letter)
    _repair(taken)
    assert taken.up.letters.get(letter).state == "discarded"
    with pytest.raises(NotFoundError, match="was discarded already"):
        taken.up.replay(letter)
    assert taken.row("categories", "c1") is None


def test_what_needs_a_refused_row_waits_and_is_replayed_with_it(taken: World, ann: Client) -> None:
    parent = _broken(ann)
    later = [
        ann.do(put("items", "i1", category_id="c1", text="child")),
        ann.do(patch("categories", "c1", name="b")),
        ann.do(put("parts", "0000000a-0000-4000-8000-00000000000a", item_id="i1")),
        ann.do(patch("items", "i1", text="changed")),
    ]
    assert [each["failed_operation"]["error_code"] for each in later] == ["BLOCKED"] * 4
    blocked_by = [_details(each)["blocked_by"] for each in later]
    child = _letter(later[0])
    assert blocked_by == [[parent], [parent], [child], [child]]
    _repair(taken)
    assert taken.up.replay(parent) == Success()
    assert taken.letters() == []
    assert taken.row("categories", "c1").name == "b"
    assert taken.row("items", "i1").text == "changed"
    assert taken.count("parts") == 1


def test_letters_are_replayed_in_the_order_in_which_they_came(taken: World, ann: Client) -> None:
    parent = _broken(ann)
    ann.up = taken.uploader(after_refusal="skip")
    ann.send(*[[patch("categories", "c1", name=f"{number}")] for number in range(12)])
    _repair(taken)
    taken.up.replay(parent)
    assert taken.row("categories", "c1").name == "11"


def test_what_waits_for_a_discarded_letter_stays(taken: World, ann: Client) -> None:
    parent = _broken(ann)
    child = _letter(ann.do(put("items", "i1", category_id="c1")))
    taken.up.discard(parent)
    assert [each.id for each in taken.letters("ann")] == [child]
    result = taken.up.replay(child)
    assert isinstance(result, Fatal)
    assert result.code == "FOREIGN_KEY_VIOLATION"
    assert ann.do(patch("categories", "c1", name="x"))["operations"][0]["outcome"] == "noop"


def test_nobody_waits_for_the_letters_of_another(taken: World, ann: Client) -> None:
    _broken(ann)
    bob = taken.client("bob")
    assert bob.do(patch("categories", "c1", name="x"))["operations"][0]["outcome"] == "noop"
    assert bob.refused(put("items", "i1", category_id="c1")) == "FOREIGN_KEY_VIOLATION"
    assert bob.do(put("categories", "c1", name="bobs")) == SUCCESS


def test_what_waits_for_two_letters_is_replayed_after_both(taken: World, ann: Client) -> None:
    first = _broken(ann)
    steps = [patch("categories", "c1", name="x"), put("categories", "c1", name="second")]
    second = _letter(ann.do(*steps))
    third = ann.do(patch("categories", "c1", name="last"))
    assert _details(third)["blocked_by"] == [first, second]
    _repair(taken)
    assert taken.up.replay(first) == Success()
    assert taken.letters() == []
    assert taken.row("categories", "c1").name == "last"


@pytest.mark.parametrize("key", ["c1", "c2", "c3", "c4"])
def test_letters_of_one_moment_come_in_the_order_of_the_clients_numbers(
    taken: World, ann: Client, key: str
) -> None:
    first = _broken(ann, key)
    second = _letter(ann.do(patch("categories", key, name="x"), put("categories", key, name="y")))
    taken.db.run(ds.update(DeadLetter).all_rows().set(created_at=MADE))
    third = ann.do(patch("categories", key, name="last"))
    assert _details(third)["blocked_by"] == [first, second]


def test_a_long_chain_of_letters_is_replayed_at_once(world: World) -> None:
    ann = world.client("ann")
    first = _letter(ann.do(put("kept", "k0", parent_id="none")))
    chain = [[put("kept", f"k{n}", parent_id=f"k{n - 1}")] for n in range(1, 101)]
    for start in range(0, 100, 50):
        ann.send(*chain[start : start + 50])
    assert len(world.letters()) == 101
    world.insert("kept", id="none", user_id="ann")
    assert world.up.replay(first) == Success()
    assert world.letters() == []
    assert world.count("kept") == 102


def test_the_client_may_make_a_refused_row_anew(taken: World, ann: Client) -> None:
    _broken(ann)
    assert ann.do(put("categories", "c1", name="new")) == SUCCESS
    assert ann.do(patch("categories", "c1", name="newer")) == SUCCESS
    assert ann.do(put("items", "i1", category_id="c1")) == SUCCESS
    assert taken.row("categories", "c1").name == "newer"


def test_a_letter_that_is_sent_again_without_numbers_is_one_letter(taken: World) -> None:
    sent = Batch([Transaction([put("categories", "c1", name="a", slug="taken")])])
    found = {_letter(taken.up.apply(sent, "ann")[0].wire()) for _ in range(3)}
    assert [each.id for each in taken.letters("ann")] == list(found)


def test_equal_transactions_of_two_users_are_two_letters(taken: World) -> None:
    sent = Batch([Transaction([put("categories", "c1", name="a", slug="taken")])])
    for user in ("ann", "eve"):
        taken.up.apply(sent, user)
    assert {each.user_id for each in taken.letters()} == {"ann", "eve"}


def test_what_a_letter_kept_is_what_is_applied(world: World) -> None:
    document = {"text": '"10.5"', "number": 10.5, "deep": [[None, True, {"a": "\\"}]]}
    ann = world.client("ann")
    made = put("todos", "t1", title="é \" '", data=document, category_id="c1", price="1.50")
    letter = _letter(ann.do(made))
    world.insert("categories", id="c1", name="a", user_id="ann")
    assert world.up.replay(letter) == Success()
    row = world.row("todos", "t1")
    assert (row.title, row.data, str(row.price)) == ("é \" '", document, "1.50")
    again = put("todos", "t2", title="a", data='"10.5"', category_id="c2")
    letter = _letter(ann.do(again))
    world.insert("categories", id="c2", name="a", user_id="ann")
    world.up.replay(letter)
    assert world.row("todos", "t2").data == "10.5"


def test_letters_are_a_table_as_others(taken: World, ann: Client) -> None:
    letter = _broken(ann)
    found = taken.db.one(ds.select(DeadLetter).where(DeadLetter.user_id == "ann"))
    assert found.id == letter


def test_clients_that_sync_letters_cannot_write_them(postgres_url: str) -> None:
    class Note(ds.Table, name="notes"):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str]
        user_id: ds.Column[str] = ds.column(owner=True)

    with ds.connect(postgres_url) as db:
        world = World("letters", ds.Schema(Note, DeadLetter), db)
        ann = world.client("ann")
        letter = _letter(ann.do(put("notes", "n1")))
        for change in (patch, put, delete):
            assert ann.refused(change("dualschema_dead_letters", letter)) == "UNKNOWN_TABLE"
        assert world.up.letters.get(letter).state == "waiting"
