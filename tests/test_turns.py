"""A database in memory under threads: there is one, and they take turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import SingletonThreadPool

import dualschema as ds


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True)
    pair: ds.Column[int] = ds.column(default=0)


schema = ds.Schema(Note)


@pytest.fixture
def db() -> Iterator[ds.Database]:
    with made() as made_db:
        yield made_db


def made(**options: Any) -> ds.Database:
    db = ds.connect("sqlite://", **options)
    with db.engine.begin() as connection:
        schema.create_all(connection)
    return db


def elsewhere(work: Callable[..., Any], *args: Any) -> Any:
    """Do work in another thread."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work, *args).result(20)


def test_threads_see_one_database(db: ds.Database) -> None:
    assert 1 == elsewhere(db.run, ds.insert(Note(id="1")))
    assert Note(id="1") == db.get(Note, "1")
    assert 1 == elsewhere(db.count, Note)


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///file:a?mode=memory&uri=true"])
def test_however_a_database_in_memory_is_called(url: str) -> None:
    with ds.connect(url) as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        assert 0 == elsewhere(db.count, Note)


def write_pairs(db: ds.Database, thread: int) -> None:
    """Write pairs of rows, and undo every other one."""
    for number in range(40):
        with suppress(KeyError), db.transaction():
            db.run(ds.insert(Note(id=f"{thread}-{number}-a", pair=thread)))
            time.sleep(0)
            assert (number + 1) // 2 * 2 + 1 == db.count(ds.select(Note).where(Note.pair == thread))
            db.run(ds.insert(Note(id=f"{thread}-{number}-b", pair=thread)))
            if number % 2:
                raise KeyError


def write_plainly(db: ds.Database, thread: int) -> None:
    """Write as many with SQLAlchemy alone."""
    table = schema.metadata.tables["notes"]
    for number in range(20):
        with db.engine.begin() as connection:
            connection.execute(sa.insert(table).values(id=f"{thread}-{number}-a", pair=thread))
            time.sleep(0)
            connection.execute(sa.insert(table).values(id=f"{thread}-{number}-b", pair=thread))


def count_pairs(db: ds.Database) -> None:
    """See whether there are whole pairs alone, in each way of reading."""
    for _ in range(60):
        assert 0 == db.count(Note) % 2
        assert 0 == len(list(db.stream(ds.select(Note), size=3))) % 2


def test_transactions_of_threads_do_not_mix(db: ds.Database) -> None:
    with ThreadPoolExecutor(6) as threads:
        work: list[Future[None]] = [
            *(threads.submit(write_pairs, db, thread) for thread in range(3)),
            threads.submit(write_plainly, db, 3),
            *(threads.submit(count_pairs, db) for _ in range(2)),
        ]
        for each in work:
            each.result(60)

    assert 4 * 40 == db.count(Note)


def test_a_thread_waits_for_another_ones_transaction(db: ds.Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        with db.transaction():
            db.run(ds.insert(Note(id="1")))
            waiting = threads.submit(db.run, ds.insert(Note(id="2")))
            until_somebody_waits(db)
            assert not waiting.done()
            assert 1 == db.count(Note)
        assert 1 == waiting.result(20)

    assert 2 == db.count(Note)


def test_a_busy_thread_keeps_nobody_waiting(db: ds.Database) -> None:
    """Who waits comes before who had a turn and wants the next one at once."""
    with ThreadPoolExecutor(1) as threads:
        for number in range(50):
            with db.transaction():
                waiting = threads.submit(db.run, ds.insert(Note(id=str(number))))
                until_somebody_waits(db)
            assert number + 1 == db.count(Note)
            assert 1 == waiting.result(20)


def until_somebody_waits(db: ds.Database) -> None:
    until = time.monotonic() + 20
    pool: Any = db.engine.pool
    while not pool._waiting:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.001)


def test_a_thread_waits_no_longer_than_the_pool_does() -> None:
    with made(pool_timeout=0.05) as db:
        with (
            db.transaction(),
            pytest.raises(ds.ConnectionLostError, match="no connection of the pool came free"),
        ):
            elsewhere(db.count, Note)
        assert 0 == elsewhere(db.count, Note)


def test_a_connection_goes_from_thread_to_thread(db: ds.Database) -> None:
    connection = elsewhere(db.engine.connect)
    connection.execute(sa.insert(schema.metadata.tables["notes"]).values(id="1", pair=1))
    connection.commit()
    elsewhere(connection.close)

    assert 1 == elsewhere(db.count, Note) == db.count(Note)


def test_a_connection_that_is_left_is_free_again(db: ds.Database) -> None:
    elsewhere(lambda: next(db.stream(ds.select(ds.count()))))
    elsewhere(db.engine.raw_connection)

    assert 0 == db.count(Note)


def test_a_connection_that_cannot_be_made_keeps_nobody_waiting() -> None:
    with ds.connect("sqlite://", pool_timeout=5) as db:

        @event.listens_for(db.engine, "connect")
        def fail(*_: object) -> None:
            raise KeyError

        for _ in range(2):
            with pytest.raises(KeyError):
                elsewhere(db.count, Note)
        event.remove(db.engine, "connect", fail)
        with db.engine.begin() as connection:
            schema.create_all(connection)

        assert 0 == elsewhere(db.count, Note)


def test_a_pool_that_is_made_anew_is_one_too() -> None:
    with made(pool_timeout=0.05) as db:
        db.engine.dispose()
        with db.engine.begin() as connection:
            schema.create_all(connection)
        assert 0 == elsewhere(db.count, Note)
        with db.transaction(), pytest.raises(ds.ConnectionLostError):
            elsewhere(db.count, Note)


def test_a_pool_that_was_asked_for_stays() -> None:
    with ds.connect("sqlite://", poolclass=SingletonThreadPool) as db:
        assert SingletonThreadPool is type(db.engine.pool)
