"""Connections of psycopg that the caller holds, and what their owner has set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Book, Space, book, write_a_lot


def test_the_settings_of_psycopgs_transactions_are_kept(space: Space) -> None:
    asked = ds.select(
        sa.func.current_setting("transaction_isolation"),
        sa.func.current_setting("transaction_read_only"),
        sa.func.current_setting("transaction_deferrable"),
    )

    with psycopg.connect(space.conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        connection.read_only = True
        connection.deferrable = True
        db = ds.Database(connection)
        assert ("serializable", "on", "on") == db.one(asked)
        connection.rollback()
        with db.transaction():
            assert ("serializable", "on", "on") == db.one(asked)
        with pytest.raises(ds.StatementError, match="has its isolation"):
            db.transaction(isolation="serializable").__enter__()


def test_psycopgs_own_blocks(space: Space) -> None:
    with psycopg.connect(space.conninfo, autocommit=True) as connection:
        db = ds.Database(connection)
        with connection.transaction():
            write_a_lot(db)
            with connection.transaction(force_rollback=True):
                db.run(ds.delete(Book).all_rows())
        with connection.transaction(force_rollback=True):
            db.run(ds.delete(Book).all_rows())

        assert 30 == db.count(Book)


def test_statements_that_psycopg_takes_away_with_its_own_are_prepared_anew(space: Space) -> None:
    with psycopg.connect(space.conninfo, autocommit=True) as connection:
        db = ds.Database(connection)
        connection.execute("SELECT 1", prepare=True)
        for _ in range(3):
            with connection.transaction(force_rollback=True):
                for number in range(10):
                    db.run(ds.insert(book(number)))
                assert [(1,)] == connection.execute("SELECT 1", prepare=True).fetchall()
                assert 10 == db.count(Book)

        [(ours,)] = connection.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'dualschema%'"
        )
        assert ours <= 2


def test_threads_take_turns_on_a_connection(space: Space) -> None:
    with psycopg.connect(space.conninfo) as connection:
        db = ds.Database(connection)

        def work(thread: int) -> None:
            for number in range(10 * thread, 10 * thread + 10):
                with suppress(KeyError), db.transaction():
                    db.run(ds.insert(book(number)))
                    if number % 2:
                        raise KeyError
                db.get(Book, f"b{10 * thread}")

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(work, range(4)))

        assert 20 == db.count(Book)


def test_a_pipeline_is_refused(space: Space) -> None:
    with psycopg.connect(space.conninfo, autocommit=True) as connection:
        db = ds.Database(connection)
        with connection.pipeline(), pytest.raises(ds.StatementError, match="pipeline"):
            db.count(Book)

        assert 0 == db.count(Book)


def test_an_encoding_that_is_not_utf8_is_refused(space: Space) -> None:
    with (
        psycopg.connect(space.conninfo, client_encoding="latin1") as connection,
        pytest.raises(ds.StatementError, match="client_encoding must be UTF8"),
    ):
        ds.Database(connection).count(Book)
