"""The route of events: server-sent events, from the last that a client has."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from dualschema.asgi.identity import Authenticate, User, Verifier, authenticated, user_of_token
from dualschema.asgi.serving import Endpoint, forbidden, unavailable
from dualschema.errors import DatabaseError, EventError, RequestError, SubscriberDroppedError
from dualschema.events import Broadcaster, ChannelAccess, Subscription

__all__ = ["MOST_CHANNELS", "events_endpoint"]

_LOG: Final = logging.getLogger("dualschema.asgi")

MOST_CHANNELS: Final = 50
"""How many channels one request may name."""


def events_endpoint(
    broadcaster: Broadcaster,
    verifier: Verifier,
    authenticate: Authenticate | None,
    access: ChannelAccess,
    keep_alive: float,
) -> Endpoint:
    """Return the endpoint that streams events."""

    async def get_events(request: Request) -> Response:
        if authenticate is None or "authorization" in request.headers:
            user = await user_of_token(request, verifier)
        else:
            user = await authenticated(request, authenticate)
        names = _channels(request)
        after = _after(request)
        if await access.refused(user.id, names):
            return forbidden("one of the channels may not be heard")
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return _Stream(broadcaster, names, user, after=after, keep_alive=keep_alive)

    return get_events


def _channels(request: Request) -> list[str]:
    named = request.query_params.get("channels", "").split(",")
    names = list(dict.fromkeys(name.strip() for name in named if name.strip()))
    if not 0 < len(names) <= MOST_CHANNELS:
        raise RequestError(f"1 to {MOST_CHANNELS} channels are named", place="channels")
    return names


def _after(request: Request) -> int | None:
    """Return the id of the last event that the client has."""
    given = request.headers.get("last-event-id", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise RequestError("it is no id of an event", place="Last-Event-ID")
    return int(given)


class _Stream(Response):
    """The subscription lasts as long as the response does, however that ends."""

    def __init__(
        self,
        broadcaster: Broadcaster,
        channels: list[str],
        user: User,
        *,
        after: int | None,
        keep_alive: float,
    ) -> None:
        super().__init__(media_type="text/event-stream")
        self._broadcaster = broadcaster
        self._channels = channels
        self._user = user
        self._after = after
        self._keep_alive = keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            response: Response
            subscribing = self._broadcaster.subscribe(self._channels, after=self._after)
            try:
                subscription = await stack.enter_async_context(subscribing)
            except (EventError, DatabaseError) as error:
                _LOG.warning("events: cannot be heard: %s", error)
                response = unavailable("events cannot be heard now")
            else:
                messages = self._messages(subscription)
                response = EventSourceResponse(messages, ping=self._keep_alive)
            ending = _Ending(receive, send)
            await response(scope, ending.receive, ending.send)
            await ending.end()

    async def _messages(self, subscription: Subscription) -> AsyncIterator[ServerSentEvent]:
        now = datetime.now(UTC)
        connected = {
            "type": "connected",
            "userId": self._user.id,
            "channels": self._channels,
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "complete": subscription.is_complete,
        }
        yield _sent(connected)
        until = self._user.until
        left = None if until is None else (until - now).total_seconds()
        end = None if left is None else asyncio.get_running_loop().time() + max(left, 0)
        while True:
            try:
                async with asyncio.timeout_at(end):
                    event = await anext(subscription)
            except (StopAsyncIteration, TimeoutError, SubscriberDroppedError) as error:
                # The client comes again, with a new token, and with the last id that it had.
                _LOG.debug("events: a stream ends: %r", error)
                return
            except DatabaseError as error:
                _LOG.warning("events: a stream ends: %s", error)
                return
            yield _sent(event.message(), str(event.id))


class _Ending:
    """Ends a response that was broken off, as sse-starlette does it when the server ends."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_open = False
        self._is_gone = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_gone = True
        return message

    async def send(self, message: Message) -> None:
        self._is_open = message.get("more_body", message["type"] == "http.response.start")
        await self._send(message)

    async def end(self) -> None:
        """Send what is missing, unless the client is gone."""
        if self._is_open and not self._is_gone:
            await self._send({"type": "http.response.body", "body": b""})


def _sent(message: dict[str, Any], number: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(message, separators=(",", ":")), id=number)
