"""Statements that go in one exchange with Postgres, and what becomes of them where one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.crud.plan import Plan
from dualschema.crud.session import Session
from tests.crud.books import Author, Book, Space, book
from tests.crud.exchanges import Exchanges, counting
from tests.crud.tasks import Run, cancelled


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    with counting() as made:
        yield made


def _one(number: int) -> Plan:
    return Plan(f"SELECT {number}", returns=True)


def _on(db: ds.Database, work: Callable[[Session], Any]) -> Any:
    with db.transaction():
        return db.on_session(work)


def test_a_transaction_begins_with_its_first_statement(
    postgres: ds.Database, exchanges: Exchanges
) -> None:
    postgres.count(Book)
    exchanges.since()
    with postgres.transaction():
        postgres.run(ds.insert(book(1)))
        postgres.run(ds.insert(book(2)))

    assert 3 == exchanges.since()
    assert 2 == postgres.count(Book)


def test_a_transaction_without_a_statement(postgres: ds.Database, exchanges: Exchanges) -> None:
    with postgres.transaction():
        pass
    assert 1 == exchanges.since()
    with pytest.raises(KeyError), postgres.transaction():
        raise KeyError

    assert 0 == exchanges.since()
    assert 0 == postgres.count(Book)


def test_several_statements_in_one_exchange(postgres: ds.Database, exchanges: Exchanges) -> None:
    def work(session: Session) -> list[int]:
        answers = [session.port.ahead(_one(number), ()) for number in range(5)]
        books = ds.select(Book).where(Book.id == ds.param("id")).ahead(session, {"id": "b1"})
        ds.insert(book(1)).ahead(session)
        last = session.execute(_one(5), ())
        assert [] == books()
        return [answer().rows[0][0] for answer in answers] + [last.rows[0][0]]

    assert [0, 1, 2, 3, 4, 5] == _on(postgres, work)
    assert 2 == exchanges.since()
    assert 1 == postgres.count(Book)


def test_whoever_asks_has_all_run(postgres: ds.Database, exchanges: Exchanges) -> None:
    def work(session: Session) -> None:
        first, second = (session.port.ahead(_one(number), ()) for number in (1, 2))
        exchanges.since()
        assert (2, 1) == (second().rows[0][0], first().rows[0][0])
        assert 1 == exchanges.since()

    _on(postgres, work)


def test_an_error_names_its_table_and_ends_the_exchange(postgres: ds.Database) -> None:
    def work(session: Session) -> None:
        ds.insert(book(1)).ahead(session)
        ds.insert(book(1)).ahead(session)
        never = session.port.ahead(_one(1), ())
        with pytest.raises(ds.UniqueViolation) as caught:
            session.execute(_one(2), ())
        assert "books" == caught.value.table
        with pytest.raises(ds.StatementError, match="before it failed"):
            never()
        raise KeyError

    with pytest.raises(KeyError):
        _on(postgres, work)
    assert 0 == postgres.count(Book)
    assert [] == postgres.all(ds.select(Author))


def test_an_error_at_the_end_undoes_all(postgres: ds.Database) -> None:
    def work(session: Session) -> None:
        postgres.run(ds.insert(book(1)))
        ds.insert(book(1)).ahead(session)

    with pytest.raises(ds.UniqueViolation):
        _on(postgres, work)
    assert 0 == postgres.count(Book)


def test_what_waits_is_forgotten_with_its_transaction(
    postgres: ds.Database, exchanges: Exchanges
) -> None:
    def work(session: Session) -> None:
        ds.insert(book(1)).ahead(session)
        raise KeyError

    exchanges.since()
    with pytest.raises(KeyError):
        _on(postgres, work)
    assert 0 == exchanges.since()
    assert 0 == postgres.count(Book)


def test_commands_and_copies_come_after_what_waits(postgres: ds.Database) -> None:
    def work(session: Session) -> None:
        ds.insert(book(1)).ahead(session)
        session.port.run("SET LOCAL work_mem = '1MB'; SET LOCAL work_mem = '2MB'")
        ds.insert(book(2)).ahead(session)
        postgres.run(ds.insert([book(number) for number in range(3, 2_000)]))

    _on(postgres, work)
    assert 1_999 == postgres.count(Book)


def test_much_goes_both_ways_at_once(postgres: ds.Database) -> None:
    size = 8_000_000
    echo = Plan("SELECT CAST($1 AS TEXT)", returns=True)

    def work(session: Session) -> list[int]:
        answers = [session.port.ahead(echo, [b"%d" % n * size]) for n in range(1, 5)]
        return [len(answer().rows[0][0]) for answer in answers]

    assert [size] * 4 == _on(postgres, work)


def test_statements_that_come_again_are_prepared(postgres: ds.Database) -> None:
    def work(session: Session) -> None:
        for number in range(10):
            ds.insert(book(number)).ahead(session)
            session.execute(_one(number % 2), ())

    _on(postgres, work)
    known = Plan("SELECT statement FROM pg_prepared_statements", returns=True)
    prepared = _on(postgres, lambda session: session.execute(known, ()).rows)
    assert any("INSERT INTO" in text for (text,) in prepared)
    assert 10 == postgres.count(Book)


def test_on_an_asynchronous_connection(run_async: Run) -> None:
    def write(session: Session) -> Any:
        ds.insert(book(1)).ahead(session)
        answer = session.port.ahead(_one(7), ())
        ds.insert(book(2)).ahead(session)
        return answer().rows

    async def work(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            assert 0 == await db.count(Book)
            await db._use(write)
        assert 2 == await db.count(Book)

    run_async(work)


def test_cancelled_in_the_middle(space: Space) -> None:
    async def sleep(db: ds.AsyncDatabase) -> None:
        async with db.transaction():
            await db.all(ds.select(sa.func.pg_sleep(30)))

    async def work() -> None:
        async with ds.connect_async(space.url, pool_size=1, max_overflow=0) as db:
            await cancelled(sleep(db), 0.2)
            assert 0 == await db.count(Book)

    asyncio.run(asyncio.wait_for(work(), 20))
