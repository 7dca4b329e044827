"""Plain SQLAlchemy over the tables: each statement means the same on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.metadata.world import FIRST, Kind, Lap, World, day

Ids = Callable[[Any], Any]

CONDITIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "text": (lambda t: t.name == "one", "1"),
    "text in": (lambda t: t.name.in_(["one", "n4"]), "14"),
    "text not in": (lambda t: t.name.not_in(["one", "n4"]), "235"),
    "in nothing": (lambda t: t.name.in_([]), ""),
    "like": (lambda t: t.name.like("n%"), "2345"),
    "not like": (lambda t: t.name.not_like("n%"), "1"),
    "a longer pattern than the column holds": (lambda t: t.name.like("%o%n%e%%%%%%%%%"), "1"),
    "ilike": (lambda t: t.name.ilike("N_"), "2345"),
    "starts with": (lambda t: t.name.startswith("n", autoescape=True), "2345"),
    "contains a percent sign": (lambda t: t.name.contains("%", autoescape=True), ""),
    "length": (lambda t: sa.func.length(t.name) == 3, "1"),
    "concatenation": (lambda t: t.name + "!" == "one!", "1"),
    "integer": (lambda t: t.count > 20, "345"),
    "integer between": (lambda t: t.count.between(20, 30), "23"),
    "integer not between": (lambda t: ~t.count.between(20, 30), "145"),
    "arithmetic": (lambda t: t.count * 2 + 1 == 41, "2"),
    "modulo": (lambda t: t.count % 20 == 10, "35"),
    "big": (lambda t: t.big == 2**40, "1"),
    "big of an integer": (lambda t: t.big > t.count, "1"),
    "huge": (lambda t: t.huge == 2**62, "1"),
    "real": (lambda t: t.ratio == 0.1, "1"),
    "real of an integer": (lambda t: t.ratio < 1, "1"),
    "decimal": (lambda t: t.price == Decimal("1.50"), "1"),
    "decimal in": (lambda t: t.price.in_([Decimal("1.50")]), "1"),
    "decimal of another scale": (lambda t: t.price == Decimal("1.5"), "1"),
    "decimal of an integer": (lambda t: t.price == 2, "2"),
    "true": (lambda t: t.flag == True, "124"),  # noqa: E712
    "false": (lambda t: t.flag == False, "35"),  # noqa: E712
    "not true": (lambda t: t.flag != True, "35"),  # noqa: E712
    "is true": (lambda t: t.maybe.is_(True), "4"),
    "is not true": (lambda t: t.maybe.is_not(True), "1235"),
    "sqlalchemy's true": (lambda t: t.flag == sa.true(), "124"),
    "boolean in": (lambda t: t.flag.in_([True]), "124"),
    "boolean by itself": (lambda t: t.flag, "124"),
    "boolean inverted": (lambda t: ~t.flag, "35"),
    "boolean negated": (lambda t: sa.not_(t.flag), "35"),
    "nullable boolean by itself": (lambda t: t.maybe, "4"),
    "nullable boolean inverted": (lambda t: ~t.maybe, "25"),
    "and": (lambda t: sa.and_(t.flag, t.count > 1), "24"),
    "or": (lambda t: t.flag | (t.count == 50), "1245"),
    "and not": (lambda t: t.flag & ~(t.count > 20), "12"),
    "and true": (lambda t: sa.and_(sa.true(), t.flag), "124"),
    "boolean of boolean": (lambda t: t.flag == t.maybe, "45"),
    "is distinct from": (lambda t: t.maybe.is_distinct_from(False), "134"),
    "is null": (lambda t: t.maybe.is_(None), "13"),
    "is not null": (lambda t: t.maybe.is_not(None), "245"),
    "equals None": (lambda t: t.extra == None, "45"),  # noqa: E711
    "timestamp": (lambda t: t.made == day(3), "3"),
    "timestamp in another zone": (
        lambda t: t.made == datetime(2024, 1, 3, 2, tzinfo=timezone(timedelta(hours=2))),
        "3",
    ),
    "timestamp after": (lambda t: t.made > day(3), "45"),
    "timestamp between": (lambda t: t.made.between(day(2), day(4)), "234"),
    "timestamp not between": (lambda t: ~t.made.between(day(2), day(4)), "15"),
    "timestamp in": (lambda t: t.made.in_([day(2), day(5)]), "25"),
    "timestamps": (lambda t: t.made <= t.changed, "12345"),
    "date": (lambda t: t.day <= date(2024, 1, 1), "1"),
    "date between": (lambda t: t.day.between(date(2023, 12, 31), date(2024, 1, 2)), "1"),
    "time": (lambda t: t.at == FIRST["at"], "1"),
    "duration": (lambda t: t.took > timedelta(seconds=4), "1"),
    "duration between": (
        lambda t: t.took.between(timedelta(seconds=5), timedelta(seconds=6)),
        "1",
    ),
    "uuid": (lambda t: t.token == UUID(int=5), "1"),
    "uuid as text": (lambda t: t.token == str(UUID(int=5)), "1"),
    "enum": (lambda t: t.kind == Kind.FANCY, "1"),
    "enum by value": (lambda t: t.kind == "plain", "2345"),
    "enum in": (lambda t: t.kind.in_([Kind.PLAIN, "it's fancy"]), "12345"),
    "integer choice": (lambda t: t.level == 2, "1"),
    "bytes": (lambda t: t.raw == b"\0\xff", "1"),
    "document": (lambda t: t.extra == FIRST["extra"], "1"),
    "document of models": (lambda t: t.laps == [Lap(number=1, lap_time=20)], "1"),
    "number in a document": (lambda t: t.extra["a"][0].as_integer() > 1, "23"),
    "text in a document": (lambda t: t.extra["a", 1, "b"].as_string() == "y2", "2"),
    "text in a document, starting": (lambda t: t.extra["a", 1, "b"].as_string().like("y%"), "23"),
    "boolean in a document": (lambda t: t.extra["on"].as_boolean() == True, "1"),  # noqa: E712
    "number in a document of models": (lambda t: t.laps[0]["lapTime"].as_integer() == 20, "1"),
    "case": (lambda t: sa.case((t.count > 20, "hi"), else_="lo") == "lo", "12"),
    "case of a boolean": (lambda t: sa.case((t.flag == True, 1), else_=0) == 1, "124"),  # noqa: E712
    "case of a boolean by itself": (lambda t: sa.case((t.flag, 1), else_=0) == 1, "124"),
    "case by value": (lambda t: sa.case({"plain": 1}, value=t.kind, else_=2) == 2, "1"),
    "coalesce": (lambda t: sa.func.coalesce(t.big, 0) == 0, "2345"),
    "coalesce of columns": (lambda t: sa.func.coalesce(t.user_id, t.id) == "2", "2"),
    "cast": (lambda t: sa.cast(t.count, sa.Text) == "30", "3"),
    "literal": (lambda t: t.flag == sa.literal(True, t.flag.type), "124"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition(things: World, name: str) -> None:
    condition, expected = CONDITIONS[name]
    statement = sa.select(things.thing.id).where(condition(things.thing)).order_by(things.thing.id)

    assert list(expected) == [key for (key,) in things.rows(statement)]


def test_every_column_comes_back_as_it_was_written(things: World) -> None:
    statement = sa.select(things.table).where(things.thing.id == "1")

    assert [tuple(FIRST.values())] == things.rows(statement)
    assert FIRST == dict(things.connection.execute(statement).mappings().one())


def test_order_limit_and_offset(things: World) -> None:
    thing = things.thing
    statement = sa.select(thing.name, thing.made).order_by(thing.made.desc()).limit(2).offset(1)

    assert [("n4", day(4)), ("n3", day(3))] == things.rows(statement)


def test_order_by_a_boolean_nulls_last(things: World) -> None:
    thing = things.thing

    statement = sa.select(thing.id).order_by(thing.maybe.desc().nulls_last(), thing.id)

    assert [("4",), ("2",), ("5",), ("1",), ("3",)] == things.rows(statement)


def test_columns_of_a_row_as_expressions(things: World) -> None:
    thing = things.thing
    statement = sa.select(
        thing.count + 1,
        -thing.count,
        thing.name.concat("-").concat(thing.kind),
        (thing.count > 0).label("some"),
        thing.flag.label("flag"),
        thing.extra["a"],
        sa.literal(day(9), thing.made.type),
    ).where(thing.id == "1")

    assert [(2, -1, "one-it's fancy", True, True, [1, {"b": "x"}], day(9))] == things.rows(
        statement
    )


def test_aggregates(things: World) -> None:
    thing = things.thing
    statement = sa.select(
        sa.func.count(),
        sa.func.sum(thing.count),
        sa.func.min(thing.name),
        sa.func.max(thing.made),
        sa.func.min(thing.day),
        sa.func.max(thing.ratio),
        sa.func.count(thing.id).filter(thing.flag == True),  # noqa: E712
        sa.func.sum(sa.case((thing.flag == True, 1), else_=0)),  # noqa: E712
    )

    assert [(5, 141, "n2", day(5), date(2024, 1, 1), 0.1, 3, 3)] == things.rows(statement)


def test_group_by_and_having(things: World) -> None:
    thing = things.thing
    count = sa.func.count(thing.id)
    statement = (
        sa.select(thing.flag, count).group_by(thing.flag).having(count > 1).order_by(thing.flag)
    )

    assert [(False, 2), (True, 3)] == things.rows(statement)


def test_distinct(things: World) -> None:
    statement = sa.select(things.thing.kind).distinct().order_by(things.thing.kind)

    assert [(Kind.FANCY,), (Kind.PLAIN,)] == things.rows(statement)


def test_window(things: World) -> None:
    number = sa.func.row_number().over(order_by=things.thing.count.desc())
    statement = sa.select(things.thing.id, number).order_by(things.thing.id)

    assert [("1", 5), ("2", 4), ("3", 3), ("4", 2), ("5", 1)] == things.rows(statement)


def test_join(things: World) -> None:
    statement = (
        sa.select(things.thing.id, things.users.c.name)
        .join(things.users)
        .order_by(things.users.c.name)
    )

    assert [("1", "Ada"), ("3", "Bob")] == things.rows(statement)


def test_outer_join(things: World) -> None:
    statement = (
        sa.select(things.users.c.name, things.thing.made)
        .select_from(things.table.outerjoin(things.users))
        .order_by(things.thing.id)
    )

    assert [("Ada", day(1)), (None, day(2)), ("Bob", day(3)), (None, day(4)), (None, day(5))] == (
        things.rows(statement)
    )


def test_join_on_a_boolean(things: World) -> None:
    statement = (
        sa.select(things.thing.id)
        .join(things.users, things.thing.flag & (things.users.c.id == "u1"))
        .order_by(things.thing.id)
    )

    assert [("1",), ("2",), ("4",)] == things.rows(statement)


def test_alias_keeps_types(things: World) -> None:
    other = things.table.alias("other")
    statement = (
        sa.select(other.c.made, other.c.extra, other.c.flag)
        .where(other.c.flag, ~sa.or_(other.c.count > 10, ~other.c.flag))
        .join(things.table, things.thing.id == other.c.id)
    )

    assert [(day(1), FIRST["extra"], True)] == things.rows(statement)


def test_subquery_keeps_types(things: World) -> None:
    inner = sa.select(things.table).where(things.thing.count < 20).subquery("inner_one")
    statement = sa.select(inner.c.laps, inner.c.price, inner.c.kind).where(inner.c.flag)

    assert [([Lap(number=1, lap_time=20)], Decimal("1.50"), Kind.FANCY)] == things.rows(statement)


def test_cte_keeps_types(things: World) -> None:
    recent = sa.select(things.table).where(things.thing.made >= day(3)).cte("recent")
    statement = (
        sa.select(recent.c.id, recent.c.made, recent.c.extra, recent.c.flag)
        .where(recent.c.made < day(5))
        .order_by(recent.c.made)
    )

    third = {"a": [3, {"b": "y3"}], "on": False}
    assert [("3", day(3), third, False), ("4", day(4), None, True)] == things.rows(statement)


def test_recursive_cte(things: World) -> None:
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < 3))
    statement = (
        sa.select(things.thing.id)
        .join(numbers, things.thing.count == numbers.c.n * 10)
        .order_by(things.thing.id)
    )

    assert [("2",), ("3",)] == things.rows(statement)


def test_scalar_subquery_exists_and_in(things: World) -> None:
    thing, users = things.thing, things.users
    most = sa.select(sa.func.max(thing.count)).scalar_subquery()
    owned = sa.exists().where(users.c.id == thing.user_id)

    assert [("5",)] == things.rows(sa.select(thing.id).where(thing.count == most))
    assert [("1",), ("3",)] == things.rows(sa.select(thing.id).where(owned).order_by(thing.id))
    assert [("u1",)] == things.rows(
        sa.select(users.c.id).where(users.c.id.in_(sa.select(thing.user_id).where(thing.flag)))
    )


def test_union(things: World) -> None:
    thing = things.thing
    first = sa.select(thing.made, thing.extra).where(thing.id == "1")
    fifth = sa.select(thing.made, thing.extra).where(thing.id == "5")

    assert {day(1), day(5)} == {row[0] for row in things.rows(sa.union_all(first, fifth))}
    assert [FIRST["extra"]] == [row[1] for row in things.rows(sa.union_all(first, fifth)) if row[1]]


def test_text_with_columns(things: World) -> None:
    thing = things.thing
    statement = sa.text("SELECT id, flag, made FROM things WHERE id = :id").columns(
        thing.id, thing.flag, thing.made
    )

    assert [("1", True, day(1))] == things.rows(statement.bindparams(id="1"))


def test_bound_parameter(things: World) -> None:
    thing = things.thing
    statement = sa.select(thing.id).where(thing.made >= sa.bindparam("since")).order_by(thing.id)

    found = things.connection.execute(statement, {"since": day(4)})

    assert [("4",), ("5",)] == [tuple(row) for row in found]


def test_values_rendered_into_the_statement(things: World) -> None:
    thing = things.thing
    statement = sa.select(thing.id).where(
        thing.name == "one",
        thing.flag == True,  # noqa: E712
        thing.made == day(1),
        thing.token == UUID(int=5),
        thing.kind == Kind.FANCY,
        thing.day == date(2024, 1, 1),
        thing.huge == 2**62,
        thing.ratio == 0.1,
        thing.raw == b"\0\xff",
        thing.took == timedelta(seconds=5),
    )
    text = str(
        statement.compile(things.connection.engine, compile_kwargs={"literal_binds": True})
    ).replace("%%", "%")

    assert [("1",)] == things.raw(text)


def test_insert_returning_gives_what_the_databases_hold(world: World) -> None:
    statement = sa.insert(world.table).values(FIRST).returning(*world.table.c)

    assert [tuple(FIRST.values())] == world.rows(statement)


def test_insert_many_returning(world: World) -> None:
    thing = world.thing
    statement = sa.insert(world.table).returning(thing.id, thing.kind, thing.laps, thing.flag)
    rows = [{"id": str(number), "name": "n", "flag": bool(number % 2)} for number in range(3)]

    found = world.connection.execute(statement, rows)

    assert [("0", False), ("1", True), ("2", False)] == sorted((row.id, row.flag) for row in found)


def test_insert_from_select(things: World) -> None:
    thing = things.thing
    statement = sa.insert(things.users).from_select(
        ["id", "name"], sa.select(thing.id, thing.name).where(thing.id == "1")
    )
    things.run(statement)

    assert [("1", "one")] == things.rows(sa.select(things.users).where(things.users.c.id == "1"))


def test_update_by_expressions(things: World) -> None:
    thing = things.thing
    change = sa.update(things.table).where(thing.id == "2")
    things.run(change.values(count=thing.count + 5, name=thing.name + "x", big=thing.count))

    found = things.rows(sa.select(thing.count, thing.name, thing.big).where(thing.id == "2"))

    assert [(25, "n2x", 20)] == found


def test_update_returning(things: World) -> None:
    thing = things.thing
    statement = (
        sa.update(things.table)
        .where(thing.id == "1")
        .values(name="new", extra={"b": [True]}, changed=day(9))
        .returning(thing.name, thing.extra, thing.changed, thing.kind)
    )

    assert [("new", {"b": [True]}, day(9), Kind.FANCY)] == things.rows(statement)


def test_update_many(things: World) -> None:
    statement = (
        sa.update(things.table)
        .where(things.thing.id == sa.bindparam("key"))
        .values(flag=sa.bindparam("on"), made=sa.bindparam("at_what"))
    )
    things.connection.execute(
        statement,
        [
            {"key": "1", "on": False, "at_what": day(8)},
            {"key": "2", "on": True, "at_what": day(9)},
        ],
    )

    found = things.rows(
        sa.select(things.thing.flag, things.thing.made)
        .where(things.thing.id.in_(["1", "2"]))
        .order_by(things.thing.id)
    )
    assert [(False, day(8)), (True, day(9))] == found


def test_delete_returning(things: World) -> None:
    thing = things.thing
    statement = sa.delete(things.table).where(thing.flag).returning(thing.id, thing.laps)

    deleted = things.rows(statement)

    assert ["1", "2", "4"] == sorted(key for key, _ in deleted)
    assert [("3",), ("5",)] == things.rows(sa.select(thing.id).order_by(thing.id))


def test_upsert_of_the_dialect(things: World) -> None:
    thing: Any = things.thing
    insert: Any
    if things.dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert
    statement = insert(things.table).values({**FIRST, "name": "upserted", "made": day(7)})
    excluded = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={"name": excluded.name, "made": excluded.made}
    )
    things.run(statement)

    found = things.rows(sa.select(thing.name, thing.made).where(thing.id == "1"))
    assert [("upserted", day(7))] == found


def test_nulls_of_documents(world: World) -> None:
    thing = world.thing
    values = {"a": None, "b": ds.JSON_NULL, "c": sa.null()}
    for key, value in values.items():
        world.run(sa.insert(world.table).values(id=key, name="n", extra=value))

    found = world.rows(sa.select(thing.id, thing.extra, thing.extra.is_(None)).order_by(thing.id))

    assert [("a", None, True), ("b", ds.JSON_NULL, False), ("c", None, True)] == found


def test_timestamps_are_cut_as_rows_cut_them(world: World) -> None:
    fine = datetime(2024, 1, 1, 1, 2, 3, 456_789, tzinfo=UTC)
    cut = fine.replace(microsecond=456_000)
    world.run(sa.insert(world.table).values(id="1", name="n", made=fine))

    assert [(cut,)] == world.rows(sa.select(world.thing.made))
    assert [("1",)] == world.rows(sa.select(world.thing.id).where(world.thing.made == fine))


def test_zero_is_zero_whatever_its_sign(world: World) -> None:
    world.run(sa.insert(world.table).values(id="1", name="n", price=Decimal("-0")))

    assert [("1",)] == world.rows(sa.select(world.thing.id).where(world.thing.price == 0))
