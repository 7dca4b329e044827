"""``Event``, and the names of channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dualschema.errors import StatementError

__all__ = [
    "EVERYBODY",
    "Event",
    "checked_channel",
    "feature_channel",
    "scope_channel",
    "user_channel",
]

EVERYBODY: Final = "*"
"""Stands for the user in the channel that all users of a feature may hear."""

_LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was said on a channel.

    Attributes:
        id: its number, from 1, in the order in which all hear it; what a client resumes after.
        channel: the channel's name.
        data: a JSON value.
        timestamp: when it was sent, in UTC and whole milliseconds.
    """

    id: int
    channel: str
    data: Any
    timestamp: datetime

    def message(self) -> dict[str, Any]:
        """Return what a client gets of it: ``{"channel", "data", "timestamp"}``.

        The timestamp is text of the form ``2025-01-31T12:00:00.000Z``.
        """
        instant = self.timestamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"channel": self.channel, "data": self.data, "timestamp": instant}


def user_channel(feature: str, user_id: str) -> str:
    """Return the channel of one user: ``{feature}:{user_id}``.

    Raises:
        StatementError: the user's id holds a colon, or is ``*``: it would name another channel.
    """
    if user_id == EVERYBODY:
        raise StatementError("no user's id is *, which names all users of a feature")
    return checked_channel(f"{_part(feature, 'feature')}:{_part(user_id, 'user id')}")


def scope_channel(feature: str, scope: str, id: str) -> str:  # noqa: A002  (as the app says it)
    """Return the channel of a thing that several share: ``{feature}:{scope}:{id}``.

    Raises:
        StatementError: feature or scope hold a colon, or a part is empty.
    """
    if not id:
        raise StatementError("the id of a channel is empty")
    return checked_channel(f"{_part(feature, 'feature')}:{_part(scope, 'scope')}:{id}")


def feature_channel(feature: str) -> str:
    """Return the channel that all users of a feature may hear: ``{feature}:*``.

    It is a channel of its own, no pattern: who listens to it hears what is sent to all, and nothing
    of what is sent to single users.

    Raises:
        StatementError: the feature holds a colon, or is empty.
    """
    return checked_channel(f"{_part(feature, 'feature')}:{EVERYBODY}")


def checked_channel(channel: str) -> str:
    """Return a channel's name, which may be any text that a list of channels can hold.

    Raises:
        StatementError: it is empty, longer than 255 characters, or holds a comma or a character
            that cannot be printed.
    """
    if not 0 < len(channel) <= _LONGEST:
        raise StatementError(f"the name of a channel has 1 to {_LONGEST} characters")
    if "," in channel or not channel.isprintable():
        raise StatementError("the name of a channel holds no comma and no control character")
    return channel


def _part(part: str, what: str) -> str:
    if not part or ":" in part:
        raise StatementError(f"the {what} of a channel is text without a colon, and not empty")
    return part
