"""Annotations that name what stands elsewhere, and the names that attributes get."""

from __future__ import annotations

from typing import Any, Literal

import pydantic
import pytest

import dualschema as ds
from tests.declare import forward
from tests.schema.define import define, model_of


def test_annotations_may_name_what_stands_further_down() -> None:
    node = forward.Node(id="1", kind="inner", leaves=[forward.Leaf(leaf_name="a")])

    assert {
        "id": "1",
        "kind": "inner",
        "leaves": [{"leafName": "a", "leaves": []}],
        "parentId": None,
    } == ds.encode(node, "json")
    with pytest.raises(pydantic.ValidationError):
        forward.Node(id="1", kind="middle")  # type: ignore[arg-type]  # wrong on purpose


def test_annotations_may_name_what_stands_in_the_same_function() -> None:
    Choice = Literal["a", "b"]  # noqa: N806  (a type)

    class Inner(ds.JsonModel):
        some_key: int

    class Local(ds.Table, name="local"):
        id: ds.Column[str] = ds.column(primary_key=True)
        choice: ds.Column[Choice]
        inner: ds.Column[Inner | None] = ds.column(default=None)
        later: ds.Column[list[Later]] = ds.column(default_factory=list)

    class Later(ds.JsonModel):
        other_key: int

    ds.Schema(Local)
    row = Local(id="1", choice="a", inner=Inner(some_key=1), later=[Later(other_key=2)])

    assert {"someKey": 1} == ds.encode(row, "json")["inner"]
    assert [{"otherKey": 2}] == ds.encode(row, "json")["later"]


def test_a_schema_made_elsewhere_completes_classes_of_a_function() -> None:
    def define_local() -> type[ds.Table]:
        class Inner(ds.JsonModel):
            key: int

        class Local(ds.Table, name="local"):
            id: ds.Column[str] = ds.column(primary_key=True)
            inner: ds.Column[Inner]

        return Local

    assert ("id", "inner") == tuple(model_of(define_local()).by_name)


@pytest.mark.parametrize(
    ("attribute", "column", "json_name"),
    [
        ("lapTime", "lap_time", "lapTime"),
        ("lap_time", "lap_time", "lapTime"),
        ("userID", "user_id", "userId"),
        ("user_id", "user_id", "userId"),
        ("HTTPServer", "http_server", "httpServer"),
        ("x", "x", "x"),
        ("x2y", "x2y", "x2y"),
        ("line_2", "line_2", "line2"),
    ],
)
def test_names_in_either_case(attribute: str, column: str, json_name: str) -> None:
    made = model_of(define("t", {attribute: str})).columns[1]

    assert (attribute, column, json_name) == (made.attribute, made.name, made.json_name)


def test_camel_case_and_snake_case_give_the_same_model() -> None:
    camel = define("t", {"lapTime": int, "splitTime": (str, {"index": True})})
    snake = define("t", {"lap_time": int, "split_time": (str, {"index": True})})

    first, second = ds.Schema(camel), ds.Schema(snake)

    assert first.ddl("postgresql") == second.ddl("postgresql")
    assert first.ddl("sqlite") == second.ddl("sqlite")
    assert first.powersync() == second.powersync()
    one: Any = camel(id="1", lapTime=1, splitTime="2")  # type: ignore[call-arg]  # its names are looked up when it runs
    other: Any = snake(id="1", lap_time=1, split_time="2")  # type: ignore[call-arg]  # its names are looked up when it runs
    assert ds.encode(one, "json") == ds.encode(other, "json")
    assert ds.encode(one, "sqlite") == ds.encode(other, "sqlite")


def test_names_of_ones_own() -> None:
    table = define(
        "t",
        {
            "both": (str, {"name": "in_database", "json_name": "IN-JSON"}),
            "stored": (str, {"name": "other_name"}),
            "shown": (str, {"json_name": "as_json"}),
        },
    )
    columns = model_of(table).columns[1:]
    row: Any = table(id="1", both="a", stored="b", shown="c")  # type: ignore[call-arg]  # its names are looked up when it runs

    assert [("in_database", "IN-JSON"), ("other_name", "otherName"), ("shown", "as_json")] == [
        (column.name, column.json_name) for column in columns
    ]
    assert {"id": "1", "IN-JSON": "a", "otherName": "b", "as_json": "c"} == ds.encode(row, "json")
    assert {"id": "1", "in_database": "a", "other_name": "b", "shown": "c"} == (
        ds.encode(row, "sqlite")
    )
    assert row == ds.decode(table, ds.encode(row, "json"), "json")
    assert row == table.model_validate(ds.encode(row, "json"))
