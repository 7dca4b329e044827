"""Authors and their books, in one database at a time: for tests of what a database does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import apsw
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from psycopg.conninfo import make_conninfo

import dualschema as ds

__all__ = [
    "Author",
    "Book",
    "Failing",
    "Space",
    "book",
    "commands",
    "make_tables",
    "open_apsw",
    "open_space",
    "schema",
    "write_a_lot",
]

Error = TypeVar("Error", bound=BaseException)

_OLD = datetime(2020, 1, 1, tzinfo=UTC)
_NUMBERS = itertools.count(1)


class Author(ds.Table, name="authors"):
    id: ds.Column[str] = ds.column(primary_key=True)
    name: ds.Column[str] = ds.column(unique="authors_name_once")


class Book(
    ds.Table, name="books", checks=[ds.Check("pages >= 0 AND pages < 10000", name="books_pages")]
):
    id: ds.Column[str] = ds.column(primary_key=True)
    title: ds.Column[str]
    pages: ds.Column[int] = ds.column(default=100)
    lent: ds.Column[bool] = ds.column(default=False)
    lost: ds.Column[bool | None] = ds.column(default=None)
    notes: ds.Column[dict[str, Any] | None] = ds.column(default=None)
    isbn: ds.Column[str | None] = ds.column(default=None, unique=True)
    author_id: ds.Column[str | None] = ds.column(default=None, foreign_key="authors.id")
    changed_at: ds.Column[datetime] = ds.column(default=_OLD, on_update=ds.now)


schema = ds.Schema(Author, Book)


def book(number: int, **values: Any) -> Book:
    """Return a book: ``b7``, of the title ``title 7``."""
    return Book(**{"id": f"b{number}", "title": f"title {number}", **values})


@dataclass(frozen=True)
class Space:
    """A schema of Postgres's to be alone in.

    Attributes:
        url: for SQLAlchemy and for us; its search path is the schema.
        conninfo: the same for psycopg.
    """

    url: sa.URL
    conninfo: str


@contextmanager
def open_space(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Space]:
    """Make a schema in the database of a connection, and drop it."""
    name = sql.Identifier(made := f"books_{next(_NUMBERS)}")
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    named = {
        **connection.info.get_parameters(),
        "options": f"-csearch_path={made} -clock_timeout=10s",
    }
    if connection.info.password:
        named["password"] = connection.info.password
    yield Space(sa.URL.create("postgresql+psycopg", query=named), make_conninfo(**named))
    connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))


class Failing(Generic[Error]):
    """A transaction that is to fail so."""

    def __init__(self, db: ds.Database, error: type[Error], **options: Any) -> None:
        self._stack = ExitStack()
        self._caught = pytest.raises(error)
        self._block = db.transaction(**options)

    def __enter__(self) -> pytest.ExceptionInfo[Error]:
        caught = self._stack.enter_context(self._caught)
        self._stack.enter_context(self._block)
        return caught

    def __exit__(self, *details: Any) -> bool:
        return bool(self._stack.__exit__(*details))


def write_a_lot(db: ds.Database) -> None:
    """Write in every way: 30 books are left."""
    db.run(ds.insert(book(1)))
    db.run(ds.upsert([book(1, title="new"), book(2)]))
    with db.transaction():
        db.run(ds.insert([book(number) for number in range(3, 43)]))
        with Failing(db, KeyError):
            db.run(ds.delete(Book).all_rows())
            raise KeyError
        db.run(ds.delete(Book).where(Book.id.in_([f"b{n}" for n in range(31, 43)])))
    with Failing(db, ds.UniqueViolation):
        db.run(ds.delete(Book, "b2"))
        db.run(ds.insert(book(1)))
    db.run(ds.update_many(Book, [("b1", {"title": "newer"}), ("b2", {"pages": 2})]))
    assert [("newer",)] == db.all(ds.select(Book.title).where(Book.id == "b1"))
    assert 30 == len(list(db.stream(ds.select(Book), size=7)))


def make_tables(engine: sa.Engine) -> None:
    """Make the tables, empty."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        for command in commands("sqlite" if is_sqlite else "postgresql"):
            connection.exec_driver_sql(command)


def commands(dialect: Literal["postgresql", "sqlite"]) -> list[str]:
    """Return the commands that make the tables, empty; Postgres takes them at once."""
    ddl = f"DROP TABLE IF EXISTS books; DROP TABLE IF EXISTS authors; {schema.ddl(dialect)}"
    return [ddl] if dialect == "postgresql" else ddl.split(";")


def open_apsw(path: Path | str) -> apsw.Connection:
    """Open a SQLite database with apsw and make the tables."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(schema.ddl("sqlite"))
    return connection
