"""Connections that the caller holds: their transactions are the caller's."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import orm

import dualschema as ds
from tests.crud.books import (
    Book,
    Failing,
    book,
    commands,
    make_tables,
    open_apsw,
    schema,
    write_a_lot,
)

_TABLE = schema.metadata.tables["books"]
_DAY = datetime(2024, 5, 6, tzinfo=UTC)


@dataclass
class Held:
    """A connection of SQLAlchemy's or of a driver's.

    Attributes:
        bind: what the database is made of; it can commit and roll back.
        count: counts the books by the connection itself.
    """

    bind: Any
    count: Callable[[], Any]


Get = Callable[[str], Any]
_COUNTED = sa.select(sa.func.count()).select_from(_TABLE)


@contextmanager
def engine_of(get: Get, name: str) -> Iterator[sa.Engine]:
    get(name)
    engine = sa.create_engine(get("space").url if name == "postgres" else get("sqlite_url"))
    yield engine
    engine.dispose()


@contextmanager
def sa_connection(get: Get, name: str) -> Iterator[Held]:
    with engine_of(get, name) as engine, engine.connect() as connection:
        yield Held(connection, lambda: connection.scalar(_COUNTED))


@contextmanager
def orm_session(get: Get, name: str) -> Iterator[Held]:
    with engine_of(get, name) as engine, orm.Session(engine) as session:
        yield Held(session, lambda: session.scalar(_COUNTED))


@contextmanager
def psycopg_connection(get: Get, row_factory: Any) -> Iterator[Held]:
    with psycopg.connect(get("space").conninfo, row_factory=row_factory) as connection:

        def count() -> Any:
            with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
                return cursor.execute("SELECT count(*) FROM books").fetchone()

        yield Held(connection, count)


@contextmanager
def sqlite_connection(get: Get, module: str, **options: Any) -> Iterator[Held]:
    get("sqlite").close()  # two copies of SQLite in one process do not see each other's locks
    driver = importlib.import_module(module)
    connection = open_sqlite(driver, get("sqlite_url"), **options)
    yield Held(connection, lambda: connection.execute("SELECT count(*) FROM books").fetchone()[0])
    connection.close()


def open_sqlite(module: Any, sqlite_url: str, **options: Any) -> Any:
    connection = module.connect(sqlite_url.removeprefix("sqlite:///"), **options)
    connection.row_factory = module.Row
    return connection


Open = Callable[[Get], AbstractContextManager[Held]]
_SQLITE: dict[str, Open] = {
    "sqlite3": partial(sqlite_connection, module="sqlite3"),
    "sqlite3-immediate": partial(sqlite_connection, module="sqlite3", isolation_level="IMMEDIATE"),
}
if importlib.util.find_spec("pysqlite3"):  # which few have
    _SQLITE["pysqlite3"] = partial(sqlite_connection, module="pysqlite3")
if sys.version_info >= (3, 12):
    _SQLITE["sqlite3-modern"] = partial(sqlite_connection, module="sqlite3", autocommit=False)
_OPEN: dict[str, Open] = {
    "connection-postgres": partial(sa_connection, name="postgres"),
    "connection-sqlite": partial(sa_connection, name="sqlite"),
    "session-postgres": partial(orm_session, name="postgres"),
    "session-sqlite": partial(orm_session, name="sqlite"),
    "psycopg": partial(psycopg_connection, row_factory=psycopg.rows.tuple_row),
    "psycopg-dicts": partial(psycopg_connection, row_factory=psycopg.rows.dict_row),
    **_SQLITE,
}


@pytest.fixture(params=_OPEN)
def held(request: pytest.FixtureRequest) -> Iterator[Held]:
    with _OPEN[request.param](request.getfixturevalue) as made:
        yield made


def test_the_caller_commits(held: Held) -> None:
    db = ds.Database(held.bind)
    write_a_lot(db)
    assert 30 == held.count()
    held.bind.commit()
    db.run(ds.delete(Book).all_rows())
    assert 0 == held.count()
    held.bind.rollback()

    assert 30 == held.count() == db.count(Book)


def test_the_caller_rolls_back(held: Held) -> None:
    write_a_lot(ds.Database(held.bind))
    held.bind.rollback()

    assert 0 == held.count()


def test_a_transaction_is_a_savepoint_from_the_first(held: Held) -> None:
    db = ds.Database(held.bind)
    with db.transaction():
        db.run(ds.insert(book(1)))
    held.bind.rollback()
    with db.transaction():
        db.run(ds.insert([book(2), book(3)]))
    held.bind.commit()
    db.run(ds.insert([book(4), book(5)]))
    held.bind.rollback()

    assert 2 == held.count()


def test_databases_on_one_connection_are_one(held: Held) -> None:
    one, other = ds.Database(held.bind), ds.Database(held.bind)

    with one.transaction():
        one.run(ds.insert(book(1)))
        with Failing(other, KeyError):
            other.run(ds.insert(book(2)))
            with one.transaction():
                one.run(ds.insert(book(3)))
            raise KeyError
    held.bind.commit()

    assert ["b1"] == other.scalars(ds.select(Book.id))


@pytest.mark.parametrize("held", ["connection-postgres", "connection-sqlite"], indirect=True)
def test_sqlalchemys_own_savepoints(held: Held) -> None:
    connection = held.bind
    db = ds.Database(connection)

    with connection.begin():
        db.run(ds.insert(book(1)))
        inner = connection.begin_nested()
        db.run(ds.insert(book(2)))
        connection.execute(sa.insert(_TABLE).values(id="b3", title="t", changed_at=_DAY))
        assert 3 == db.count(Book)
        inner.rollback()
    connection.execute(sa.delete(_TABLE).where(_TABLE.c.id == "nobody"))

    assert ["b1"] == db.scalars(ds.select(Book.id))


class Record:
    """What the ORM makes of a book."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


@pytest.fixture
def record() -> Iterator[Any]:
    registry = orm.registry(metadata=schema.metadata)
    registry.map_imperatively(Record, _TABLE)
    yield Record
    registry.dispose()


@pytest.mark.parametrize("held", ["session-postgres", "session-sqlite"], indirect=True)
def test_what_an_orm_session_has_not_flushed_is_seen(held: Held, record: Any) -> None:
    session = held.bind
    db = ds.Database(session)

    session.add(record(id="b1", title="theirs", changed_at=_DAY))
    assert ["theirs"] == db.scalars(ds.select(Book.title))
    db.run(ds.update(Book, "b1").set(title="ours"))
    session.expire_all()
    assert "ours" == session.get(record, "b1").title
    with session.no_autoflush:
        session.add(record(id="b2", title="later", changed_at=_DAY))
        assert 1 == db.count(Book)
    session.rollback()

    assert 0 == db.count(Book)


_AUTOCOMMIT: dict[str, Callable[[Any], Any]] = {
    "psycopg": lambda get: psycopg.connect(get("space").conninfo, autocommit=True),
    "sqlite3": lambda get: open_sqlite(sqlite3, get("sqlite_url"), isolation_level=None),
    "apsw": lambda get: open_apsw(get("sqlite_url").removeprefix("sqlite:///")),
}
if sys.version_info >= (3, 12):
    _AUTOCOMMIT["autocommit"] = lambda get: open_sqlite(
        sqlite3, get("sqlite_url"), autocommit=True, isolation_level="IMMEDIATE"
    )


@pytest.fixture(params=_AUTOCOMMIT.values(), ids=list(_AUTOCOMMIT))
def autocommit(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a connection on which each statement is a transaction."""
    connection = request.param(request.getfixturevalue)
    if not isinstance(connection, psycopg.Connection):
        for command in commands("sqlite"):
            connection.execute(command)
    yield connection
    connection.close()


def test_without_a_transaction_of_the_callers(autocommit: Any) -> None:
    db = ds.Database(autocommit)
    write_a_lot(db)
    with Failing(db, KeyError):
        db.run(ds.insert(book(50)))
        raise KeyError

    assert 30 == db.count(Book)
    if isinstance(autocommit, psycopg.Connection):
        assert "IDLE" == autocommit.info.transaction_status.name
    else:
        assert not autocommit.in_transaction


def test_a_transaction_that_the_caller_has_opened_by_hand(autocommit: Any) -> None:
    db = ds.Database(autocommit)

    autocommit.execute("BEGIN")
    write_a_lot(db)
    autocommit.execute("ROLLBACK")
    assert 0 == db.count(Book)
    autocommit.execute("BEGIN")
    write_a_lot(db)
    autocommit.execute("COMMIT")

    assert 30 == db.count(Book)


@pytest.mark.parametrize("held", _SQLITE, indirect=True)
def test_a_query_opens_no_transaction_where_the_driver_would_not(held: Held) -> None:
    connection = held.bind
    before = connection.in_transaction
    db = ds.Database(connection)

    db.count(Book)
    db.get_or_none(Book, "b1")
    list(db.stream(ds.select(Book)))

    assert before == connection.in_transaction


def test_the_level_of_sqlites_driver_is_kept(sqlite_url: str, sqlite: ds.Database) -> None:
    connection = open_sqlite(sqlite3, sqlite_url, isolation_level="IMMEDIATE")

    with (
        ds.connect(sqlite_url, connect_args={"timeout": 0}) as other,
        ds.Database(connection).transaction(),
        pytest.raises(ds.SerializationError),
    ):
        other.run(ds.insert(book(1)))
    connection.close()


def test_blocks_of_apsw(sqlite_url: str) -> None:
    connection = open_apsw(sqlite_url.removeprefix("sqlite:///"))
    db = ds.Database(connection)

    def work() -> None:
        with connection:
            write_a_lot(db)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert 0 == db.count(Book)
    with connection:
        write_a_lot(db)
    assert 30 == db.count(Book)
    connection.close()


def test_the_caller_s_tables_may_come_later(sqlite_url: str) -> None:
    connection = open_sqlite(sqlite3, sqlite_url)
    db = ds.Database(connection)
    with pytest.raises(ds.DatabaseError, match="no such table: books"):
        db.count(Book)
    make_tables(sa.create_engine(sqlite_url))

    assert 0 == db.count(Book)
    connection.close()
