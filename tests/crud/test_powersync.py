"""A client's database: statements through PowerSync's views, and the queue of uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import apsw
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.client import open_powersync, queued_writes
from tests.crud.books import Failing

_DAY = datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)
_TOUCHED = datetime(2025, 1, 1, tzinfo=UTC)


class Owner(ds.Table, name="owners"):
    id: ds.Column[str] = ds.column(primary_key=True)
    name: ds.Column[str]


class Lamp(ds.Table, name="lamps", view_name="my_lamps"):
    """Its key has a name of its own, and the client calls the table otherwise."""

    serial: ds.Column[str] = ds.column(primary_key=True, name="serial_number")
    label: ds.Column[str]
    watts: ds.Column[int] = ds.column(default=0)
    price: ds.Column[Decimal | None] = ds.column(default=None, precision=8, scale=2)
    is_on: ds.Column[bool] = ds.column(default=False)
    code: ds.Column[str | None] = ds.column(default=None, unique=True)
    parts: ds.Column[list[str] | None] = ds.column(default=None)
    owner_id: ds.Column[str | None] = ds.column(default=None, foreign_key=Owner)
    twin: ds.Column[str | None] = ds.column(default=None, foreign_key="lamps.serial_number")
    bought_at: ds.Column[datetime] = ds.column(default=_DAY)
    changed_at: ds.Column[datetime] = ds.column(default=_DAY, on_update=lambda: _TOUCHED)


class Draft(ds.Table, name="drafts", sync="local_only"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str]


class Event(ds.Table, name="events", sync="insert_only"):
    id: ds.Column[str] = ds.column(primary_key=True)
    what: ds.Column[str]


schema = ds.Schema(Owner, Lamp, Draft, Event)


def lamp(number: int, **values: Any) -> Lamp:
    return Lamp(**{"serial": f"l{number}", "label": f"lamp {number}", **values})


@pytest.fixture
def client(powersync_library: Path) -> Iterator[apsw.Connection]:
    connection = open_powersync(schema, library=powersync_library)
    yield connection
    connection.close()


@pytest.fixture
def db(client: apsw.Connection) -> ds.Database:
    return ds.Database(client)


@pytest.fixture
def lamps(db: ds.Database, client: apsw.Connection) -> ds.Database:
    """Give a database with three lamps, and nothing to upload."""
    db.run(ds.insert([lamp(n, watts=10 * n, code=f"c{n}", owner_id="o1") for n in (1, 2, 3)]))
    db.run(ds.insert(Owner(id="o1", name="Ada")))
    client.execute("DELETE FROM ps_crud")
    return db


def queue(client: apsw.Connection) -> list[dict[str, Any]]:
    """Return what is to be uploaded; transactions count from 1."""
    entries = queued_writes(client)
    numbers = list(dict.fromkeys(entry["tx_id"] for entry in entries))
    return [{**entry, "tx_id": numbers.index(entry["tx_id"]) + 1} for entry in entries]


def changes(client: apsw.Connection) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return what is to be uploaded, without what all updates have in common."""
    found = []
    for entry in queue(client):
        data: Any = entry.get("data")
        if entry["op"] == "PATCH":
            data.pop("changed_at", None)
        found.append((entry["op"], entry["id"], data))
    return found


def test_a_new_row_is_one_put(db: ds.Database, client: apsw.Connection) -> None:
    assert 1 == db.run(ds.insert(lamp(1, price=Decimal("1.5"), parts=["a"], is_on=True)))

    assert [
        {
            "tx_id": 1,
            "op": "PUT",
            "type": "lamps",
            "id": "l1",
            "data": {
                "bought_at": "2024-05-06T07:08:09.123Z",
                "changed_at": "2024-05-06T07:08:09.123Z",
                "is_on": 1,
                "label": "lamp 1",
                "parts": '["a"]',
                "price": "1.50",
                "watts": 0,
            },
        }
    ] == queue(client)
    assert lamp(1, price=Decimal("1.5"), parts=["a"], is_on=True) == db.get(Lamp, "l1")


def test_many_rows_are_one_transaction(db: ds.Database, client: apsw.Connection) -> None:
    assert 100 == db.run(ds.insert(lamp(number) for number in range(100)))

    assert [("PUT", 1)] * 100 == [(entry["op"], entry["tx_id"]) for entry in queue(client)]


_UPDATES: dict[str, tuple[Callable[[], Any], int, list[Any]]] = {
    "by key": (
        lambda: ds.update(Lamp, "l1").set(label="new", is_on=False),
        1,
        [("PATCH", "l1", {"label": "new"})],
    ),
    "of no row": (lambda: ds.update(Lamp, "l9").set(label="new"), 0, []),
    "to null": (lambda: ds.update(Lamp, "l1").set(code=None), 1, [("PATCH", "l1", {"code": None})]),
    "without a change": (
        lambda: ds.update(Lamp, "l1").set(label="lamp 1", changed_at=_DAY),
        1,
        [("PATCH", "l1", {})],
    ),
    "by condition": (
        lambda: ds.update(Lamp).set(watts=Lamp.watts + 1).where(Lamp.watts > 10),
        2,
        [("PATCH", "l2", {"watts": 21}), ("PATCH", "l3", {"watts": 31})],
    ),
    "of the key's own condition": (
        lambda: ds.update(Lamp).set(is_on=~Lamp.is_on).where(Lamp.serial.in_(["l1", "l3"])),
        2,
        [("PATCH", "l1", {"is_on": 1}), ("PATCH", "l3", {"is_on": 1})],
    ),
    "many": (
        lambda: ds.update_many(
            Lamp, [("l1", {"label": "x"}), ("l9", {"label": "y"}), ("l2", {"label": "z"})]
        ),
        2,
        [("PATCH", "l1", {"label": "x"}), ("PATCH", "l2", {"label": "z"})],
    ),
    "delete by key": (lambda: ds.delete(Lamp, "l1"), 1, [("DELETE", "l1", None)]),
    "delete of no row": (lambda: ds.delete(Lamp, "l9"), 0, []),
    "delete by condition": (
        lambda: ds.delete(Lamp).where(Lamp.watts >= 20),
        2,
        [("DELETE", "l2", None), ("DELETE", "l3", None)],
    ),
    "delete of all": (
        lambda: ds.delete(Lamp).all_rows(),
        3,
        [("DELETE", f"l{n}", None) for n in (1, 2, 3)],
    ),
}


@pytest.mark.parametrize(("make", "count", "queued"), _UPDATES.values(), ids=_UPDATES)
def test_updates_and_deletes(
    lamps: ds.Database,
    client: apsw.Connection,
    make: Callable[[], Any],
    count: int,
    queued: list[Any],
) -> None:
    assert count == lamps.run(make())
    assert queued == changes(client)
    assert {1} >= {entry["tx_id"] for entry in queue(client)}


_UPSERTS: dict[str, tuple[Callable[[], Any], int, list[Any]]] = {
    "of a row that is there": (
        lambda: ds.upsert(lamp(1, label="new", watts=10, code="c1", owner_id="o1")),
        1,
        [("PATCH", "l1", {"label": "new"})],
    ),
    "of columns": (
        lambda: ds.upsert(lamp(1, label="new", watts=99), set=["watts"]),
        1,
        [("PATCH", "l1", {"watts": 99})],
    ),
    "of an expression": (
        lambda: ds.upsert(
            [lamp(1, watts=5), lamp(1, watts=7)],
            set={"watts": Lamp.watts + ds.excluded(Lamp).watts, "is_on": Lamp.watts > 10},
        ),
        2,
        [("PATCH", "l1", {"watts": 15}), ("PATCH", "l1", {"is_on": 1, "watts": 22})],
    ),
    "where": (
        lambda: ds.upsert(
            [lamp(n, label="new") for n in (1, 2, 3)],
            set="label",
            where=Lamp.watts + ds.excluded(Lamp).watts > 10,
        ),
        2,
        [("PATCH", "l2", {"label": "new"}), ("PATCH", "l3", {"label": "new"})],
    ),
    "or nothing": (lambda: ds.upsert(lamp(1, label="new"), do_nothing=True), 0, []),
    "by another column": (
        lambda: ds.upsert(lamp(9, label="new", code="c2"), target=Lamp.code, set="label"),
        1,
        [("PATCH", "l2", {"label": "new"})],
    ),
}


@pytest.mark.parametrize(("make", "count", "queued"), _UPSERTS.values(), ids=_UPSERTS)
def test_upserts(
    lamps: ds.Database,
    client: apsw.Connection,
    make: Callable[[], Any],
    count: int,
    queued: list[Any],
) -> None:
    assert count == lamps.run(make())
    assert queued == changes(client)


def test_an_upsert_is_one_transaction(lamps: ds.Database, client: apsw.Connection) -> None:
    rows = [lamp(4), lamp(1, label="new", watts=10, code="c1", owner_id="o1"), lamp(5), lamp(4)]

    assert 4 == lamps.run(ds.upsert(rows, set="label"))

    assert [("PUT", "l4", 1), ("PATCH", "l1", 1), ("PUT", "l5", 1), ("PATCH", "l4", 1)] == [
        (entry["op"], entry["id"], entry["tx_id"]) for entry in queue(client)
    ]


def test_nothing_is_half_done(lamps: ds.Database, client: apsw.Connection) -> None:
    before = lamps.all(ds.select(Lamp))

    def rows() -> Iterator[Lamp]:
        yield from (lamp(1, label="new"), lamp(7))
        raise KeyError

    for statement in (
        ds.insert([lamp(5), lamp(1)]),
        ds.insert(lamp(1)),
        ds.insert([lamp(5), lamp(1)]).returning(),
        ds.upsert([lamp(1, label="new"), lamp(7, code="c1")], target="code"),
    ):
        with pytest.raises(ds.UniqueViolation):
            lamps.run(statement)
    with pytest.raises(KeyError):
        lamps.run(ds.upsert(rows()))
    with Failing(lamps, KeyError):
        lamps.run(ds.upsert(lamp(1, label="new")))
        raise KeyError

    assert before == lamps.all(ds.select(Lamp))
    assert [] == queue(client)


def test_a_null_is_no_value_that_is_there_already(lamps: ds.Database) -> None:
    lamps.run(ds.insert(lamp(4)))

    assert 1 == lamps.run(ds.upsert(lamp(5, label="new"), target="code"))

    assert ["lamp 4", "new"] == lamps.scalars(
        ds.select(Lamp.label).where(Lamp.code.is_(None)).order_by(Lamp.label)
    )


def test_writes_give_rows(lamps: ds.Database) -> None:
    assert [lamp(4, is_on=True)] == lamps.all(ds.insert(lamp(4, is_on=True)).returning())
    assert [("l5", None)] == lamps.all(ds.insert(lamp(5)).returning(Lamp.serial, Lamp.code))
    updated = ds.update(Lamp, "l4").set(watts=Lamp.watts + 5)
    assert [lamp(4, is_on=True, watts=5, changed_at=_TOUCHED)] == lamps.all(updated.returning())
    assert [("l4", 10)] == lamps.all(updated.returning(Lamp.serial, Lamp.watts))
    upserted = ds.upsert([lamp(4, label="new"), lamp(6, label="new")], set="label")
    assert [("l4", "new"), ("l6", "new")] == lamps.all(upserted.returning(Lamp.serial, Lamp.label))
    assert [] == lamps.all(ds.upsert(lamp(6), do_nothing=True).returning())
    assert [lamp(5)] == lamps.all(ds.delete(Lamp, "l5").returning())
    deleted = ds.delete(Lamp).where(Lamp.watts.in_([20, 30])).returning(Lamp.serial)
    assert ["l2", "l3"] == sorted(lamps.scalars(deleted))


def test_queries(lamps: ds.Database) -> None:
    twin = ds.alias(Lamp, "twin")
    lamps.run(ds.update(Lamp, "l1").set(twin="l2", parts=["a", "b"]))

    assert 3 == lamps.count(Lamp)
    assert ["l3", "l2", "l1"] == lamps.scalars(ds.select(Lamp.serial).order_by(Lamp.watts.desc()))
    assert [("o1", 3, 60)] == lamps.all(
        ds.select(Lamp.owner_id, ds.count(), sa.func.sum(Lamp.watts)).group_by(Lamp.owner_id)
    )
    assert ["Ada"] == lamps.scalars(
        ds.select(Owner.name).where(
            ds.exists(ds.select(Lamp).where(Lamp.owner_id == Owner.id, Lamp.watts == 20))
        )
    )
    assert [("l1", "Ada")] == lamps.all(
        ds.select(Lamp.serial, Owner.name).join(Owner).where(Lamp.serial == "l1")
    )
    assert [("l1", "l2")] == lamps.all(
        ds.select(Lamp.serial, twin.serial).join(twin, Lamp.twin == twin.serial)
    )
    [(one, other)] = lamps.all(
        ds.select(Lamp, twin).join(twin, Lamp.twin == twin.serial).order_by(twin.serial)
    )
    assert ("l1", "l2", ["a", "b"]) == (one.serial, other.serial, one.parts)
    assert [("l2", "l1"), ("l3", None)] == lamps.all(
        ds.select(Lamp.serial, twin.serial)
        .join(twin, twin.twin == Lamp.serial, left=True)
        .where(Lamp.serial != "l1")
        .order_by(Lamp.serial)
    )
    page = ds.select(Lamp).order_by(Lamp.owner_id).page(size=2)
    first = lamps.all(page)
    rest = lamps.all(ds.select(Lamp).order_by(Lamp.owner_id).page(size=2, after=first[-1]))
    assert ["l1", "l2", "l3"] == [row.serial for row in first + rest]
    [(owner, owned)] = lamps.all(ds.select(Owner).with_related(Lamp))
    assert ("o1", ["l1", "l2", "l3"]) == (owner.id, [row.serial for row in owned])
    assert ["l1", "l2", "l3"] == [row.serial for row in lamps.stream(ds.select(Lamp), size=2)]
    assert lamps.exists(ds.select(Lamp).where(Lamp.serial == "l3"))
    inner = ds.select(Lamp.serial.label("s"), Lamp.watts).statement.subquery()
    assert [("l2",)] == lamps.all(ds.select(inner.c.s).where(inner.c.watts == 20))
    assert ["l1", "l3"] == lamps.scalars(
        ds.select(Lamp.serial).where(
            Lamp.serial.not_in(ds.select(Lamp.twin).where(Lamp.twin.is_not(None)).statement)
        )
    )


def test_a_table_that_stays_here(db: ds.Database, client: apsw.Connection) -> None:
    drafts = [Draft(id=f"d{number}", text="t") for number in range(3)]
    assert 3 == db.run(ds.insert(drafts))
    assert 1 == db.run(ds.upsert(Draft(id="d1", text="new")))
    assert 1 == db.run(ds.update(Draft, "d2").set(text="newer"))
    assert 1 == db.run(ds.delete(Draft, "d0"))

    assert ["new", "newer"] == db.scalars(ds.select(Draft.text).order_by(Draft.id))
    assert [] == queue(client)


def test_a_table_that_is_only_written(db: ds.Database, client: apsw.Connection) -> None:
    assert 1 == db.run(ds.insert(Event(id="e1", what="start")))
    assert 2 == db.run(ds.insert([Event(id="e2", what="stop"), Event(id="e3", what="stop")]))

    assert [("PUT", "e1", 1), ("PUT", "e2", 2), ("PUT", "e3", 2)] == [
        (entry["op"], entry["id"], entry["tx_id"]) for entry in queue(client)
    ]
    assert 0 == db.count(Event)


def test_it_is_a_client_also_before_its_tables_are_made(powersync_library: Path) -> None:
    connection = open_powersync(ds.Schema(), library=powersync_library)
    with pytest.raises(ds.DatabaseError, match="no such table: my_lamps"):
        ds.Database(connection).count(Lamp)
    connection.close()
