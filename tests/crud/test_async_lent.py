"""Connections that the caller of an asynchronous database holds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import dualschema as ds
from tests.crud.books import Book, Space, book, schema

Lent = Callable[[], Any]


def lent(space: Space) -> dict[str, Lent]:
    """Return how callers hold a connection."""

    @asynccontextmanager
    async def connection() -> AsyncIterator[Any]:
        engine = create_async_engine(space.url)
        async with engine.connect() as made:
            yield made
        await engine.dispose()

    @asynccontextmanager
    async def session() -> AsyncIterator[Any]:
        engine = create_async_engine(space.url)
        async with AsyncSession(engine) as made:
            yield made
        await engine.dispose()

    @asynccontextmanager
    async def driver() -> AsyncIterator[Any]:
        async with await psycopg.AsyncConnection.connect(space.conninfo) as made:
            yield made

    return {"connection": connection, "session": session, "driver": driver}


@pytest.mark.parametrize("name", ["connection", "session", "driver"])
def test_a_connection_that_the_caller_holds(space: Space, name: str) -> None:
    async def work() -> None:
        async with lent(space)[name]() as held:
            db = ds.AsyncDatabase(held)
            await db.run(ds.insert([book(n) for n in range(40)]))
            async with db.transaction():
                await db.run(ds.delete(Book, "b1"))
                with pytest.raises(ds.UniqueViolation):
                    async with db.transaction():
                        await db.run(ds.insert(book(2)))
            assert 39 == len([row async for row in db.stream(ds.select(Book), size=7)])
            await held.rollback()
            assert 0 == await db.count(Book)
            await db.run(ds.insert(book(1)))
            await held.commit()
            await db.run(ds.delete(Book).all_rows())
            await held.rollback()
            assert [1] * 20 == await asyncio.gather(*(db.count(Book) for _ in range(20)))
            assert book(1) == await db.get(Book, "b1")
            with pytest.raises(ds.StatementError, match="runs on a connection"):
                await db.run_sync(schema.create_all)
            await db.close()
            await held.rollback()

    asyncio.run(asyncio.wait_for(work(), 20))


def test_tasks_take_turns_on_a_connection(space: Space) -> None:
    async def work() -> None:
        async with lent(space)["driver"]() as held:
            db = ds.AsyncDatabase(held)

            async def write(number: int) -> None:
                async with db.transaction():
                    await db.run(ds.insert(book(number)))
                    await asyncio.sleep(0.001)
                    if number % 2:
                        raise KeyError

            await asyncio.gather(*(write(n) for n in range(20)), return_exceptions=True)
            assert {f"b{n}" for n in range(0, 20, 2)} == set(await db.scalars(ds.select(Book.id)))
            async with db.transaction():
                with pytest.raises(ds.StatementError, match="the caller's connection is one"):
                    await asyncio.gather(db.count(Book), db.count(Book))

    asyncio.run(asyncio.wait_for(work(), 20))


def test_a_driver_s_connection_with_autocommit(space: Space) -> None:
    async def work() -> None:
        connected = psycopg.AsyncConnection.connect(space.conninfo, autocommit=True)
        async with await connected as held:
            db = ds.AsyncDatabase(held)
            await asyncio.gather(*(db.run(ds.insert(book(n))) for n in range(20)))
            await held.rollback()
            assert 20 == await db.count(Book)

    asyncio.run(work())


def test_a_connection_of_sqlite(sqlite_url: str, sqlite: ds.Database) -> None:
    path = sqlite_url.removeprefix("sqlite:///")

    async def work() -> None:
        held = sqlite3.connect(path, check_same_thread=False)
        db = ds.AsyncDatabase(held)
        await asyncio.gather(*(db.run(ds.insert(book(n))) for n in range(20)))
        held.rollback()
        assert 0 == await db.count(Book)
        await db.close()
        held.close()

    asyncio.run(work())


def test_what_is_asynchronous_and_what_is_not(space: Space) -> None:
    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(space.conninfo) as driver:
            engine = create_async_engine(space.url)
            for bind in (driver, engine, engine.connect(), AsyncSession(engine)):
                with pytest.raises(ds.StatementError, match="is for AsyncDatabase"):
                    ds.Database(bind)
            await engine.dispose()

    asyncio.run(work())
    engine = sa.create_engine(space.url)
    with engine.connect() as connection, psycopg.connect(space.conninfo) as driver:
        for bind in (engine, connection, driver):
            with pytest.raises(ds.StatementError, match="is for Database"):
                ds.AsyncDatabase(bind)
    engine.dispose()
