"""Both broadcasters against each other, and against what they should do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

import dualschema as ds
from dualschema.events import Broadcaster, Event, LocalBroadcaster, PostgresBroadcaster, Retention
from tests.events.hearing import QUIET

CHANNELS = ("timers:u1", "timers:*", "timers:team:1", "notes")
KEPT = 100
QUEUE = 400

channels = st.sampled_from(CHANNELS)
documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=5,
)


class Undo(Exception):  # noqa: N818  (no fault)
    """Undoes a block."""


class Side:
    """A broadcaster of one kind, with the database whose transactions it takes part in."""

    def __init__(self, db: ds.Database, broadcaster: Broadcaster) -> None:
        self.db = db
        self.broadcaster = broadcaster
        self.open: dict[int, Any] = {}

    async def subscribe(self, number: int, names: list[str], after: int | None) -> bool:
        manager = self.broadcaster.subscribe([*names, QUIET], after=after)
        events = await manager.__aenter__()
        self.open[number] = (manager, events)
        return bool(events.is_complete)

    async def hear(self, number: int, last: int) -> list[tuple[int, str, Any]]:
        """Return what was sent until the quiet event of an id."""
        _, events = self.open[number]
        heard: list[Event] = []
        async with asyncio.timeout(20):
            async for event in events:
                if event.channel != QUIET:
                    heard.append(event)
                elif event.data == last:
                    break
        return [(event.id, event.channel, event.data) for event in heard]

    async def leave(self, number: int) -> None:
        manager, _ = self.open.pop(number)
        await manager.__aexit__(None, None, None)


class Agreement(RuleBasedStateMachine):
    """What is done to both, and heard from both."""

    subscribers: Bundle[int] = Bundle("subscribers")

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.sides = [self._postgres(url), self._local()]
        self.sent: list[tuple[int, str, Any]] = []
        self.expected: dict[int, tuple[list[str], int]] = {}
        self.last = 0
        self.number = 0

    def _postgres(self, url: str) -> Side:
        db = ds.connect(url, pool_size=2)
        broadcaster = PostgresBroadcaster(db, retention=Retention(count=KEPT), queue_size=QUEUE)
        return Side(db, broadcaster)

    def _local(self) -> Side:
        db = ds.connect("sqlite://")
        return Side(db, LocalBroadcaster(db, retention=Retention(count=KEPT), queue_size=QUEUE))

    def _send(self, channel: str, data: Any) -> None:
        self.last += 1
        self.sent.append((self.last, channel, data))

    @rule(channel=channels, data=documents)
    def send(self, channel: str, data: Any) -> None:
        for side in self.sides:
            side.broadcaster.broadcast(channel, data)
        self._send(channel, data)

    @rule(
        blocks=st.lists(st.tuples(st.lists(channels, max_size=3), st.booleans()), max_size=3),
        undone=st.booleans(),
    )
    def send_together(self, blocks: list[tuple[list[str], bool]], undone: bool) -> None:
        for side in self.sides:
            with suppress(Undo), side.db.transaction():
                for names, fails in blocks:
                    with suppress(Undo), side.db.transaction():
                        for name in names:
                            side.broadcaster.broadcast(name, len(name))
                        if fails:
                            raise Undo
                if undone:
                    raise Undo
        for names, fails in blocks:
            for name in names:
                if not fails and not undone:
                    self._send(name, len(name))

    @rule(
        target=subscribers,
        names=st.lists(channels, min_size=1, max_size=3, unique=True),
        back=st.none() | st.integers(-1, 4),
    )
    def subscribe(self, names: list[str], back: int | None) -> Any:
        if len(self.expected) >= 4:
            return multiple()
        after = None if back is None else max(0, self.last - back)
        self.number += 1
        complete = {
            self.runner.run(side.subscribe(self.number, names, after)) for side in self.sides
        }
        assert {back != -1} == complete
        known = self.last if after is None else min(after, self.last)
        self.expected[self.number] = (names, known)
        return self.number

    @rule()
    def hear(self) -> None:
        """Each hears what was sent since it heard last, and nothing else."""
        self.last += 1
        for side in self.sides:
            side.broadcaster.broadcast(QUIET, self.last)
        for number, (names, known) in self.expected.items():
            first, second = (self.runner.run(side.hear(number, self.last)) for side in self.sides)
            wanted = [each for each in self.sent if each[0] > known and each[1] in names]
            assert wanted == first == second
            self.expected[number] = (names, self.last)

    @rule(number=subscribers)
    def leave(self, number: int) -> None:
        if self.expected.pop(number, None) is not None:
            for side in self.sides:
                self.runner.run(side.leave(number))

    @invariant()
    def both_know_their_subscribers(self) -> None:
        assert [len(self.expected)] * 2 == [len(side.broadcaster._hub) for side in self.sides]

    def teardown(self) -> None:
        for side in self.sides:
            for number in list(side.open):
                self.runner.run(side.leave(number))
            side.broadcaster.close()
            side.db.close()
        self.runner.close()


@pytest.mark.slow
def test_both_do_the_same(postgres: PostgresBroadcaster, postgres_url: str) -> None:
    class Fresh(Agreement):
        def __init__(self) -> None:
            with psycopg.connect(postgres_url) as admin:
                admin.execute("TRUNCATE dualschema_events")
            super().__init__(postgres_url)

    few = settings(stateful_step_count=12, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Fresh, settings=few)
