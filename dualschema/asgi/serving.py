"""Answers as JSON, and what becomes of errors: no answer holds a value, or what failed inside."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dualschema.errors import KeysUnavailableError, RequestError, TokenError
from dualschema.upload.wire import Answer, failed

__all__ = ["Endpoint", "UnauthorizedError", "forbidden", "json_response", "served", "unavailable"]

_LOG: Final = logging.getLogger("dualschema.asgi")

Endpoint = Callable[[Request], Awaitable[Response]]


class UnauthorizedError(Exception):
    """Nobody is known to ask. The message is for the client."""


def json_response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response of JSON, in ASCII: any text can be sent so."""
    text = json.dumps(body, separators=(",", ":"), allow_nan=False)
    return Response(text, status, headers, media_type="application/json")


def served(endpoint: Endpoint) -> Endpoint:
    """Have an endpoint's errors become answers."""

    @wraps(endpoint)
    async def serve(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UnauthorizedError as error:
            return _unauthorized(str(error), "Bearer")
        except TokenError as error:
            return _unauthorized(str(error), 'Bearer error="invalid_token"')
        except KeysUnavailableError as error:
            _LOG.warning("tokens cannot be verified: %s", error)
            return unavailable("tokens cannot be verified now")
        except ClientDisconnect:
            return Response(status_code=400)  # nobody gets it
        except HTTPException:
            raise  # the application's own, from its function that authenticates
        except RequestError as error:
            return _response(failed(error))
        except Exception as error:  # noqa: BLE001  (the outermost line of an endpoint)
            return _response(failed(error))

    return serve


def forbidden(message: str) -> Response:
    """Return the answer to who may not do it."""
    return json_response({"message": message}, 403)


def unavailable(message: str) -> Response:
    """Return the answer to who is to ask again."""
    return json_response({"message": message}, 503, {"Retry-After": "5"})


def _unauthorized(message: str, challenge: str) -> Response:
    return json_response({"message": message}, 401, {"WWW-Authenticate": challenge})


def _response(answer: Answer) -> Response:
    return json_response(answer.body, answer.status, answer.headers)
