"""Events and transactions: sent exactly when they commit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.events import (
    Broadcaster,
    LocalBroadcaster,
    LoggedEvent,
    PostgresBroadcaster,
)
from tests.events.hearing import PATIENCE, QUIET, data_of, rest_of, run


def undo(db: ds.Database, broadcaster: Broadcaster) -> None:
    with db.transaction():
        broadcaster.broadcast("a", "undone")
        raise KeyError


async def undo_async(db: ds.AsyncDatabase, broadcaster: Broadcaster) -> None:
    async with db.transaction():
        broadcaster.broadcast("a", "undone")
        raise KeyError


def in_block(db: ds.Database, broadcaster: Broadcaster, *, fails: bool) -> None:
    with db.transaction():
        broadcaster.broadcast("a", "kept")
        with suppress(KeyError):
            undo(db, broadcaster)
        with db.transaction():
            broadcaster.broadcast("a", "kept, too")
        if fails:
            raise KeyError


@pytest.mark.parametrize("fails", [False, True])
def test_an_event_is_sent_with_its_transaction(broadcaster: Broadcaster, fails: bool) -> None:
    db: Any = broadcaster._db  # type: ignore[attr-defined]  # of the broadcaster for Postgres

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a", QUIET]) as events:
            with suppress(KeyError):
                await asyncio.to_thread(in_block, db, broadcaster, fails=fails)
            return await rest_of(broadcaster, events)

    assert ([] if fails else ["kept", "kept, too"]) == run(work())


def test_nothing_is_heard_before_the_commit(broadcaster: Broadcaster) -> None:
    db: ds.Database = broadcaster._db  # type: ignore[attr-defined]  # of the broadcaster for Postgres

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            with db.transaction():
                broadcaster.broadcast("a", "late")
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.3):
                        await anext(events)
            return await data_of(events, 1)

    assert ["late"] == run(work())


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
def test_every_isolation(postgres: PostgresBroadcaster, db: ds.Database, isolation: Any) -> None:
    async def work() -> list[Any]:
        async with postgres.subscribe(["a", QUIET]) as events:
            with db.transaction(isolation=isolation):
                db.count(LoggedEvent)
                await asyncio.to_thread(postgres.broadcast, "a", "beside")
                postgres.broadcast("a", "within")
            return await rest_of(postgres, events)

    assert ["beside", "within"] == run(work())


def test_on_a_connection_that_the_caller_holds(
    postgres: PostgresBroadcaster, postgres_url: str
) -> None:
    async def work() -> list[Any]:
        async with postgres.subscribe(["a", QUIET]) as events:
            with psycopg.connect(postgres_url) as connection:
                lent = ds.Database(connection)
                lent.all(postgres.statement("a", "undone"))
                connection.rollback()
                lent.all(postgres.statement("a", "kept"))
            return await rest_of(postgres, events)

    assert ["kept"] == run(work())


def test_on_an_asynchronous_database(postgres: PostgresBroadcaster, postgres_url: str) -> None:
    pytest.importorskip("greenlet")

    async def work() -> list[Any]:
        async with (
            postgres.subscribe(["a", QUIET]) as events,
            ds.connect_async(postgres_url) as db,
        ):
            async with db.transaction():
                await db.all(postgres.statement("a", 1))
                await db.all(postgres.statement("a", {"second": True}))
            return await rest_of(postgres, events)

    assert [1, {"second": True}] == run(work())


def test_locally_on_an_asynchronous_database() -> None:
    async def work() -> list[Any]:
        async with ds.connect_async("sqlite://") as db:
            broadcaster = LocalBroadcaster(db)
            async with broadcaster.subscribe(["a", QUIET]) as events:
                with pytest.raises(KeyError):
                    await undo_async(db, broadcaster)
                async with db.transaction():
                    broadcaster.broadcast("a", "kept")
                broadcaster.broadcast(QUIET, "")
                return await data_of(events, 2)

    assert ["kept", ""] == run(work())


def test_locally_without_a_database() -> None:
    broadcaster = LocalBroadcaster()

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            return await data_of(events, 1)

    assert [1] == run(work())


def test_sqlite_has_no_notifications() -> None:
    with ds.connect("sqlite://") as db, pytest.raises(ds.StatementError, match="LocalBroadcaster"):
        PostgresBroadcaster(db)


def test_a_transaction_that_only_reads_sends_nothing(
    postgres: PostgresBroadcaster, db: ds.Database
) -> None:
    with pytest.raises(ds.DatabaseError), db.transaction(read_only=True):
        postgres.broadcast("a", 1)
    assert 0 == db.count(LoggedEvent)


def test_the_notification_holds_nothing(
    postgres: PostgresBroadcaster, db: ds.Database, postgres_url: str
) -> None:
    """Postgres refuses 8,000 bytes, and sends equal ones of a transaction once."""
    with psycopg.connect(postgres_url, autocommit=True) as listening:
        listening.execute("LISTEN dualschema_events")
        with db.transaction():
            postgres.broadcast("a", "x" * 100_000)
            postgres.broadcast("b", "x" * 100_000)
        with psycopg.connect(postgres_url) as other:
            other.execute("NOTIFY dualschema_events, 'no more'")
        coming = listening.notifies(timeout=PATIENCE, stop_after=2)
        heard = [each.payload for each in coming]
    assert ["", "no more"] == heard
    assert 2 == db.scalar(ds.select(sa.func.count(LoggedEvent.key)))
