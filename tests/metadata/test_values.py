"""What fills a column that a statement leaves out, and what plain SQLAlchemy may not bind."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

import dualschema as ds
from tests.metadata.world import SQLITE, Kind, World, day, make_schema

DEFAULTS = {
    "name": "n",
    "flag": False,
    "maybe": None,
    "count": 0,
    "big": None,
    "kind": Kind.PLAIN,
    "laps": [],
    "extra": None,
    "user_id": None,
}


def test_python_fills_in_defaults(world: World) -> None:
    before = ds.now()
    world.run(sa.insert(world.table).values(name="n"))
    after = ds.now()

    found = world.connection.execute(sa.select(world.table)).mappings().one()

    assert DEFAULTS | {"level": 1} == {name: found[name] for name in [*DEFAULTS, "level"]}
    assert UUID(found["id"]).version == 4
    assert before <= found["made"] <= after
    assert before <= found["changed"] <= after


def test_each_row_of_many_has_a_default_of_its_own(world: World) -> None:
    rows: list[dict[str, Any]] = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    world.connection.execute(sa.insert(world.table), rows)

    assert 3 == len(set(world.rows(sa.select(world.thing.id))))


def test_the_database_fills_in_defaults_for_the_driver(world: World) -> None:
    encoded = ds.encode(world.thing(id="1", name="n", made=day(1), changed=day(1)), "sqlite")
    made = encoded["made"] if world.style == "portable" or world.dialect == "sqlite" else day(1)
    world.raw(f"INSERT INTO things (id, name, made, changed) VALUES ('1', 'n', '{made}', '{made}')")

    found = world.connection.execute(sa.select(world.table)).mappings().one()

    # `level` has a server default of its own, which goes before the plain one.
    assert DEFAULTS | {"level": 3} == {name: found[name] for name in [*DEFAULTS, "level"]}


def test_factories_that_make_new_values_are_no_defaults_of_the_database(world: World) -> None:
    refusals: Any = (sa.exc.IntegrityError,)
    statement = sa.text("INSERT INTO things (id, name) VALUES ('1', 'n')")

    with pytest.raises(refusals, match="made"):
        world.run(statement)


def test_updates_set_what_on_update_makes(things: World) -> None:
    thing = things.thing
    before = ds.now()
    things.run(sa.update(things.table).where(thing.id == "1").values(name="new"))

    [(changed, made)] = things.rows(sa.select(thing.changed, thing.made).where(thing.id == "1"))

    assert before <= changed <= ds.now()
    assert day(1) == made
    assert [(day(2),)] == things.rows(sa.select(thing.changed).where(thing.id == "2"))


def test_on_update_gives_way_to_a_value(things: World) -> None:
    thing = things.thing
    things.run(sa.update(things.table).where(thing.id == "1").values(changed=day(20)))

    assert [(day(20),)] == things.rows(sa.select(thing.changed).where(thing.id == "1"))


SECRET = "s3cret-" * 9

BAD: dict[str, list[tuple[Any, str]]] = {
    "name": [
        (SECRET, "text: String should have at most 12 characters"),
        ("", "text: String should have at least 1 character"),
        ("a\0b", "text: text may hold no NUL character, which Postgres cannot store"),
        ("\ud800", "text: Input should be a valid string, unable to parse raw data as a unicode"),
        (7, "text: Input should be a valid string"),
        (b"bytes", "text: Input should be a valid string"),
    ],
    "flag": [
        (2, "boolean: Input should be a valid boolean"),
        ("true", "boolean: Input should be a valid boolean"),
        (1.0, "boolean: Input should be a valid boolean"),
    ],
    "count": [
        (-1, "integer: Input should be greater than or equal to 0"),
        (1001, "integer: Input should be less than or equal to 1000"),
        ("7", "integer: Input should be a valid integer"),
        (True, "integer: Input should be a valid integer"),
        (1.5, "integer: Input should be a valid integer"),
    ],
    "big": [(2**53, "big integer: Input should be less than or equal to 9007199254740991")],
    "huge": [
        (2**63, "64-bit integer: Input should be less than or equal to 9223372036854775807"),
        ("7x", "64-bit integer: Input should be a valid integer"),
    ],
    "ratio": [
        (math.nan, "real: Input should be a finite number"),
        (math.inf, "real: Input should be a finite number"),
        (2**53 + 1, "real: this whole number has no exact float"),
        ("1", "real: Input should be a valid number"),
    ],
    "price": [
        (Decimal("1.234"), "decimal: Decimal input should have no more than 2 decimal places"),
        (1.5, "decimal: a float is not exact; give a Decimal, an int or text"),
        (Decimal("NaN"), "decimal: Input should be a finite number"),
    ],
    "made": [
        (datetime(2024, 1, 1), "timestamp: Input should have timezone info"),  # noqa: DTZ001  (without a zone on purpose)
        (date(2024, 1, 1), "timestamp: Input should be a valid datetime"),
        ("2024-01-01", "timestamp: not an instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ (with a"),
        (0, "timestamp: Input should be a valid datetime"),
    ],
    "day": [
        (datetime(2024, 1, 1, tzinfo=UTC), "date: "),
        (7, "date: Input should be a valid date"),
    ],
    "at": [(time(1, tzinfo=UTC), "time: Input should not have timezone info")],
    "took": [
        (timedelta.max, "duration: a duration is at most 2^53 - 1 milliseconds long"),
        ("PT1S", "duration: Input should be a valid timedelta"),
    ],
    "token": [(SECRET, "uuid: not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")],
    "kind": [(SECRET, "choice: "), ("PLAIN", "choice: ")],
    "level": [(4, "integer choice: Input should be 1, 2 or 3"), ("1", "integer choice: ")],
    "raw": [(SECRET + "!", "binary: not base64 (RFC 4648, standard alphabet, padded)")],
    "laps": [
        ([{"number": SECRET, "lapTime": 1}], "json: Input should be a valid integer"),
        ({}, "json: Input should be a valid list"),
    ],
    "extra": [
        ({"a": math.nan}, "json: JSON has no NaN and no infinity at a"),
        ({"a": ["x\0"]}, "json: a JSON document may hold no \\u0000"),
        ({1: 2}, "json: the keys of a JSON object are text"),
        ({"a": object()}, "json: "),
    ],
}
FAULTS = [
    pytest.param(name, value, reason, id=f"{name} {number}")
    for name, faults in BAD.items()
    for number, (value, reason) in enumerate(faults)
]


@pytest.mark.parametrize(("name", "value", "reason"), FAULTS)
def test_bad_values_are_refused_and_nothing_is_written(
    world: World, name: str, value: Any, reason: str
) -> None:
    bad = {"id": "1", "name": "n", name: value}
    statements: dict[str, Callable[[], object]] = {
        "insert": lambda: world.run(sa.insert(world.table).values(bad)),
        "insert many": lambda: world.connection.execute(
            sa.insert(world.table), [{**bad, "id": "0", name: None}, bad][1:]
        ),
        "update": lambda: world.run(sa.update(world.table).values({name: value})),
        "select": lambda: world.run(sa.select(world.table).where(world.table.c[name] == value)),
    }

    for attempt in statements.values():
        with pytest.raises(StatementError) as caught:
            attempt()
        message = str(caught.value.orig)
        assert isinstance(caught.value.orig, ValueError)
        assert message.startswith(reason)
        assert SECRET not in message
    assert [] == world.rows(sa.select(world.table))


def test_one_bad_row_of_many_writes_none(world: World) -> None:
    rows = [{"id": "1", "name": "good"}, {"id": "2", "name": SECRET}, {"id": "3", "name": "good"}]

    with pytest.raises(StatementError) as caught:
        world.connection.execute(sa.insert(world.table), rows)

    assert "text: String should have at most 12 characters" == str(caught.value.orig)
    assert [] == world.rows(sa.select(world.table))


def test_an_engine_that_hides_parameters_shows_no_value() -> None:
    statement = sa.insert(make_schema("portable").metadata.tables["things"]).values(name=SECRET)
    hiding = sa.create_engine("sqlite://", hide_parameters=True)

    with hiding.connect() as connection, pytest.raises(StatementError) as caught:
        connection.execute(statement)
    hiding.dispose()

    assert SECRET not in str(caught.value)
    assert "text: String should have at most 12 characters" in str(caught.value)


@pytest.mark.parametrize("made_world", SQLITE, indirect=True, ids="-".join)
def test_stored_values_that_no_column_holds_are_refused_when_read(world: World) -> None:
    encoded = ds.encode(world.thing(id="1", name="n", made=day(1), changed=day(1)), "sqlite")
    world.driver.execute("PRAGMA ignore_check_constraints = on")
    encoded |= {"made": f"{SECRET}", "count": -1}
    marks = ", ".join("?" * len(encoded))
    world.driver.execute(f"INSERT INTO things VALUES ({marks})", list(encoded.values()))

    with pytest.raises(ValueError, match=r"^timestamp: not an instant of the form") as caught:
        world.rows(sa.select(world.thing.made))
    assert SECRET not in str(caught.value)
