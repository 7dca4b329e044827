"""Requests that are refused as a whole: malformed ones, and those beyond a limit."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualschema.errors import RequestError
from dualschema.upload import Limits
from dualschema.upload.wire import Received, read_request

ENTRY = {
    "op": "PUT",
    "table": "todos",
    "id": "t1",
    "op_data": {"text": "secret"},
    "previous_values": {"text": "secret"},
    "metadata": "secret",
    "op_id": 1,
}
GOOD: dict[str, Any] = {"transactions": [{"crud": [ENTRY, ENTRY], "transaction_id": 1}]}


def refused(body: Any, limits: Limits | None = None, **options: Any) -> RequestError:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(RequestError) as caught:
        read_request(sent, limits or Limits(), **options)
    assert "secret" not in str(caught.value)
    return caught.value


def changed(entry: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return an entry with another value in one place."""
    return {**copy.deepcopy(entry), path: value}


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("op", [None, "put", "MERGE", 1, ["PUT"], {}], "it is none of PUT, PATCH and DELETE"),
        ("table", [None, "", 5, ["todos"]], "it is no text, or an empty one"),
        ("id", [None, "", 5, 5.0, True, {"a": "secret"}], "it is no text, or an empty one"),
        ("op_data", ["secret", 1, [1], False], "it is no object"),
        ("previous_values", ["secret", 1, [1], False], "it is no object"),
        ("metadata", [1, [1], {"a": "secret"}], "it is no text"),
        (
            "op_id",
            [0, -1, 2**53, 1.5, 1e19, -1.0, True, "1", [1]],
            "it is no whole number from 1 to 2^53 - 1",
        ),
    ],
)
def test_each_field_of_an_entry(name: str, values: list[Any], reason: str) -> None:
    for value in values:
        body = {"transactions": [{"crud": []}, {"crud": [ENTRY, changed(ENTRY, name, value)]}]}
        error = refused(body)
        place = f"transactions[1].crud[1].{name}"
        assert (400, place, f"{place}: {reason}") == (error.status, error.place, str(error))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is not JSON, from line 1, column 1 on"),
        (b"{", "the body is not JSON, from line 1, column 2 on"),
        (b"\xef\xbb\xbf{}", "the body is not JSON, from line 1, column 1 on"),
        (b'{"a": "\xff"}', "the body is not UTF-8"),
        (b'{"batch": NaN}', "the body is not JSON: it has no NaN and no infinity"),
        (b'{"batch": -Infinity}', "the body is not JSON: it has no NaN and no infinity"),
        (b'{"batch": %s}' % (b"9" * 5000), "the body holds a number that is too long"),
        (b"[" * 100_000, "the body nests deeper than 32"),
        (b"null", "the body is no object"),
        (b'"secret"', "the body is no object"),
        (b"{}", "the body has no `transactions`"),
        ({"table": "t", "data": {"id": "x"}}, "the body has no `transactions`"),
        ({"transactions": None}, "transactions: it is no list"),
        ({"transactions": []}, "transactions: there is none"),
        ({"transactions": [5]}, "transactions[0]: it is no object"),
        ({"transactions": [{}]}, "transactions[0].crud: it is no list"),
        ({"transactions": [{"crud": [None]}]}, "transactions[0].crud[0]: it is no object"),
        (
            {"transactions": [{"crud": [], "transaction_id": "1"}]},
            "transactions[0].transaction_id: it is no whole number from -2^63 to 2^63 - 1",
        ),
        ({"batch": {}}, "batch: it is no list"),
        ({"batch": [[]]}, "batch[0]: it is no object"),
        ({"crud": 1}, "crud: it is no list"),
        ([1], "body[0]: it is no object"),
        ([{"op": "PUT", "id": "x"}], "body[0].type: it is no text, or an empty one"),
        (
            [{"op": "PUT", "type": "t", "id": "x", "tx_id": []}],
            "body[0].tx_id: it is no whole number from -2^63 to 2^63 - 1",
        ),
    ],
)
def test_malformed_bodies(body: Any, message: str) -> None:
    error = refused(body)
    assert (400, message) == (error.status, str(error))


@pytest.mark.parametrize(
    ("method", "body", "message"),
    [
        ("GET", {"table": "t", "data": {"id": "x"}}, "the method is none of POST, PUT, PATCH and"),
        ("PUT", [], "the body is no object"),
        ("PUT", {"table": "t"}, "body[0].id: it is no text, or an empty one"),
        ("PUT", {"data": {"id": "x"}}, "body[0].table: it is no text, or an empty one"),
        ("DELETE", {"table": "t", "data": "secret"}, "body[0].data: it is no object"),
    ],
)
def test_malformed_bodies_of_methods(method: str, body: Any, message: str) -> None:
    assert str(refused(body, method=method)).startswith(message)


@pytest.mark.parametrize("client", ["", "c" * 201, "nul\0", "\ud800", 5, ["phone"]])
def test_clients_that_cannot_be(client: Any) -> None:
    assert "client_id" == refused({**GOOD, "client_id": client}).place
    if isinstance(client, str):
        assert "X-Client-Id" == refused(GOOD, client=client).place


@pytest.mark.parametrize(
    ("limits", "status", "message"),
    [
        (Limits(body=100), 413, "the body is larger than 100 bytes"),
        (Limits(transactions=1), 400, "transactions: there are more than 1"),
        (Limits(operations=3), 413, "the body has more than 3 operations"),
        (Limits(depth=6), 400, "the body nests deeper than 6"),
    ],
)
def test_each_limit(limits: Limits, status: int, message: str) -> None:
    entry = {**ENTRY, "op_data": {"document": {}}}
    body = {"transactions": [{"crud": [entry, entry]}, {"crud": [entry, entry]}]}
    read_request(json.dumps(body).encode(), Limits())

    error = refused(body, limits)

    assert (status, message) == (error.status, str(error))


@pytest.mark.parametrize("name", ["op_data", "previous_values"])
def test_the_depth_is_that_of_the_whole_body(name: str) -> None:
    deep: Any = 1
    for _ in range(7):
        deep = [deep] if name == "op_data" else {"a": deep}
    body = {"transactions": [{"crud": [{**ENTRY, name: {"a": deep}}]}]}

    read_request(json.dumps(body).encode(), Limits(depth=13))
    assert "the body nests deeper than 12" == str(refused(body, Limits(depth=12)))


def test_what_a_client_of_old_cannot_know_does_not_limit_it() -> None:
    """It sends what its queue holds, and would send the same for ever."""
    crud = [{"op": "PUT", "type": "t", "id": "x", "tx_id": number} for number in range(60)]
    received = read_request(json.dumps(crud).encode(), Limits(transactions=50))
    assert 60 == len(received.batch.transactions)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
FIELDS = ["table", "type", "op_id", "tx_id", "data", "op_data", "previous_values"]
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["PUT", "PATCH", "DELETE"]) | JSON, "id": st.text() | JSON},
        optional={name: JSON | st.just("todos") | st.just({"a": 1}) for name in FIELDS},
    ),
    max_size=3,
)
BODIES = (
    JSON
    | ENTRIES
    | st.fixed_dictionaries(
        {},
        optional={
            "transactions": JSON | st.lists(st.fixed_dictionaries({"crud": ENTRIES}), max_size=3),
            "batch": ENTRIES,
            "crud": ENTRIES,
            "client_id": JSON,
            "table": JSON,
            "data": JSON,
        },
    )
)
METHODS = st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "GET"])


def outcome(body: bytes, method: str) -> Received | RequestError:
    try:
        return read_request(body, Limits(depth=5, operations=4), method=method)
    except RequestError as error:
        return error


@given(body=BODIES, method=METHODS)
def test_any_json_is_read_or_refused(body: Any, method: str) -> None:
    found = outcome(json.dumps(body).encode(), method)
    if isinstance(found, RequestError):
        assert found.status in (400, 413)
    if isinstance(found, Received):
        for transaction in found.batch.transactions:
            for operation in transaction.operations:
                assert operation.op in ("PUT", "PATCH", "DELETE")
                assert operation.table
                assert operation.id
                assert isinstance(operation.data, dict)


@given(body=st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    outcome(body, "POST")


@given(
    place=st.integers(min_value=0, max_value=len(json.dumps(GOOD)) - 1), byte=st.binary(max_size=2)
)
def test_a_good_body_with_other_bytes_in_it_is_read_or_refused(place: int, byte: bytes) -> None:
    good = json.dumps(GOOD).encode()
    outcome(good[:place] + byte + good[place + 1 :], "POST")
