"""``Broadcaster``: what sends events and lets subscribers hear them, whatever carries them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from dualschema.errors import EventError, StatementError
from dualschema.events.event import checked_channel, feature_channel, scope_channel, user_channel
from dualschema.events.hub import Hub
from dualschema.events.subscription import Log, Subscription

__all__ = ["Broadcaster"]


class Broadcaster(ABC):
    """Sends events and lets subscribers hear them.

    Sending is synchronous and may be done by any thread. Within a ``transaction()`` of the database
    that the broadcaster was given, an event is sent when it commits, and never if it is undone.

    Args:
        queue_size: how many events wait for a subscriber, at most; one that leaves more of them
            unread is dropped, and nobody waits for it.
    """

    def __init__(self, *, queue_size: int) -> None:
        if queue_size < 1:
            raise StatementError("queue_size is a whole number from 1")
        self._queue_size = queue_size
        self._hub = Hub()
        self._is_closed = False

    @abstractmethod
    def broadcast(self, channel: str, data: Any) -> None:
        """Send an event on a channel.

        Args:
            channel: any name of 1 to 255 characters, without commas.
            data: a JSON value.

        Raises:
            StatementError: the channel cannot be one.
            EncodeError: the data is no JSON value.
        """

    def broadcast_to_user(self, feature: str, user_id: str, data: Any) -> None:
        """Send an event on ``{feature}:{user_id}``."""
        self.broadcast(user_channel(feature, user_id), data)

    def broadcast_to_scope(
        self,
        feature: str,
        scope: str,
        id: str,  # noqa: A002  (what channels call it)
        data: Any,
    ) -> None:
        """Send an event on ``{feature}:{scope}:{id}``."""
        self.broadcast(scope_channel(feature, scope, id), data)

    def broadcast_to_feature(self, feature: str, data: Any) -> None:
        """Send an event on ``{feature}:*``, which all users of the feature may hear."""
        self.broadcast(feature_channel(feature), data)

    @asynccontextmanager
    async def subscribe(
        self, channels: Iterable[str], *, after: int | None = None
    ) -> AsyncIterator[Subscription]:
        """Give a subscription to the events of some channels, until the block ends.

        Args:
            channels: their names, as they are: ``{feature}:*`` is one of them, and no pattern.
            after: the id of the last event that the subscriber has; what was sent since comes
                first, from the log. None: what is sent from now on.

        Raises:
            StatementError: there is no channel, or one that cannot be.
            EventError: the broadcaster is closed, or (NotListeningError) notifications do not
                arrive.
            DatabaseError: the log cannot be read, or no connection be made.
        """
        names = frozenset(map(checked_channel, channels))
        if not names:
            raise StatementError("a subscription names at least one channel")
        await self._open()
        subscription = Subscription(names, self._log, size=self._queue_size)
        self._hub.add(subscription)
        try:
            if not self._is_heard:
                raise EventError("nobody listens any more: subscribe again")
            await subscription.start(after)
            yield subscription
        finally:
            self._hub.remove(subscription)
            subscription.leave()

    @abstractmethod
    def prune(self) -> None:
        """Forget events as the retention has it; it is done now and then by itself."""

    @abstractmethod
    def close(self) -> None:
        """End all subscriptions, and let go of what it holds."""

    @property
    @abstractmethod
    def _log(self) -> Log:
        """The events that were."""

    @property
    def _is_heard(self) -> bool:
        """Whether subscribers hear events, or at least their end."""
        return not self._is_closed

    async def _open(self) -> None:
        """Get ready for a subscriber; an error is theirs."""
        if self._is_closed:
            raise EventError("the broadcaster is closed")
