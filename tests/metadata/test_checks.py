"""What the databases themselves refuse, whoever writes: types, checks, keys and foreign keys."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.metadata.world import SQLITE, World, day
from tests.schema.define import define

REFUSED: dict[str, str] = {
    "id": "NULL",
    "name NULL": "NULL",
    "name too short": "''",
    "name too long": "'thirteen char'",
    "flag": "2",
    "flag NULL": "NULL",
    "maybe": "-1",
    "count too small": "-1",
    "count too great": "1001",
    "kind": "'PLAIN'",
    "level": "4",
    "level NULL": "NULL",
    "user_id": "'nobody'",
}
"""SQL that both engines refuse, but Postgres's boolean has no 2."""

TAKEN: dict[str, str] = {
    "name": "'twelve chars'",
    "name of astral letters": "'😀😀😀😀😀😀😀😀😀😀😀😀'",
    "maybe": "NULL",
    "count least": "0",
    "count greatest": "1000",
    "kind": "'it''s fancy'",
    "level": "3",
    "user_id": "'u2'",
    "big": "9007199254740991",
}


def insert(world: World, **cells: str) -> None:
    """Insert a thing by the driver; the cells are SQL."""
    row = world.thing(id="1", name="n", made=day(1), changed=day(1))
    stored = ds.encode(row, "sqlite" if world.dialect == "sqlite" else "postgres")
    given = {"id": "'1'", "name": "'n'"} | {
        name: f"'{stored[name]}'" for name in ("made", "changed")
    }
    given |= cells
    world.raw(f"INSERT INTO things ({', '.join(given)}) VALUES ({', '.join(given.values())})")


@pytest.mark.parametrize("case", REFUSED)
def test_refused(world: World, case: str) -> None:
    refusals = (
        sqlite3.IntegrityError,
        psycopg.errors.IntegrityError,
        psycopg.errors.DatatypeMismatch,
        psycopg.errors.InvalidTextRepresentation,
    )

    with pytest.raises(refusals):
        insert(world, **{case.partition(" ")[0]: REFUSED[case]})


@pytest.mark.parametrize("case", TAKEN)
def test_taken(world: World, case: str) -> None:
    insert(world, **{case.partition(" ")[0]: TAKEN[case]})

    assert [(1,)] == world.raw("SELECT count(*) FROM things")


def test_booleans_are_integers_or_booleans(world: World) -> None:
    native = world.dialect == "postgresql" and world.style == "native"
    insert(world, flag="true" if native else "1")

    assert [(True,)] == world.rows(sa.select(world.thing.flag))


@pytest.mark.parametrize("made_world", SQLITE, indirect=True, ids="-".join)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "X'6162'"),
        ("count", "'many'"),
        ("count", "1.5"),
        ("flag", "'yes'"),
        ("ratio", "'much'"),
        ("took", "'long'"),
        ("huge", "X'00'"),
    ],
)
def test_sqlite_refuses_values_of_other_classes(world: World, column: str, value: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"cannot store \w+ value in \w+ column"):
        insert(world, **{column: value})


@pytest.mark.parametrize("made_world", SQLITE, indirect=True, ids="-".join)
def test_sqlite_stores_each_value_in_the_class_of_its_column(things: World) -> None:
    expected = {
        column.name: column.type.storage.value.lower()
        for column in things.schema.model.by_name["things"].columns
    }
    classes = ", ".join(f"typeof({name})" for name in expected)
    [found] = things.raw(f"SELECT {classes} FROM things WHERE id = '1'")

    assert expected | {"maybe": "null"} == dict(zip(expected, found, strict=True))


def test_unique(world: World) -> None:
    statement = sa.insert(world.users).values(id="u3", name="Ada")

    with pytest.raises(sa.exc.IntegrityError):
        world.run(statement)


def test_key_is_unique(things: World) -> None:
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        insert(things, id="'2'")


def test_rows_go_with_the_row_that_they_name(things: World) -> None:
    things.run(sa.delete(things.users).where(things.users.c.id == "u1"))

    assert [("2",), ("3",), ("4",), ("5",)] == things.rows(
        sa.select(things.thing.id).order_by(things.thing.id)
    )


def test_foreign_keys_can_wait_for_the_end_of_the_transaction(
    made_world: tuple[ds.Schema, sa.Engine],
) -> None:
    schema, engine = made_world
    users, things = schema.metadata.tables["users"], schema.metadata.tables["things"]
    defer: Any = "PRAGMA defer_foreign_keys = on"
    if engine.dialect.name == "postgresql":
        defer = "SET CONSTRAINTS ALL DEFERRED"

    with engine.connect() as connection:
        connection.exec_driver_sql(defer)
        connection.execute(sa.insert(things).values(id="c", name="child", user_id="late"))
        connection.execute(sa.insert(users).values(id="late", name="Late"))
        connection.commit()
        connection.exec_driver_sql(defer)
        connection.execute(sa.delete(users))
        connection.execute(sa.insert(things).values(id="d", name="orphan", user_id="nobody"))
        with pytest.raises(sa.exc.IntegrityError):
            connection.commit()
        connection.rollback()
        connection.execute(sa.delete(users))
        connection.execute(sa.delete(things))
        connection.commit()


def test_foreign_keys_are_checked_at_once_unless_deferred(world: World) -> None:
    statement = sa.insert(world.table).values(id="c", name="child", user_id="nobody")

    with pytest.raises(sa.exc.IntegrityError):
        world.run(statement)


def test_bounds_and_patterns_become_checks(
    postgres_connection: psycopg.Connection[tuple[Any, ...]],
) -> None:
    columns = {
        "below": (int, {"gt": -5, "lt": 0}),
        "share": (float, {"ge": -0.5, "le": 1e3}),
        "price": (Decimal, {"precision": 6, "scale": 2, "gt": Decimal("-1.50"), "le": 10}),
        "code": (str, {"pattern": r"^[a-z]+\d{2}$"}),
        "huge": (ds.Int64, {"ge": -(2**62)}),
    }
    good = {"below": -4, "share": 0.5, "price": 10, "code": "ab12", "huge": -(2**62)}
    bad = {"below": 0, "share": -0.6, "price": "-1.50", "code": "ab1\n", "huge": -(2**62) - 1}
    text = ds.Schema(define("bounded", columns)).ddl("postgresql")
    insert = "INSERT INTO bounded VALUES (%s, %s, %s, %s, %s, %s)"

    with postgres_connection.transaction(force_rollback=True):
        postgres_connection.execute(text)
        postgres_connection.execute(insert, ["1", *good.values()])
        for name, value in bad.items():
            cells = good | {name: value}
            with (
                pytest.raises(psycopg.errors.CheckViolation, match=f"bounded_{name}_"),
                postgres_connection.transaction(),
            ):
                postgres_connection.execute(insert, ["2", *cells.values()])
