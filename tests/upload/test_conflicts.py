"""Conflicts: the last write wins, unless the table says what must have been seen."""

from __future__ import annotations

from typing import Any

from dualschema.upload import Operation
from tests.upload.world import World, delete, patch, put

SUCCESS = {"status": "success"}


def _seen(table: str, previous: dict[str, Any], **data: Any) -> Operation:
    return Operation("PATCH", table, "r1", data, previous)


def test_the_last_write_wins(world: World) -> None:
    phone, laptop = world.client("ann", "phone"), world.client("ann", "laptop")
    assert phone.do(put("todos", "t1", title="a")) == SUCCESS
    assert laptop.do(patch("todos", "t1", title="b")) == SUCCESS
    assert phone.do(Operation("PATCH", "todos", "t1", {"title": "c"}, {"title": "a"})) == SUCCESS
    assert world.row("todos", "t1").title == "c"


def test_a_version_is_compared_and_set(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("pages", "r1", text="a")) == SUCCESS
    assert ann.do(_seen("pages", {"version": 1}, text="b")) == SUCCESS
    assert ann.refused(_seen("pages", {"version": 1}, text="c")) == "CONFLICT"
    assert ann.do(_seen("pages", {}, text="d", version=3)) == SUCCESS
    assert ann.refused(_seen("pages", {}, text="e", version=3)) == "CONFLICT"
    assert ann.refused(_seen("pages", {}, text="f")) == "CONFLICT"
    row = world.row("pages", "r1")
    assert (row.text, row.version) == ("d", 3)


def test_each_change_of_a_transaction_is_a_version(world: World) -> None:
    ann = world.client("ann")
    steps = [put("pages", "r1"), *[_seen("pages", {"version": n}, text=f"{n}") for n in (1, 2, 3)]]
    assert ann.do(*steps) == SUCCESS
    assert world.row("pages", "r1").version == 4
    twice = [_seen("pages", {"version": 4}, text="x"), _seen("pages", {"version": 4}, text="y")]
    assert ann.refused(*twice) == "CONFLICT"
    assert world.row("pages", "r1").text == "3"


def test_a_replacement_must_have_seen_the_version(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("pages", "r1", text="a", version=5))
    assert ann.refused(put("pages", "r1", text="b", version=5)) == "CONFLICT"
    assert ann.do(put("pages", "r1", text="b", version=6)) == SUCCESS
    assert (world.row("pages", "r1").text, world.row("pages", "r1").version) == ("b", 6)


def test_a_delete_may_say_which_version_it_saw(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("pages", "r1"), put("pages", "r2"))
    assert ann.refused(Operation("DELETE", "pages", "r1", {}, {"version": 7})) == "CONFLICT"
    assert ann.do(Operation("DELETE", "pages", "r1", {}, {"version": 1})) == SUCCESS
    assert ann.do(delete("pages", "r2")) == SUCCESS


def test_a_row_that_changed_meanwhile_is_left(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("sheets", "r1", text="a", count=1))
    assert ann.do(_seen("sheets", {"text": "a", "count": 1}, text="b")) == SUCCESS
    assert ann.refused(_seen("sheets", {"text": "a", "count": 1}, text="c")) == "CONFLICT"
    assert ann.do(_seen("sheets", {"text": "a", "count": 1}, count=2)) == SUCCESS
    steps = [_seen("sheets", {"text": "b"}, text="c"), _seen("sheets", {"text": "c"}, text="d")]
    assert ann.do(*steps) == SUCCESS
    row = world.row("sheets", "r1")
    assert (row.text, row.count) == ("d", 2)


def test_a_delete_of_a_row_that_changed_meanwhile_is_refused(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("sheets", "r1", text="a"))
    assert ann.refused(Operation("DELETE", "sheets", "r1", {}, {"text": "b"})) == "CONFLICT"
    assert ann.do(Operation("DELETE", "sheets", "r1", {}, {"text": "a"})) == SUCCESS


def test_the_server_wins_where_it_changed_a_column(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("tickets", "r1", text="a"))
    assert ann.do(_seen("tickets", {"state": "new"}, state="open", text="b")) == SUCCESS
    assert world.row("tickets", "r1").state == "open"
    assert ann.do(_seen("tickets", {"state": "new"}, state="done", text="c")) == SUCCESS
    row = world.row("tickets", "r1")
    assert (row.state, row.text) == ("open", "c")
    told = ann.do(patch("tickets", "r1", state="done"))
    assert told["operations"][0]["outcome"] == "noop"


def test_a_resolver_may_settle_a_version(world: World) -> None:
    def resolve(_user: str, request: Any, row: Any) -> dict[str, Any]:
        return {"text": row.text + request.values["text"]}

    ann = world.client("ann", up=world.uploader(resolve={"pages": resolve}))
    ann.do(put("pages", "r1", text="a"))
    assert ann.do(_seen("pages", {"version": 1}, text="b")) == SUCCESS
    assert (world.row("pages", "r1").text, world.row("pages", "r1").version) == ("ab", 2)
