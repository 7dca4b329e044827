"""How tests hear events: with a limit of time, so that what does not come is a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import uuid4

from dualschema.events import Broadcaster, Event, Subscription

T = TypeVar("T")

PATIENCE = 20.0
QUIET = "quiet"
"""The channel whose event shows that nothing else came before."""


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 3 * PATIENCE))


async def hear(events: Subscription, count: int) -> list[Event]:
    async with asyncio.timeout(PATIENCE):
        return [await anext(events) for _ in range(count)]


async def data_of(events: Subscription, count: int) -> list[Any]:
    return [event.data for event in await hear(events, count)]


async def rest_of(broadcaster: Broadcaster, events: Subscription) -> list[Any]:
    """Return the data of all that is still to be heard; the subscription has the channel QUIET."""
    mark = str(uuid4())
    await asyncio.to_thread(broadcaster.broadcast, QUIET, mark)
    heard: list[Any] = []
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if event.data == mark:
                break
            if event.channel != QUIET:
                heard.append(event.data)
    return heard
