"""Values are read by their columns' types, and a document is parsed once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dualschema.upload import Batch, Operation, Transaction
from tests.upload.world import World, patch, put

SUCCESS = {"status": "success"}

DOCUMENTS: list[Any] = [
    "10.5",
    10.5,
    "",
    "null",
    "true",
    '"quoted"',
    "[1, 2]",
    '{"a": "b\\"c", "é": [null, {}]}',
    True,
    False,
    0,
    [],
    {},
    ["10.5", {"a": ["NULL", "a,b", "\\", "{}", "'"]}],
    {"a\tb": 2**53 - 1},
    "back\\slash \n and 'quotes' and \u2028 and 😀",
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
def test_a_document_as_text_is_parsed_once(world: World, document: Any) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="Milk", data=json.dumps(document))) == SUCCESS
    assert world.row("todos", "t1").data == document
    assert type(world.row("todos", "t1").data) is type(document)
    assert ann.do(patch("todos", "t1", data=json.dumps([document]))) == SUCCESS
    assert world.row("todos", "t1").data == [document]


@pytest.mark.parametrize(
    "document", [each for each in DOCUMENTS if not isinstance(each, str)], ids=repr
)
def test_a_document_as_json_is_stored_as_it_is(world: World, document: Any) -> None:
    assert world.client("ann").do(put("todos", "t1", title="Milk", data=document)) == SUCCESS
    assert world.row("todos", "t1").data == document


@pytest.mark.parametrize(
    ("column", "sent", "stored"),
    [
        ("done", 1, True),
        ("done", 0, False),
        ("price", "12.50", Decimal("12.50")),
        ("price", "-0.01", Decimal("-0.01")),
        ("due", "2024-05-06T07:08:09.123Z", datetime(2024, 5, 6, 7, 8, 9, 123000, UTC)),
        ("due", "2024-05-06 07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, 0, UTC)),
        ("tags", '["a", "b,c", "\\"", "NULL"]', ["a", "b,c", '"', "NULL"]),
        ("tags", ["{}", "\\"], ["{}", "\\"]),
        ("note", "NULL", "NULL"),
        ("note", "", ""),
        ("note", '{"a",b}', '{"a",b}'),
        ("note", "it's \\ \" \n\t , {} ; -- 😀", "it's \\ \" \n\t , {} ; -- 😀"),
        ("note", "10.5", "10.5"),
    ],
)
def test_values_are_read_by_their_type(world: World, column: str, sent: Any, stored: Any) -> None:
    ann = world.client("ann")
    assert ann.do(put("todos", "t1", title="Milk", **{column: sent})) == SUCCESS
    assert getattr(world.row("todos", "t1"), column) == stored
    assert ann.do(put("todos", "t2", title="Milk")) == SUCCESS
    assert ann.do(patch("todos", "t2", **{column: sent})) == SUCCESS
    assert getattr(world.row("todos", "t2"), column) == stored


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        ("title", None),
        ("title", 3),
        ("title", "a\0b"),
        ("title", "\ud800"),
        ("done", 2),
        ("done", "yes"),
        ("done", None),
        ("priority", 10),
        ("priority", -1),
        ("priority", 1.5),
        ("priority", "1"),
        ("priority", 2**31),
        ("priority", 10**40),
        ("price", "1.234"),
        ("price", "1234567.00"),
        ("price", "NaN"),
        ("price", "money"),
        ("due", "yesterday"),
        ("due", "2024-02-30T00:00:00.000Z"),
        ("tags", "{}"),
        ("tags", "[1]"),
        ("tags", "[1"),
        ("tags", None),
        ("data", "{"),
        ("data", "\\"),
        ("data", '"\\u0000"'),
        ("data", "NaN"),
        ("note", ["a"]),
        ("note", {"a": 1}),
        ("caption", 1),
        ("source", 7),
        ("score", "much"),
        ("user_id", 5),
        ("category_id", 5),
    ],
)
def test_what_is_no_value_of_the_column_is_refused(world: World, column: str, sent: Any) -> None:
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="Milk"))
    before = world.row("todos", "t1")
    for operation in (
        put("todos", "t2", **{"title": "Milk", column: sent}),
        patch("todos", "t1", **{column: sent}),
    ):
        result = ann.do(operation)
        assert result["status"] == "fatal_error"
        failed = result["failed_operation"]
        assert failed["error_code"] == "INVALID_DATA"
        name = "label" if column == "caption" else column
        assert failed["details"]["column"] == name
        assert failed["message"].startswith(f"{name}: ")
    assert world.row("todos", "t1") == before
    assert world.count("todos") == 1


def test_a_refusal_does_not_tell_the_value(world: World) -> None:
    secret = "hunter2-the-secret"
    ann = world.client("ann")
    for data in ({"priority": secret}, {"due": secret}, {"price": secret}, {"data": f"{{{secret}"}):
        assert secret not in repr(ann.do(put("todos", "t1", title="Milk", **data)))


@pytest.mark.parametrize("sent", [None, "x", 2**31, -(2**40), 1.5])
def test_what_is_no_version_is_refused(world: World, sent: Any) -> None:
    ann = world.client("ann")
    ann.do(put("pages", "p1"))
    assert ann.refused(patch("pages", "p1", version=sent)) == "INVALID_DATA"
    assert ann.refused(put("pages", "p2", version=sent)) == "INVALID_DATA"


@pytest.mark.parametrize("previous", [{"text": 5}, {"count": "x"}, {"count": [1]}])
def test_what_is_no_previous_value_is_refused(world: World, previous: dict[str, Any]) -> None:
    ann = world.client("ann")
    ann.do(put("sheets", "s1"))
    sent = Operation("PATCH", "sheets", "s1", {"text": "a", "count": 1}, previous)
    assert ann.refused(sent) == "INVALID_DATA"


def test_a_value_that_is_refused_is_kept_whole(world: World) -> None:
    odd = {"title": "\ud800 and \0", "price": float("inf"), "data": {"a": ["\0", 10**30]}}
    sent = Operation("PUT", "todos", "t1", odd, {"title": "\0"}, "meta \0", 1)
    [result] = world.up.apply(Batch([Transaction([sent], 7)], "phone"), "ann")
    assert result.wire()["status"] == "fatal_error"
    [letter] = world.letters("ann")
    assert json.loads(letter.entries) == [
        {
            "op": "PUT",
            "op_id": 1,
            "table": "todos",
            "id": "t1",
            "op_data": {**odd, "price": "inf"},  # JSON has no infinity
            "previous_values": {"title": "\0"},
            "metadata": "meta \0",
        }
    ]
    assert (letter.client_id, letter.transaction_id) == ("phone", 7)
