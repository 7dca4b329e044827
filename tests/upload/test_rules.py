"""What a table allows: columns that clients do not set, hooks, and what becomes of a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dualschema.errors import RefusedError, StatementError
from dualschema.upload import Request, Uploader
from tests.upload.world import World, delete, patch, put

SUCCESS = {"status": "success"}
NOOP = {"status": "success", "operations": [{"operation_index": 0, "outcome": "noop"}]}


def test_a_column_of_the_servers_is_not_set(world: World) -> None:
    ann = world.client("ann")
    assert ann.refused(put("todos", "t1", title="a", score=5)) == "READ_ONLY"
    assert ann.do(put("todos", "t1", title="a", score=0)) == SUCCESS  # it is the default
    assert ann.refused(patch("todos", "t1", score=5)) == "READ_ONLY"
    assert ann.do(patch("todos", "t1", score=0, title="b")) == SUCCESS
    assert ann.refused(put("todos", "t1", title="a", score=1)) == "READ_ONLY"
    assert world.row("todos", "t1").score == 0


def test_a_row_made_in_the_same_transaction_has_its_guarded_values(world: World) -> None:
    ann = world.client("ann")
    steps = [put("todos", "t1", title="a"), patch("todos", "t1", score=5)]
    assert ann.refused(*steps) == "READ_ONLY"
    steps = [put("todos", "t1", title="a"), patch("todos", "t1", score=0, title="b")]
    assert ann.do(*steps) == SUCCESS
    assert world.row("todos", "t1").title == "b"


def test_where_refusals_are_dropped_the_servers_column_is_ignored(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("loose", "l1", code=1, score=5)) == SUCCESS
    assert ann.do(patch("loose", "l1", code=2, score=5)) == SUCCESS
    assert (world.row("loose", "l1").code, world.row("loose", "l1").score) == (2, 0)


def test_a_column_that_is_set_on_insert_is_not_changed(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="a", source="web")) == SUCCESS
    assert ann.refused(patch("todos", "t1", source="app")) == "READ_ONLY"
    assert ann.refused(put("todos", "t1", title="a", source="app")) == "READ_ONLY"
    assert ann.do(put("todos", "t1", title="b", source="web")) == SUCCESS
    assert world.row("todos", "t1").source == "web"
    assert ann.do(put("todos", "t2", title="a", source=None)) == SUCCESS
    assert world.row("todos", "t2").source is None


def test_the_application_authorises(world: World) -> None:
    seen: list[tuple[str, str, Any, Any]] = []

    def authorise(user: str, request: Request, row: Any) -> bool:
        seen.append((user, request.op, dict(request.values), row and row.text))
        if request.values.get("text") == "why":
            raise RefusedError("because", code="MINE")
        return user == "ann"

    up = world.uploader(authorise={"words": authorise})
    ann, bob = world.client("ann", up=up), world.client("bob", up=up)
    assert ann.do(put("words", "w1", text="a")) == SUCCESS
    assert bob.refused(patch("words", "w1", text="b")) == "UNAUTHORIZED"
    assert bob.refused(delete("words", "w1")) == "UNAUTHORIZED"
    assert ann.do(patch("words", "w1", text="c")) == SUCCESS
    result = ann.do(patch("words", "w1", text="why"))
    assert result["failed_operation"]["error_code"] == "MINE"
    assert result["failed_operation"]["message"] == "because"
    assert ann.do(patch("words", "w9", text="c")) == NOOP
    assert ("ann", "PUT", {"text": "a"}, None) in seen
    assert ("bob", "PATCH", {"text": "b"}, "a") in seen
    assert ("bob", "DELETE", {}, "a") in seen
    assert world.row("words", "w1").text == "c"


@pytest.mark.parametrize("text", ["\0", "\ud83d", "x" * 10_000], ids=["nul", "half", "long"])
def test_whatever_the_application_says_a_letter_holds_it(world: World, text: str) -> None:
    def authorise(_user: str, _request: Request, _row: Any) -> bool:
        raise RefusedError(f"no {text}", code=f"MINE {text}", column=f"text {text}")

    ann = world.client("ann", up=world.uploader(authorise={"words": authorise}))
    failed = ann.do(put("words", "w1", text="a"))["failed_operation"]
    assert failed["message"].startswith("no ")
    assert failed["error_code"].startswith("MINE")
    letter = world.up.letters.get(failed["details"]["dead_letter"])
    assert (failed["message"], failed["error_code"]) == (letter.message, letter.error_code)
    assert len(letter.message) <= 1000


def test_who_authorises_owned_rows_adds_to_the_owner_check(world: World) -> None:
    up = world.uploader(authorise={"todos": lambda *_: True})
    world.insert("todos", id="t1", title="secret", user_id="bob")
    ann = world.client("ann", up=up)
    assert ann.do(patch("todos", "t1", title="x")) == NOOP
    assert ann.refused(put("todos", "t1", title="x")) == "UNAUTHORIZED"
    assert world.row("todos", "t1").title == "secret"


def test_a_row_of_one_transaction_is_seen_by_the_next_hook(world: World) -> None:
    seen: list[Any] = []

    def authorise(_user: str, _request: Request, row: Any) -> bool:
        seen.append(row and (row.title, row.tags, row.data))
        return True

    ann = world.client("ann", up=world.uploader(authorise={"todos": authorise}))
    made = put("todos", "t1", title="a", tags='["x"]', data='"10.5"')
    ann.send([made, patch("todos", "t1", title="b")], [delete("todos", "t1")])
    for each in (None, ("a", ["x"], "10.5"), ("b", ["x"], "10.5")):
        assert each in seen


def test_the_application_resolves(world: World) -> None:
    def resolve(_user: str, request: Request, row: Any) -> Mapping[str, Any] | None:
        if request.values.get("title") == "no":
            return None
        return {"title": f"{row.title}+{request.values['title']}", "score": row.score + 1}

    ann = world.client("ann", up=world.uploader(resolve={"todos": resolve}))
    assert ann.do(put("todos", "t1", title="a")) == SUCCESS
    assert ann.do(patch("todos", "t1", title="b", note="x")) == SUCCESS
    assert ann.do(patch("todos", "t1", title="no")) == NOOP
    steps = [patch("todos", "t1", title="c"), patch("todos", "t1", title="d")]
    assert ann.do(*steps) == SUCCESS
    row = world.row("todos", "t1")
    assert (row.title, row.score, row.note) == ("a+b+c+d", 3, "none yet")


def test_a_hook_of_a_table_that_is_none_of_the_schema_is_refused(world: World) -> None:
    from tests.crud.books import Author

    with pytest.raises(StatementError, match="no table of the schema"):
        Uploader(world.db, world.schema, authorise={Author: lambda *_: True})


def test_what_is_dropped_is_said_and_the_rest_goes_on(world: World) -> None:
    world.insert("loose", id="theirs", slug="taken", user_id="bob")
    steps = [
        put("loose", "l1", code=1),
        put("loose", "l2", code=-1),
        put("loose", "l3", slug="taken"),
        put("loose", "l4", category_id="none"),
        put("loose", "theirs", code=5),
        put("loose", "l5", user_id="bob"),
        patch("loose", "l1", code=2),
    ]
    result = world.client("ann").do(*steps)
    assert result["status"] == "success"
    found = [(n["operation_index"], n["outcome"], n["error_code"]) for n in result["operations"]]
    assert found == [
        (1, "dropped", "INVALID_DATA"),
        (2, "dropped", "UNIQUE_VIOLATION"),
        (3, "dropped", "FOREIGN_KEY_VIOLATION"),
        (4, "dropped", "UNAUTHORIZED"),
        (5, "dropped", "UNAUTHORIZED"),
    ]
    assert world.row("loose", "l1").code == 2
    assert world.count("loose") == 2


def test_what_is_put_aside_is_a_success_that_says_where(world: World) -> None:
    ann = world.client("ann")
    results = ann.send([put("kept", "k1", code=-1), put("kept", "k2")], [put("kept", "k3")])
    [letter] = world.letters("ann")
    assert results == [{"status": "success", "dead_letter": letter.id}, SUCCESS]
    assert letter.error_code == "INVALID_DATA"
    assert [world.row("kept", f"k{n}") is None for n in (1, 2, 3)] == [True, True, False]


def test_the_table_of_what_was_refused_says_what_becomes_of_it(world: World) -> None:
    ann = world.client("ann")
    mixed = ann.do(put("kept", "k1"), put("todos", "t1"))
    assert mixed["status"] == "fatal_error"
    mixed = ann.do(put("todos", "t1", title="a"), put("kept", "k1", code=-1))
    assert "dead_letter" in mixed
    mixed = ann.do(put("todos", "t1", title="a"), put("loose", "l1", code=-1))
    assert mixed["operations"][0]["outcome"] == "dropped"
    assert world.row("todos", "t1") is not None


def test_what_is_refused_at_the_end_is_put_aside_where_all_tables_want_that(
    world: World,
) -> None:
    ann = world.client("ann")
    ann.do(put("kept", "k1"), put("kept", "k2", parent_id="k1"))
    assert "dead_letter" in ann.do(delete("kept", "k1"))  # the database says so as it commits
    assert world.count("kept") == 2


def test_counts_tell_what_was_done(world: World) -> None:
    up = world.uploader(after_refusal="skip")
    ann = world.client("ann", up=up)
    ann.send(
        [put("todos", "t1", title="a", nonsense=1), patch("todos", "t9", title="a")],
        [put("loose", "l1", code=-1), put("todos", "t2", title="a")],
        [put("todos", "t3")],
        [put("kept", "k1", code=-1)],
    )
    ann.again()
    counts = up.counts.read()
    told = {name: counts[name] for name in ("applied", "noop", "dropped", "refused")}
    assert told == {"applied": 2, "noop": 1, "dropped": 1, "refused": 1}
    assert (counts["dead_letters"], counts["repeated"], counts["ignored_values"]) == (1, 4, 1)


def test_a_delete_that_a_foreign_key_forbids_is_dropped_alone(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("bins", "b1"), put("bins", "b2", bin_id="b1"))
    result = ann.do(delete("bins", "b1"), put("bins", "b3"))
    assert result["operations"][0]["error_code"] == "FOREIGN_KEY_VIOLATION"
    assert world.count("bins") == 3
