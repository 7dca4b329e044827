"""Connections break all the time, subscribers come and go: every event is heard once, in order."""

from __future__ import annotations

import asyncio
import random
import threading

import psycopg
import pytest

import dualschema as ds
from dualschema.events import Event, PostgresBroadcaster
from tests.events.test_postgres import TERMINATE

EACH = 40
WRITERS = 2
BREAKS = 100


def break_all(url: str, stop: threading.Event) -> None:
    """End every connection that is not spared, every 50 ms or so.

    Not for ever: a busy machine may take longer than that to make one.
    """
    chance = random.Random(1)
    for _ in range(BREAKS):
        if stop.wait(chance.random() / 10):
            return
        with psycopg.connect(url, autocommit=True, application_name="spared") as admin:
            admin.execute(TERMINATE)


def write(broadcaster: PostgresBroadcaster, url: str, seed: int) -> None:
    chance = random.Random(seed)
    with ds.connect(url, application_name="spared") as db:
        for number in range(EACH):
            with db.transaction():
                db.all(broadcaster.statement("a", [seed, number]))
                threading.Event().wait(chance.random() / 50)


async def listen(broadcaster: PostgresBroadcaster, seed: int) -> list[Event]:
    """Hear all, coming again after every error and now and then."""
    chance = random.Random(seed)
    heard: list[Event] = []
    while len(heard) < WRITERS * EACH:
        try:
            after = heard[-1].id if heard else 0
            async with broadcaster.subscribe(["a"], after=after) as events:
                assert events.is_complete
                async for event in events:
                    heard.append(event)
                    if len(heard) == WRITERS * EACH or chance.random() < 0.02:
                        break
        except ds.SubscriberDroppedError:
            continue
        except ds.DatabaseError:
            await asyncio.sleep(0.01)
    return heard


@pytest.mark.slow
def test_every_event_is_heard_once_in_one_order(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    async def work() -> list[list[Event]]:
        stop = threading.Event()
        breaker = asyncio.create_task(asyncio.to_thread(break_all, postgres_url, stop))
        with ds.connect(postgres_url) as one, ds.connect(postgres_url) as two:
            broadcasters = [PostgresBroadcaster(db, queue_size=50) for db in (one, two)]
            writers = [
                asyncio.create_task(asyncio.to_thread(write, broadcasters[0], postgres_url, seed))
                for seed in range(WRITERS)
            ]
            try:
                async with asyncio.timeout(100):
                    heard = await asyncio.gather(
                        *(listen(each, seed) for each in broadcasters for seed in range(2))
                    )
            finally:
                stop.set()
            await asyncio.gather(breaker, *writers)
            for each in broadcasters:
                await asyncio.to_thread(each.close)
        return heard

    first, *others = asyncio.run(work())
    assert [first] * 3 == others
    assert list(range(1, WRITERS * EACH + 1)) == [event.id for event in first]
    for seed in range(WRITERS):
        assert list(range(EACH)) == [e.data[1] for e in first if e.data[0] == seed]
