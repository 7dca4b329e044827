"""Who may listen to which channel."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dualschema.events import ChannelAccess

STRICT = ChannelAccess()


def may(access: ChannelAccess, user: str, channel: str) -> bool:
    return asyncio.run(access.may_listen(user, channel))


@pytest.mark.parametrize(
    ("user", "channel", "expected"),
    [
        ("u1", "timers:u1", True),
        ("u1", "timers:*", True),
        ("u1", "timers:u2", False),
        ("u1", "timers:team:9", False),
        ("u1", "timers:team:u1", False),
        ("u1", "timers:u1:u1", False),
        ("u1", "timers:u1:*", False),
        ("u1", "timers", False),
        ("u1", "u1", False),
        ("u1", ":u1", False),
        ("u1", ":*", False),
        ("u1", "timers:", False),
        ("", "timers:", False),
        ("", "timers:*", True),
        ("team:9", "timers:team:9", False),
        ("*", "timers:*", True),
        ("u1", "timers:U1", False),
        ("u1", "timers: u1", False),
        ("u1", "timers:u1,timers:u2", False),
        ("u1", "", False),
        ("u1", "timers:*\0", False),
    ],
)
def test_a_user_hears_their_own_and_what_is_for_all(
    user: str, channel: str, expected: bool
) -> None:
    assert expected == may(STRICT, user, channel)


def test_the_application_allows_more() -> None:
    asked: list[tuple[str, str]] = []

    def further(user: str, channel: str) -> bool:
        asked.append((user, channel))
        return channel == "timers:team:9"

    access = ChannelAccess(further)

    assert may(access, "u1", "timers:team:9")
    assert not may(access, "u1", "timers:team:8")
    assert may(access, "u1", "timers:u1")
    assert not may(access, "u1", "a,b")
    assert [("u1", "timers:team:9"), ("u1", "timers:team:8")] == asked


@pytest.mark.parametrize("answer", [None, 1, "no", [False]])
def test_only_true_allows(answer: Any) -> None:
    assert not may(ChannelAccess(lambda *_: answer), "u1", "notes")


def test_the_application_may_be_awaited() -> None:
    async def further(user: str, channel: str) -> bool:
        await asyncio.sleep(0)
        return (user, channel) == ("u1", "notes")

    access = ChannelAccess(further)

    assert [True, False] == [may(access, user, "notes") for user in ("u1", "u2")]
    assert ["timers:u1"] == asyncio.run(access.refused("u2", ["timers:u1", "timers:*"]))
    assert ["notes", "timers:u1"] == asyncio.run(
        access.refused("u2", ["notes", "timers:u2", "timers:u1"])
    )
