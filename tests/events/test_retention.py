"""The log is bounded, and who comes too late is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import dualschema as ds
from dualschema.events import (
    Broadcaster,
    LocalBroadcaster,
    LoggedEvent,
    PostgresBroadcaster,
    Retention,
)
from tests.events.hearing import QUIET, hear, rest_of, run

Make = Callable[[Retention], Broadcaster]


@pytest.fixture(params=["postgres", "local"])
def make(request: pytest.FixtureRequest) -> Any:
    """Give a function that makes a broadcaster with a retention."""
    made: list[Broadcaster] = []

    def make(retention: Retention) -> Broadcaster:
        if request.param == "local":
            made.append(LocalBroadcaster(retention=retention))
        else:
            broadcaster = PostgresBroadcaster(request.getfixturevalue("db"), retention=retention)
            broadcaster.create_log()
            made.append(broadcaster)
        return made[-1]

    yield make
    for each in made:
        each.close()


def send(broadcaster: Broadcaster, numbers: range) -> None:
    for number in numbers:
        broadcaster.broadcast("a", number)


def test_only_so_many_are_kept(make: Make) -> None:
    broadcaster = make(Retention(count=20))

    async def work(after: int) -> tuple[bool, list[Any]]:
        async with broadcaster.subscribe(["a", QUIET], after=after) as events:
            return events.is_complete, await rest_of(broadcaster, events)

    send(broadcaster, range(1, 101))
    broadcaster.prune()

    assert (False, list(range(81, 101))) == run(work(50))
    broadcaster.prune()
    assert (True, list(range(91, 101))) == run(work(90))


def test_only_so_long_they_are_kept(make: Make) -> None:
    broadcaster = make(Retention(age=timedelta(milliseconds=50)))

    async def work() -> tuple[bool, list[Any]]:
        async with broadcaster.subscribe(["a", QUIET], after=1) as events:
            return events.is_complete, await rest_of(broadcaster, events)

    send(broadcaster, range(1, 11))
    time.sleep(0.2)
    send(broadcaster, range(11, 12))
    broadcaster.prune()

    assert (False, [11]) == run(work())


def test_writers_prune_now_and_then(db: ds.Database) -> None:
    broadcaster = PostgresBroadcaster(db, retention=Retention(count=30))
    broadcaster.create_log()
    send(broadcaster, range(150))
    with db.transaction():
        send(broadcaster, range(150))
    send(broadcaster, range(3))
    broadcaster.close()  # which waits for what goes on

    assert 30 <= db.count(LoggedEvent) <= 33


def test_who_reads_slower_than_the_log_is_pruned_is_dropped(make: Make) -> None:
    broadcaster = make(Retention(count=600))

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"], after=0) as events:
            heard = [event.data for event in await hear(events, 100)]
            await asyncio.to_thread(send, broadcaster, range(450, 1100))
            await asyncio.to_thread(broadcaster.prune)
            with pytest.raises(ds.SubscriberDroppedError, match="no longer holds"):
                await hear(events, 1000)
        return heard

    send(broadcaster, range(450))
    assert list(range(100)) == run(work())


def test_the_newest_is_kept_so_that_ids_go_on(db: ds.Database) -> None:
    for number in range(1, 4):
        broadcaster = PostgresBroadcaster(db, retention=Retention(1, timedelta(microseconds=1)))
        broadcaster.create_log()
        broadcaster.broadcast("a", number)
        broadcaster.prune()
        broadcaster.close()
    assert [3] == [row.id for row in db.all(ds.select(LoggedEvent))]


@pytest.mark.parametrize("given", [{"count": 0}, {"age": timedelta(0)}])
def test_a_retention_keeps_something(given: dict[str, Any]) -> None:
    with pytest.raises(ds.StatementError, match="at least one"):
        Retention(**given)
