"""Who asks: told by a token, or by the application's own means."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from dualschema.asgi.serving import UnauthorizedError
from dualschema.errors import RequestError
from dualschema.upload.wire import checked_identity

__all__ = [
    "Authenticate",
    "User",
    "Verified",
    "Verifier",
    "authenticated",
    "development_login",
    "user_of_token",
]

_LOG: Final = logging.getLogger("dualschema.asgi")

Authenticate: TypeAlias = Callable[[Request], str | Awaitable[str | None] | None]
"""``authenticate(request)`` gives the id of the user who asks, or None; at once, or awaited.

What is no coroutine function is called in a thread, and may ask a database.
"""


class Verified(Protocol):
    """What a token says."""

    @property
    def user_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def expires_at(self) -> datetime:
        """Until when, in UTC."""
        ...


class Verifier(Protocol):
    """What verifies tokens: a ``dualschema.tokens.TokenVerifier``, or another."""

    def verify(self, token: str) -> Verified:
        """Return what a token says; it is called in a thread, and may wait for the network.

        Raises:
            TokenError: the token is refused.
            KeysUnavailableError: whether it is good cannot be known now.
        """
        ...


@dataclass(frozen=True, slots=True)
class User:
    """Who asks.

    Attributes:
        id: the user's.
        until: when the token expires; None where there is none.
    """

    id: str
    until: datetime | None = None


async def user_of_token(request: Request, verifier: Verifier) -> User:
    """Return whose token a request bears.

    Raises:
        UnauthorizedError: it has none.
        TokenError: it is refused.
        KeysUnavailableError: whether it is good cannot be known now.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthorizedError("a token is wanted: `Authorization: Bearer ...`")
    found = await run_in_threadpool(verifier.verify, token.strip())
    try:
        return User(checked_identity(found.user_id, "sub"), found.expires_at)
    except RequestError as error:
        raise UnauthorizedError(f"the token is refused: {error}") from None


async def authenticated(request: Request, authenticate: Authenticate) -> User:
    """Return who asks, as the application says it.

    Raises:
        UnauthorizedError: nobody that it knows.
    """
    user: Any
    if inspect.iscoroutinefunction(authenticate):
        user = await authenticate(request)
    else:
        call: Callable[[Request], Any] = authenticate
        user = await run_in_threadpool(call, request)
        if inspect.isawaitable(user):
            user = await user
    if user is None:
        raise UnauthorizedError("nobody is signed in")
    try:
        return User(checked_identity(user, "user id"))
    except RequestError as error:
        raise TypeError(f"authenticate() gave no user id: {error.reason}") from None


def development_login() -> Authenticate:
    """Return an ``authenticate`` that believes anybody: never for production.

    The user's id is the header ``X-User-Id``, or the query's ``user``, or ``dev``.
    """
    _LOG.warning("development_login() lets anybody be any user: it is for development alone")

    def authenticate(request: Request) -> str:
        return request.headers.get("x-user-id") or request.query_params.get("user") or "dev"

    return authenticate
