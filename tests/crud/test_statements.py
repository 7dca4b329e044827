"""What statements are, what they refuse and in which words, and what a change sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.client import open_powersync
from tests.crud.books import Author, Book, Space, book, make_tables, schema

_TOO_MANY = "has no where() and would touch every row of books; say all_rows() if that is meant"


def refusal(work: Callable[[], Any]) -> str:
    with pytest.raises(ds.StatementError) as caught:
        work()
    return str(caught.value)


def _any(value: object) -> Any:
    """Return a value that a type checker would not let pass."""
    return value


_anything: Any = object()
_REFUSED: dict[str, tuple[Callable[[ds.Database], Any], str]] = {
    "update of all": (
        lambda db: db.run(ds.update(Book).set(title="x")),
        f"this update {_TOO_MANY}",
    ),
    "update of nothing and of all": (
        lambda db: db.run(ds.update(Book)),
        f"this update {_TOO_MANY}",
    ),
    "delete of all": (
        lambda db: db.run(ds.delete(Book)),
        f"this delete {_TOO_MANY}",
    ),
    "delete of the key None": (
        lambda db: db.run(ds.delete(Book, None)),
        f"this delete {_TOO_MANY}",
    ),
    "delete of all that returns": (
        lambda db: db.all(ds.delete(Book).returning()),
        f"this delete {_TOO_MANY}",
    ),
    "no column": (
        lambda _: ds.update(Book).set(titel="x"),
        "books has no column 'titel'; did you mean title?",
    ),
    "no column in a mapping": (
        lambda _: ds.update(Book).set({"xyz": 1}),
        "books has no column 'xyz'",
    ),
    "no column in many": (
        lambda db: db.run(ds.update_many(Book, [("b1", {"author": "a"})])),
        "books has no column 'author'; did you mean author_id?",
    ),
    "no column in an upsert": (
        lambda db: db.run(ds.upsert(book(1), set=["titel"])),
        "books has no column 'titel'; did you mean title?",
    ),
    "another table's column in an upsert": (
        lambda db: db.run(ds.upsert(book(1), set=[Author.name])),
        "a column of books is wanted: a name, or Book.name",
    ),
    "no column as target": (
        lambda db: db.run(ds.upsert(book(1), target="isbm")),
        "books has no column 'isbm'; did you mean isbn?",
    ),
    "nothing, yet something": (
        lambda db: db.run(ds.upsert(book(1), set="title", do_nothing=True)),
        "an upsert with do_nothing has no set= and no where=",
    ),
    "the key changed": (
        lambda db: db.run(ds.upsert(book(1), target="isbn", set=["id"])),
        "an upsert does not change the key of books",
    ),
    "set twice": (
        lambda _: ds.update(Book).set({"title": "x"}, title="y"),
        "title is set twice",
    ),
    "a whole row": (
        lambda _: ds.update(Book).set(_any(book(1))),
        "set() takes a patch model or keywords; a whole row is for upsert()",
    ),
    "a strange patch": (
        lambda _: ds.update(Book).set(_anything),
        "set() takes keywords, a mapping or a patch model",
    ),
    "an expression in many": (
        lambda db: db.run(ds.update_many(Book, [("b1", {"pages": Book.pages + 1})])),
        "update_many takes values; use update() for expressions",
    ),
    "many as one statement": (
        lambda _: ds.update_many(Book, []).statement,
        "update_many is no single statement: use update() for one row",
    ),
    "a parameter without value": (
        lambda db: db.all(ds.select(Book).where(Book.id == ds.param("book"))),
        "the statement's parameter 'book' was given no value",
    ),
    "no such parameter": (
        lambda db: db.all(ds.select(Book), book="b1"),
        "the statement has no parameter 'book'",
    ),
    "no such parameter of a write": (
        lambda db: db.run(ds.insert(book(1)), book="b1"),
        "the statement has no parameter 'book'",
    ),
    "no such parameter of a keyed write": (
        lambda db: db.run(ds.update(Book, "b1").set(title="x"), book="b1"),
        "the statement has no parameter 'book'",
    ),
    "a page of columns": (
        lambda _: ds.select(Book.id).page(size=2),
        "page() needs a select whose first element is a table",
    ),
    "a page after too little": (
        lambda db: db.all(ds.select(Book).order_by(Book.pages).page(size=2, after=(5,))),
        "page(after=...) wants a row or 2 values: those of order_by and the key",
    ),
    "a page after a row by expressions": (
        lambda db: db.all(ds.select(Book).order_by(Book.pages + 1).page(size=2, after=book(1))),
        (
            "page(after=row) needs an order of the table's own columns: give the values of the "
            "order and the key as a tuple"
        ),
    ),
    "a negative limit": (
        lambda _: ds.select(Book).limit(-1),
        "limit is a whole number from 0",
    ),
    "a limit that is none": (
        lambda _: ds.select(Book).limit(_any(None)),
        "limit is a whole number from 0",
    ),
    "a true offset": (lambda _: ds.select(Book).offset(True), "offset is a whole number from 0"),
    "a strange size": (
        lambda _: ds.select(Book).page(size=_any("5")),
        "size is a whole number from 0",
    ),
    "a stream by none": (
        lambda db: list(db.stream(ds.select(Book), size=0)),
        "size is a whole number from 1",
    ),
    "a stream of a write": (
        lambda db: list(db.stream(ds.insert(book(1)).returning())),
        "stream() is for queries: a write gives its rows to all()",
    ),
    "an order of text": (
        lambda _: ds.select(Book).order_by(_any("title")),
        "order_by() takes columns and expressions: Timer.name.desc()",
    ),
    "related without a key": (
        lambda _: ds.select(Book).with_related(Author),
        "authors has no foreign key to books: say which column names it, with on=",
    ),
    "related on a column of another": (
        lambda _: ds.select(Author).with_related(Book, on=Author.name),
        "on= is a column of books",
    ),
    "related to columns": (
        lambda _: ds.select(Book.id, Book.title).with_related(Author),
        "with_related() needs a select of one table",
    ),
    "nothing selected": (
        lambda _: _any(ds.select)(),
        "a select names what it gives: select(Timer)",
    ),
    "text selected": (
        lambda db: db.all(ds.select(_any("title"))),
        "a select takes tables, columns and expressions, not str",
    ),
    "text inserted": (
        lambda db: db.run(ds.insert(_any("abc"))),
        "rows are instances of a table class, not str",
    ),
    "a dict inserted": (
        lambda db: db.run(ds.insert([_any({"id": "b1"})])),
        "rows are instances of a table class, not dict",
    ),
    "None inserted": (
        lambda db: db.run(ds.insert([_any(None), book(1)])),
        "rows are instances of a table class, not NoneType",
    ),
    "a class inserted": (
        lambda db: db.run(ds.insert(_any(Book))),
        "rows are instances of a table class, not TableMeta",
    ),
    "two classes": (
        lambda db: db.run(ds.insert([_any(book(1)), Author(id="a", name="A")])),
        "rows of one insert are of one table: Book, then Author",
    ),
    "two classes that return": (
        lambda db: db.all(ds.insert([_any(book(1)), Author(id="a", name="A")]).returning()),
        "rows of one insert are of one table: Book, then Author",
    ),
    "two classes of many": (
        lambda db: db.run(
            ds.insert([_any(book(n)) for n in range(700)] + [Author(id="a", name="A")])
        ),
        "rows of one insert are of one table: Book, then Author",
    ),
    "two classes in an upsert": (
        lambda db: db.run(
            ds.upsert([_any(book(n)) for n in range(700)] + [Author(id="a", name="A")])
        ),
        "rows of one insert are of one table: Book, then Author",
    ),
    "no rows as one statement": (
        lambda _: ds.insert(iter([book(1)])).statement,
        "an insert of no rows, or of an iterator, is no one statement",
    ),
    "nothing set as one statement": (
        lambda _: ds.update(Book, "b1").statement,
        "this update sets nothing, and is no statement",
    ),
}


@pytest.fixture(scope="module", params=["postgres", "sqlite", "powersync"])
def any_db(
    request: pytest.FixtureRequest, module_space: Space, powersync_library: Path
) -> Iterator[ds.Database]:
    """Give a database of each kind, in which nothing will be."""
    if request.param == "powersync":
        client = open_powersync(schema, library=powersync_library)
        yield ds.Database(client)
        client.close()
        return
    with ds.connect(module_space.url if request.param == "postgres" else "sqlite://") as db:
        make_tables(db.engine)
        yield db


@pytest.mark.parametrize(("work", "text"), _REFUSED.values(), ids=_REFUSED)
def test_misuse_is_refused(
    any_db: ds.Database, work: Callable[[ds.Database], Any], text: str
) -> None:
    assert text == refusal(lambda: work(any_db))
    assert 0 == any_db.count(Book) == any_db.count(Author)
