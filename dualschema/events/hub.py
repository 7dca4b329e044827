"""``Hub``: the subscribers of this process, and who of them hears an event."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from dualschema.events.event import Event
from dualschema.events.subscription import Subscription

__all__ = ["Hub"]


class Hub:
    """Hands events on to the subscribers; any thread may call it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_channel: dict[str, set[Subscription]] = {}

    def add(self, subscription: Subscription) -> None:
        """Let a subscriber hear what comes from now on."""
        with self._lock:
            for channel in subscription.channels:
                self._by_channel.setdefault(channel, set()).add(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Let a subscriber go; it may be gone already."""
        with self._lock:
            self._remove(subscription)

    def hand_on(self, events: Iterable[Event]) -> None:
        """Give events to those who listen to their channels; who cannot take more is let go."""
        with self._lock:
            for event in events:
                listening = self._by_channel.get(event.channel, ())
                for full in [each for each in listening if not each.offer(event)]:
                    self._remove(full)

    def end(self, reason: str = "") -> None:
        """Let all subscribers go: well, or for a reason that they are told."""
        with self._lock:
            everybody = {each for group in self._by_channel.values() for each in group}
            self._by_channel.clear()
        for subscription in everybody:
            subscription.end(reason)

    def __len__(self) -> int:
        with self._lock:
            return len({each for group in self._by_channel.values() for each in group})

    def _remove(self, subscription: Subscription) -> None:
        for channel in subscription.channels:
            group = self._by_channel.get(channel, set())
            group.discard(subscription)
            if not group:
                self._by_channel.pop(channel, None)
