"""Whose a row is comes from the token: nobody writes, moves or names another's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

import dualschema as ds
from dualschema.upload import Batch, DeadLetter, LedgerEntry, Operation, Transaction
from tests.upload.world import World, delete, patch, put

SUCCESS = {"status": "success"}
PART = "0000000a-0000-4000-8000-00000000000a"
OTHER = "0000000b-0000-4000-8000-00000000000b"


@pytest.fixture
def theirs(world: World) -> World:
    """Give a world with a row of bob's in each table, and a category of ann's."""
    world.insert("categories", id="mine", name="a", user_id="ann")
    world.insert("categories", id="bobs", name="b", slug="b", user_id="bob")
    world.insert("todos", id="bobs", title="secret", user_id="bob", category_id="bobs")
    world.insert("items", id="mine", category_id="mine")
    world.insert("items", id="bobs", text="secret", category_id="bobs")
    world.insert("parts", id=UUID(PART), text="secret", item_id="bobs")
    world.insert("profiles", user_id="bob", motto="secret")
    for name in ("pages", "sheets", "tickets"):
        world.insert(name, id="bobs", text="secret", user_id="bob")
    for name in ("loose", "kept"):
        world.insert(name, id="bobs", code=7, user_id="bob")
    world.insert("blanks", id="bobs", note="secret", user_id="bob")
    return world


TABLES = [
    "categories",
    "todos",
    "items",
    "parts",
    "profiles",
    "pages",
    "sheets",
    "tickets",
    "loose",
    "kept",
    "blanks",
]
COLUMNS: dict[str, dict[str, Any]] = {
    "categories": {"name": "x"},
    "todos": {"title": "x", "note": None},
    "items": {"text": "x"},
    "parts": {"text": "x"},
    "profiles": {"motto": "x"},
    "loose": {"code": 1},
    "kept": {"code": 1},
    "blanks": {"note": "x"},
}


def _theirs(table: str) -> str:
    return {"parts": PART, "profiles": "bob"}.get(table, "bobs")


def _nowhere(table: str) -> str:
    return {"parts": OTHER, "profiles": "eve"}.get(table, "none")


def _told(results: list[dict[str, Any]], key: str) -> bytes:
    """Return what the client is told, but for the row's key and the letters' ids."""
    text = json.dumps(results)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]{21}", "letter", text)
    return text.replace(json.dumps(key), "key").encode()


CHANGES: list[Callable[[str, str], Operation]] = [
    patch,
    lambda table, key: patch(table, key, **COLUMNS.get(table, {"text": "x"})),
    lambda table, key: patch(table, key, nonsense=1),
    lambda table, key: patch(table, key, user_id="ann"),
    lambda table, key: patch(table, key, user_id="bob"),
    lambda table, key: patch(table, key, category_id="mine", item_id="mine"),
    lambda table, key: patch(table, key, category_id="bobs", item_id="bobs"),
    lambda table, key: patch(table, key, code=-1, priority=99),
    lambda table, key: patch(table, key, score=9, version=2, source="x"),
    lambda table, key: patch(table, key, text=["no text"], motto=3, name=5),
    lambda table, key: Operation("PATCH", table, key, {"text": "x"}, {"text": "other"}),
    lambda table, key: Operation("PATCH", table, key, {"text": "x"}, {"text": "secret"}),
    lambda table, key: Operation("DELETE", table, key, {}, {"text": "other"}),
    delete,
]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_anothers_and_none_look_the_same(theirs: World, table: str) -> None:
    world = theirs
    before = world.count(table), repr(world.row(table, _key(table)))
    for change in CHANGES:
        found = world.client("ann", "phone").send([change(table, _theirs(table))])
        none = world.client("ann", "laptop").send([change(table, _nowhere(table))])
        assert _told(none, _nowhere(table)) == _told(found, _theirs(table))
        world.db.run(ds.delete(LedgerEntry).all_rows())
        world.db.run(ds.delete(DeadLetter).all_rows())
    assert (world.count(table), repr(world.row(table, _key(table)))) == before


def _key(table: str) -> Any:
    return UUID(PART) if table == "parts" else _theirs(table)


@pytest.mark.parametrize("table", TABLES)
def test_a_put_takes_no_row_over(theirs: World, table: str) -> None:
    world = theirs
    before = repr(world.row(table, _key(table)))
    values: dict[str, Any] = {**COLUMNS.get(table, {"text": "x"}), "user_id": "ann"}
    if table in ("items", "parts"):
        values = {"text": "x", "category_id": "mine", "item_id": "mine"}
    result = world.client("ann").do(put(table, _theirs(table), **values))
    match table:
        case "loose":
            assert result["operations"][0]["error_code"] == "UNAUTHORIZED"
        case "kept":
            assert "dead_letter" in result
        case _:
            assert result["failed_operation"]["error_code"] == "UNAUTHORIZED"
    assert repr(world.row(table, _key(table))) == before


def test_an_insert_is_stamped(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="a")) == SUCCESS
    assert ann.do(put("todos", "t2", title="a", user_id="ann")) == SUCCESS
    assert ann.refused(put("todos", "t3", title="a", user_id="bob")) == "UNAUTHORIZED"
    assert [world.row("todos", f"t{n}").user_id for n in (1, 2)] == ["ann", "ann"]
    assert world.row("todos", "t3") is None


def test_an_owner_that_is_null_is_filled_in(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="a", user_id=None)) == SUCCESS
    assert ann.do(patch("todos", "t1", title="b", user_id=None)) == SUCCESS
    assert (world.row("todos", "t1").title, world.row("todos", "t1").user_id) == ("b", "ann")


def test_the_owner_of_ones_own_row_cannot_be_changed(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="a"))
    for change in (patch("todos", "t1", user_id="bob"), put("todos", "t1", title="a", user_id="")):
        assert ann.refused(change) == "UNAUTHORIZED"
    assert ann.do(patch("todos", "t1", user_id="ann", title="b")) == SUCCESS
    assert world.row("todos", "t1").user_id == "ann"


@pytest.mark.parametrize("target", ["bobs", "none"])
@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("todos", "t1", "category_id"),
        ("items", "i1", "category_id"),
        ("parts", OTHER, "item_id"),
    ],
)
def test_a_foreign_key_names_no_row_of_anothers(
    theirs: World, table: str, key: str, column: str, target: str
) -> None:
    ann = theirs.client("ann")
    values = {**COLUMNS[table], column: target}
    told = ann.do(put(table, key, **values))
    failed = told["failed_operation"]
    assert failed["error_code"] == "FOREIGN_KEY_VIOLATION"
    assert failed["message"] == f"{column}: it names a row that is not there"
    assert ann.do(put(table, key, **{**values, column: "mine"})) == SUCCESS
    assert ann.refused(patch(table, key, **{column: target})) == "FOREIGN_KEY_VIOLATION"
    assert ann.refused(put(table, key, **values)) == "FOREIGN_KEY_VIOLATION"


def test_a_foreign_key_to_anothers_row_looks_as_one_to_none(theirs: World) -> None:
    told = []
    for target in ("bobs", "none"):
        ann = theirs.client("ann", target)
        results = [
            ann.send([put("todos", "t1", title="a", category_id=target)]),
            ann.send([put("items", "i1", category_id=target)]),
            ann.send([patch("items", "mine", category_id=target)]),
            ann.send([put("loose", "l1", category_id=target)]),
            ann.send([put("kept", "k1", parent_id=target)]),
        ]
        told.append(_told([each for result in results for each in result], target))
        theirs.db.run(ds.delete(DeadLetter).all_rows())
    assert told[0] == told[1]


def test_a_row_that_hangs_on_anothers_cannot_be_reached(theirs: World) -> None:
    ann = theirs.client("ann")
    assert ann.refused(put("parts", OTHER, item_id="bobs")) == "FOREIGN_KEY_VIOLATION"
    assert ann.do(put("parts", OTHER, item_id="mine")) == SUCCESS
    moved = [patch("items", "mine", category_id="bobs"), patch("parts", OTHER, text="x")]
    assert ann.refused(*moved) == "FOREIGN_KEY_VIOLATION"
    # Nor in one transaction with a parent of the same key that is another's.
    steps = [put("items", "i9", category_id="bobs"), put("categories", "bobs", name="x")]
    assert ann.refused(*steps) == "FOREIGN_KEY_VIOLATION"


def test_a_row_on_a_path_needs_a_parent(theirs: World) -> None:
    ann = theirs.client("ann")
    assert ann.refused(put("items", "i1")) == "INVALID_DATA"
    assert ann.refused(patch("items", "mine", category_id=None)) == "INVALID_DATA"


def test_a_row_that_is_its_users_has_the_users_key(theirs: World) -> None:
    ann = theirs.client("ann")
    none = _told([dict(ann.do(put("profiles", "eve", motto="x")))], "eve")
    assert b"UNAUTHORIZED" in none
    assert none == _told([dict(ann.do(put("profiles", "bob", motto="x")))], "bob")
    assert theirs.count("profiles") == 1
    assert ann.do(put("profiles", "ann", motto="x")) == SUCCESS
    assert ann.refused(put("profiles", "eve", motto="y")) == "UNAUTHORIZED"
    assert ann.do(patch("profiles", "ann", motto="z")) == SUCCESS
    assert theirs.row("profiles", "ann").motto == "z"
    assert ann.do(delete("profiles", "ann")) == SUCCESS
    assert theirs.row("profiles", "bob").motto == "secret"


def test_rows_of_nobodys_are_not_written(world: World) -> None:
    world.insert("words", id="w1", text="a")
    ann = world.client("ann")
    for change in (put("words", "w2", text="b"), patch("words", "w1", text="b")):
        assert ann.refused(change) == "UNAUTHORIZED"
    assert ann.refused(delete("words", "w1")) == "UNAUTHORIZED"
    assert ann.refused(delete("words", "w9")) == "UNAUTHORIZED"
    assert world.count("words") == 1


def test_the_data_cannot_say_who_sends_it(theirs: World) -> None:
    sent = Operation("PATCH", "todos", "bobs", {"title": "x"}, {"user_id": "ann"}, "ann", 1)
    [result] = theirs.up.apply(Batch([Transaction([sent])], "bob"), "ann")
    assert result.wire()["operations"][0]["outcome"] == "noop"
    assert theirs.row("todos", "bobs").title == "secret"


def test_a_user_who_can_own_no_row_names_none_of_nobodys(
    postgres_url: str,
) -> None:
    class Folder(ds.Table, name="folders"):
        id: ds.Column[str] = ds.column(primary_key=True)
        user_id: ds.Column[UUID | None] = ds.column(owner=True, default=None)

    class File(ds.Table, name="files"):
        id: ds.Column[str] = ds.column(primary_key=True)
        folder_id: ds.Column[str] = ds.column(foreign_key="folders.id")
        user_id: ds.Column[str] = ds.column(owner=True)

    schema = ds.Schema(Folder, File)
    with ds.connect(postgres_url) as db:
        world = World("folders", schema, db)
        world.insert("folders", id="f1", user_id=None)
        ann = world.client("ann")  # no UUID, as the owners of folders are
        assert ann.refused(put("files", "x", folder_id="f1")) == "FOREIGN_KEY_VIOLATION"


@pytest.mark.parametrize("user", ["7", "07", " 7", "7_0", "+7", "\u0667", "seven", "", "7.0"])
def test_a_user_is_the_number_that_its_id_spells(postgres_url: str, user: str) -> None:
    class Paper(ds.Table, name="papers"):
        id: ds.Column[str] = ds.column(primary_key=True)
        user_id: ds.Column[int] = ds.column(owner=True)

    with ds.connect(postgres_url) as db:
        world = World("papers", ds.Schema(Paper), db)
        told = world.client(user).do(put("papers", "p1"))
        assert (told["status"] == "success") is (user == "7")
