"""Tasks that are cancelled, at any moment: nothing is half done, and no connection is lost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
import time
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Book, Space, book, schema
from tests.crud.tasks import Run, cancelled, check_whole

_SECONDS = 60
_SLOW = ds.select(sa.func.pg_sleep(_SECONDS))


def test_cancelled_within_a_transaction(run_async: Run) -> None:
    async def write(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            await db.run(ds.insert(book(1)))
            async with db.transaction():
                await db.run(ds.insert(book(2)))
                await asyncio.sleep(30)

    async def work(db: ds.AsyncDatabase) -> None:
        await cancelled(write(db), 0.1)
        assert 0 == await db.count(Book)

    run_async(work)


def test_cancelled_at_any_moment(run_async: Run) -> None:
    async def write(db: ds.AsyncDatabase, number: int) -> None:
        async with db.transaction():
            await db.run(ds.insert(book(1000 * number + 1)))
            await db.run(ds.insert([book(1000 * number + n) for n in range(2, 30)]))

    async def attempt(db: ds.AsyncDatabase, number: int, chance: random.Random) -> None:
        task = asyncio.create_task(write(db, number))
        await asyncio.sleep(chance.random() * 0.004)
        for _ in range(chance.choice((1, 1, 2, 3))):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])

    async def work(db: ds.AsyncDatabase) -> None:
        chance = random.Random(5)
        for number in range(0, 120, 4):
            await asyncio.gather(*(attempt(db, number + n, chance) for n in range(4)))
        ids = set(await db.scalars(ds.select(Book.id)))
        for number in range(120):
            assert (f"b{1000 * number + 1}" in ids) == (f"b{1000 * number + 29}" in ids)

    run_async(work)


def test_cancelled_in_a_statement_of_postgres(space: Space) -> None:
    async def streams(db: ds.AsyncDatabase) -> None:
        async for _ in db.stream(_SLOW):
            pass

    async def within(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            await db.run(ds.insert(book(1)))
            await db.all(_SLOW)

    async def copies(db: ds.AsyncDatabase) -> None:
        await db.run(ds.insert([book(number) for number in range(100)]))

    async def work() -> None:
        async with ds.connect_async(space.url, pool_size=1, max_overflow=0) as db:
            pid = ds.select(sa.func.pg_backend_pid())
            first = await db.scalar(pid)
            started = time.monotonic()
            for begin in (lambda: db.all(_SLOW), lambda: streams(db), lambda: within(db)):
                await cancelled(begin(), once=lambda: waits(first, "PgSleep"))
                await check_whole(db)
            with psycopg.connect(space.conninfo) as somebody:
                somebody.execute("LOCK TABLE books")
                await cancelled(copies(db), once=lambda: waits(first, "relation"))
            await check_whole(db)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await within(db)
            assert (0, first) == (await db.count(Book), await db.scalar(pid))
            assert time.monotonic() - started < _SECONDS

    def waits(pid: int, event: str) -> bool:
        row = watching.execute(
            "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = %s", [pid, event]
        ).fetchone()
        return row is not None

    with psycopg.connect(space.conninfo, autocommit=True) as watching:
        asyncio.run(work())


def test_cancelled_while_sqlite_waits_for_its_lock(sqlite: ds.Database, sqlite_url: str) -> None:
    async def write(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            await db.run(ds.insert(book(1)))

    async def work() -> None:
        somebody = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        async with ds.connect_async(sqlite_url) as db:
            for cancels in (1, 3):
                somebody.execute("BEGIN IMMEDIATE")
                task = asyncio.create_task(write(db))
                await asyncio.sleep(0.05)
                for _ in range(cancels):
                    task.cancel()
                    await asyncio.sleep(0.01)
                somebody.execute("ROLLBACK")
                with pytest.raises(asyncio.CancelledError):
                    await task
                await check_whole(db)
            assert 0 == await db.count(Book)
        somebody.close()

    asyncio.run(asyncio.wait_for(work(), 15))


def test_cancelled_while_a_connection_is_made() -> None:
    async def work() -> None:
        async with ds.connect_async("sqlite://") as db:
            begun, may_end = threading.Event(), threading.Event()

            @sa.event.listens_for(db.engine, "connect")
            def slowly(*_: Any) -> None:
                begun.set()
                may_end.wait(10)

            task = asyncio.ensure_future(db.count(Book))
            await asyncio.to_thread(begun.wait, 10)
            task.cancel()
            await asyncio.sleep(0)
            may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            await db.run_sync(schema.create_all)
            assert 1 == await db.run(ds.insert(book(1)))
            assert 1 == await db.count(Book)

    asyncio.run(work())
