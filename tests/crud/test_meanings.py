"""What statements mean: immutable, reusable, and the same on every kind of database."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.client import open_powersync
from tests.crud.books import Author, Book, book

_DAY = datetime(2024, 5, 6, tzinfo=UTC)
_CLOCK = iter(range(1_000_000))


class Given(ds.Table, name="given_things"):
    """A table whose columns have names that others use."""

    id: ds.Column[str] = ds.column(primary_key=True)
    given: ds.Column[str] = ds.column(default="g")
    values_: ds.Column[int] = ds.column(default=0, name="values")
    flag: ds.Column[bool] = ds.column(default=False)
    other: ds.Column[int] = ds.column(default=0)
    maybe: ds.Column[bool | None] = ds.column(default=None)
    extra: ds.Column[Any | None] = ds.column(default=None)
    kind: ds.Column[Literal["a", "b"]] = ds.column(default="a")
    times: ds.Column[int] = ds.column(default=0, on_update=lambda: next(_CLOCK))


_SCHEMA = ds.Schema(Given)


class Native(ds.Table, name="native_things"):
    id: ds.Column[str] = ds.column(primary_key=True)
    flag: ds.Column[bool] = ds.column(default=False)
    other: ds.Column[int] = ds.column(default=0)
    maybe: ds.Column[bool | None] = ds.column(default=None)
    extra: ds.Column[Any | None] = ds.column(default=None)
    times: ds.Column[int] = ds.column(default=0, on_update=lambda: next(_CLOCK))


_NATIVE = ds.Schema(Native, postgres="native")


@pytest.fixture(params=["postgres", "postgres-native", "sqlite", "sqlite-native", "powersync"])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[ds.Database, Any]]:
    """Give a database and a table of things on it."""
    if request.param == "powersync":
        client = open_powersync(_SCHEMA, library=request.getfixturevalue("powersync_library"))
        yield ds.Database(client), Given
        client.close()
        return
    db: ds.Database = request.getfixturevalue(request.param.partition("-")[0])
    schema = _NATIVE if "native" in request.param else _SCHEMA
    with db.engine.begin() as connection:
        schema.metadata.drop_all(connection)
        schema.create_all(connection)
    yield db, schema.tables[0]


def test_conditions_of_booleans(world: tuple[ds.Database, Any]) -> None:
    db, thing = world
    rows = {"t": (True, True), "f": (False, False), "n": (True, None), "m": (False, None)}
    db.run(ds.insert([thing(id=k, flag=flag, maybe=maybe) for k, (flag, maybe) in rows.items()]))

    def found(*conditions: Any) -> str:
        return "".join(db.scalars(ds.select(thing.id).where(*conditions).order_by(thing.id)))

    assert "nt" == found(thing.flag)
    assert "fm" == found(~thing.flag)
    assert "t" == found(thing.maybe)
    assert "f" == found(~thing.maybe)
    assert "t" == found(thing.flag, thing.maybe)
    assert "fnt" == found(sa.or_(thing.flag, ~thing.maybe))
    assert "fmn" == found(sa.not_(sa.and_(thing.flag, thing.maybe.is_(True))))
    assert "nt" == found(thing.flag == True)  # noqa: E712  (SQL's, not Python's)
    assert "fm" == found(thing.flag.is_(False))
    assert "mn" == found(thing.maybe.is_(None))
    assert "ft" == found(thing.flag == thing.maybe)
    assert "nt" == found(thing.flag.in_([True]))
    assert "nt" == found(sa.case((thing.flag, 1), else_=0) == 1)
    assert [("f", 1), ("m", 1), ("n", 0), ("t", 0)] == db.all(
        ds.select(thing.id, sa.case((thing.flag, 0), else_=1)).order_by(thing.id)
    )
    assert 2 == db.run(ds.update(thing).set(other=1).where(thing.flag))
    assert 1 == db.run(ds.delete(thing).where(~thing.maybe))


def test_what_booleans_are_set_to(world: tuple[ds.Database, Any]) -> None:
    db, thing = world
    db.run(ds.insert([thing(id="a", other=5), thing(id="b", flag=True, maybe=True)]))

    def flags() -> list[tuple[bool, bool | None]]:
        return db.all(ds.select(thing.flag, thing.maybe).order_by(thing.id))

    db.run(ds.update(thing).set(flag=~thing.flag).all_rows())
    assert [(True, None), (False, True)] == flags()
    db.run(ds.update(thing).set(flag=thing.other > 3, maybe=thing.maybe.is_(None)).all_rows())
    assert [(True, True), (False, False)] == flags()
    db.run(ds.update(thing).set(flag=thing.maybe, maybe=None).all_rows())
    assert [(True, None), (False, None)] == flags()
    db.run(ds.update(thing, "b").set(flag=sa.and_(thing.other == 0, sa.true()), maybe=thing.flag))
    assert [(True, None), (True, False)] == flags()
    switch = ds.update(thing, "a").set(flag=ds.param("on"), maybe=ds.param("on"))
    assert 1 == db.run(switch, on=False)
    assert [(False, False), (True, False)] == flags()
    assert 1 == db.run(switch, on=True)
    assert [(True, True), (True, False)] == flags()
    db.run(
        ds.upsert(
            thing(id="a", other=9),
            set={"flag": ds.excluded(thing).other > 10, "maybe": ~thing.maybe},
        )
    )
    assert [(False, False), (True, False)] == flags()


def test_on_update_is_made_for_each_run(world: tuple[ds.Database, Any]) -> None:
    db, thing = world
    db.run(ds.insert([thing(id=f"{n}", times=-1) for n in range(40)]))

    def times() -> int:
        made: int = db.get(thing, "1").times
        return made

    assert -1 == times()
    statements = [
        ds.update(thing, "1").set(other=1),
        ds.update(thing).set(other=1).where(thing.id == "1"),
        ds.update(thing, "1").set(other=thing.other + 1),
        ds.update(thing, "1").set(other=1).returning(),
        ds.update_many(thing, [("1", {"other": 1})]),
        ds.upsert(thing(id="1"), set="other"),
        ds.upsert(thing(id="1"), set={"other": thing.other + 1}),
        ds.upsert([thing(id="1"), thing(id="2")], set="other"),
        ds.upsert([thing(id=f"{n}") for n in range(40)], set="other"),
        ds.upsert(thing(id="1"), set="other").returning(),
    ]
    for number, statement in enumerate(statements):
        seen = times()
        for _ in range(3):
            db.run(statement)
            assert seen < times(), number
            seen = times()
    db.run(ds.update(thing, "1").set(times=-5))
    assert -5 == times()
    db.run(ds.upsert(thing(id="1", times=-6)))
    assert -6 == times()
    db.run(ds.upsert(thing(id="1"), do_nothing=True))
    db.run(ds.update(thing, "1").set())
    db.run(ds.update(thing, "1").set({}).returning())
    assert -6 == times()


def test_paths_into_documents(world: tuple[ds.Database, Any]) -> None:
    db, thing = world
    document = {"a": [1, {"b": "x"}], "on": True, "n": None, "c d": 1.5, "s": "5"}
    db.run(ds.insert([thing(id="a", extra=document), thing(id="b", extra=[1]), thing(id="c")]))

    def found(condition: Any) -> str:
        return "".join(db.scalars(ds.select(thing.id).where(condition).order_by(thing.id)))

    def at(path: Any) -> Any:
        return db.scalar(ds.select(path).where(thing.id == "a"))

    assert "a" == found(thing.extra["a"][1]["b"].as_string() == "x")
    assert "a" == found(thing.extra[("a", 0)].as_integer() == 1)
    assert "a" == found(thing.extra["on"].as_boolean())
    assert "a" == found(thing.extra["c d"].as_float() > 1)
    assert "b" == found(thing.extra[0].as_integer() == 1)
    assert "" == found(thing.extra["nowhere"].as_string() == "x")
    assert {"b": "x"} == at(thing.extra["a"][1])
    assert "x" == at(thing.extra["a"][1]["b"])
    assert "x" == at(thing.extra["a"][1]["b"].as_string())
    assert [1, {"b": "x"}] == at(thing.extra["a"])
    assert at(thing.extra["on"].as_boolean()) is True
    assert "5" == at(thing.extra["s"])
    assert at(thing.extra["n"]) is None
    assert at(thing.extra["nowhere"]) is None
    assert 1.5 == at(thing.extra["c d"])


def test_documents_and_nulls(world: tuple[ds.Database, Any]) -> None:
    db, thing = world
    db.run(ds.insert([thing(id="a", extra=ds.JSON_NULL), thing(id="b", extra=None)]))

    assert ["b"] == db.scalars(ds.select(thing.id).where(thing.extra.is_(None)))
    assert ds.JSON_NULL is db.get(thing, "a").extra
    assert 2 == db.run(ds.update(thing).set(extra={"a": [None, "ü\\n\"'\\\\"]}).all_rows())
    assert {"a": [None, "ü\\n\"'\\\\"]} == db.get(thing, "b").extra
    assert 1 == db.run(ds.update(thing, "a").set(extra=None))
    assert db.get(thing, "a").extra is None


@pytest.fixture(params=["postgres", "sqlite", "powersync"])
def given(request: pytest.FixtureRequest, powersync_library: Path) -> Iterator[ds.Database]:
    if request.param == "powersync":
        client = open_powersync(_SCHEMA, library=powersync_library)
        yield ds.Database(client)
        client.close()
        return
    db: ds.Database = request.getfixturevalue(request.param)
    with db.engine.begin() as connection:
        _SCHEMA.metadata.drop_all(connection)
        _SCHEMA.create_all(connection)
    yield db


def test_patches_set_what_was_sent(given: ds.Database) -> None:
    patch = ds.patch_model(Given)
    given.run(ds.insert(Given(id="a", extra=[1], maybe=True, values_=3)))

    sent = patch.model_validate({"maybe": None, "given": "new", "kind": "b"})
    assert 1 == given.run(ds.update(Given, "a").set(sent))
    assert (None, "new", "b", 3) == given.one(
        ds.select(Given.maybe, Given.given, Given.kind, Given.values_)
    )
    empty = patch.model_validate({})
    assert 0 == given.run(ds.update(Given, "a").set(empty))
    assert [given.get(Given, "a")] == given.all(ds.update(Given, "a").set(empty).returning())
    assert [] == given.all(ds.update(Given, "b").set(empty).returning())
    assert 1 == given.run(ds.update(Given, "a").set(empty, other=7))
    many = [("a", patch.model_validate({"values": 9})), ("a", empty), ("b", sent)]
    assert 1 == given.run(ds.update_many(Given, many))
    assert (9, 7) == given.one(ds.select(Given.values_, Given.other))
    made = ds.insert_model(Given)(id="c", given="inserted")
    assert 1 == given.run(ds.insert(Given(**ds.insert_model(Given).values(made))))
    assert "inserted" == given.get(Given, "c").given


def test_changes_of_one_row_come_one_after_the_other(any_db: ds.Database) -> None:
    any_db.run(ds.insert([book(1), book(2)]))
    changes: list[tuple[str, dict[str, Any]]] = [
        ("b1", {"pages": 1}),
        ("b2", {"pages": 2}),
        ("b1", {"pages": 3}),
        ("b1", {"title": "x"}),
        ("b1", {"pages": 4}),
        ("b2", {"pages": 5}),
    ]

    assert 6 == any_db.run(ds.update_many(Book, changes))
    assert [(4, "x"), (5, "title 2")] == any_db.all(
        ds.select(Book.pages, Book.title).order_by(Book.id)
    )


def test_statements_do_not_change(any_db: ds.Database) -> None:
    any_db.run(ds.insert([book(n, pages=n) for n in range(1, 6)]))
    all_books = ds.select(Book)
    some = all_books.where(Book.pages > 1)
    fewer = some.where(Book.pages < 5).order_by(Book.pages.desc())
    change = ds.update(Book).set(title="x")
    more = change.set(lent=True).where(Book.pages == 2)

    assert (5, 4, 3) == tuple(any_db.count(each) for each in (all_books, some, fewer))
    assert 1 == len(any_db.all(fewer.limit(1)))
    assert 3 == len(any_db.all(fewer))
    with pytest.raises(ds.StatementError, match="touch every row"):
        any_db.run(change)
    assert (1, 1) == (any_db.run(more), any_db.run(more))
    assert 1 == any_db.run(change.where(Book.pages == 3))
    assert [("x", True), ("x", False)] == any_db.all(
        ds.select(Book.title, Book.lent).where(Book.title == "x").order_by(Book.id)
    )
    rows = ds.upsert(book(9), set="title")
    assert [1, 1] == [any_db.run(rows), any_db.run(copy.copy(rows))]
    assert 6 == any_db.count(Book)


def test_parameters(any_db: ds.Database) -> None:
    any_db.run(ds.insert([book(n, pages=n) for n in range(1, 6)]))
    thick = ds.select(Book.id).where(Book.pages >= ds.param("pages"), Book.id != ds.param("but"))
    ids = ds.select(Book.id).where(Book.id.in_(ds.param("ids"))).order_by(Book.id)
    change = ds.update(Book, ds.param("key")).set(title=ds.param("title"), pages=Book.pages + 10)

    for _ in range(2):
        assert ["b4"] == any_db.scalars(thick, pages=4, but="b5")
        assert ["b5"] == any_db.scalars(thick.order_by(Book.id), pages=4, but="b4")
        assert ["b1", "b2"] == any_db.scalars(ids, ids=["b2", "b1", "zz"])
        assert [] == any_db.scalars(ids, ids=[])
        assert ["b3"] == any_db.scalars(ids, ids=("b3",))
    assert 4 == any_db.count(thick, pages=0, but="b1")
    assert any_db.exists(thick, pages=5, but="b1")
    assert ("b5",) == any_db.one(thick, pages=5, but="")
    assert any_db.first(thick, pages=6, but="") is None
    assert ["b5"] == [key for (key,) in any_db.stream(thick, pages=5, but="")]
    assert (1, 1, 0) == tuple(any_db.run(change, key=key, title="t") for key in ("b1", "b2", "zz"))
    assert 1 == any_db.run(ds.delete(Book, ds.param("key")), key="b3")
    twice = ds.select(Book.id).where((Book.title == ds.param("x")) | (Book.id == ds.param("x")))
    assert ["b1", "b2"] == any_db.scalars(twice.order_by(Book.id), x="t")
    with pytest.raises(ds.StatementError, match="cannot be stored"):
        any_db.all(thick, pages="many", but="")


def test_selects_of_every_shape(any_db: ds.Database) -> None:
    any_db.run(ds.insert([Author(id="a1", name="Ada"), Author(id="a2", name="Bob")]))
    owners = ["a1", "a1", "a2", None, None]
    any_db.run(ds.insert([book(n, pages=n, author_id=a) for n, a in enumerate(owners, 1)]))
    other = ds.alias(Book, "other")

    pairs = ds.select(Book.id, other.id).join(other, other.pages == Book.pages + 1)
    assert [("b1", "b2"), ("b2", "b3")] == any_db.all(pairs.order_by(Book.id).limit(2))
    left = ds.select(Book, ds.optional(Author)).join(Author, left=True).order_by(Book.id)
    assert ["Ada", "Ada", "Bob", None, None] == [
        author and author.name for _, author in any_db.all(left)
    ]
    both = ds.select(Author, ds.optional(other)).join(
        other, (other.author_id == Author.id) & (other.pages > 2), left=True
    )
    assert [("a1", None), ("a2", "b3")] == [
        (author.id, row and row.id) for author, row in any_db.all(both.order_by(Author.id))
    ]
    groups = ds.select(Book.author_id, ds.count(), ds.count(Book.isbn), sa.func.sum(Book.pages))
    groups = groups.group_by(Book.author_id).order_by(Book.author_id)
    assert [("a1", 2, 0, 3), ("a2", 1, 0, 3), (None, 2, 0, 9)] == any_db.all(groups)
    assert [("a1", 2, 0, 3)] == any_db.all(groups.having(ds.count() > 1, Book.author_id == "a1"))
    assert (3, True) == (any_db.count(groups), any_db.exists(groups))
    assert not any_db.exists(groups.having(ds.count() > 9))
    lonely = ~ds.exists(ds.select(Book).where(Book.author_id == Author.id, Book.pages > 2))
    assert ["a1"] == any_db.scalars(ds.select(Author.id).where(lonely))
    assert ["a1"] == any_db.scalars(
        ds.select(Author.id).where(
            Author.id.in_(ds.select(Book.author_id).where(Book.pages == 1).statement)
        )
    )
    assert ["a1", "a2", None] == any_db.scalars(
        ds.select(Book.author_id).distinct().order_by(Book.author_id)
    )
    assert [("b1", 1, "title 1!")] == any_db.all(
        ds.select(Book.id, Book.pages, (Book.title + "!").label("loud")).limit(1).order_by(Book.id)
    )
    assert [(book(1, pages=1, author_id="a1"), 1)] == any_db.all(
        ds.select(Book, Book.pages).where(Book.id == "b1")
    )
    sub = ds.select(sa.func.max(Book.pages)).statement.scalar_subquery()
    assert ["b5"] == any_db.scalars(ds.select(Book.id).where(Book.pages == sub))
    assert 1 == any_db.run(ds.update(Book, "b1").set(pages=sub))
    assert 5 == any_db.get(Book, "b1").pages
    assert 2 == any_db.count(ds.select(Book).order_by(Book.id).limit(2).offset(1))
    assert [] == any_db.all(ds.select(Book).limit(0))


def test_text_is_not_cut_at_a_zero(db: ds.Database) -> None:
    db.run(ds.insert(book(1, title="a")))
    cut = ds.select(Book.id).where(Book.title == sa.func.lower("a\0b"))

    if db.kind.value == "sqlite":
        assert [] == db.all(cut)
        return
    with pytest.raises(ds.StatementError, match="text may hold no NUL character"):
        db.all(cut)


def test_a_float_beside_an_integer_is_a_float(world: tuple[ds.Database, Any]) -> None:
    db, table = world
    db.run(ds.insert([table(id="a", other=3), table(id="b", other=1)]))

    query = ds.select(table.id, table.other + 1.5).where(table.other * 0.5 > 1)
    assert [("a", 4.5)] == db.all(query)
