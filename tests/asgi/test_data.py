"""The route of uploads: what each dialect is answered, and what is refused."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

import dualschema as ds
from dualschema.upload import Batch, Fatal, NotAttempted, Result, Retryable, Success
from examples.timers.schema import Todo
from tests.asgi.api import Api, entry, todo


def test_the_write_api_has_a_result_for_each_transaction(api: Api) -> None:
    good, bad, late = todo("t1"), todo("t2", completed=7), todo("t3")
    body = {"client_id": "phone", "transactions": [{"crud": [each]} for each in (good, bad, late)]}

    response = api.send(body)

    assert 200 == response.status_code
    first, second, third = response.json()["results"]
    assert {"status": "success"} == first
    assert ("fatal_error", "INVALID_DATA", False) == (
        second["status"],
        second["failed_operation"]["error_code"],
        second["requires_client_handling"],
    )
    assert {"status": "not_attempted"} == third
    assert ["t1"] == [row.id for row in api.todos()]


def test_an_operation_that_is_sent_again_is_done_once(api: Api) -> None:
    number = {"op_id": 1}
    body = {"transactions": [{"crud": [{**todo("t1"), **number}]}]}
    for _ in range(2):
        assert 200 == api.send(body, headers={"X-Client-Id": "phone"}).status_code
        api.db.run(ds.delete(Todo).where(Todo.id == "t1"))  # it does not rise again
    assert [] == api.todos()


@pytest.mark.parametrize(
    "body",
    [
        {"batch": [{"op": "PUT", "table": "todos", "id": "t1", "data": {"text": "a"}}]},
        [{"op": "PUT", "type": "todos", "id": "t1", "tx_id": 4, "data": {"text": "a"}}],
        {"crud": [{"op": "PUT", "type": "todos", "id": "t1", "data": {"text": "a"}}]},
        {"op": "PUT", "type": "todos", "id": "t1", "data": {"text": "a"}},
    ],
)
def test_older_dialects(api: Api, body: Any) -> None:
    response = api.send(body)
    assert (200, {"results": [{"status": "success"}]}) == (response.status_code, response.json())
    assert [("t1", "a", "u1")] == [(row.id, row.text, row.user_id) for row in api.todos()]


def test_the_method_may_be_the_operation(api: Api) -> None:
    for method, data in (
        ("PUT", {"id": "t1", "text": "a"}),
        ("PATCH", {"id": "t1", "text": "b"}),
    ):
        body = {"table": "todos", "data": data}
        assert 200 == api.send(body, method=method).status_code
        assert [("t1", data["text"])] == [(row.id, row.text) for row in api.todos()]
    body = {"table": "todos", "data": {"id": "t1"}}
    assert 200 == api.send(body, method="DELETE").status_code
    assert [] == api.todos()


def test_what_stands_behind_a_refused_transaction_of_an_older_client_is_tried(api: Api) -> None:
    """It forgets all that it sent, so nothing may be left out."""
    crud = [
        {"op": "PUT", "type": "todos", "id": f"t{number}", "tx_id": number, "data": {"text": text}}
        for number, text in enumerate(["a", 5, "c", 6, "e"])
    ]

    response = api.send(crud)

    assert 200 == response.status_code
    statuses = [each["status"] for each in response.json()["results"]]
    assert ["success", "fatal_error", "success", "fatal_error", "success"] == statuses
    assert ["t0", "t2", "t4"] == [row.id for row in api.todos()]
    assert 2 == len(api.uploader.letters.all("u1"))


class Waiting:
    """Results that a database gives when it is busy, which a test cannot have it be at will."""

    def __init__(self, results: list[Result]) -> None:
        self._results = iter(results)

    def apply(self, batch: Batch, user: str) -> list[Result]:
        return [next(self._results) for _ in batch.transactions]


@pytest.mark.parametrize(
    ("results", "status", "seconds"),
    [
        ([Success(), Success(), Success()], 200, None),
        ([Success(), Retryable("busy", 1500), NotAttempted()], 503, "2"),
        ([Success(), Success(), Retryable("busy", 1)], 503, "1"),
    ],
)
def test_an_older_client_sends_all_again_where_something_is_to_be_tried_again(
    results: list[Result], status: int, seconds: str | None
) -> None:
    from dualschema.upload import Limits
    from dualschema.upload.wire import read_request, upload

    crud = [{"op": "DELETE", "type": "todos", "id": "t1", "tx_id": each} for each in range(3)]
    received = read_request(json.dumps(crud).encode(), Limits())

    answer = upload(Waiting(results), received, "u1")  # type: ignore[arg-type]  # what answers in its place

    assert (status, seconds) == (answer.status, answer.headers.get("Retry-After"))
    assert [each.wire() for each in results] == answer.body["results"]


def test_an_older_clients_answer_to_a_refusal_is_a_success() -> None:
    from dualschema.upload import Limits
    from dualschema.upload.wire import answer, read_request

    body = b'{"batch": [{"op": "DELETE", "table": "todos", "id": "t1"}]}'
    received = read_request(body, Limits())
    assert 200 == answer(received, [Fatal("UNAUTHORIZED", "no")]).status


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "the body is not JSON, from line 1, column 2 on"),
        (b'{"transactions": []}', 400, "transactions: there is none"),
        (b" " * 100_001, 413, "the body is larger than 100000 bytes"),
    ],
)
def test_malformed_bodies(api: Api, body: bytes, status: int, message: str) -> None:
    response = api.client.post("/api/data", content=body, headers=api.bearer())
    assert (status, {"message": message}) == (response.status_code, response.json())


def test_a_body_without_a_length_is_limited_as_it_comes(api: Api) -> None:
    taken = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b" " * 10_000

    response = api.client.post("/api/data", content=chunks(), headers=api.bearer())

    assert 413 == response.status_code
    assert "content-length" not in response.request.headers
    assert 11 == taken


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/html"}, {"Content-Encoding": "br"}], ids=str
)
def test_other_media_types(api: Api, headers: dict[str, str]) -> None:
    response = api.client.post("/api/data", content=b"{}", headers={**api.bearer(), **headers})
    assert 415 == response.status_code


def test_half_a_surrogate_pair_is_refused_for_its_row_alone(api: Api) -> None:
    body = json.dumps({"transactions": [{"crud": [todo("t1", text="\ud83d")]}]})
    response = api.client.post("/api/data", content=body, headers=api.bearer())
    [result] = response.json()["results"]
    assert ("fatal_error", "text") == (
        result["status"],
        result["failed_operation"]["details"]["column"],
    )


def test_half_a_surrogate_pair_in_names(api: Api) -> None:
    for crud in (entry("PUT", "\ud83d", "t1"), entry("PUT", "todos", "\ud83d", {"text": "a"})):
        body = json.dumps({"transactions": [{"crud": [crud]}]})
        response = api.client.post("/api/data", content=body, headers=api.bearer())
        assert (200, "fatal_error") == (
            response.status_code,
            response.json()["results"][0]["status"],
        )


def test_a_failure_is_logged_and_says_nothing(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(api.uploader, "apply", fail)
    with caplog.at_level(logging.ERROR):
        response = api.send({"transactions": [{"crud": [todo()]}]})

    assert (500, {"message": "the server failed"}) == (response.status_code, response.json())
    [record] = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], RuntimeError)


def test_no_answer_holds_a_value(api: Api) -> None:
    crud = [
        todo(text=5, completed="secret"),
        todo(user_id="secret"),
        todo(created_at="secret"),
        entry("PUT", "timers", "t1", {"name": "a", "timer_type": "secret", "laps": ["secret"]}),
    ]
    for each in crud:
        response = api.send({"transactions": [{"crud": [each]}]})
        assert "fatal_error" == response.json()["results"][0]["status"]
        assert "secret" not in response.text
