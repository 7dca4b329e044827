"""Who may listen to which channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from inspect import isawaitable

from dualschema.errors import StatementError
from dualschema.events.event import EVERYBODY, checked_channel

__all__ = ["ChannelAccess"]


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """Tells whether a user may listen to a channel.

    Every user may listen to ``{feature}:{the user's own id}`` and to ``{feature}:*``. All else is
    refused, but for what ``further`` allows.

    Attributes:
        further: is asked about every other channel: ``(user_id, channel)`` to a truth value, at
            once or awaited. Only ``True`` itself allows.
    """

    further: Callable[[str, str], bool | Awaitable[bool]] | None = None

    async def may_listen(self, user_id: str, channel: str) -> bool:
        """Return whether a user may hear a channel.

        Args:
            user_id: from a token that was checked.
            channel: its name, as the client gives it.
        """
        try:
            feature, _, rest = checked_channel(channel).partition(":")
        except StatementError:
            return False
        if feature and rest and rest in (user_id, EVERYBODY) and ":" not in rest:
            return True
        if self.further is None:
            return False
        answer: object = self.further(user_id, channel)
        return (await answer if isawaitable(answer) else answer) is True

    async def refused(self, user_id: str, channels: Iterable[str]) -> list[str]:
        """Return those of the channels that the user may not hear, in their order."""
        return [name for name in channels if not await self.may_listen(user_id, name)]
