"""Transactions: all or nothing, inside one another, beside others, and in their way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Author, Book, Failing, Space, book

_LEVELS: list[Any] = ["read committed", "repeatable read", "serializable"]


def titles(db: ds.Database) -> list[str]:
    return db.scalars(ds.select(Book.title).order_by(Book.id))


def rename(db: ds.Database, number: int, title: str) -> int:
    return db.run(ds.update(Book, f"b{number}").set(title=title))


def in_thread(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def test_a_block_is_done_whole(any_db: ds.Database) -> None:
    with any_db.transaction() as same:
        any_db.run(ds.insert(book(1)))
        same.run(ds.insert([book(2), book(3)]))

    assert ["title 1", "title 2", "title 3"] == titles(any_db)


def test_a_block_that_raises_does_nothing(any_db: ds.Database) -> None:
    with Failing(any_db, KeyError):
        any_db.run(ds.insert([book(number) for number in range(40)]))
        assert 40 == any_db.count(Book)
        raise KeyError

    assert 0 == any_db.count(Book)


def test_a_refused_statement_undoes_its_block(any_db: ds.Database) -> None:
    with Failing(any_db, ds.UniqueViolation):
        any_db.run(ds.insert(book(1)))
        any_db.run(ds.insert(book(1)))

    assert 0 == any_db.count(Book)


def test_an_inner_block_fails_and_the_outer_goes_on(any_db: ds.Database) -> None:
    with any_db.transaction():
        any_db.run(ds.insert(book(1)))
        with Failing(any_db, ds.UniqueViolation):
            any_db.run(ds.insert(book(2)))
            any_db.run(ds.insert(book(1)))
        with any_db.transaction():
            any_db.run(ds.insert(book(3)))

    assert ["title 1", "title 3"] == titles(any_db)


def test_blocks_inside_blocks_end_one_by_one(any_db: ds.Database) -> None:
    with any_db.transaction():
        rename(any_db, 1, "no such row")
        with any_db.transaction():
            any_db.run(ds.insert(book(1)))
            with Failing(any_db, KeyError):
                any_db.run(ds.insert(book(2)))
                with any_db.transaction():
                    any_db.run(ds.insert(book(3)))
                raise KeyError
            any_db.run(ds.insert(book(4)))

    assert ["title 1", "title 4"] == titles(any_db)


def test_an_outer_block_undoes_what_inner_ones_have_done(any_db: ds.Database) -> None:
    with Failing(any_db, KeyError):
        with any_db.transaction():
            any_db.run(ds.insert(book(1)))
        raise KeyError

    assert 0 == any_db.count(Book)


def test_many_rows_are_all_written_or_none(any_db: ds.Database) -> None:
    any_db.run(ds.insert(book(30)))
    rows = [book(number) for number in range(60)]

    with pytest.raises(ds.UniqueViolation):
        any_db.run(ds.insert(rows))
    with any_db.transaction():
        with Failing(any_db, ds.UniqueViolation):
            any_db.run(ds.insert(rows))
        rename(any_db, 30, "still here")

    assert ["still here"] == titles(any_db)


def test_rows_that_cannot_be_made_stop_an_insert(any_db: ds.Database) -> None:
    def rows() -> Iterator[Book]:
        yield from (book(number) for number in range(600))
        raise KeyError("no more")

    for statement in (ds.insert(rows()), ds.upsert(rows())):
        with pytest.raises(KeyError, match="no more"):
            any_db.run(statement)

    assert 0 == any_db.count(Book)
    assert 1 == any_db.run(ds.insert(book(1)))


@pytest.mark.parametrize("many", [3, 30, 700])
def test_half_of_an_insert_is_undone_within_a_transaction(any_db: ds.Database, many: int) -> None:
    def rows() -> Iterator[Book]:
        yield from (book(number) for number in range(2, many))
        raise KeyError("no more")

    with any_db.transaction():
        any_db.run(ds.insert(book(1)))
        for statement in (ds.insert(rows()), ds.upsert(rows()), ds.insert(rows()).returning()):
            with pytest.raises(KeyError, match="no more"):
                any_db.run(statement)

    assert ["title 1"] == titles(any_db)


def test_a_thread_in_a_transaction_is_alone(db: ds.Database) -> None:
    with db.transaction():
        db.run(ds.insert(book(1)))
        assert 0 == in_thread(lambda: db.count(Book))
        assert 1 == db.count(Book)

    assert 1 == in_thread(lambda: db.count(Book))


def test_threads_share_a_database(db: ds.Database) -> None:
    def work(thread: int) -> None:
        for number in range(100 * thread, 100 * thread + 10):
            with db.transaction():
                db.run(ds.insert(book(number)))
                assert book(number) == db.get(Book, f"b{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))

    assert 40 == db.count(Book)


@pytest.mark.parametrize("level", _LEVELS)
def test_levels_of_isolation(
    postgres: ds.Database, level: Literal["read committed", "repeatable read", "serializable"]
) -> None:
    asked = ds.select(sa.func.current_setting("transaction_isolation"))

    with postgres.transaction(isolation=level):
        assert level == postgres.scalar(asked)
    assert "read committed" == postgres.scalar(asked)


def test_a_level_that_is_none_is_not_sent(db: ds.Database) -> None:
    wrong: Any = "serializable; DROP TABLE books"

    with pytest.raises(ds.StatementError, match="isolation is one of 'read committed', "):
        db.transaction(isolation=wrong).__enter__()

    assert 0 == db.count(Book)


def test_a_level_cannot_change_inside_a_transaction(db: ds.Database) -> None:
    with (
        db.transaction(),
        pytest.raises(ds.StatementError, match="a transaction inside another has its isolation"),
    ):
        db.transaction(isolation="serializable").__enter__()


def test_a_transaction_that_only_reads(postgres: ds.Database) -> None:
    with Failing(postgres, ds.DatabaseError, read_only=True) as caught:
        assert 0 == postgres.count(Book)
        postgres.run(ds.insert(book(1)))

    assert "25006" == caught.value.code


def test_a_transaction_that_only_reads_locks_nothing_on_sqlite(sqlite: ds.Database) -> None:
    with sqlite.transaction(read_only=True):
        in_thread(lambda: sqlite.run(ds.insert(book(1))))
        assert 1 == sqlite.count(Book)


def test_sqlite_lets_one_write_at_a_time(sqlite: ds.Database, sqlite_url: str) -> None:
    with ds.connect(sqlite_url, connect_args={"timeout": 0.05}) as hasty, sqlite.transaction():
        with pytest.raises(ds.SerializationError) as caught:
            hasty.run(ds.insert(book(1)))
        with pytest.raises(ds.SerializationError):
            hasty.transaction().__enter__()

    assert "SQLITE_BUSY" == caught.value.code
    assert 1 == hasty.run(ds.insert(book(1)))


def test_a_row_that_somebody_changed_meanwhile(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert(book(1)))

    with Failing(postgres, ds.SerializationError, isolation="repeatable read") as caught:
        postgres.get(Book, "b1")
        intrude(space)
        rename(postgres, 1, "ours")

    assert "40001" == caught.value.code
    assert isinstance(caught.value.driver_error, psycopg.errors.SerializationFailure)
    assert ["theirs"] == titles(postgres)


def intrude(space: Space) -> None:
    """Change a book from elsewhere."""
    with psycopg.connect(space.conninfo) as somebody:
        somebody.execute("UPDATE books SET title = 'theirs'")


def test_a_conflict_that_shows_at_the_commit(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert([book(1), book(2)]))
    other = ds.Database(postgres.engine)

    with Failing(postgres, ds.SerializationError, isolation="serializable"):
        first = postgres.count(Book)
        with other.transaction(isolation="serializable"):
            other.run(ds.insert(book(3, pages=other.count(Book))))
        postgres.run(ds.insert(book(4, pages=first)))

    assert 3 == postgres.count(Book)


def test_a_deadlock(space: Space) -> None:
    options = f"{space.url.query['options']} -cdeadlock_timeout=20ms"
    url = space.url.update_query_dict({"options": options})
    both = threading.Barrier(2)

    def work(first: int, second: int) -> str:
        try:
            with db.transaction():
                rename(db, first, "x")
                both.wait(5)
                rename(db, second, "y")
        except ds.SerializationError as error:
            return str(error.code)
        return "done"

    with ds.connect(url) as db, ThreadPoolExecutor(2) as threads:
        db.run(ds.insert([book(1), book(2)]))
        ends = list(threads.map(work, (1, 2), (2, 1)))

    assert ["40P01", "done"] == sorted(ends)


def test_retry_does_the_work_again(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert(book(1)))
    seen: list[str] = []

    def work() -> str:
        seen.append(postgres.get(Book, "b1").title)
        if len(seen) < 3:
            intrude(space)
        postgres.run(ds.update(Book, "b1").set(title=seen[-1] + " and ours"))
        return "done"

    assert "done" == postgres.retry(work)
    assert ["title 1", "theirs", "theirs"] == seen
    assert ["theirs and ours"] == titles(postgres)


def test_retry_gives_up(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert(book(1)))
    calls: list[int] = []

    def work() -> None:
        calls.append(postgres.count(Book))
        intrude(space)
        rename(postgres, 1, "ours")

    with pytest.raises(ds.SerializationError):
        postgres.retry(work, attempts=3, isolation="repeatable read")

    assert 3 == len(calls)
    assert ["theirs"] == titles(postgres)


def test_retry_does_not_repeat_other_errors(any_db: ds.Database) -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(any_db.run(ds.insert(book(1))))
        any_db.run(ds.insert(book(1)))

    with pytest.raises(ds.UniqueViolation):
        any_db.retry(work)

    assert [1] == calls
    assert 0 == any_db.count(Book)


def test_retry_waits_for_a_lock_of_sqlite(sqlite: ds.Database, sqlite_url: str) -> None:
    calls: list[int] = []
    with ds.connect(sqlite_url, connect_args={"timeout": 0}) as hasty:

        def work() -> None:
            calls.append(1)
            hasty.run(ds.insert(book(1)))

        with sqlite.transaction(), pytest.raises(ds.SerializationError):
            hasty.retry(work, attempts=2)
        hasty.retry(work)

    assert [1] == calls


def test_retry_opens_its_own_transaction(any_db: ds.Database) -> None:
    with any_db.transaction(), pytest.raises(ds.StatementError, match="call it outside of one"):
        any_db.retry(lambda: None)
    with pytest.raises(ds.StatementError, match="attempts is a whole number from 1"):
        any_db.retry(lambda: None, attempts=0)


def test_after_a_failed_statement_postgres_takes_no_other(postgres: ds.Database) -> None:
    with Failing(postgres, ds.DatabaseError) as caught:
        postgres.run(ds.insert(book(1)))
        with pytest.raises(ds.UniqueViolation):
            postgres.run(ds.insert(book(1)))
        postgres.count(Book)

    assert (
        "an earlier statement of it failed: put what may fail into a transaction() inside this one "
        "[25P02]"
    ) == str(caught.value)
    assert 0 == postgres.count(Book)


def test_what_failed_is_not_said_to_be_done(postgres: ds.Database) -> None:
    # Postgres answers such a COMMIT with ROLLBACK, and with no error.
    with Failing(postgres, ds.DatabaseError) as caught:
        postgres.run(ds.insert(book(1)))
        with pytest.raises(ds.UniqueViolation):
            postgres.run(ds.insert(book(1)))

    assert "25P02" == caught.value.code
    assert 0 == postgres.count(Book)


def test_sqlite_may_end_a_transaction_by_itself(sqlite: ds.Database) -> None:
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER strict BEFORE INSERT ON authors "
            "BEGIN SELECT RAISE(ROLLBACK, 'not today'); END"
        )

    with Failing(sqlite, ds.ConstraintViolation) as caught:
        sqlite.run(ds.insert(book(1)))
        with sqlite.transaction():
            sqlite.run(ds.insert(Author(id="a1", name="A")))

    assert "SQLITE_CONSTRAINT_TRIGGER" == caught.value.code
    assert 0 == sqlite.count(Book)


def test_the_engine_has_transactions_of_its_own(db: ds.Database) -> None:
    with db.transaction():
        db.run(ds.insert(book(1)))
        with Failing(db, ds.UniqueViolation):
            db.run(ds.insert(book(1)))

    with db.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE books SET title = 'x'")
        connection.rollback()

    assert ["title 1"] == titles(db)
