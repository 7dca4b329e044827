"""What is told of a refused statement: class, code and names, and never a value."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw as apsw_driver
import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.crud.books import Author, Book, book, open_apsw

SECRET = "hunter2-the-secret"


class Command(ds.crud.Statement):
    """A command that has no statement of ours."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def build(self) -> Any:
        return sa.text(self.sql)

    def run(self, session: Any, given: Any) -> int:
        session.port.run(self.sql)
        return 0


@pytest.fixture
def apsw(tmp_path: Path) -> Iterator[ds.Database]:
    connection = open_apsw(tmp_path / "apsw.db")
    yield ds.Database(connection)
    connection.close()


@pytest.fixture(params=["postgres", "sqlite", "apsw"])
def driver(request: pytest.FixtureRequest) -> ds.Database:
    """Give a database of each driver, with a book in it."""
    db: ds.Database = request.getfixturevalue(request.param)
    db.run(ds.insert(Author(id="a1", name=SECRET)))
    db.run(ds.insert(book(1, title=SECRET, isbn=SECRET, author_id="a1")))
    return db


@dataclass(frozen=True)
class Case:
    """A statement that breaks a rule.

    Attributes:
        refuse: makes it.
        kind: the error's class.
        postgres: code, table, column and constraint on Postgres.
        sqlite: the same on SQLite, which names less.
        text: the error's text, on either.
    """

    refuse: Callable[[], Any]
    kind: type[ds.ConstraintViolation]
    postgres: tuple[Any, ...]
    sqlite: tuple[Any, ...]
    text: tuple[str, str]


_UNIQUE = Case(
    lambda: ds.insert(book(2, isbn=SECRET)),
    ds.UniqueViolation,
    ("23505", "books", None, "books_isbn_key"),
    ("SQLITE_CONSTRAINT_UNIQUE", "books", "isbn", None),
    (
        "books: another row has this value (books_isbn_key) [23505]",
        "books.isbn: another row has this value [SQLITE_CONSTRAINT_UNIQUE]",
    ),
)
_FOREIGN_KEY = Case(
    lambda: ds.insert(book(2, author_id=SECRET)),
    ds.ForeignKeyViolation,
    ("23503", "books", None, "books_author_id_fkey"),
    ("SQLITE_CONSTRAINT_FOREIGNKEY", "books", None, None),
    (
        "books: a row that is named is not there, or is needed (books_author_id_fkey) [23503]",
        "books: a row that is named is not there, or is needed [SQLITE_CONSTRAINT_FOREIGNKEY]",
    ),
)
_CASES = {
    "unique": _UNIQUE,
    "key": Case(
        lambda: ds.insert(book(1, title=SECRET)),
        ds.UniqueViolation,
        ("23505", "books", None, "books_pkey"),
        ("SQLITE_CONSTRAINT_PRIMARYKEY", "books", "id", None),
        (
            "books: another row has this value (books_pkey) [23505]",
            "books.id: another row has this value [SQLITE_CONSTRAINT_PRIMARYKEY]",
        ),
    ),
    "foreign key": _FOREIGN_KEY,
    "needed": Case(
        lambda: ds.delete(Author, "a1"),
        ds.ForeignKeyViolation,
        ("23503", "books", None, "books_author_id_fkey"),
        ("SQLITE_CONSTRAINT_FOREIGNKEY", "authors", None, None),
        (
            "books: a row that is named is not there, or is needed (books_author_id_fkey) [23503]",
            (
                "authors: a row that is named is not there, or is needed "
                "[SQLITE_CONSTRAINT_FOREIGNKEY]"
            ),
        ),
    ),
    "not null": Case(
        lambda: ds.update(Book, "b1").set(title=sa.func.nullif(SECRET, SECRET)),
        ds.NotNullViolation,
        ("23502", "books", "title", None),
        ("SQLITE_CONSTRAINT_NOTNULL", "books", "title", None),
        (
            "books.title: it is NULL, but the column is not nullable [23502]",
            "books.title: it is NULL, but the column is not nullable [SQLITE_CONSTRAINT_NOTNULL]",
        ),
    ),
    "check": Case(
        lambda: ds.update(Book, "b1").set(pages=Book.pages - 271828, isbn=SECRET),
        ds.CheckViolation,
        ("23514", "books", None, "books_pages"),
        ("SQLITE_CONSTRAINT_CHECK", "books", None, "books_pages"),
        (
            "books: a value breaks a rule of the schema (books_pages) [23514]",
            "books: a value breaks a rule of the schema (books_pages) [SQLITE_CONSTRAINT_CHECK]",
        ),
    ),
    "many": Case(
        lambda: ds.insert([book(number + 2, isbn=SECRET) for number in range(600)]),
        *(_UNIQUE.kind, _UNIQUE.postgres, _UNIQUE.sqlite, _UNIQUE.text),
    ),
    "some": Case(
        lambda: ds.insert([book(number + 2, isbn=SECRET) for number in range(3)]),
        *(_UNIQUE.kind, _UNIQUE.postgres, _UNIQUE.sqlite, _UNIQUE.text),
    ),
    "upsert": Case(
        lambda: ds.upsert([book(2, author_id=SECRET), book(3)]),
        *(_FOREIGN_KEY.kind, _FOREIGN_KEY.postgres, _FOREIGN_KEY.sqlite, _FOREIGN_KEY.text),
    ),
    "returning": Case(
        lambda: ds.insert(book(2, isbn=SECRET)).returning(),
        *(_UNIQUE.kind, _UNIQUE.postgres, _UNIQUE.sqlite, _UNIQUE.text),
    ),
    "update many": Case(
        lambda: ds.update_many(Book, [("b1", {"author_id": SECRET})]),
        *(_FOREIGN_KEY.kind, _FOREIGN_KEY.postgres, _FOREIGN_KEY.sqlite, _FOREIGN_KEY.text),
    ),
}


def refused(db: ds.Database, statement: Any) -> ds.DatabaseError:
    with pytest.raises(ds.DatabaseError) as caught:
        db.run(statement)
    return caught.value


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_a_broken_rule(driver: ds.Database, case: Case) -> None:
    error = refused(driver, case.refuse())

    is_postgres = isinstance(error.driver_error, psycopg.Error)
    assert case.kind is type(error)
    assert case.text[not is_postgres] == str(error)
    assert (case.postgres if is_postgres else case.sqlite) == (
        error.code,
        error.table,
        error.column,
        error.constraint,
    )
    assert [SECRET] == driver.scalars(ds.select(Book.title))
    check_silence(error)


def check_silence(error: ds.DatabaseError) -> None:
    """See to it that nothing which is shown of an error holds a value."""
    handled = logging.Formatter().formatException((type(error), error, error.__traceback__))
    shown = [
        str(error),
        repr(error),
        repr(error.args),
        repr(getattr(error, "__notes__", None)),
        *traceback.format_exception(error),
        handled,
    ]
    assert error.driver_error is not None
    for text in shown:
        assert SECRET not in text
        assert "271828" not in text


@pytest.mark.parametrize("case", ["unique", "check"])
def test_another_error_that_follows_does_not_show_it(driver: ds.Database, case: str) -> None:
    def work() -> None:
        try:
            driver.run(_CASES[case].refuse())
        except ds.ConstraintViolation as error:
            raise RuntimeError("that went wrong") from error

    with pytest.raises(RuntimeError) as caught:
        work()
    shown = "".join(traceback.format_exception(caught.value))

    assert "that went wrong" in shown
    assert "Violation: books" in shown
    assert SECRET not in shown


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_errors_travel_between_processes(driver: ds.Database, case: Case) -> None:
    error = refused(driver, case.refuse())

    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(error) is type(again)
        assert str(error) == str(again)
        assert (error.code, error.table, error.column) == (again.code, again.table, again.column)
        assert error.constraint == again.constraint
        assert type(error.driver_error) is type(again.driver_error)


def test_a_lost_connection_travels_too() -> None:
    with ds.connect("sqlite:////nowhere/at/all.db") as db:
        error = refused_select(db)

    again = pickle.loads(pickle.dumps(error))

    assert (type(error), str(error)) == (type(again), str(again))
    assert str(error).startswith("no connection to the database can be made")


def refused_select(db: ds.Database) -> ds.DatabaseError:
    with pytest.raises(ds.DatabaseError) as caught:
        db.all(ds.select(Book))
    return caught.value


def test_the_tables_are_not_there(driver: ds.Database) -> None:
    driver.run(Command("DROP TABLE books"))

    read, written = refused_select(driver), refused(driver, ds.insert(book(1)))

    if driver.kind.value == "postgres":
        assert 'relation "books" does not exist [42P01]' == str(read)
        assert 'books: relation "books" does not exist [42P01]' == str(written)
    else:
        assert "no such table: books [SQLITE_ERROR]" == str(read)
        assert "books: no such table: books [SQLITE_ERROR]" == str(written)
    assert ds.DatabaseError is type(read) is type(written)


def test_a_column_is_not_there(driver: ds.Database) -> None:
    driver.run(Command("ALTER TABLE books RENAME COLUMN isbn TO isbn_13"))

    read, written = refused_select(driver), refused(driver, ds.insert(book(2)))

    if driver.kind.value == "postgres":
        assert "column books.isbn does not exist [42703]" == str(read)
        assert 'books: column "isbn" of relation "books" does not exist [42703]' == str(written)
    else:
        assert "no such column: books.isbn [SQLITE_ERROR]" == str(read)
        assert "books: table books has no column named isbn [SQLITE_ERROR]" == str(written)


def test_values_that_the_server_cannot_read_are_not_told(postgres: ds.Database) -> None:
    error = refused(postgres, ds.update(Book).set(pages=sa.cast(SECRET, sa.Integer)).all_rows())

    assert "books: the database refused the statement [22P02]" == str(error)
    check_silence(error)


def test_values_that_the_driver_cannot_read_are_not_told(postgres: ds.Database) -> None:
    # Python's years end before Postgres's: no connection is lost for that.
    late = sa.cast("271828-01-01", sa.Date)

    with pytest.raises(ds.DatabaseError) as caught:
        postgres.all(ds.select(late))

    assert ds.DatabaseError is type(caught.value)
    assert "the driver refuses it: DataError" == str(caught.value)
    check_silence(caught.value)
    assert 0 == postgres.count(Book)


def test_a_row_of_the_database_that_is_none(driver: ds.Database) -> None:
    driver.run(Command(f"UPDATE books SET changed_at = '{SECRET}'"))

    with pytest.raises(ds.DecodeError) as caught:
        driver.all(ds.select(Book))

    assert str(caught.value).startswith("books.changed_at: ")
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown + repr(caught.value)


def test_a_value_that_a_condition_compares_with(driver: ds.Database) -> None:
    for condition, column in (
        (Book.pages == SECRET, "pages"),
        (Book.pages.in_([1, SECRET]), "pages"),
        ((Book.lent & (Book.changed_at > SECRET)), "changed_at"),
        (Book.id == "b1\0", "id"),
    ):
        with pytest.raises(ds.StatementError) as caught:
            driver.all(ds.select(Book).where(condition))
        place = f"books.{column}: a value of the statement cannot be stored: "
        assert str(caught.value).startswith(place)
        assert SECRET not in "".join(traceback.format_exception(caught.value))


_HUGE = 2**70 + 7
_TOO_LONG = "a value of the statement cannot be stored: a whole number has at most 64 bits"


@pytest.mark.parametrize(
    "condition",
    [
        Book.pages + _HUGE > 0,
        Book.pages - 1 > _HUGE,
        sa.literal(_HUGE) > ds.alias(Book).pages,
        sa.func.abs(Book.pages) < -_HUGE,
        (Book.pages + 1).in_([1, _HUGE]),
        sa.case((Book.lent, Book.pages), else_=_HUGE) > 1,
        Book.pages + 2**63 > 0,
    ],
)
def test_a_number_that_no_column_could_hold(driver: ds.Database, condition: Any) -> None:
    with pytest.raises(ds.StatementError) as caught:
        driver.all(ds.select(Book.id).where(condition))

    assert f"books.pages: {_TOO_LONG}" == str(caught.value)
    assert str(_HUGE) not in "".join(traceback.format_exception(caught.value))


def test_a_number_that_a_write_adds(driver: ds.Database) -> None:
    for write in (
        ds.update(Book).set(pages=Book.pages + _HUGE).all_rows(),
        ds.update(Book, "b1").set(pages=Book.pages + _HUGE),
        ds.upsert(book(1), set={"pages": Book.pages + _HUGE}),
        ds.upsert([book(1), book(2)], set={"pages": Book.pages + _HUGE}),
        ds.upsert(book(1), set="title", where=Book.pages + _HUGE > 0),
        ds.delete(Book).where(Book.pages * _HUGE > 1),
    ):
        with pytest.raises(ds.StatementError) as caught:
            driver.run(write)
        assert f"books.pages: {_TOO_LONG}" == str(caught.value)
    assert 100 == driver.get(Book, "b1").pages


def test_a_number_that_stands_beside_no_column(driver: ds.Database) -> None:
    for query in (
        ds.select(Book.id).limit(_HUGE),
        ds.select(Book.author_id).group_by(Book.author_id).having(ds.count() > _HUGE),
    ):
        with pytest.raises(ds.StatementError) as caught:
            driver.all(query)
        assert _TOO_LONG == str(caught.value)


def test_numbers_of_64_bits_are_sent(driver: ds.Database) -> None:
    wide = sa.cast(Book.pages, sa.BigInteger)

    assert ["b1"] == driver.scalars(ds.select(Book.id).where(wide < 2**63 - 1, wide > -(2**63)))


def test_apsw_finds_the_database_locked(apsw: ds.Database, tmp_path: Path) -> None:
    connection = apsw_driver.Connection(str(tmp_path / "apsw.db"))
    hasty = ds.Database(connection)

    with apsw.transaction():
        error = refused(hasty, ds.insert(book(1)))
    connection.close()

    assert (ds.SerializationError, "SQLITE_BUSY") == (type(error), error.code)
