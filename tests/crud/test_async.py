"""The asynchronous database: the same statements, and tasks that are alone."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Author, Book, Space, book, schema
from tests.crud.tasks import Run, check_whole


def test_everything_once(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        assert 1 == await db.run(ds.insert(book(1)))
        assert 59 == await db.run(ds.insert([book(n, pages=n) for n in range(2, 61)]))
        assert 600 == await db.run(ds.upsert([book(n, title="new") for n in range(41, 641)]))
        assert 2 == await db.run(ds.update_many(Book, [("b1", {"pages": 1}), ("b2", {"pages": 3})]))
        assert 1 == await db.run(ds.update(Book, "b3").set(title="x"))
        assert [("x",)] == await db.all(ds.select(Book.title).where(Book.id == "b3"))
        assert await db.first(ds.select(Book).where(Book.id == ds.param("id")), id="zz") is None
        assert book(4, pages=4) == await db.one(ds.select(Book).where(Book.id == "b4"))
        assert ["b1"] == await db.scalars(ds.select(Book.id).where(Book.pages == 1))
        assert 640 == await db.scalar(ds.select(ds.count()).where(Book.id != ""))
        assert book(5, pages=5) == await db.get(Book, "b5")
        assert await db.get_or_none(Book, "zz") is None
        assert 640 == await db.count(Book)
        assert await db.exists(ds.select(Book).where(Book.title == "x"))
        assert 640 == len({row.id async for row in db.stream(ds.select(Book), size=100)})
        assert [("b700",)] == await db.all(ds.insert(book(700)).returning(Book.id))
        assert 641 == await db.run(ds.delete(Book).all_rows())
        for missing in (db.get(Book, "zz"), db.one(ds.select(Book)), db.scalar(ds.select(Book.id))):
            with pytest.raises(ds.NotFoundError):
                await missing
        with pytest.raises(ds.UniqueViolation):
            await db.run(ds.insert([book(1), book(1)]))
        assert 0 == await db.count(Book)

    run_async(work)


def test_transactions(run_async: Run) -> None:
    async def fail(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            await db.run(ds.insert(book(2)))
            async with db.transaction():
                await db.run(ds.insert(book(3)))
            raise KeyError

    async def work(db: ds.AsyncDatabase) -> None:
        async with db.transaction() as same:
            await same.run(ds.insert(book(1)))
            with pytest.raises(KeyError):
                await fail(db)
            async with db.transaction():
                await db.run(ds.insert(book(4)))
        with pytest.raises(KeyError):
            await fail(db)
        assert ["b1", "b4"] == await db.scalars(ds.select(Book.id).order_by(Book.id))

    run_async(work)


def test_many_tasks_at_once(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        written = await asyncio.gather(*(db.run(ds.insert(book(n))) for n in range(60)))
        found = await asyncio.gather(*(db.get(Book, f"b{n}") for n in range(60)))
        assert [1] * 60 == written
        assert [book(n) for n in range(60)] == found

    run_async(work)


def test_tasks_do_not_share_a_transaction(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        inside, seen = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            async with db.transaction():
                await db.run(ds.insert(book(1)))
                inside.set()
                await asyncio.wait([asyncio.create_task(seen.wait())], timeout=0.1)
                raise KeyError

        async def read() -> int:
            await inside.wait()
            count = await db.count(Book)  # on SQLite it waits for its turn
            seen.set()
            return count

        failed, count = await asyncio.gather(write(), read(), return_exceptions=True)
        assert isinstance(failed, KeyError)
        assert 0 == count == await db.count(Book)

    run_async(work)


def test_retry(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        await db.run(ds.insert(book(1, pages=0)))

        async def add() -> None:
            pages = (await db.get(Book, "b1")).pages
            await asyncio.sleep(0.001)
            await db.run(ds.update(Book, "b1").set(pages=pages + 1))

        await asyncio.gather(*(db.retry(add, attempts=50) for _ in range(6)))
        assert 6 == (await db.get(Book, "b1")).pages
        async with db.transaction():
            for opens in (db.retry(add), db.run_sync(schema.create_all)):
                with pytest.raises(ds.StatementError, match="call it outside of one"):
                    await opens

    run_async(work)


def test_a_stream_that_is_left(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        await db.run(ds.insert([book(n) for n in range(30)]))
        stream = db.stream(ds.select(Book).order_by(Book.id), size=7)
        async for row in stream:
            assert "b0" == row.id
            break
        await asyncio.wait_for(stream.aclose(), 5)
        assert 30 == await db.count(Book)
        async for _ in db.stream(ds.select(Book), size=7):
            break
        await asyncio.sleep(0.01)
        assert 30 == await db.count(Book)
        async with aclosing(db.stream(ds.select(Book).order_by(Book.id), size=7)) as rows:
            assert "b0" == (await anext(rows)).id
        async with db.transaction():
            async for _ in db.stream(ds.select(Book), size=7):
                break
            await db.run(ds.delete(Book, "b1"))
        assert 29 == await db.count(Book)

    run_async(work)


def test_a_database_outlives_its_loop(sqlite_url: str, sqlite: ds.Database) -> None:
    db = ds.connect_async(sqlite_url)

    async def work(number: int) -> None:
        await asyncio.gather(*(db.run(ds.insert(book(10 * number + n))) for n in range(5)))

    asyncio.run(work(1))
    asyncio.run(work(2))
    asyncio.run(db.close())

    assert 10 == sqlite.count(Book)


def test_a_lost_connection(space: Space) -> None:
    async def work() -> None:
        async with ds.connect_async(space.url) as db:
            pid = await db.scalar(ds.select(sa.func.pg_backend_pid()))
            with psycopg.connect(space.conninfo, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            with pytest.raises(ds.ConnectionLostError):
                await db.count(Author)
            await check_whole(db)

    asyncio.run(work())
