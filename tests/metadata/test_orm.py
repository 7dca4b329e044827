"""SQLAlchemy's ORM over the tables: sessions, and classes mapped imperatively onto them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.exc import StatementError

from tests.metadata.world import FIRST, Kind, World, day


class Mapped:
    """A plain class for the ORM; the tests map it anew."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


@pytest.fixture
def classes(world: World) -> Iterator[tuple[Any, Any]]:
    """Give a class for users and one for things, with the relationship between them."""
    user: Any = type("MappedUser", (Mapped,), {})
    thing: Any = type("MappedThing", (Mapped,), {})
    registry = orm.registry(metadata=world.schema.metadata)
    registry.map_imperatively(
        user,
        world.users,
        properties={
            "things": orm.relationship(
                thing, back_populates="user", order_by=world.table.c.name, passive_deletes=True
            )
        },
    )
    registry.map_imperatively(
        thing, world.table, properties={"user": orm.relationship(user, back_populates="things")}
    )
    yield user, thing
    registry.dispose()


def test_session_executes_statements_over_columns(things: World) -> None:
    thing = things.thing
    statement = sa.select(thing.name, thing.made).where(thing.flag).order_by(thing.made.desc())

    with orm.Session(things.connection, join_transaction_mode="create_savepoint") as session:
        assert [("n4", day(4)), ("n2", day(2)), ("one", day(1))] == [
            tuple(row) for row in session.execute(statement)
        ]
        assert "one" == session.scalar(sa.select(thing.name).where(thing.kind == Kind.FANCY))


def test_mapped_rows_hold_python_values(things: World, classes: tuple[Any, Any]) -> None:
    _, thing = classes

    with orm.Session(things.connection) as session:
        found = session.get_one(thing, "1")
        assert FIRST == {name: getattr(found, name) for name in FIRST}
        assert "Ada" == found.user.name


def test_mapped_rows_are_written_and_read_again(world: World, classes: tuple[Any, Any]) -> None:
    user, thing = classes

    with orm.Session(world.connection, join_transaction_mode="create_savepoint") as session:
        owner = user(id="u3", name="Cy")
        owner.things = [thing(name="b", price=2), thing(name="a", extra=[1, None])]
        session.add(owner)
        session.commit()
        found = session.scalars(sa.select(user).where(user.name == "Cy")).one()

        assert ["a", "b"] == [each.name for each in found.things]
        first, second = found.things
        assert ([1, None], [], Kind.PLAIN, False) == (
            first.extra,
            first.laps,
            first.kind,
            first.flag,
        )
        assert Decimal(2) == second.price


def test_unit_of_work_updates_what_changed(things: World, classes: tuple[Any, Any]) -> None:
    _, thing = classes

    with orm.Session(things.connection, join_transaction_mode="create_savepoint") as session:
        found = session.get_one(thing, "2")
        found.flag = False
        found.maybe = None
        session.commit()

        assert (False, None) == (found.flag, found.maybe)
        assert found.changed > day(2)
    assert [(False,)] == things.rows(sa.select(things.thing.flag).where(things.thing.id == "2"))


def test_delete_of_a_mapped_row_takes_its_children(things: World, classes: tuple[Any, Any]) -> None:
    user, thing = classes

    with orm.Session(things.connection, join_transaction_mode="create_savepoint") as session:
        session.delete(session.get(user, "u1"))
        session.commit()

        assert ["2", "3", "4", "5"] == list(session.scalars(sa.select(thing.id).order_by(thing.id)))


def test_joins_and_loading_options(things: World, classes: tuple[Any, Any]) -> None:
    user, thing = classes
    statement = (
        sa.select(user)
        .join(user.things)
        .where(thing.flag, thing.made >= day(1))
        .options(orm.selectinload(user.things), orm.defer(user.name))
    )

    with orm.Session(things.connection) as session:
        assert ["u1"] == [each.id for each in session.scalars(statement)]
        either = orm.aliased(thing)
        count = sa.select(sa.func.count()).select_from(either).where(~either.flag)
        assert 2 == session.scalar(count)


def test_bulk_update_by_the_orm(things: World, classes: tuple[Any, Any]) -> None:
    _, thing = classes

    with orm.Session(things.connection, join_transaction_mode="create_savepoint") as session:
        session.execute(sa.update(thing).where(thing.flag).values(count=thing.count + 1))
        session.execute(sa.insert(thing), [{"id": "8", "name": "h"}, {"id": "9", "name": "i"}])
        session.commit()

        assert {"1": 2, "2": 21, "3": 30, "4": 41, "5": 50, "8": 0, "9": 0} == {
            row.id: row.count for row in session.scalars(sa.select(thing))
        }


def test_a_bad_value_is_refused_at_the_flush(world: World, classes: tuple[Any, Any]) -> None:
    _, thing = classes

    with orm.Session(world.connection, join_transaction_mode="create_savepoint") as session:
        session.add(thing(name="n", count=-1))
        with pytest.raises(StatementError) as caught:
            session.flush()

    assert "integer: Input should be greater than or equal to 0" == str(caught.value.orig)
    assert [] == world.rows(sa.select(world.table))
