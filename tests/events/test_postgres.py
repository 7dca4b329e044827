"""Events through Postgres: processes, the order of commits, and connections that break."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest

import dualschema as ds
from dualschema.events import LoggedEvent, PostgresBroadcaster
from tests.events.hearing import QUIET, data_of, hear, rest_of, run
from tests.events.pooler import pooled

TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'spared'
"""


def start(url: str, channels: str, after: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.events.listening", url, channels, after, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert "ready\n" == process.stdout.readline()


def heard(process: subprocess.Popen[str]) -> list[list[Any]]:
    assert process.stdout is not None
    with process:  # it ends by itself, also when it hears nothing
        said = process.stdout.read()  # communicate() has not what was read ahead by ready()
    assert 0 == process.returncode
    return [*json.loads(said)]


def write(db: ds.Database, broadcaster: PostgresBroadcaster, seed: int, count: int) -> None:
    """Send events in transactions that last, of which some are undone."""
    chance = random.Random(seed)
    sent = 0
    while sent < count:
        many = min(chance.randint(1, 3), count - sent)
        undone = chance.random() < 0.3
        try:
            with db.transaction():
                for number in range(many):
                    broadcaster.broadcast(f"w{seed}", None if undone else [seed, sent + number])
                    threading.Event().wait(chance.random() / 200)
                if undone:
                    raise KeyError  # noqa: TRY301  (undone by it)
        except KeyError:
            continue
        sent += many


@pytest.mark.slow
def test_all_processes_hear_all_events_in_one_order(
    postgres: PostgresBroadcaster, db: ds.Database, postgres_url: str
) -> None:
    writers, each = 3, 60
    channels = ",".join(f"w{number}" for number in range(writers))
    processes = [start(postgres_url, channels, "", writers * each) for _ in range(2)]
    for process in processes:
        ready(process)
    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(lambda seed: write(db, postgres, seed, each), range(writers)))
    late = start(postgres_url, channels, "0", writers * each)
    ready(late)
    one, two, three = (heard(process) for process in (*processes, late))

    assert one == two == three
    assert list(range(1, writers * each + 1)) == [number for number, _ in one]
    for writer in range(writers):
        assert list(range(each)) == [n for _, (seed, n) in one if seed == writer]


def test_an_event_that_commits_later_comes_later_though_it_was_sent_first(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    async def work() -> tuple[list[Any], list[Any], list[Any]]:
        async with postgres.subscribe(["a", QUIET]) as events:
            with psycopg.connect(postgres_url) as slow, psycopg.connect(postgres_url) as quick:
                ds.Database(slow).all(postgres.statement("a", "sent first"))
                ds.Database(quick).all(postgres.statement("a", "committed first"))
                quick.commit()
                (first,) = await hear(events, 1)
                slow.commit()
            (second,) = await hear(events, 1)
        async with postgres.subscribe(["a", QUIET], after=first.id) as resumed:
            again = await rest_of(postgres, resumed)
        return [first.id, first.data], [second.id, second.data], again

    assert ([1, "committed first"], [2, "sent first"], ["sent first"]) == run(work())


def test_writers_do_not_wait_for_each_other(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    """A lock that writers hold until they commit could be part of a deadlock."""
    with psycopg.connect(postgres_url) as one, psycopg.connect(postgres_url) as two:
        for connection in (one, two):
            connection.execute("SET lock_timeout = '2s'")
            ds.Database(connection).all(postgres.statement("a", 1))
        two.commit()
        one.commit()


@pytest.mark.slow
def test_lost_connections_lose_no_event_and_double_none(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    def write_and_break(writer: ds.Database) -> None:
        for number in range(60):
            writer.all(postgres.statement("a", number))
            if number % 20 == 10:
                assert writer.scalar(ds.select(ds.count()).where(LoggedEvent.channel == "a"))
                with psycopg.connect(postgres_url, autocommit=True) as admin:
                    admin.execute(TERMINATE)
            threading.Event().wait(0.01)

    async def work() -> list[Any]:
        patient = PostgresBroadcaster(postgres._db, queue_size=60)
        with (
            closing(patient),
            ds.connect(postgres_url, application_name="spared") as writer,
        ):
            async with (
                patient.subscribe(["a"]) as one,
                patient.subscribe(["a"]) as two,
            ):
                sender = asyncio.create_task(asyncio.to_thread(write_and_break, writer))
                both = await asyncio.gather(hear(one, 60), hear(two, 60))
                await sender
            assert both[0] == both[1]
            return [[event.id, event.data] for event in both[0]]

    assert [[number + 1, number] for number in range(60)] == run(work())


def test_a_log_that_was_emptied_drops_those_who_would_wait_in_vain(
    postgres: PostgresBroadcaster, db: ds.Database, postgres_url: str
) -> None:
    async def work() -> list[Any]:
        async with postgres.subscribe(["a"]) as events:
            for number in range(3):
                postgres.broadcast("a", number)
            await hear(events, 3)
            with psycopg.connect(postgres_url, autocommit=True) as admin:
                admin.execute("TRUNCATE dualschema_events")
                admin.execute(TERMINATE)
            with pytest.raises(ds.SubscriberDroppedError, match="connection was lost"):
                await hear(events, 1)
        async with postgres.subscribe(["a"], after=3) as events:
            assert not events.is_complete
            await send(db, postgres, "new")
            return await data_of(events, 1)

    assert ["new"] == run(work())


async def send(db: ds.Database, broadcaster: PostgresBroadcaster, data: Any) -> None:
    """Send, also where a connection of the pool was lost."""
    try:
        await asyncio.to_thread(broadcaster.broadcast, "a", data)
    except ds.ConnectionLostError:
        await asyncio.to_thread(broadcaster.broadcast, "a", data)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a notification waited for no longer than one takes that does not come."""
    monkeypatch.setattr("dualschema.events.listener._PATIENCE", 0.3)


@pytest.mark.usefixtures("hasty")
def test_a_pooler_that_drops_notifications_is_told(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    with pooled(postgres_url) as url, ds.connect(url) as db:
        through = PostgresBroadcaster(db)
        with pytest.raises(ds.NotListeningError, match=r"pooler .* direct="):
            run(through.subscribe(["a"]).__aenter__())
        through.close()


def test_beside_a_pooler_the_listener_has_a_url_of_its_own(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    async def work(through: PostgresBroadcaster) -> list[Any]:
        async with through.subscribe(["a"], after=0) as events:
            through.broadcast("a", 1)
            postgres.broadcast("a", 2)
            return await data_of(events, 2)

    with pooled(postgres_url) as url, ds.connect(url) as db:
        through = PostgresBroadcaster(db, direct=postgres_url)
        assert [1, 2] == run(work(through))
        through.close()


@pytest.mark.usefixtures("hasty")
def test_a_listener_on_another_database_is_told(postgres: PostgresBroadcaster) -> None:
    """The maintenance database, say."""
    other = str(postgres._db.engine.url.set(database="postgres").render_as_string(False))
    with ds.connect(other) as db:
        wrong = PostgresBroadcaster(postgres._db, direct=db.engine)
        with pytest.raises(ds.NotListeningError, match="same database"):
            run(wrong.subscribe(["a"]).__aenter__())
        wrong.close()


def test_without_a_table_the_subscriber_is_told_and_may_try_again(db: ds.Database) -> None:
    broadcaster = PostgresBroadcaster(db)

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            return await data_of(events, 1)

    with pytest.raises(ds.DatabaseError, match="dualschema_events"):
        run(work())
    broadcaster.create_log()
    broadcaster.create_log()
    assert [1] == run(work())
    broadcaster.close()


def test_one_connection_listens_for_all_subscribers(
    postgres: PostgresBroadcaster, db: ds.Database, postgres_url: str
) -> None:
    async def work() -> int:
        names = [[f"a{number}"] for number in range(20)]
        entered = [postgres.subscribe(channels) for channels in names]
        await asyncio.gather(*(each.__aenter__() for each in entered))
        with psycopg.connect(postgres_url) as admin:
            row = admin.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone()
        await asyncio.gather(*(each.__aexit__(None, None, None) for each in entered))
        assert row is not None
        return int(row[0])

    # The listener's, the pool's, and the one that counts.
    assert 4 >= run(work())


def test_what_no_notification_told_of_is_found_in_the_log(
    postgres: PostgresBroadcaster, db: ds.Database
) -> None:
    async def work() -> list[Any]:
        watchful = PostgresBroadcaster(db, idle=0.2)
        async with watchful.subscribe(["a"]) as events:
            db.run(ds.insert(LoggedEvent(channel="a", data="untold")))
            heard = await data_of(events, 1)
        await asyncio.to_thread(watchful.close)
        return heard

    assert ["untold"] == run(work())
