"""``LocalBroadcaster``: events within one process, for SQLite."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from itertools import islice
from threading import Lock
from typing import Any

from dualschema.convert import decode, encode
from dualschema.crud import AsyncDatabase, Database
from dualschema.declare import now
from dualschema.events.broadcaster import Broadcaster
from dualschema.events.event import Event
from dualschema.events.log import LoggedEvent, Retention, checked_event
from dualschema.events.subscription import Bounds, Log
from dualschema.types.json import JSON_NULL

__all__ = ["LocalBroadcaster"]


class LocalBroadcaster(Broadcaster):
    """Sends events to subscribers of this process, and remembers the last ones in memory.

    It behaves as a ``PostgresBroadcaster`` does. When the process ends, its events are gone, and so
    are its subscribers.

    Args:
        db: the database whose transactions events wait for; without one they are sent at once.
        retention: how long they are kept for subscribers that come again.
        queue_size: how many events wait for a subscriber, at most.
    """

    def __init__(
        self,
        db: Database | AsyncDatabase | None = None,
        *,
        retention: Retention | None = None,
        queue_size: int = 1_000,
    ) -> None:
        super().__init__(queue_size=queue_size)
        self._db = db
        self._memory = _Memory(retention or Retention())
        self._sending = Lock()

    def broadcast(self, channel: str, data: Any) -> None:
        # There and back: it is heard as Postgres gives it, and shares nothing with what was sent.
        stored = encode(checked_event(channel, data), "postgres")
        event = decode(LoggedEvent, stored, "postgres")
        if self._db is None:
            self._send(event)
        else:
            self._db.after_commit(lambda: self._send(event))

    def _send(self, event: LoggedEvent) -> None:
        with self._sending:  # so that all hear them in one order
            self._hub.hand_on([self._memory.add(event)])

    def prune(self) -> None:
        self._memory.prune()

    def close(self) -> None:
        self._is_closed = True
        self._hub.end()

    @property
    def _log(self) -> Log:
        return self._memory


class _Memory:
    """A log in memory, of so many events."""

    def __init__(self, retention: Retention) -> None:
        self._retention = retention
        self._lock = Lock()
        self._events: deque[Event] = deque()
        self._newest = 0

    def add(self, event: LoggedEvent) -> Event:
        """Give an event its number and remember it."""
        data = None if event.data is JSON_NULL else event.data
        with self._lock:
            self._newest += 1
            made = Event(self._newest, event.channel, data, now())
            self._events.append(made)
        if made.id % self._retention.rhythm == 0:
            self.prune()
        return made

    async def page(
        self, channels: Collection[str], after: int | None, upto: int | None, most: int
    ) -> tuple[Sequence[Event], Bounds]:
        with self._lock:
            bounds = Bounds(self._events[0].id if self._events else 1, self._newest)
            first = self._newest if after is None else after
            last = self._newest if upto is None else upto
            wanted = (e for e in self._events if first < e.id <= last and e.channel in channels)
            return list(islice(wanted, most)), bounds

    def prune(self) -> None:
        """Forget the oldest events."""
        events, oldest = self._events, now() - self._retention.age
        with self._lock:
            while len(events) > 1 and (
                len(events) > self._retention.count or events[0].timestamp < oldest
            ):
                events.popleft()
