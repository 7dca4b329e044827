"""Inserts, updates and deletes of plain SQLAlchemy, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

import dualschema as ds
from tests.metadata.world import FIRST, Kind, World, day


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
