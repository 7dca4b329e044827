"""Queries of plain SQLAlchemy: each gives the same rows on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from tests.metadata.world import FIRST, Kind, Lap, World, day


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
        sa.func.count(thing.id).filter(thing.flag == True),  # noqa: E712  (SQL's, not Python's)
        sa.func.sum(sa.case((thing.flag == True, 1), else_=0)),  # noqa: E712  (SQL's, not Python's)
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
        thing.flag == True,  # noqa: E712  (SQL's, not Python's)
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
