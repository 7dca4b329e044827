"""PUT, PATCH and DELETE: what each makes of a row, and of none."""

from __future__ import annotations

from typing import Any

import dualschema as ds
from tests.upload.world import CHANGED, MADE, World, delete, patch, put

SUCCESS = {"status": "success"}
NOOP = {"status": "success", "operations": [{"operation_index": 0, "outcome": "noop"}]}


def test_a_put_inserts_with_defaults(world: World) -> None:
    assert world.client("ann").do(put("todos", "t1", title="Milk")) == SUCCESS
    row = world.row("todos", "t1")
    assert (row.done, row.priority, row.note, row.tags) == (False, 3, "none yet", [])
    assert (row.label, row.data, row.source, row.score) == (None, None, "app", 0)
    assert (row.made, row.changed, row.user_id) == (MADE, MADE, "ann")


def test_a_put_replaces_what_is_there(world: World) -> None:
    ann = world.client("ann")
    full: dict[str, Any] = {"title": "Milk", "done": 1, "priority": 5, "note": "x", "label": "l"}
    ann.do(put("todos", "t1", **full, tags='["a"]', data="1", source="web"))
    assert ann.do(put("todos", "t1", title="Tea")) == SUCCESS
    row = world.row("todos", "t1")
    assert (row.title, row.done, row.priority) == ("Tea", False, 3)
    assert (row.note, row.label, row.tags, row.data) == ("none yet", None, [], None)
    assert row.source == "web"  # of what is set on insert, nothing is replaced
    assert (row.made, row.changed) == (MADE, CHANGED)


def test_a_put_that_names_only_what_it_must_replaces_the_rest(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("categories", "c1", name="a", slug="x")) == SUCCESS
    assert ann.do(put("categories", "c1", name="b")) == SUCCESS
    assert (world.row("categories", "c1").name, world.row("categories", "c1").slug) == ("b", None)


def test_an_explicit_null_of_a_put_is_null(world: World) -> None:
    assert world.client("ann").do(put("todos", "t1", title="Milk", note=None)) == SUCCESS
    assert world.row("todos", "t1").note is None


def test_where_absent_is_null_a_column_that_has_null_gets_it(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("blanks", "b1")) == SUCCESS
    assert (world.row("blanks", "b1").note, world.row("blanks", "b1").count) == (None, 7)
    assert ann.do(put("blanks", "b1", note="x", count=1)) == SUCCESS
    assert ann.do(put("blanks", "b1")) == SUCCESS
    assert (world.row("blanks", "b1").note, world.row("blanks", "b1").count) == (None, 7)


def test_a_default_of_the_database_fills_an_insert(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("stocked", "s1")) == SUCCESS
    assert world.row("stocked", "s1").shelf == "A1"


def test_a_default_of_the_database_fills_a_row_that_is_made_anew(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("stocked", "s1", shelf="B2")) == SUCCESS
    assert ann.do(delete("stocked", "s1"), put("stocked", "s1")) == SUCCESS
    assert world.row("stocked", "s1").shelf == "A1"


def test_a_default_of_the_database_fills_a_row_that_is_replaced(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("stocked", "s1", shelf="B2")) == SUCCESS
    assert ann.do(put("stocked", "s1")) == SUCCESS
    assert world.row("stocked", "s1").shelf == "A1"


def test_a_put_that_lacks_a_column_without_default_is_refused(world: World) -> None:
    result = world.client("ann").do(put("todos", "t1", note="x"))
    assert result["failed_operation"]["error_code"] == "INVALID_DATA"
    assert result["failed_operation"]["details"]["column"] == "title"


def test_a_patch_changes_only_what_it_names(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="Milk", note="x", priority=5))
    assert ann.do(patch("todos", "t1", note=None)) == SUCCESS
    row = world.row("todos", "t1")
    assert (row.title, row.note, row.priority, row.changed) == ("Milk", None, 5, CHANGED)


def test_patches_of_other_columns_are_merged(world: World) -> None:
    ann = world.client("ann")
    ann.do(*[put("todos", f"t{n}", title="Milk") for n in range(5)])
    changes: list[dict[str, Any]] = [
        {"note": "a"},
        {"done": 1},
        {"note": None, "priority": 1},
        {"label": "l", "data": "[1]"},
        {"title": "Tea"},
    ]
    ann.do(*[patch("todos", f"t{n}", **change) for n, change in enumerate(changes)])
    rows = [world.row("todos", f"t{n}") for n in range(5)]
    found = [(r.title, r.note, r.done, r.priority, r.label, r.data) for r in rows]
    assert found == [
        ("Milk", "a", False, 3, None, None),
        ("Milk", "none yet", True, 3, None, None),
        ("Milk", None, False, 1, None, None),
        ("Milk", "none yet", False, 3, "l", [1]),
        ("Tea", "none yet", False, 3, None, None),
    ]


def test_an_empty_patch_succeeds(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="Milk"))
    assert ann.do(patch("todos", "t1")) == NOOP
    assert world.row("todos", "t1").changed == MADE


def test_what_is_not_there_is_a_noop(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(patch("todos", "t1", title="Milk")) == NOOP
    assert ann.do(patch("todos", "t1")) == NOOP
    assert ann.do(delete("todos", "t1")) == NOOP
    assert world.count("todos") == 0


def test_a_second_delete_is_a_noop(world: World) -> None:
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="Milk"))
    result = ann.do(delete("todos", "t1"), delete("todos", "t1"), patch("todos", "t1", title="a"))
    assert [note["operation_index"] for note in result["operations"]] == [1, 2]


def test_the_key_is_never_changed(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", id="t2", title="Milk")) == SUCCESS
    assert ann.do(patch("todos", "t1", id="t3", title="Tea")) == SUCCESS
    assert ann.do(patch("todos", "t1", id="t3")) == NOOP
    assert world.row("todos", "t1").title == "Tea"
    assert world.count("todos") == 1


def test_a_uuid_is_a_key_in_any_spelling(world: World) -> None:
    ann = world.client("ann")
    key = "0000000a-0000-4000-8000-00000000000a"
    ann.do(put("categories", "c1", name="a"), put("items", "i1", category_id="c1"))
    assert ann.do(put("parts", key.upper(), item_id="i1")) == SUCCESS
    assert ann.do(patch("parts", key, text="x")) == SUCCESS
    steps = [patch("parts", key.upper(), text="y"), patch("parts", key, text="z")]
    assert ann.do(*steps) == SUCCESS
    [row] = world.db.all(ds.select(world.table("parts")))
    assert (str(row.id), row.text) == (key, "z")


def test_a_key_that_is_none_of_the_tables_is_refused(world: World) -> None:
    ann = world.client("ann")
    for operation in (put("parts", "p1", item_id="i1"), patch("parts", ""), delete("parts", "1")):
        assert ann.refused(operation) == "INVALID_DATA"
    assert ann.refused(put("todos", "a\0b", title="Milk")) == "INVALID_DATA"


def test_empty_texts_are_keys_as_others(world: World) -> None:
    ann = world.client("ann")
    parent = put("categories", "", name="a")
    assert ann.do(parent, put("items", "", category_id="")) == SUCCESS
    assert ann.do(put("items", "i2", category_id="")) == SUCCESS
    assert ann.do(patch("items", "", text="x"), delete("items", "i2")) == SUCCESS
    assert world.row("items", "").text == "x"
    assert world.row("items", "").category_id == ""
