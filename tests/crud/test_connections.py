"""Connections: lost and found, pooled, with statements prepared and settings made."""

from __future__ import annotations

import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Book, Failing, Space, book, make_tables

_PID = ds.select(sa.func.pg_backend_pid())


@contextmanager
def somebody(space: Space) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection that is not the database's."""
    with psycopg.connect(space.conninfo, autocommit=True) as connection:
        yield connection


def kill(space: Space, *pids: int) -> None:
    """End connections, and wait until they are gone."""
    with somebody(space) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s) AS pid", [list(pids)])


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_bytes(b"junk" * 400)

    with ds.connect(f"sqlite:///{tmp_path / 'junk.db'}") as db:
        for _ in range(2):
            with pytest.raises(ds.ConnectionLostError, match="can be made: file is not a database"):
                db.scalar(ds.select(ds.count()))


def setting(db: ds.Database, name: str) -> str:
    return str(db.scalar(ds.select(sa.func.current_setting(name))))


def with_options(space: Space, *options: str) -> sa.URL:
    """Return the URL with further settings of the server's."""
    said = " ".join(f"-c{option}" for option in options)
    return space.url.update_query_dict({"options": f"{space.url.query['options']} {said}"})


def test_an_idle_connection_that_was_killed(postgres: ds.Database, space: Space) -> None:
    kill(space, postgres.scalar(_PID))

    with pytest.raises(ds.ConnectionLostError) as caught:
        postgres.count(Book)

    assert caught.value.code in {"57P01", None}  # psycopg 3.2 does not hear it
    assert isinstance(caught.value, ConnectionError)
    assert 0 == postgres.count(Book)


def test_all_connections_are_made_anew_when_one_is_lost(
    postgres: ds.Database, space: Space
) -> None:
    other = ds.Database(postgres.engine)
    with postgres.transaction(), other.transaction():
        pids = postgres.scalar(_PID), other.scalar(_PID)
    kill(space, *pids)

    with pytest.raises(ds.ConnectionLostError):
        postgres.count(Book)
    with postgres.transaction(), other.transaction():
        assert (0, 0) == (postgres.count(Book), other.count(Book))


def test_a_connection_that_is_killed_in_a_transaction(postgres: ds.Database, space: Space) -> None:
    with Failing(postgres, ds.ConnectionLostError):
        postgres.run(ds.insert(book(1)))
        with postgres.transaction():
            kill(space, postgres.scalar(_PID))
            postgres.run(ds.insert(book(2)))

    assert 0 == postgres.count(Book)
    assert 1 == postgres.run(ds.insert(book(1)))


def test_a_block_may_fail_when_its_connection_is_gone(postgres: ds.Database, space: Space) -> None:
    with Failing(postgres, KeyError):
        kill(space, postgres.scalar(_PID))
        raise KeyError

    assert 0 == postgres.count(Book)


def test_a_commit_whose_connection_is_gone(postgres: ds.Database, space: Space) -> None:
    with Failing(postgres, ds.ConnectionLostError):
        postgres.run(ds.insert(book(1)))
        kill(space, postgres.scalar(_PID))

    assert 0 == postgres.count(Book)


def test_a_stream_whose_connection_is_gone(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert([book(number) for number in range(10)]))

    stream = postgres.stream(ds.select(_PID.statement.scalar_subquery()), size=2)
    kill(space, *next(stream))

    with pytest.raises(ds.ConnectionLostError):
        list(stream)
    assert 10 == postgres.count(Book)


@pytest.mark.parametrize("rows", [1, 40, 600], ids=["one", "some", "copy"])
def test_an_insert_whose_connection_is_gone(postgres: ds.Database, space: Space, rows: int) -> None:
    with Failing(postgres, ds.ConnectionLostError):
        kill(space, postgres.scalar(_PID))
        postgres.run(ds.insert([book(number) for number in range(rows)]))

    assert rows == postgres.run(ds.upsert([book(number) for number in range(rows)]))


def idle_too_long(db: ds.Database, space: Space, setting: str) -> None:
    """Have the server end a connection that idles for 20 ms; a new one may idle for longer."""
    pid = db.scalar(_PID)
    db.scalar(ds.select(sa.func.set_config(setting, "20ms", sa.false())))
    until = time.monotonic() + 20
    with somebody(space) as watching:
        while watching.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchall():
            assert time.monotonic() < until
            time.sleep(0.01)


def test_a_transaction_that_idled_too_long(postgres: ds.Database, space: Space) -> None:
    with Failing(postgres, ds.ConnectionLostError) as caught:
        idle_too_long(postgres, space, "idle_in_transaction_session_timeout")
        postgres.count(Book)
    assert 0 == postgres.count(Book)

    assert caught.value.code in ("25P03", None)  # what libpq has read by then


def test_a_session_that_idled_too_long(postgres: ds.Database, space: Space) -> None:
    idle_too_long(postgres, space, "idle_session_timeout")

    with pytest.raises(ds.ConnectionLostError):
        postgres.count(Book)
    assert 0 == postgres.count(Book)


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        db = ds.connect(f"postgresql://ada:hidden@127.0.0.1:{port}/books")
        with pytest.raises(ds.ConnectionLostError) as caught:
            db.count(Book)

    assert str(caught.value).startswith("no connection to the database can be made: connection ")
    assert "hidden" not in "".join(traceback.format_exception(caught.value))
    assert isinstance(caught.value.driver_error, psycopg.OperationalError)


def test_there_is_no_such_database(space: Space) -> None:
    with (
        ds.connect(space.url.update_query_dict({"dbname": "nowhere"})) as db,
        pytest.raises(ds.ConnectionLostError, match='database "nowhere" does not exist'),
    ):
        db.count(Book)


def test_a_file_that_cannot_be_opened() -> None:
    with (
        ds.connect("sqlite:////nowhere/at/all.db") as db,
        pytest.raises(ds.ConnectionLostError, match="made: unable to open database file"),
    ):
        db.count(Book)


def test_no_connection_comes_free(space: Space) -> None:
    with ds.connect(space.url, pool_size=1, max_overflow=0, pool_timeout=0.05) as db:
        other = ds.Database(db.engine)
        with db.transaction():
            with pytest.raises(ds.ConnectionLostError) as caught:
                other.count(Book)
            assert 0 == db.count(Book)
        assert 0 == other.count(Book)

    assert "no connection of the pool came free in time" in str(caught.value)


def test_the_pool_has_so_many_connections(space: Space) -> None:
    with ds.connect(space.url, pool_size=1, max_overflow=1) as db:
        with db.transaction():
            other = ds.Database(db.engine)
            with other.transaction():
                pids = {db.scalar(_PID), other.scalar(_PID)}
        kept = {db.scalar(_PID) for _ in range(3)}

    assert 2 == len(pids)
    assert 1 == len(kept & pids) == len(kept)


def test_a_statement_that_takes_too_long(space: Space) -> None:
    with ds.connect(space.url, statement_timeout=0.3) as db:
        assert "300ms" == setting(db, "statement_timeout")
        with pytest.raises(ds.DatabaseError) as caught:
            db.all(ds.select(sa.func.pg_sleep(5)))
        assert 0 == db.count(Book)

    assert "57014" == caught.value.code
    assert "the statement was cancelled, or took longer than it may [57014]" == str(caught.value)


def test_a_lock_that_takes_too_long(postgres: ds.Database, space: Space) -> None:
    postgres.run(ds.insert(book(1)))
    url = with_options(space, "lock_timeout=20ms")

    with ds.connect(url) as db, postgres.transaction():
        postgres.one(ds.select(Book).where(Book.id == "b1").for_update())
        with pytest.raises(ds.SerializationError) as caught:
            db.run(ds.delete(Book, "b1"))

    assert "55P03" == caught.value.code


def test_the_server_knows_the_application(space: Space) -> None:
    with ds.connect(space.url, application_name="books of tests") as db, somebody(space) as admin:
        found = admin.execute(
            "SELECT application_name FROM pg_stat_activity WHERE pid = %s", [db.scalar(_PID)]
        ).fetchall()

    assert [("books of tests",)] == found


def sent_often(db: ds.Database) -> list[str]:
    """Send one statement so often that it is prepared; return the names of those that are."""
    for _ in range(8):
        db.all(ds.select(Book).where(Book.id == "b1"))
    return prepared(db)


def prepared(db: ds.Database) -> list[str]:
    """Return the names of the statements that we have prepared on the connection."""
    view = sa.table("pg_prepared_statements", sa.column("name", sa.Text))
    return db.scalars(ds.select(view.c.name).where(view.c.name.like("dualschema%")))


def test_a_statement_that_comes_often_is_prepared(postgres: ds.Database) -> None:
    postgres.run(ds.insert(book(1)))

    assert 1 == len(sent_often(postgres))
    assert 1 == len(sent_often(postgres))


def test_preparing_can_be_turned_off(space: Space) -> None:
    with ds.connect(space.url, connect_args={"prepare_threshold": None}) as db:
        assert [] == sent_often(db)


_FORGETS: list[Callable[[Any], object]] = [
    lambda own: own.exec_driver_sql("DEALLOCATE ALL"),
    lambda own: own.exec_driver_sql("DISCARD ALL"),
    lambda own: own.exec_driver_sql("ALTER TABLE books ADD COLUMN more text"),
    lambda own: own.exec_driver_sql("ALTER TABLE books ALTER COLUMN pages TYPE bigint"),
]


@pytest.mark.parametrize("forget", _FORGETS, ids=["deallocate", "discard", "add", "retype"])
def test_prepared_statements_that_are_good_no_longer(
    space: Space, forget: Callable[[Any], object]
) -> None:
    with ds.connect(space.url, pool_size=1, max_overflow=0) as db:
        db.run(ds.insert(book(1)))
        sent_often(db)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
            forget(own)

        assert [book(1)] == db.all(ds.select(Book).where(Book.id == "b1"))
        assert 1 == len(sent_often(db))


def test_a_prepared_statement_goes_bad_inside_a_transaction(space: Space) -> None:
    with ds.connect(space.url, pool_size=1, max_overflow=0) as db:
        db.run(ds.insert(book(1)))
        sent_often(db)
        with somebody(space) as admin:
            admin.execute("ALTER TABLE books ALTER COLUMN pages TYPE bigint")
        with Failing(db, ds.DatabaseError) as caught:
            sent_often(db)
        with db.transaction():
            assert 1 <= len(sent_often(db))

    assert "cached plan must not change result type [0A000]" == str(caught.value)


def test_more_statements_than_are_kept(space: Space) -> None:
    with ds.connect(space.url, connect_args={"prepare_threshold": 0}) as db, db.transaction():
        for number in range(300):
            assert [(5,)] == db.all(ds.select(sa.literal(5).label(f"n{number}")))
        assert 250 == len(prepared(db))
        assert [(7,)] == db.all(ds.select(sa.literal(7).label("n0")))


@pytest.mark.skipif(sys.platform != "linux", reason="psycopg traces on Linux alone")
def test_a_statement_is_forgotten_in_a_way_that_poolers_know(space: Space, tmp_path: Path) -> None:
    can_close = psycopg.capabilities.has_send_close_prepared()

    with (
        psycopg.connect(space.conninfo, prepare_threshold=0, autocommit=True) as connection,
        (tmp_path / "trace").open("w+", encoding="utf-8") as trace,
    ):
        db = ds.Database(connection)
        connection.pgconn.trace(trace.fileno())
        for number in range(252):
            db.all(ds.select(sa.literal(5).label(f"n{number}")))
        connection.pgconn.untrace()
        trace.seek(0)
        sent = trace.read()

    assert (2 if can_close else 0) == sent.count("\tClose\t")
    assert (0 if can_close else 2) == sent.count('Query\t "DEALLOCATE')


_INSTANT = datetime(2024, 3, 31, 0, 30, tzinfo=UTC)


@pytest.fixture
def event(space: Space) -> Iterator[Any]:
    """Give a table with an instant of Postgres's own type."""

    class Event(ds.Table, name="events"):
        id: ds.Column[str] = ds.column(primary_key=True)
        at: ds.Column[datetime] = ds.column(precision=6)

    tables = ds.Schema(Event, postgres="native")
    with ds.connect(space.url) as db:
        with db.engine.begin() as connection:
            tables.create_all(connection)
        yield Event
        tables.metadata.drop_all(db.engine)


_PLACES = ["TimeZone=Asia/Tokyo", "DateStyle=SQL,DMY"]


def test_the_server_may_be_in_another_place(space: Space, event: Any) -> None:
    with ds.connect(with_options(space, *_PLACES)) as db:
        assert ["UTC", "ISO, DMY"] == [setting(db, "TimeZone"), setting(db, "DateStyle")]
        check_instants(db, event)


def test_an_engine_may_be_in_another_place(space: Space, event: Any) -> None:
    engine = sa.create_engine(with_options(space, _PLACES[0]))
    with ds.Database(engine) as db:
        assert "Asia/Tokyo" == setting(db, "TimeZone")
        check_instants(db, event)


def check_instants(db: ds.Database, event: Any) -> None:
    rows = [
        event(id=f"e{number}", at=_INSTANT + timedelta(minutes=30 * number)) for number in range(40)
    ]
    db.run(ds.insert(rows))
    db.run(ds.upsert(rows))
    db.run(ds.update(event, "e0").set(at=_INSTANT))

    read = db.all(ds.select(event).order_by(event.at))

    assert rows == read
    assert {UTC} == {row.at.tzinfo for row in read}
    assert [_INSTANT] == db.scalars(ds.select(event.at).where(event.at == _INSTANT))
    asked = ds.select(event.at, sa.func.max(event.at), sa.func.date_trunc("day", event.at))
    assert {UTC} == {at.tzinfo for at in db.all(asked.group_by(event.at))[0]}
    assert rows[1:3] == db.all(ds.select(event).order_by(event.at).page(size=2, after=rows[0]))


def test_somebody_resets_the_settings(space: Space, event: Any) -> None:
    url = with_options(space, _PLACES[0])

    with ds.connect(url, pool_size=1, max_overflow=0) as db:
        db.run(ds.insert(event(id="e1", at=_INSTANT)))
        with db.engine.begin() as connection:
            connection.exec_driver_sql("RESET ALL")
        assert event(id="e1", at=_INSTANT) == db.get(event, "e1")


def test_tables_come_and_go(postgres: ds.Database) -> None:
    sent_often(postgres)
    make_tables(postgres.engine)

    assert 1 == postgres.run(ds.insert(book(1)))
    assert [book(1)] == postgres.all(ds.select(Book).where(Book.id == "b1"))
