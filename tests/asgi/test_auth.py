"""Who may ask: tokens, sessions, and the keys."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.requests import Request

import dualschema as ds
from dualschema.asgi import Parts, create_app, development_login, routes
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, generate_key
from tests.asgi.api import Api, Client, todo


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dTE6cA==", "Bearer a.b.c", "Bearer \xff"]
)
@pytest.mark.parametrize("path", ["/api/data", "/api/events?channels=todos:u1"])
def test_without_a_good_token_nothing_is_done(api: Api, path: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    method = "POST" if path == "/api/data" else "GET"

    response = api.client.request(method, path, headers=headers)

    assert 401 == response.status_code
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert ["message"] == list(response.json())


def test_a_token_of_other_keys_or_another_audience_is_refused(api: Api, keys: KeySet) -> None:
    for issuer in (TokenIssuer(KeySet(generate_key()), "api"), TokenIssuer(keys, "else")):
        headers = {"Authorization": f"Bearer {issuer.issue('u1')}"}
        response = api.client.post("/api/data", content=b"{}", headers=headers)
        assert 401 == response.status_code
        assert 'Bearer error="invalid_token"' == response.headers["www-authenticate"]


def test_a_token_of_a_user_whose_id_cannot_be_kept(api: Api) -> None:
    response = api.send({"transactions": [{"crud": [todo()]}]}, user="u" * 201)
    assert 401 == response.status_code


def test_the_body_is_not_read_before_the_token(api: Api) -> None:
    taken = []

    async def chunks() -> AsyncIterator[bytes]:
        taken.append(1)
        yield b"{}"

    assert 401 == api.client.post("/api/data", content=chunks()).status_code
    assert [] == taken


def test_a_token_is_given_to_who_is_signed_in(api: Api, keys: KeySet) -> None:
    response = api.client.get("/api/auth/token", headers={"Cookie": "session=u1"})

    body = response.json()
    claims = TokenVerifier(keys, "api").verify(body.pop("token"))
    assert "u1" == claims.user_id
    assert {
        "powersync_url": "https://sync.example.com",
        "expires_at": claims.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    } == body
    assert "no-store" == response.headers["cache-control"]


def test_nobody_gets_no_token(api: Api) -> None:
    response = api.client.get("/api/auth/token")
    assert (401, {"message": "nobody is signed in"}) == (response.status_code, response.json())
    assert "Bearer" == response.headers["www-authenticate"]


def test_the_keys_are_public_and_may_be_cached(api: Api, keys: KeySet) -> None:
    response = api.client.get("/api/auth/keys")
    assert keys.public_jwks() == response.json()
    assert "public, max-age=60" == response.headers["cache-control"]
    assert '"d"' not in response.text


def synchronous(_: Request) -> str:
    return "u1"


async def awaited(_: Request) -> str:
    return "u1"


class Called:
    async def __call__(self, _: Request) -> str:
        return "u1"


@pytest.mark.parametrize("authenticate", [synchronous, awaited, Called()])
def test_an_application_authenticates_at_once_or_later(
    api: Api, keys: KeySet, authenticate: Any
) -> None:
    app = create_app(**parts(api, keys, authenticate))
    token = Client(app).get("/api/auth/token").json()["token"]
    assert "u1" == TokenVerifier(keys, "api").verify(token).user_id


@pytest.mark.parametrize("user", ["", 5, "u" * 201, "nul\0"])
def test_an_application_that_gives_no_user_id_fails(
    api: Api, keys: KeySet, caplog: pytest.LogCaptureFixture, user: Any
) -> None:
    app = create_app(**parts(api, keys, lambda _: user))
    with caplog.at_level(logging.ERROR):
        assert 500 == Client(app).get("/api/auth/token").status_code
    assert 1 == len(caplog.records)


def test_in_development_anybody_is_believed(
    api: Api, keys: KeySet, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(create_app(**parts(api, keys, development_login())))
    [record] = caplog.records
    assert "development" in record.getMessage()
    verifier = TokenVerifier(keys, "api")
    for path, headers, user in (
        ("", {}, "dev"),
        ("?user=ann", {}, "ann"),
        ("?user=ann", {"X-User-Id": "bob"}, "bob"),
    ):
        token = client.get(f"/api/auth/token{path}", headers=headers).json()["token"]
        assert user == verifier.verify(token).user_id


def test_a_verifier_that_cannot_reach_its_keys(api: Api, keys: KeySet) -> None:
    class Away:
        def verify(self, token: str) -> Any:
            raise ds.KeysUnavailableError("no answer", url="https://example.com/keys")

    app = create_app(uploader=api.uploader, verifier=Away())
    response = Client(app).post("/api/data", content=b"{}", headers=api.bearer())
    assert (503, "5") == (response.status_code, response.headers["retry-after"])
    assert "example" not in response.text


def test_an_expired_token_is_refused(api: Api) -> None:
    past = datetime.now(UTC) - timedelta(hours=2)
    old = KeySet(generate_key(now=past))
    issuer, verifier = TokenIssuer(old, "api", clock=lambda: past), TokenVerifier(old, "api")
    app = create_app(uploader=api.uploader, verifier=verifier)
    headers = {"Authorization": f"Bearer {issuer.issue('u1')}"}
    response = Client(app).post("/api/data", content=b"{}", headers=headers)
    assert 401 == response.status_code
    assert "expired" in response.json()["message"]


def test_what_is_left_out_has_no_route(api: Api, keys: KeySet) -> None:
    made = routes(uploader=api.uploader, verifier=TokenVerifier(keys, "api"), prefix="")
    assert ["/data", "/openapi.json"] == [route.path for route in made]


@pytest.mark.parametrize("missing", ["authenticate", "powersync_url"])
def test_an_issuer_alone_is_refused(api: Api, keys: KeySet, missing: str) -> None:
    given: Any = {**parts(api, keys, synchronous), missing: None}
    with pytest.raises(ds.ConfigurationError):
        routes(**given)


@pytest.mark.parametrize("prefix", ["api", "/api/", "/"])
def test_a_prefix_is_a_path(api: Api, keys: KeySet, prefix: str) -> None:
    with pytest.raises(ds.ConfigurationError):
        routes(uploader=api.uploader, verifier=TokenVerifier(keys, "api"), prefix=prefix)


def parts(api: Api, keys: KeySet, authenticate: Any) -> Parts:
    return {
        "uploader": api.uploader,
        "verifier": TokenVerifier(keys, "api"),
        "issuer": api.issuer,
        "authenticate": authenticate,
        "powersync_url": "https://sync.example.com",
    }
