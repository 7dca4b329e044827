"""The connector in a real client: what it sends, and what becomes of each result."""

from __future__ import annotations

import time

import pytest

from tests.targets.connector.client import Client
from tests.targets.connector.write_api import WriteApi, fatal, retryable, success

INSERT = "INSERT INTO everything (id, text) VALUES (?, ?)"
HUGE = 2**53 + 1


def ids(count: int) -> list[str]:
    return [f"r{number:03}" for number in range(count)]


# What is sent.


def test_a_transaction_is_sent_whole_with_all_that_the_client_knows_of_it(
    client: Client, api: WriteApi
) -> None:
    id_ = client.reopen(baseUrl=api.url)
    insert = "INSERT INTO everything (id, text, whole, huge, ratio, _metadata) VALUES (?,?,?,?,?,?)"
    client.write(
        (insert, ["a", 'it\'s "ü" 😀', 1, str(HUGE), 1.5e300, "why"]),
        ("UPDATE everything SET text = ?, whole = NULL WHERE id = ?", ["new", "a"]),
        ("DELETE FROM everything WHERE id = ?", ["a"]),
    )

    assert client.upload() is None

    (body,) = api.posts
    (transaction,) = body["transactions"]
    number = transaction["transaction_id"]
    common = {"id": "a", "table": "everything", "transaction_id": number}
    data = {"text": 'it\'s "ü" 😀', "whole": 1, "huge": str(HUGE), "ratio": 1.5e300}
    old = {"text": 'it\'s "ü" 😀', "whole": 1}
    assert {
        "client_id": id_,
        "transactions": [
            {
                "transaction_id": number,
                "crud": [
                    {"op_id": 1, "op": "PUT", **common, "op_data": data, "metadata": "why"},
                    {
                        "op_id": 2,
                        "op": "PATCH",
                        **common,
                        "op_data": {"text": "new", "whole": None},
                        "previous_values": old,
                    },
                    {
                        "op_id": 3,
                        "op": "DELETE",
                        **common,
                        "previous_values": {"text": "new", "whole": None},
                    },
                ],
            }
        ],
    } == body
    assert [] == client.queue()
    assert ["a", "a", "a"] == api.applied


def test_an_empty_queue_sends_nothing(client: Client, api: WriteApi) -> None:
    assert client.upload() is None
    assert [] == api.posts


def test_long_queues_go_in_batches_of_50_transactions(client: Client, api: WriteApi) -> None:
    client.add(*ids(120))
    left = []
    while client.queue():
        assert client.upload() is None
        left.append(len(client.queue()))

    assert [70, 20, 0] == left
    assert [50, 50, 20] == [len(body["transactions"]) for body in api.posts]
    assert ids(120) == api.applied
    assert len(api.tokens) == 1


def test_batches_may_be_smaller_but_never_part_a_transaction(client: Client, api: WriteApi) -> None:
    client.reopen(baseUrl=api.url, maxTransactions=2, maxOperations=3)
    client.add("a", "b", "c")
    client.write(*((INSERT, [id_, ""]) for id_ in ("d", "e", "f", "g")))
    client.add("h")
    while client.queue():
        assert client.upload() is None

    sent = [[len(each["crud"]) for each in body["transactions"]] for body in api.posts]
    assert [[1, 1], [1], [4], [1]] == sent


# What comes back.


def test_a_retryable_error_keeps_the_transaction(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.verdicts["a"] = retryable(message="the row is locked")

    assert client.upload() == "upload: the row is locked"
    assert ["a"] == client.queue()
    assert [] == client.rejections()

    api.verdicts.clear()
    assert client.upload() is None
    assert [] == client.queue()


def test_nothing_is_sent_before_the_time_that_the_backend_asked_for(
    client: Client, api: WriteApi
) -> None:
    client.add("a")
    api.verdicts["a"] = retryable(retry_after_ms=2000)  # in which a busy machine asks again
    began = time.monotonic()

    assert client.upload() == "upload: to be tried again"
    said = client.upload()
    assert said is not None
    assert said.startswith("upload: the backend asks for ")
    assert len(api.posts) == 1
    assert ["a"] == client.queue()

    api.verdicts.clear()
    while client.upload() is not None:
        time.sleep(0.02)
    assert time.monotonic() - began >= 2
    assert len(api.posts) == 2
    assert [] == client.queue()


def test_half_a_batch_completes_what_succeeded(client: Client, api: WriteApi) -> None:
    client.add("a", "b", "c")
    api.verdicts["b"] = retryable()

    assert client.upload() == "upload: to be tried again"
    assert ["b", "c"] == client.queue()
    assert ["a"] == api.applied
    assert [] == client.rejections()

    api.verdicts.clear()
    assert client.upload() is None
    assert ["a", "b", "c"] == api.applied
    assert [] == client.queue()


@pytest.mark.parametrize("skips", [False, True])
def test_a_final_error_tells_the_application_and_drops(
    client: Client, api: WriteApi, *, skips: bool
) -> None:
    client.add("a")
    client.write((INSERT, ["b", "1"]), (INSERT, ["b2", "2"]))
    client.add("c")
    api.skips = skips
    api.verdicts["b"] = fatal(asks=False, operation_index=1, message="no", details={"column": "x"})
    client.decide("retry")  # which is not asked for

    assert client.upload() is None
    assert ([] if skips else ["c"]) == client.queue()
    assert ["a", *(["c"] if skips else [])] == api.applied

    (rejection,) = client.rejections()
    assert ["b", "b2"] == [entry["id"] for entry in rejection["operations"]]
    assert [{"text": "1"}, {"text": "2"}] == [entry["data"] for entry in rejection["operations"]]
    assert {
        "errorCode": "CONSTRAINT_VIOLATION",
        "message": "no",
        "details": {"column": "x"},
        "operationIndex": 1,
    } == rejection["failedOperation"]
    assert rejection["message"] == "refused"
    assert rejection["needsDecision"] is False
    assert [2, 3, 4] == rejection["queued"], "what came before is done, and itself is still there"


def test_a_final_error_stays_while_the_application_cannot_take_it(
    client: Client, api: WriteApi
) -> None:
    client.add("a", "b")
    api.verdicts["b"] = fatal(asks=False)
    client.decide("throw")

    assert client.upload() == "the callback failed"
    assert ["b"] == client.queue()

    assert client.upload() is None
    assert [] == client.queue()
    assert len(client.rejections()) == 2


@pytest.mark.parametrize("answer", ["retry", None])
def test_the_application_may_keep_what_it_was_asked_about(
    client: Client, api: WriteApi, answer: str | None
) -> None:
    client.add("a", "b", "c")
    api.verdicts["b"] = fatal(asks=True, code="UNAUTHORIZED")
    client.decide(answer)

    assert client.upload() == "upload: refused (UNAUTHORIZED), and kept"
    assert ["b", "c"] == client.queue()
    (rejection,) = client.rejections()
    assert rejection["needsDecision"] is True
    assert {"errorCode": "UNAUTHORIZED"} == rejection["failedOperation"]

    api.verdicts.clear()
    assert client.upload() is None
    assert ["a", "b", "c"] == api.applied


def test_the_application_may_drop_what_it_was_asked_about(client: Client, api: WriteApi) -> None:
    client.add("a", "b", "c")
    api.verdicts["b"] = fatal(asks=True)
    client.decide("drop")

    assert client.upload() is None
    assert ["c"] == client.queue()
    assert client.upload() is None
    assert ["a", "c"] == api.applied
    assert len(client.rejections()) == 1


def test_the_application_is_told_what_the_backend_left_out(client: Client, api: WriteApi) -> None:
    client.reopen(baseUrl=api.url, listens=True)
    client.add("a")
    client.write((INSERT, ["b", "1"]), (INSERT, ["b2", "2"]), (INSERT, ["b3", "3"]))
    client.add("c")
    left = {"operation_index": 1, "outcome": "dropped", "error_code": "CONFLICT", "message": "no"}
    odd = [{"outcome": "noop"}, {"operation_index": 0, "outcome": "lost"}, None, "noop"]
    notes = [left, {"operation_index": 2, "outcome": "noop"}, *odd]
    api.verdicts["b"] = success(operations=notes, ignored_values=2)
    api.verdicts["c"] = success(operations="none of it")

    assert client.upload() is None
    assert [] == client.queue()
    assert [
        {
            "ids": ["b", "b2", "b3"],
            "leftOut": [
                {
                    "operationIndex": 1,
                    "outcome": "dropped",
                    "errorCode": "CONFLICT",
                    "message": "no",
                },
                {"operationIndex": 2, "outcome": "noop"},
            ],
            "queued": [1, 2, 3, 4, 5],
        }
    ] == client.dropped()
    assert [] == client.rejections()


def test_the_application_is_told_of_a_transaction_that_was_put_aside(
    client: Client, api: WriteApi
) -> None:
    client.reopen(baseUrl=api.url, listens=True)
    client.add("a", "b")
    api.verdicts["a"] = success(dead_letter="letter 1")

    assert client.upload() is None
    assert [] == client.queue()
    [told] = client.dropped()
    assert (["a"], "letter 1", []) == (told["ids"], told["deadLetter"], told["leftOut"])


def test_what_the_application_could_not_be_told_of_stays_and_is_told_again(
    client: Client, api: WriteApi
) -> None:
    client.reopen(baseUrl=api.url, listens=True)
    client.add("a", "b", "c")
    api.verdicts["b"] = success(dead_letter="letter 1")
    client.fail(1)

    assert client.upload() == "the callback failed"
    assert ["b", "c"] == client.queue()
    assert client.upload() is None
    assert [] == client.queue()
    assert ["letter 1"] * 2 == [told["deadLetter"] for told in client.dropped()]


def test_nobody_has_to_be_told(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.verdicts["a"] = success(dead_letter="letter 1")

    assert client.upload() is None
    assert [] == client.queue()


# What is not sent.


def test_a_table_that_the_schema_does_not_have_is_not_sent(client: Client, api: WriteApi) -> None:
    client.add("a")
    client.write((INSERT, ["b", ""]), ("INSERT INTO unknown (id) VALUES (?)", ["u"]))
    client.add("c")
    client.decide("retry", "drop")

    assert client.upload() is None
    assert ["a"] == api.applied
    assert client.upload() == "upload: refused (UNKNOWN_TABLE), and kept"
    assert ["b", "u", "c"] == client.queue()
    assert client.upload() is None
    assert client.upload() is None

    assert ["a", "c"] == api.applied
    assert [] == client.queue()
    rejection = client.rejections()[0]
    assert {
        "errorCode": "UNKNOWN_TABLE",
        "message": "the schema has no table unknown to upload",
        "operationIndex": 1,
    } == rejection["failedOperation"]


def test_an_integer_that_lost_its_last_digits_is_not_sent(client: Client, api: WriteApi) -> None:
    """A text holds it exactly; a number is rounded by the SDK before the connector sees it."""
    client.write((f"INSERT INTO everything (id, huge) VALUES ('a', {HUGE})", []))
    client.decide("drop")

    assert client.upload() is None
    assert [] == api.posts
    (rejection,) = client.rejections()
    assert rejection["failedOperation"]["errorCode"] == "INEXACT_INTEGER"
    assert "everything.huge" in rejection["failedOperation"]["message"]
