"""Beside plain SQLAlchemy and the drivers: our statements there, their connections here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool, StaticPool

import dualschema as ds
from tests.crud.books import Author, Book, Failing, Space, book, make_tables, schema

_TABLE = schema.metadata.tables["books"]
_DAY = datetime(2024, 5, 6, tzinfo=UTC)


def fill(db: ds.Database) -> None:
    db.run(ds.insert(Author(id="a1", name="Ada")))
    db.run(ds.insert([book(n, pages=10 * n, isbn=f"i{n}", notes={"n": n}) for n in range(1, 6)]))
    db.run(ds.update(Book, "b1").set(author_id="a1", lost=True))


_UNREAD = {"changed_at"}
_WRITES: dict[str, Callable[[], Any]] = {
    "insert one": lambda: ds.insert(book(7, notes={"a": [1]}, changed_at=_DAY)),
    "insert many": lambda: ds.insert([book(7), book(8, lost=False)]),
    "upsert": lambda: ds.upsert([book(1, title="new"), book(7)]),
    "upsert by isbn": lambda: ds.upsert(book(7, isbn="i2"), target="isbn"),
    "upsert of one column": lambda: ds.upsert([book(1, title="new"), book(7)], set="title"),
    "upsert by expression": lambda: ds.upsert(
        book(1, pages=5), set={"pages": Book.pages + ds.excluded(Book).pages, "isbn": None}
    ),
    "upsert where": lambda: ds.upsert(
        [book(1, title="new"), book(2, title="new")], set=["title"], where=Book.pages > 15
    ),
    "upsert or nothing": lambda: ds.upsert([book(1, title="new"), book(7)], do_nothing=True),
    "update by key": lambda: ds.update(Book, "b1").set(title="new", notes=None, lent=True),
    "update": lambda: ds.update(Book).set(pages=Book.pages + 1, lost=None).where(Book.pages > 20),
    "update of all": lambda: ds.update(Book).set({"lent": ~Book.lent}).all_rows(),
    "delete by key": lambda: ds.delete(Book, "b1"),
    "delete": lambda: ds.delete(Book).where(Book.lost.is_(True) | (Book.pages == 30)),
    "delete of all": lambda: ds.delete(Book).all_rows(),
}
_READS: dict[str, Callable[[], Any]] = {
    "rows": lambda: ds.select(Book).order_by(Book.id),
    "columns": lambda: ds.select(Book.id, Book.notes, Book.lost).order_by(Book.pages.desc()),
    "nulls": lambda: ds.select(Book.id).order_by(Book.lost, Book.id),
    "groups": lambda: (
        ds.select(Book.author_id, ds.count(), sa.func.max(Book.pages))
        .group_by(Book.author_id)
        .having(ds.count() > 1)
    ),
    "join": lambda: ds.select(Author.name, Book.title).join(Book),
    "outer join": lambda: ds.select(Book.id, Author.name).join(Author, left=True).order_by(Book.id),
    "distinct": lambda: ds.select(Book.lent).distinct(),
    "slice": lambda: ds.select(Book.id).order_by(Book.id).limit(2).offset(1),
    "offset": lambda: ds.select(Book.id).order_by(Book.id).offset(3),
    "page": lambda: ds.select(Book).order_by(Book.pages).page(size=2, after=(20, "b2")),
    "exists": lambda: ds.select(Author.id).where(
        ds.exists(ds.select(Book).where(Book.author_id == Author.id))
    ),
    "subquery": lambda: ds.select(Book.id).where(Book.author_id.in_(ds.select(Author.id))),
}


def contents(db: ds.Database) -> list[dict[str, Any]]:
    rows = db.all(ds.select(Book).order_by(Book.id))
    return [row.model_dump(exclude=_UNREAD) for row in rows]


@pytest.mark.parametrize("make", _WRITES.values(), ids=_WRITES)
def test_sqlalchemy_executes_our_writes(db: ds.Database, make: Callable[[], Any]) -> None:
    fill(db)
    with db.engine.begin() as connection:
        connection.execution_options(preserve_rowcount=True)
        theirs = connection.execute(make().statement).rowcount
    done = contents(db)
    make_tables(db.engine)
    fill(db)
    ours = db.run(make())

    assert done == contents(db)
    assert theirs == ours


@pytest.mark.parametrize("make", _WRITES.values(), ids=_WRITES)
def test_sqlalchemy_executes_our_writes_that_return(
    db: ds.Database, make: Callable[[], Any]
) -> None:
    fill(db)
    statement = make().returning(Book.id, Book.title, Book.notes, Book.lost, Book.lent)
    with db.engine.begin() as connection:
        theirs = [tuple(row) for row in connection.execute(statement.statement)]
    make_tables(db.engine)
    fill(db)

    assert sorted(theirs, key=str) == sorted(db.all(statement), key=str)


@pytest.mark.parametrize("make", _READS.values(), ids=_READS)
def test_sqlalchemy_executes_our_queries(db: ds.Database, make: Callable[[], Any]) -> None:
    fill(db)
    with db.engine.connect() as connection:
        theirs = [tuple(row) for row in connection.execute(make().statement)]
    ours = db.all(make())

    columns = Book.model_fields
    assert theirs
    assert theirs == [
        tuple(getattr(row, name) for name in columns) if isinstance(row, Book) else row
        for row in ours
    ]


def test_sqlalchemy_takes_a_statement_as_it_is(db: ds.Database) -> None:
    fill(db)
    titles = ds.select(Book.title).where(Book.id == ds.param("book"))

    with db.engine.connect() as connection:
        assert "title 2" == connection.scalar(titles.statement, {"book": "b2"})
        wrapped = sa.select(sa.func.count()).select_from(titles.statement.subquery())
        assert 1 == connection.scalar(wrapped, {"book": "b2"})


_OPTIONS: dict[str, dict[str, Any]] = {
    "standard": {},
    "autocommit": {"isolation_level": "AUTOCOMMIT"},
    "serializable": {"isolation_level": "SERIALIZABLE"},
    "one connection": {"poolclass": StaticPool},
    "no pool": {"poolclass": NullPool},
}


@pytest.fixture(params=_OPTIONS.values(), ids=list(_OPTIONS))
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    made: dict[str, Any] = request.param
    return made


@pytest.fixture(params=["postgres", "sqlite file", "sqlite memory"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, options: dict[str, Any]
) -> Iterator[sa.Engine]:
    """Give an engine that a user of SQLAlchemy has made."""
    url: Any = "sqlite://"
    if request.param == "postgres":
        url = request.getfixturevalue("space").url
    if request.param == "sqlite file":
        url += f"/{tmp_path / 'own.db'}"
    if url == "sqlite://" and options == _OPTIONS["no pool"]:
        pytest.skip("a database in memory ends with its connection")
    made = sa.create_engine(url, **options)
    with made.begin() as connection:
        schema.create_all(connection)
    yield made
    made.dispose()


def stored(engine: sa.Engine) -> Any:
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(_TABLE))


def test_an_engine_of_the_users_own(engine: sa.Engine, options: dict[str, Any]) -> None:
    db = ds.Database(engine)

    db.run(ds.insert([book(number) for number in range(30)]))
    with db.transaction():
        db.run(ds.update(Book, "b1").set(title="x"))
        with Failing(db, KeyError):
            db.run(ds.delete(Book).all_rows())
            raise KeyError
    with Failing(db, ds.UniqueViolation):
        db.run(ds.delete(Book, "b2"))
        db.run(ds.insert(book(1)))
    with pytest.raises(ds.UniqueViolation):
        db.run(ds.insert(book(1)))
    assert 30 == len(list(db.stream(ds.select(Book), size=7)))
    abandoned = db.stream(ds.select(Book), size=7)
    next(abandoned)
    del abandoned

    assert "x" == db.get(Book, "b1").title
    assert 30 == db.count(Book) == stored(engine)
    # Its own transactions are as they were.
    with engine.connect() as connection:
        connection.execute(sa.delete(_TABLE))
        connection.rollback()
    assert (0 if options.get("isolation_level") == "AUTOCOMMIT" else 30) == stored(engine)


@pytest.mark.parametrize("make", [sa.create_engine, lambda url: ds.connect(url).engine])
def test_a_database_in_memory_has_one_transaction_at_a_time(
    make: Callable[[str], sa.Engine],
) -> None:
    engine = make("sqlite://")
    make_tables(engine)
    db = ds.Database(engine)

    with engine.connect() as connection:
        connection.execute(sa.insert(_TABLE).values(id="b1", title="t", changed_at=_DAY))
        db.run(ds.insert(book(2)))
        with db.transaction():
            db.run(ds.insert([book(3), book(4)]))
        assert 4 == db.count(Book)
        connection.rollback()

    assert 0 == stored(engine)
    db.close()


def test_statements_between_the_rows_of_a_stream() -> None:
    with ds.connect("sqlite://") as db:
        make_tables(db.engine)
        db.run(ds.insert([book(number) for number in range(10)]))

        for row in db.stream(ds.select(Book).order_by(Book.id), size=2):
            db.run(ds.update(Book, row.id).set(title="seen"))
            if row.id == "b5":
                break
        del row

        assert 6 == db.count(ds.select(Book).where(Book.title == "seen"))


def test_the_isolation_of_an_engine_is_that_of_its_transactions(space: Space) -> None:
    asked = ds.select(sa.func.current_setting("transaction_isolation"))

    with ds.connect(space.url, isolation_level="REPEATABLE READ") as db:
        with db.transaction():
            assert "repeatable read" == db.scalar(asked)
        with db.transaction(isolation="serializable"):
            assert "serializable" == db.scalar(asked)


def test_sqlites_own_settings_of_an_engine_stay(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url, connect_args={"isolation_level": "IMMEDIATE"})
    make_tables(engine)

    use = ds.Database(engine)
    use.run(ds.insert(book(1)))
    raw = engine.raw_connection()
    level = raw.driver_connection.isolation_level  # type: ignore[union-attr]  # it is connected
    raw.close()
    engine.dispose()

    assert "IMMEDIATE" == level


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3 has no autocommit= before 3.12")
@pytest.mark.parametrize("is_file", [False, True], ids=["memory", "file"])
def test_sqlites_own_transactions_without_end(sqlite_url: str, *, is_file: bool) -> None:
    engine = sa.create_engine(
        sqlite_url if is_file else "sqlite://", connect_args={"autocommit": False}
    )
    make_tables(engine)
    db = ds.Database(engine)

    db.run(ds.insert(book(1)))
    with db.transaction():
        db.run(ds.insert([book(2), book(3)]))
    with engine.connect() as connection:
        connection.execute(sa.delete(_TABLE))
        connection.rollback()

    assert 3 == db.count(Book) == stored(engine)
    engine.dispose()


def test_what_a_database_is_made_of(sqlite: ds.Database) -> None:
    with pytest.raises(TypeError, match=r"apsw: str \(connect\(\) takes a URL\)"):
        ds.Database("sqlite://")
    for url in ("mysql://h/d", "nonsense"):
        with pytest.raises(ds.StatementError):
            ds.connect(url)
    with sqlite.engine.connect() as connection, pytest.raises(ds.StatementError):
        ds.Database(connection).engine  # noqa: B018  (it raises)


@pytest.mark.parametrize("name", ["postgres", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_whatever_the_driver_is_called_it_is_psycopg(space: Space, name: str) -> None:
    url = space.url.set(drivername=name).render_as_string(hide_password=False)

    with ds.connect(url) as db:
        assert 0 == db.count(Book)
        assert "psycopg" == db.engine.driver
