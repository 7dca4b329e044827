"""Whatever a client sends, an answer comes back, and nobody else's rows are touched."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import NotFoundError
from dualschema.upload import Batch, Operation, Transaction, Uploader
from tests.upload.world import World

pytestmark = pytest.mark.slow

_ODD = [
    "",
    "\0",
    "a\0b",
    "\ud800",
    "'; DROP TABLE todos; --",
    '" OR 1=1 --',
    "{}",
    "{NULL}",
    "\\",
    '"',
    "t1",
    "bobs",
    "id",
    "NULL",
    "%s",
    "$1",
    ":a",
    "?",
    "0000000a-0000-4000-8000-00000000000a",
    "x" * 5000,
]
_TEXT = st.sampled_from(_ODD) | st.text(
    st.characters(codec=None, exclude_categories=()), max_size=8
)
_TABLES = [
    "todos",
    "tasks",
    "categories",
    "items",
    "parts",
    "profiles",
    "blanks",
    "pages",
    "sheets",
    "tickets",
    "loose",
    "kept",
    "events",
    "words",
    "secrets",
    "gone",
    "dualschema_dead_letters",
]
_COLUMNS = [
    "id",
    "title",
    "name",
    "slug",
    "done",
    "priority",
    "note",
    "caption",
    "data",
    "tags",
    "price",
    "due",
    "source",
    "score",
    "made",
    "category_id",
    "item_id",
    "user_id",
    "text",
    "motto",
    "version",
    "count",
    "state",
    "code",
    "parent_id",
]
_NUMBER = st.integers() | st.sampled_from([0, 1, -1, 2**31, 2**53, 2**63, 2**64, 10**400])
_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBER | st.floats() | _TEXT | st.sampled_from(["bobs", "ann"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_DATA = st.dictionaries(st.sampled_from(_COLUMNS) | _TEXT, _VALUE, max_size=6)
_OPERATION = st.builds(
    Operation,
    op=st.sampled_from(["PUT", "PATCH", "DELETE"]),
    table=st.sampled_from(_TABLES) | _TEXT,
    id=st.sampled_from(["bobs", "t1", "bob"]) | _TEXT,
    data=_DATA,
    previous=st.none() | _DATA,
    metadata=st.none() | _TEXT,
    op_id=st.none() | st.integers(0, 40) | _NUMBER,
)
_BATCH = st.builds(
    Batch,
    st.lists(
        st.builds(Transaction, st.lists(_OPERATION, max_size=4), st.none() | _NUMBER), max_size=4
    ),
    st.none() | _TEXT,
)


@pytest.fixture
def filled(world: World) -> World:
    """Give a world with rows of bob's."""
    world.insert("categories", id="bobs", name="b", slug="b", user_id="bob")
    rows: dict[str, dict[str, Any]] = {
        "todos": {"title": "secret", "category_id": "bobs"},
        "pages": {"text": "secret"},
        "sheets": {"text": "secret"},
        "tickets": {"text": "secret"},
        "loose": {"code": 7},
        "kept": {"code": 7},
        "blanks": {"note": "secret"},
        "events": {"what": "secret"},
        "secrets": {},
    }
    for table, values in rows.items():
        world.insert(table, id="bobs", user_id="bob", **values)
    world.insert("items", id="bobs", text="secret", category_id="bobs")
    world.insert("profiles", user_id="bob", motto="secret")
    world.insert("words", id="bobs", text="secret")
    return world


def _bobs(world: World) -> list[Any]:
    rows: list[Any] = [
        world.row(name, "bob" if name == "profiles" else "bobs")
        for name in _TABLES
        if name not in ("tasks", "parts", "gone", "dualschema_dead_letters")
    ]
    return [row.model_dump() for row in rows] + [world.count("words"), world.count("secrets")]


def test_any_batch_is_answered_and_touches_nothing_of_anothers(filled: World) -> None:
    ups = [filled.uploader(after_refusal=after) for after in ("stop", "skip")]
    letters = filled.up.letters
    before = _bobs(filled)

    @given(_BATCH, st.sampled_from(["ann", "eve", ""]), st.sampled_from(ups))
    def check(batch: Batch, user: str, up: Uploader) -> None:
        for _ in range(2):
            results = up.apply(batch, user)
            assert len(results) == len(batch.transactions)
            for result in results:
                wire = result.wire()
                assert wire["status"] in ("success", "fatal_error", "not_attempted"), wire
                repr(wire).encode(errors="surrogatepass")
        assert _bobs(filled) == before
        for letter in letters.all():
            assert letter.user_id != "bob"

    check()
    for letter in letters.all():
        with suppress(NotFoundError):  # one that waited was replayed with another
            filled.up.replay(letter.id)
    assert _bobs(filled) == before


@pytest.mark.parametrize("text", _ODD)
def test_odd_texts_of_the_envelope_are_answered(world: World, text: str) -> None:
    made = Operation("PUT", "todos", "t1", {"title": "a"}, None, text, 1)
    bad = Operation("PUT", "todos", "t2", {}, None, text, 2)
    batch = Batch([Transaction([made], 1), Transaction([bad], 2)], text)
    first = [each.wire() for each in world.up.apply(batch, "ann")]
    assert [each["status"] for each in first] == ["success", "fatal_error"]
    assert [each.wire() for each in world.up.apply(batch, "ann")] == first
    for letter in world.letters("ann"):
        world.up.replay(letter.id)


@pytest.mark.parametrize("user", _ODD)
def test_an_odd_user_raises_nothing(world: World, user: str) -> None:
    made = Operation("PUT", "todos", "t1", {"title": "a"}, None, None, 1)
    [result] = world.up.apply(Batch([Transaction([made], 1)], "phone"), user)
    storable = "\0" not in user and "\ud800" not in user
    assert (result.wire()["status"] == "success") is storable
    assert (world.row("todos", "t1") is not None) is storable


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**53 - 1, 2**53, 2**63, 10**40])
def test_odd_numbers_of_the_envelope_are_answered(world: World, number: int) -> None:
    made = Operation("PUT", "todos", "t1", {"title": "a"}, None, None, number)
    for operations in ([made], [Operation("PUT", "todos", "t2", {}, None, None, number)]):
        batch = Batch([Transaction(operations, number)], "phone")
        [result] = world.up.apply(batch, "ann")
        assert result.wire()["status"] in ("success", "fatal_error")


def test_a_wide_batch_is_answered(world: World) -> None:
    ann = world.client("ann")
    steps = [
        Operation("PUT", "todos", f"t{n}", {"title": "x" * 1000, "tags": ["y"] * 100})
        for n in range(500)
    ]
    assert ann.do(*steps) == {"status": "success"}
    assert world.db.count(ds.select(world.table("todos"))) == 500
