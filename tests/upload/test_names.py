"""What a client names: columns and tables of now and of before, and what nobody knows."""

from __future__ import annotations

import pytest

from tests.upload.world import World, delete, patch, put


def test_unknown_columns_are_ignored_and_counted(world: World) -> None:
    ann = world.client("ann")
    before = world.up.counts.read()["ignored_values"]
    sent = put("todos", "t1", title="Milk", nonsense=1, shape="round")
    assert ann.do(sent) == {"status": "success", "ignored_values": 2}
    assert world.row("todos", "t1").title == "Milk"
    assert world.up.counts.read()["ignored_values"] == before + 2


def test_an_unknown_table_is_refused(world: World) -> None:
    result = world.client("ann").do(put("nowhere", "n1", title="Milk"))
    assert result["status"] == "fatal_error"
    failed = result["failed_operation"]
    assert failed["error_code"] == "UNKNOWN_TABLE"
    assert failed["operation_index"] == 0
    assert failed["details"]["table"] == "nowhere"
    assert failed["details"]["id"] == "n1"


@pytest.mark.parametrize("name", ["drafts", "secrets", "dualschema_ledger", "TODOS", ""])
def test_tables_of_one_side_alone_are_unknown(world: World, name: str) -> None:
    world.insert("secrets", id="s1", user_id="ann")
    ann = world.client("ann")
    assert ann.refused(put(name, "s1")) == "UNKNOWN_TABLE"
    assert ann.refused(patch(name, "s1", user_id="bob")) == "UNKNOWN_TABLE"
    assert ann.refused(delete(name, "s1")) == "UNKNOWN_TABLE"
    assert world.row("secrets", "s1").user_id == "ann"


@pytest.mark.parametrize("name", ["todos", "my_todos", "tasks"])
def test_a_table_answers_to_all_its_names(world: World, name: str) -> None:
    ann = world.client("ann")
    assert ann.do(put(name, "t1", title="Milk")) == {"status": "success"}
    assert ann.do(patch(name, "t1", title="Tea")) == {"status": "success"}
    assert world.row("todos", "t1").title == "Tea"
    assert ann.do(delete(name, "t1")) == {"status": "success"}
    assert world.row("todos", "t1") is None


def test_names_of_one_table_are_of_the_same_rows(world: World) -> None:
    steps = [put("tasks", "t1", title="a"), patch("my_todos", "t1", title="b")]
    assert world.client("ann").do(*steps, patch("todos", "t1", done=1)) == {"status": "success"}
    row = world.row("todos", "t1")
    assert (row.title, row.done) == ("b", True)


def test_a_column_answers_to_its_former_name(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="Milk", caption="old")) == {"status": "success"}
    assert world.row("todos", "t1").label == "old"
    assert ann.do(patch("todos", "t1", caption=None)) == {"status": "success"}
    assert world.row("todos", "t1").label is None


def test_dropped_columns_are_drained(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="Milk", colour="red")) == {"status": "success"}
    result = ann.do(patch("todos", "t1", colour=["no", "such", "type"]))
    assert result["status"] == "success"
    assert world.row("todos", "t1").title == "Milk"


def test_dropped_tables_are_drained(world: World) -> None:
    ann = world.client("ann")
    for operation in (put("gone", "g1", text=3), patch("gone", "g1"), delete("gone", "g1")):
        assert ann.do(operation) == {"status": "success"}
    assert world.letters() == []


def test_a_dropped_table_does_not_keep_the_rest_of_a_transaction(world: World) -> None:
    steps = [put("gone", "g1"), put("todos", "t1", title="Milk"), delete("gone", "g1")]
    assert world.client("ann").do(*steps) == {"status": "success"}
    assert world.row("todos", "t1").title == "Milk"


def test_rows_of_an_insert_only_table_are_only_inserted(world: World) -> None:
    ann = world.client("ann")
    assert ann.do(put("events", "e1", what="opened")) == {"status": "success"}
    assert ann.refused(patch("events", "e1", what="closed")) == "READ_ONLY"
    assert ann.refused(delete("events", "e1")) == "READ_ONLY"
    assert world.row("events", "e1").what == "opened"
