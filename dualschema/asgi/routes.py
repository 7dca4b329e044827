"""``routes`` and ``create_app``: the API's routes, or an application of them alone."""

from __future__ import annotations

from typing import Unpack

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dualschema.asgi.auth import keys_endpoint, token_endpoint
from dualschema.asgi.data import data_endpoint
from dualschema.asgi.openapi import openapi
from dualschema.asgi.parts import Parts, checked_parts
from dualschema.asgi.serving import Endpoint, json_response, served
from dualschema.events import ChannelAccess

__all__ = ["create_app", "routes"]


def routes(**parts: Unpack[Parts]) -> list[Route]:
    """Return the routes of an API.

    Args:
        parts: as keywords: ``routes(uploader=..., verifier=...)``; see ``Parts``.

    Raises:
        ConfigurationError: a part is missing that another needs.
    """
    given = checked_parts(parts)
    made: list[tuple[str, Endpoint, list[str]]] = []
    verifier, authenticate = given["verifier"], given.get("authenticate")
    data = data_endpoint(given["uploader"], verifier)
    made.append(("/data", data, ["POST", "PUT", "PATCH", "DELETE"]))
    issuer, powersync_url, keys = given.get("issuer"), given.get("powersync_url"), given.get("keys")
    if issuer is not None and authenticate is not None and powersync_url is not None:
        made.append(("/auth/token", token_endpoint(issuer, authenticate, powersync_url), ["GET"]))
    if keys is not None:
        made.append(("/auth/keys", keys_endpoint(keys), ["GET"]))
    broadcaster = given.get("broadcaster")
    if broadcaster is not None:
        # Imported where it is wanted: it changes how uvicorn ends.
        from dualschema.asgi.stream import events_endpoint

        access = given.get("channels") or ChannelAccess()
        stream = events_endpoint(
            broadcaster, verifier, authenticate, access, given.get("keep_alive", 30)
        )
        made.append(("/events", stream, ["GET"]))
    made.append(("/openapi.json", _document_endpoint(given), ["GET"]))
    prefix = given.get("prefix", "/api")
    return [
        Route(prefix + path, served(endpoint), methods=methods) for path, endpoint, methods in made
    ]


def create_app(**parts: Unpack[Parts]) -> Starlette:
    """Return an application of the routes alone, to be run or mounted.

    Args:
        parts: as keywords; see ``Parts``.

    Raises:
        ConfigurationError: a part is missing that another needs.
    """
    return Starlette(routes=routes(**parts), exception_handlers={HTTPException: _http_error})


def _document_endpoint(parts: Parts) -> Endpoint:
    document = openapi(**parts)

    async def get_document(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        return json_response({**document, "servers": [{"url": root or "/"}]})

    return get_document


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (Starlette calls it for nothing else)
    return json_response({"message": error.detail}, error.status_code, error.headers)
