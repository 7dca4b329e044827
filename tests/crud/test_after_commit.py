"""Work that waits for a transaction's commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import dualschema as ds
from tests.crud.books import Book, Failing, book
from tests.crud.tasks import Run


def test_it_is_done_once_committed(db: ds.Database) -> None:
    done: list[object] = []
    with db.transaction():
        db.after_commit(lambda: done.append(db.count(Book)))
        db.run(ds.insert(book(1)))
        with db.transaction():
            db.after_commit(lambda: done.append("second"))
            db.run(ds.insert(book(2)))
        assert [] == done
    assert [2, "second"] == done


def test_it_is_not_done_where_its_block_is_undone(db: ds.Database) -> None:
    done: list[str] = []
    with db.transaction():
        with Failing(db, KeyError):
            db.after_commit(lambda: done.append("undone"))
            raise KeyError
        db.after_commit(lambda: done.append("kept"))
    with Failing(db, ds.UniqueViolation):
        db.after_commit(lambda: done.append("undone"))
        db.run(ds.insert([book(1), book(1)]))
    with db.transaction():
        pass
    assert ["kept"] == done


def test_outside_of_a_transaction_it_is_done_at_once(db: ds.Database) -> None:
    done: list[int] = []
    db.after_commit(lambda: done.append(1))
    assert [1] == done


def test_it_may_open_a_transaction_itself(db: ds.Database) -> None:
    def again() -> None:
        with db.transaction():
            db.run(ds.insert(book(2)))
            db.after_commit(lambda: db.run(ds.insert(book(3))))

    with db.transaction():
        db.run(ds.insert(book(1)))
        db.after_commit(again)
    assert 3 == db.count(Book)


def test_what_it_raises_undoes_nothing(db: ds.Database) -> None:
    def fail() -> None:
        raise KeyError

    with Failing(db, KeyError):
        db.run(ds.insert(book(1)))
        db.after_commit(fail)
    assert 1 == db.count(Book)


def test_on_a_connection_of_others_the_commit_is_not_known(db: ds.Database) -> None:
    with db.engine.connect() as connection:
        lent = ds.Database(connection)
        with pytest.raises(ds.StatementError, match="holder"):
            lent.after_commit(list)
        with lent.transaction(), pytest.raises(ds.StatementError, match="holder"):
            lent.after_commit(list)


async def fail(db: ds.AsyncDatabase, work: Callable[[], object]) -> None:
    async with db.transaction():
        db.after_commit(work)
        raise KeyError


def test_for_asyncio(run_async: Run) -> None:
    async def work(db: ds.AsyncDatabase) -> None:
        done: list[str] = []
        async with db.transaction():
            db.after_commit(lambda: done.append("kept"))
            with pytest.raises(KeyError):
                await fail(db, lambda: done.append("undone"))
            assert [] == done
        db.after_commit(lambda: done.append("at once"))
        assert ["kept", "at once"] == done

    run_async(work)
