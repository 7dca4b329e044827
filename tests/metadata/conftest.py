"""``world``: one definition on each engine in each style, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.metadata.world import FIRST, WORLDS, World, day, open_world


@pytest.fixture(scope="module", params=WORLDS, ids="-".join)
def made_world(
    request: pytest.FixtureRequest, postgres_connection: psycopg.Connection[tuple[Any, ...]]
) -> Iterator[tuple[ds.Schema, sa.Engine]]:
    dialect, style = request.param
    with open_world(dialect, style, postgres_connection) as made:
        yield made


@pytest.fixture
def world(made_world: tuple[ds.Schema, sa.Engine]) -> Iterator[World]:
    """Give the tables, empty but for two users."""
    schema, engine = made_world
    with engine.connect() as connection:
        made = World(engine.dialect.name, schema.postgres.value, schema, connection)
        users = [{"id": "u1", "name": "Ada"}, {"id": "u2", "name": "Bob"}]
        connection.execute(sa.insert(made.users), users)
        yield made
        connection.rollback()


@pytest.fixture
def things(world: World) -> World:
    """Give the tables with five things: the first has a value for each column."""
    world.run(sa.insert(world.table).values(FIRST))
    rows = [
        {
            "id": str(number),
            "name": f"n{number}",
            "flag": number % 2 == 0,
            "maybe": [None, True, False][number % 3],
            "count": number * 10,
            "price": number,
            "made": day(number),
            "changed": day(number),
            "extra": {"a": [number, {"b": f"y{number}"}], "on": False} if number < 4 else None,
            "user_id": "u2" if number == 3 else None,
        }
        for number in range(2, 6)
    ]
    world.connection.execute(sa.insert(world.table), rows)
    return world
