"""The routes of tokens, and of the keys that they are signed with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dualschema.asgi.identity import Authenticate, authenticated
from dualschema.asgi.parts import Issuer, Keys
from dualschema.asgi.serving import Endpoint, json_response

__all__ = ["keys_endpoint", "token_endpoint"]


def token_endpoint(issuer: Issuer, authenticate: Authenticate, powersync_url: str) -> Endpoint:
    """Return the endpoint that gives a token to who is authenticated."""

    async def get_token(request: Request) -> Response:
        user = await authenticated(request, authenticate)
        token = await run_in_threadpool(issuer.issue, user.id)
        body = {"token": token, "powersync_url": powersync_url, **_expiry(token)}
        return json_response(body, headers={"Cache-Control": "no-store"})

    return get_token


def keys_endpoint(keys: Keys) -> Endpoint:
    """Return the endpoint that gives the public keys, as a JWK set."""

    async def get_keys(_: Request) -> Response:
        current = await run_in_threadpool(keys.current)  # a file is looked at
        # A new key is published for longer than that before it signs.
        return json_response(current.public_jwks(), headers={"Cache-Control": "public, max-age=60"})

    return get_keys


def _expiry(token: str) -> dict[str, Any]:
    """Return when a token expires, where it says so."""
    from dualschema.tokens.compact import read_object, split

    ends = read_object(split(token).payload).get("exp")
    if not isinstance(ends, int):
        return {}
    instant = datetime.fromtimestamp(ends, UTC)
    return {"expires_at": instant.strftime("%Y-%m-%dT%H:%M:%SZ")}
