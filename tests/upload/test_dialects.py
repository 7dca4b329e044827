"""Requests of each dialect, read: what comes out is the same, however a client writes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dualschema.errors import RequestError
from dualschema.upload import Limits, Operation, Transaction
from dualschema.upload.wire import Dialect, Received, read_request

PUT = Operation("PUT", "todos", "t1", {"text": "buy tea"}, None, None, 1)
PATCH = Operation("PATCH", "todos", "t1", {"completed": 1}, {"completed": 0}, "why", 2)
DELETE = Operation("DELETE", "todos", "t1", {}, None, None, 3)
ALL = [PUT, PATCH, DELETE]


def read(body: Any, **options: Any) -> Received:
    return read_request(json.dumps(body).encode(), Limits(), **options)


def sdk_entry(operation: Operation, transaction: int | None = None) -> dict[str, Any]:
    """Return what ``CrudEntry.toJSON`` of the SDKs gives; Dart's has nulls for what is absent."""
    return {
        "op_id": operation.op_id,
        "op": operation.op,
        "type": operation.table,
        "id": operation.id,
        "tx_id": transaction,
        "data": operation.data or None,
        "old": operation.previous,
        "metadata": operation.metadata,
    }


def demo_entry(operation: Operation) -> dict[str, Any]:
    named = {"op": operation.op, "table": operation.table, "id": operation.id}
    return {**named, "data": operation.data}


def test_the_write_api() -> None:
    crud = [
        {"op_id": 1, "op": "PUT", "table": "todos", "id": "t1", "op_data": {"text": "buy tea"}},
        {
            "op_id": 2,
            "op": "PATCH",
            "table": "todos",
            "id": "t1",
            "transaction_id": 7,
            "op_data": {"completed": 1},
            "previous_values": {"completed": 0},
            "metadata": "why",
        },
        {"op_id": 3, "op": "DELETE", "table": "todos", "id": "t1"},
    ]
    body = {"client_id": "phone", "transactions": [{"transaction_id": 7, "crud": crud}]}

    received = read(body)

    assert Dialect.WRITE_API is received.dialect
    assert [Transaction(ALL, 7)] == received.batch.transactions
    assert "phone" == received.batch.client


def test_an_operation_is_written_as_it_is_read() -> None:
    crud = [operation.entry() for operation in ALL]
    assert [Transaction(ALL)] == read({"transactions": [{"crud": crud}]}).batch.transactions


@pytest.mark.parametrize("names", [("table", "data"), ("type", "data"), ("table", "opData")])
def test_the_demos_batch_is_one_transaction(names: tuple[str, str]) -> None:
    table, data = names
    batch = [
        {"op": each.op, table: each.table, "id": each.id, data: dict(each.data)} for each in ALL
    ]
    received = read({"batch": batch})

    expected = [Operation(each.op, each.table, each.id, each.data) for each in ALL]
    assert Dialect.DEMO is received.dialect
    assert [Transaction(expected)] == received.batch.transactions


@pytest.mark.parametrize("entry", [{"id": 5}, {"data": {"id": 5, "a": 1}}, {"data": {"id": "5"}}])
def test_the_demos_ids_may_be_numbers_and_stand_in_the_data(entry: dict[str, Any]) -> None:
    received = read({"batch": [{"op": "PATCH", "table": "todos", **entry}]})
    assert "5" == received.batch.transactions[0].operations[0].id


def test_a_batch_of_the_demos_may_be_empty() -> None:
    assert [] == read({"batch": []}).batch.transactions
    assert [] == read([]).batch.transactions


def test_the_sdks_entries_are_transactions_by_their_numbers() -> None:
    numbers = [4, 4, 5]
    crud = [sdk_entry(each, number) for each, number in zip(ALL, numbers, strict=True)]
    expected = [Transaction([PUT, PATCH], 4), Transaction([DELETE], 5)]

    for body in (crud, {"crud": crud}):
        received = read(body, client="phone")
        assert Dialect.SDK is received.dialect
        assert expected == received.batch.transactions
        assert "phone" == received.batch.client


def test_the_sdks_entries_without_numbers_are_one_transaction() -> None:
    assert [Transaction(ALL)] == read([sdk_entry(each) for each in ALL]).batch.transactions


def test_a_member_without_a_name_is_no_number() -> None:
    entry = {"op": "DELETE", "type": "t", "id": "x", "": {}}
    assert [None] == [each.number for each in read([entry]).batch.transactions]


def test_one_entry_of_an_sdk() -> None:
    received = read(sdk_entry(PATCH, 9))
    assert Dialect.SDK is received.dialect
    assert [Transaction([PATCH], 9)] == received.batch.transactions


@pytest.mark.parametrize("method", ["PUT", "patch", "DELETE"])
@pytest.mark.parametrize("key", ["t1", 17])
def test_the_method_may_be_the_operation(method: str, key: str | int) -> None:
    received = read({"table": "todos", "data": {"id": key, "text": "x"}}, method=method)

    [transaction] = received.batch.transactions
    assert Dialect.VERB is received.dialect
    assert [Operation(method.upper(), "todos", str(key), {"text": "x"})] == transaction.operations  # type: ignore[arg-type]  # one of the three


def test_the_bodys_client_goes_before_the_headers() -> None:
    body: dict[str, Any] = {"transactions": [{"crud": []}]}
    assert "tablet" == read({**body, "client_id": "tablet"}, client="phone").batch.client
    assert "phone" == read(body, client="phone").batch.client
    assert read(body).batch.client is None


def test_members_that_are_not_known_are_passed_over() -> None:
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    entry = {**PUT.entry(), "further": deep}
    body = {"transactions": [{"crud": [entry], "more": 1}], "version": 2}
    assert [Transaction([PUT])] == read(body).batch.transactions


def test_integers_stay_exact_and_of_two_equal_members_the_last_counts() -> None:
    body = b'{"batch":[{"op":"PUT","table":"t","id":"x","data":{"a":1,"a":123456789012345678901}}]}'
    [transaction] = read_request(body, Limits()).batch.transactions
    assert {"a": 123456789012345678901} == transaction.operations[0].data


def test_a_whole_number_may_have_a_fraction_of_zero() -> None:
    crud = [{"op": "DELETE", "type": "t", "id": "x", "op_id": 5.0, "tx_id": 7.0}]
    [transaction] = read(crud).batch.transactions
    assert "(7, [5])" == repr((transaction.number, transaction.op_ids))


@pytest.mark.parametrize(
    "half", [rb"\ud83d", rb"\udc00", "\ud83d".encode("utf-8", "surrogatepass")]
)
def test_half_a_surrogate_pair_is_the_fault_of_one_row(half: bytes) -> None:
    body = b'{"batch":[{"op":"PUT","table":"t","id":"x","data":{"a":"%s"}}]}' % half
    [transaction] = read_request(body, Limits()).batch.transactions
    assert len(transaction.operations[0].data["a"]) == 1


@pytest.mark.parametrize(
    "content_type", [None, "", "application/json; charset=utf-8", "text/plain", "a/b+json"]
)
def test_media_types_of_json(content_type: str | None) -> None:
    read({"batch": []}, content_type=content_type, content_encoding="identity")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"content_type": "multipart/form-data"}, "the body is to be application/json"),
        ({"content_encoding": "gzip"}, "a compressed body is not taken"),
    ],
)
def test_other_media_types_are_refused(headers: dict[str, str], message: str) -> None:
    with pytest.raises(RequestError) as caught:
        read({"batch": []}, **headers)
    assert (415, message) == (caught.value.status, str(caught.value))
