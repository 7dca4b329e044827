"""Keys of others by URL, from a server on this machine: kept, fetched anew, and not too often."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import dualschema as ds
from dualschema.tokens import JwksUrl, KeySet, SymmetricKey, TokenVerifier, fetch_jwks
from tests.tokens.forging import AUDIENCE, NOW, Clock, key_of, refusal, signed_by

FIRST, SECOND = key_of("ES256"), key_of("ES256", 1)
PATIENCE = 30.0


@dataclass
class Publisher:
    """A server of a JWK set, as tests set it."""

    url: str
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], Any] = lambda: None
    slowly: bool = False
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def publish(self, *keys: Any) -> None:
        self.body = json.dumps(KeySet(*keys).public_jwks(NOW)).encode()
        self.status = 200

    @property
    def count(self) -> int:
        return len(self.requests)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.requests.append((self.path, self.headers["Accept"]))
            made.before()
            self.send_response(made.status)
            for name, value in {"Content-Length": str(len(made.body)), **made.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not made.slowly:
                self.wfile.write(made.body)
                return
            for at in range(len(made.body)):
                time.sleep(0.02)
                try:
                    self.wfile.write(made.body[at : at + 1])
                except OSError:
                    return

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (its base)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Publisher(f"http://127.0.0.1:{server.server_port}/keys")
        made.publish(FIRST)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join(PATIENCE)


@dataclass
class Ticks:
    """A monotonic clock that stands."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def keys(publisher: Publisher, ticks: Ticks) -> JwksUrl:
    return JwksUrl(publisher.url, clock=ticks)


@pytest.fixture
def verifier(keys: JwksUrl) -> TokenVerifier:
    return TokenVerifier(keys, AUDIENCE, clock=Clock())


def user_of(verifier: TokenVerifier, key: Any = FIRST) -> str:
    return verifier.verify(signed_by(key)).user_id


def unavailable(verifier: TokenVerifier, key: Any = FIRST) -> str:
    with pytest.raises(ds.KeysUnavailableError) as caught:
        verifier.verify(signed_by(key))
    return str(caught.value)


def test_keys_are_fetched_with_the_first_token_and_kept(
    publisher: Publisher, verifier: TokenVerifier, ticks: Ticks
) -> None:
    assert 0 == publisher.count

    assert ["user-1"] * 5 == [user_of(verifier) for _ in range(5)]
    ticks.now += 299
    assert "user-1" == user_of(verifier)

    assert [("/keys", "application/json")] == publisher.requests


def test_a_set_that_is_old_is_fetched_again(
    publisher: Publisher, verifier: TokenVerifier, ticks: Ticks
) -> None:
    user_of(verifier)
    publisher.publish(SECOND)
    assert "user-1" == user_of(verifier)

    ticks.now += 300
    assert "unknown_key" == refusal(signed_by(FIRST), verifier)  # it was withdrawn
    assert "user-1" == user_of(verifier, SECOND)
    assert 2 == publisher.count


def test_a_new_key_is_known_at_once(
    publisher: Publisher, verifier: TokenVerifier, ticks: Ticks
) -> None:
    user_of(verifier)
    publisher.publish(FIRST, SECOND)

    ticks.now += 10
    assert "user-1" == user_of(verifier, SECOND)
    assert "user-1" == user_of(verifier, FIRST)
    assert 2 == publisher.count


def test_unknown_names_bring_one_request_in_ten_seconds(
    publisher: Publisher, verifier: TokenVerifier, ticks: Ticks
) -> None:
    for number in range(50):
        ticks.now += 1
        kid = f"random-{number}"
        assert "unknown_key" == refusal(signed_by(FIRST, {"kid": kid}), verifier)
        assert "user-1" == user_of(verifier)

    assert 5 == publisher.count


def test_tokens_that_no_set_can_help_bring_no_request(publisher: Publisher, keys: JwksUrl) -> None:
    secret = SymmetricKey("a secret of thirty-two letters ...", kid="s")
    verifier = TokenVerifier([KeySet(SECOND), secret, keys], AUDIENCE, clock=Clock())

    assert "user-1" == user_of(verifier, SECOND)
    assert "missing_kid" == refusal(signed_by(FIRST, {"kid": ...}), verifier)
    assert "wrong_algorithm" == refusal(signed_by(FIRST, {"alg": "none"}), verifier)
    assert "unknown_key" == refusal(signed_by(FIRST, {"alg": "HS256", "kid": "x"}), verifier)
    assert "malformed" == refusal("x", verifier)
    assert 0 == publisher.count


@pytest.mark.parametrize(
    "failure",
    [
        (500, b"", "status 500"),
        (404, b"", "status 404"),
        (200, b"<html>", "the JWK set is no JSON"),
        (200, b"{}", "it is no JWK set"),
        (200, b'{"keys": []}', "no key that can be used"),
        (200, b" " * 300_000, "more than 262144 bytes"),
    ],
)
def test_the_old_keys_are_kept_while_a_fetch_fails(
    publisher: Publisher,
    verifier: TokenVerifier,
    ticks: Ticks,
    failure: tuple[int, bytes, str],
) -> None:
    user_of(verifier)
    publisher.status, publisher.body, reason = failure

    ticks.now += 300
    assert ["user-1"] * 3 == [user_of(verifier) for _ in range(3)]
    assert 2 == publisher.count  # and is not tried for every token
    assert reason in unavailable(verifier, SECOND)  # which might be a new key
    ticks.now += 10
    user_of(verifier)
    assert 3 == publisher.count

    ticks.now += 3600 - 310
    assert reason in unavailable(verifier)

    publisher.publish(SECOND)
    ticks.now += 10
    assert "user-1" == user_of(verifier, SECOND)
    assert "unknown_key" == refusal(signed_by(FIRST), verifier)


def test_without_keys_a_token_is_neither_good_nor_bad(
    publisher: Publisher, verifier: TokenVerifier, ticks: Ticks
) -> None:
    publisher.status = 503

    said = {unavailable(verifier) for _ in range(3)}

    assert {f"the keys at {publisher.url} cannot be fetched: status 503"} == said
    assert 1 == publisher.count
    publisher.publish(FIRST)
    ticks.now += 10
    assert "user-1" == user_of(verifier)


def test_nobody_listening_is_told() -> None:
    verifier = TokenVerifier(JwksUrl("http://127.0.0.1:9/keys"), AUDIENCE, clock=Clock())

    assert "refused" in unavailable(verifier).lower()


def test_a_redirect_is_not_followed(publisher: Publisher, verifier: TokenVerifier) -> None:
    publisher.status = 302
    publisher.headers = {"Location": publisher.url + "-elsewhere"}

    assert "status 302" in unavailable(verifier)
    assert ["/keys"] == [path for path, _ in publisher.requests]


def test_a_slow_server_is_given_up(publisher: Publisher, ticks: Ticks) -> None:
    publisher.slowly = True  # each byte in time, the whole not
    keys = JwksUrl(publisher.url, timeout=timedelta(seconds=0.2), clock=ticks)
    began = time.monotonic()

    assert "timed out" in unavailable(TokenVerifier(keys, AUDIENCE, clock=Clock()))
    assert time.monotonic() - began < len(publisher.body) * 0.02


def test_one_thread_fetches_and_the_others_wait_for_it(
    publisher: Publisher, verifier: TokenVerifier
) -> None:
    publisher.before = lambda: time.sleep(0.2)

    with ThreadPoolExecutor(8) as pool:
        users = list(pool.map(lambda _: user_of(verifier), range(8)))

    assert ["user-1"] * 8 == users
    assert 1 == publisher.count


def test_who_has_an_old_key_does_not_wait(publisher: Publisher, ticks: Ticks) -> None:
    keys = JwksUrl(publisher.url, timeout=timedelta(seconds=PATIENCE), clock=ticks)
    verifier = TokenVerifier(keys, AUDIENCE, clock=Clock())
    user_of(verifier)
    arrived, go = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go.wait(PATIENCE)

    publisher.before = hold
    ticks.now += 300

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(user_of, verifier)
        try:
            assert arrived.wait(PATIENCE)
            assert "user-1" == pool.submit(user_of, verifier).result(PATIENCE / 3)
            assert not waiting.done()
        finally:
            go.set()
        assert "user-1" == waiting.result(PATIENCE)
    assert 2 == publisher.count


def test_a_function_of_the_applications_may_fetch(ticks: Ticks) -> None:
    asked: list[tuple[str, float]] = []

    def fetch(url: str, seconds: float) -> str:
        asked.append((url, seconds))
        if len(asked) > 1:
            raise ZeroDivisionError
        return json.dumps(KeySet(FIRST).public_jwks(NOW))

    keys = JwksUrl("https://keys.example/jwks", fetch=fetch, clock=ticks)
    verifier = TokenVerifier(keys, AUDIENCE, clock=Clock())

    assert "user-1" == user_of(verifier)
    ticks.now += 300
    assert "user-1" == user_of(verifier)
    assert "ZeroDivisionError" in unavailable(verifier, SECOND)
    assert [("https://keys.example/jwks", 5.0)] * 2 == asked


def test_several_urls_and_one_that_is_down(publisher: Publisher, keys: JwksUrl) -> None:
    def fails(url: str, seconds: float) -> str:
        raise TimeoutError("timed out")

    down = JwksUrl("https://down.example/jwks", fetch=fails)
    verifier = TokenVerifier([down, keys], AUDIENCE, clock=Clock())

    assert "user-1" == user_of(verifier)
    assert "down.example" in unavailable(verifier, SECOND)
    assert 1 == publisher.count


def test_the_first_of_two_keys_of_one_name_is_taken(
    publisher: Publisher, verifier: TokenVerifier
) -> None:
    twice = [FIRST.public_jwk(), SECOND.public_jwk() | {"kid": FIRST.kid}]
    publisher.body = json.dumps({"keys": twice}).encode()

    assert "user-1" == user_of(verifier)
    assert "bad_signature" == refusal(signed_by(SECOND, {"kid": FIRST.kid}), verifier)


@pytest.mark.parametrize(
    "url",
    [
        "https://keys.example/jwks",
        "http://localhost:8000/keys",
        "http://127.0.0.1/keys",
        "http://127.1.2.3/keys",
        "http://[::1]:8000/keys",
    ],
)
def test_urls_that_are_taken(url: str) -> None:
    assert url == JwksUrl(url).url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://keys.example/jwks", "begin with https"),
        ("http://localhost.evil.example/", "begin with https"),
        ("http://10.0.0.1/", "begin with https"),
        ("http://127.0.0.1@evil.example/", "no user and password"),
        ("https://me:secret@keys.example/", "no user and password"),
        ("file:///etc/passwd", "no https URL"),
        ("ftp://keys.example/", "no https URL"),
        ("data:application/json,{}", "no https URL"),
        ("keys.example/jwks", "no https URL"),
        ("https://", "no https URL"),
        ("https://[::1", "no URL"),
        ("https://keys.example:port/", "no URL"),
        ("", "no https URL"),
    ],
)
def test_urls_that_are_refused(url: str, reason: str) -> None:
    with pytest.raises(ds.ConfigurationError, match=reason) as caught:
        JwksUrl(url)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["cache", "keep", "min_refresh", "timeout"])
def test_times_are_positive(name: str) -> None:
    with pytest.raises(ds.ConfigurationError, match="positive"):
        JwksUrl("https://keys.example/", **{name: timedelta(0)})  # type: ignore[arg-type]  # options by name


def test_files_are_not_fetched() -> None:
    with pytest.raises(OSError, match="unknown url type"):
        fetch_jwks("file:///etc/passwd", 1.0)
