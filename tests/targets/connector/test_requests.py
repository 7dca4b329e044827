"""The connector in a real client: tokens, requests that fail, and PowerSync's own loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.servers import held_port
from tests.targets.connector.client import Client
from tests.targets.connector.write_api import WriteApi, retryable, token


def ids(count: int) -> list[str]:
    return [f"r{number:03}" for number in range(count)]


# Requests that fail.


def test_a_401_fetches_a_new_token_once(client: Client, api: WriteApi) -> None:
    client.add("a")
    assert client.upload() is None
    old = api.token
    api.token = token("second")
    client.add("b")

    assert client.upload() is None
    assert [] == client.queue()
    assert [f"Bearer {each}" for each in (old, old, api.token)] == api.authorizations
    assert len(api.tokens) == 2


def test_a_second_401_keeps_the_queue(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.accepts = token("another")

    assert client.upload() == "the backend answered 401: the token is no good"
    assert ["a"] == client.queue()
    assert len(api.posts) == 2
    assert [] == client.rejections()


def test_an_expired_token_is_not_sent(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.token = token("short", seconds=20, name="Zoë")
    assert client.upload() is None
    api.token = token("next")
    client.add("b")
    assert client.upload() is None
    client.add("c")
    assert client.upload() is None

    assert len(api.posts) == 3, "none was refused"
    assert len(api.tokens) == 2
    assert ["a", "b", "c"] == api.applied


def test_without_a_user_nothing_is_sent(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.token = None

    assert client.upload() == "upload: nobody is signed in"
    assert client.credentials() is None
    assert ["a"] == client.queue()
    assert [] == api.posts


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_cannot_be_read_is_the_applications_to_decide(
    client: Client, api: WriteApi, status: int
) -> None:
    client.add("a")
    api.answers = [(status, {"message": "malformed"})] * 2
    client.decide("retry", "drop")

    assert client.upload() == "upload: refused (INVALID_REQUEST), and kept"
    assert ["a"] == client.queue()
    assert client.upload() is None
    assert [] == client.queue()
    assert len(api.posts) == 2

    rejection = client.rejections()[0]
    assert ["a"] == [entry["id"] for entry in rejection["operations"]]
    message = f"{status}: malformed"
    assert {"errorCode": "INVALID_REQUEST", "message": message} == rejection["failedOperation"]
    assert rejection["needsDecision"] is True


def test_of_a_batch_that_cannot_be_read_only_the_cause_is_refused(
    client: Client, api: WriteApi
) -> None:
    client.add(*ids(20))
    api.malformed = {"r013"}
    client.decide("drop")
    while client.queue():
        assert client.upload() is None

    assert [each for each in ids(20) if each != "r013"] == api.applied
    assert [["r013"]] == [[e["id"] for e in each["operations"]] for each in client.rejections()]
    assert len(api.posts) < 20


@pytest.mark.parametrize("status", [403, 404, 429, 500, 502, 503])
def test_other_statuses_keep_the_queue(client: Client, api: WriteApi, status: int) -> None:
    client.add("a", "b")
    api.answers = [(status, {"message": "oh"})]

    assert client.upload() == f"the backend answered {status}: oh"
    assert ["a", "b"] == client.queue()
    assert client.upload() is None
    assert [] == client.queue()
    assert [] == client.rejections()


def test_retry_after_is_heeded(client: Client, api: WriteApi) -> None:
    client.add("a")
    api.headers = {"Retry-After": "7"}
    api.answers = [(503, "down")]

    assert client.upload() == "the backend answered 503"
    said = client.upload()
    assert said is not None
    assert "asks for" in said
    assert len(api.posts) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "<html>a proxy's page</html>",
        {"results": []},
        {"results": [{"status": "success"}] * 3},
        {"results": [{"status": "maybe"}, {"status": "success"}]},
        {"results": [{"status": "fatal_error"}, {"status": "not_attempted"}]},
        {"results": [{"status": "not_attempted"}] * 2},
        {"results": [None, None]},
        None,
    ],
)
def test_an_answer_that_is_none_keeps_the_queue(client: Client, api: WriteApi, answer: Any) -> None:
    client.add("a", "b")
    api.answers = [(200, answer)]

    said = client.upload()
    assert said is not None
    assert said.startswith("upload: ")
    assert ["a", "b"] == client.queue()
    assert [] == client.rejections()


def test_a_malformed_result_completes_those_before_it(client: Client, api: WriteApi) -> None:
    client.add("a", "b")
    api.answers = [(200, {"results": [{"status": "success"}, {"status": "?"}]})]

    assert client.upload() == "upload: a result is malformed"
    assert ["b"] == client.queue()


def test_a_network_that_is_down_keeps_the_queue(process: Client) -> None:
    api = WriteApi()
    with held_port() as api.port:
        process.open(baseUrl=api.url)
        process.add("a")
        assert process.upload() == "fetch failed"
        assert ["a"] == process.queue()

        with api.running():
            assert process.upload() is None
    assert [] == process.queue()
    assert ["a"] == api.applied
    process.close()


def test_an_answer_that_does_not_come_is_given_up(client: Client, api: WriteApi) -> None:
    client.reopen(baseUrl=api.url, timeoutMs=1000)  # in which a busy machine gives a token
    client.add("a")
    is_given_up = threading.Event()

    def late() -> tuple[int, Any]:
        is_given_up.wait(20)
        return 500, None

    api.answers = [late]
    assert client.upload() == "/api/data: no answer within 1000 ms"
    is_given_up.set()
    assert ["a"] == client.queue()


# Credentials, options, and PowerSync's own loop.


def test_credentials_are_what_powersync_takes(client: Client, api: WriteApi) -> None:
    found = client.credentials()

    expires = time.strftime("%Y-%m-%dT%H:%M:", time.gmtime(time.time() + 3600))
    assert (api.url, api.token) == (found["endpoint"], found["token"])
    assert found["expiresAt"][:14] == expires[:14] or found["expiresAt"] < expires
    client.credentials()
    assert len(api.tokens) == 2, "powersync wants a new one each time"


def test_a_token_of_another_kind_has_no_expiry(client: Client, api: WriteApi) -> None:
    for text in ("opaque", "a.b.c", "a.é.c", "..", "a.bnVsbA.c", "a.eyJleHAiOiJ4In0.c"):
        api.token = text
        assert {"endpoint": api.url, "token": text} == client.credentials()


def test_the_callers_own_places_and_headers_are_used(client: Client, api: WriteApi) -> None:
    client.reopen(baseUrl=api.url, session="Session s", powersyncUrl="https://sync.example.com/")

    assert client.credentials()["endpoint"] == "https://sync.example.com"
    assert api.tokens[-1]["authorization"] == "Session s"
    client.add("a")
    assert client.upload() is None
    assert [f"Bearer {api.token}"] == api.authorizations, "an upload's is the token alone"

    client.reopen(baseUrl=api.url, tokenPath="/elsewhere")
    assert client.credentials() == "the backend answered 404: nothing is here"
    client.reopen(baseUrl=api.url, dataPath="/elsewhere")
    client.add("a")
    assert client.upload() == "the backend answered 404: nothing is here"


def test_a_token_is_forgotten_when_the_user_signs_out(client: Client, api: WriteApi) -> None:
    client.add("a")
    assert client.upload() is None
    client.forget()
    api.token = None
    client.add("b")

    assert client.upload() == "upload: nobody is signed in"
    assert ["b"] == client.queue()
    assert len(api.posts) == 1


def test_a_token_that_comes_after_the_user_signed_out_is_not_kept(
    client: Client, api: WriteApi
) -> None:
    client.forget_while_fetching()
    api.token = token("second")
    client.add("a")

    assert client.upload() is None
    assert [f"Bearer {api.token}"] == api.authorizations


def until(found: Callable[[], bool], what: str) -> None:
    """Wait for something."""
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_powersync_uploads_by_itself_and_backs_off(client: Client, api: WriteApi) -> None:
    client.add(*ids(120))
    api.verdicts["r060"] = retryable(message="not yet", retry_after_ms=300)
    client.connect(retryDelayMs=100, crudUploadThrottleMs=10)

    until(lambda: client.upload_error() is not None, "an upload fails")
    until(lambda: len(client.queue()) == 60, "the first half is done")
    until(lambda: len(api.posts) >= 3, "it is tried again")
    assert ids(60) == api.applied
    api.verdicts.clear()
    until(lambda: client.queue() == [], "the rest follows")
    assert ids(120) == api.applied

    client.add("later")
    until(lambda: client.queue() == [], "what is written later is uploaded")
    assert "later" == api.applied[-1]
    assert client.upload_error() is None
