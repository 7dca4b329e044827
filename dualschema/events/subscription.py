"""``Subscription``: what one subscriber hears, first from the log and then as it happens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol, Self

from dualschema.errors import SubscriberDroppedError
from dualschema.events.event import Event

__all__ = ["Bounds", "Log", "Subscription"]

_PAGE: Final = 200

_SLOW = "the subscriber does not keep up with the events of its channels"
_PRUNED = "the log no longer holds events that the subscriber has yet to hear"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which events the log holds: all from ``oldest`` to ``newest``; of an empty one, 1 to 0."""

    oldest: int
    newest: int


class Log(Protocol):
    """The events that were, for those who come late."""

    async def page(
        self, channels: Collection[str], after: int | None, upto: int | None, most: int
    ) -> tuple[Sequence[Event], Bounds]:
        """Return the first ``most`` events of some channels, and what it holds at that instant.

        Args:
            channels: their names.
            after: events that come after this id; None for no events.
            upto: the last id that is wanted; None for all that were committed before the call.
            most: how many.
        """
        ...


class Subscription:
    """An asynchronous iterator of events, in the order of their ids, each once.

    It ends when the broadcaster is closed. To wait for the next one only so long,
    ``asyncio.timeout`` may cancel it: nothing is lost.

    Attributes:
        channels: what it listens to.
        is_complete: False if events between ``after`` and the first one here may be lost to it:
            the log no longer holds them, or it is another log. Then the client reads anew what it
            shows.

    Raises:
        SubscriberDroppedError: (when iterated) it did not keep up, or the log was pruned before it
            had read it. It resumes with the id of the last event it had.
    """

    def __init__(self, channels: frozenset[str], log: Log, *, size: int) -> None:
        self.channels = channels
        self.is_complete = True
        self._log = log
        self._size = size
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._wake = asyncio.Event()
        self._is_woken = False
        self._live: deque[Event] = deque()
        self._page: deque[Event] = deque()
        self._read = 0  # how far it has read the log
        self._reading: asyncio.Future[tuple[Sequence[Event], Bounds]] | None = None
        self._replay_end = 0  # what comes after is offered
        self._ended: str | None = None  # why; empty where it ended well

    async def start(self, after: int | None) -> None:
        """Find out what of the past is wanted; what comes from now on is offered already."""
        page, bounds = await self._log.page(self.channels, after, None, _PAGE)
        self._read = self._replay_end = bounds.newest
        if after is not None:
            self.is_complete = bounds.oldest - 1 <= after <= bounds.newest
            self._add(page)

    def offer(self, event: Event) -> bool:
        """Take an event, from any thread; return False where it can take no more."""
        with self._lock:
            if self._ended is None and len(self._live) < self._size:
                self._live.append(event)
                return self._woken()
            if self._ended is None:
                self._ended = _SLOW
            self._woken()
            return False

    def end(self, reason: str = "") -> None:
        """End it, from any thread: well, or for a reason that the subscriber is told."""
        with self._lock:
            if self._ended is None:
                self._ended = reason
            self._woken()

    def leave(self) -> None:
        """Let go of what it waits for; in its own loop."""
        if self._reading is not None:
            self._reading.cancel()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while True:
            if self._page:
                return self._page.popleft()
            if self._ended is not None:
                self._live.clear()
                if not self._ended:
                    raise StopAsyncIteration
                raise SubscriberDroppedError(self._ended)
            if self._read < self._replay_end:
                await self._read_page()
                continue
            if (event := self._next_live()) is not None:
                return event
            await self._wake.wait()

    def _next_live(self) -> Event | None:
        with self._lock:
            while self._live:
                event = self._live.popleft()
                if event.id > self._replay_end:  # else it comes from the log
                    return event
            if self._ended is None:
                self._is_woken = False
                self._wake.clear()
            return None

    async def _read_page(self) -> None:
        if self._reading is None:
            wanted = self._log.page(self.channels, self._read, self._replay_end, _PAGE)
            self._reading = asyncio.ensure_future(wanted)
        reading = self._reading
        try:
            # Whoever waits only so long finds it done the next time.
            page, bounds = await asyncio.shield(reading)
        finally:
            if reading.done():
                self._reading = None
        if bounds.oldest > self._read + 1:
            self.end(_PRUNED)
            return
        self._add(page)

    def _add(self, page: Sequence[Event]) -> None:
        self._page.extend(page)
        self._read = page[-1].id if len(page) == _PAGE else self._replay_end

    def _woken(self) -> bool:
        if self._is_woken:
            return True
        self._is_woken = True
        try:
            self._loop.call_soon_threadsafe(self._wake.set)
        except RuntimeError:  # its loop is closed, and nobody comes any more
            self._ended = ""
            return False
        return True
