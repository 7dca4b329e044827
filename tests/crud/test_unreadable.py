"""What a driver cannot read is our error: infinity, say, is none of Python's datetimes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

import dualschema as ds

NOON = dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC)
ROWS = 2_500  # more than are read at once


class Instant(ds.Table, name="unreadable_instants", sync=False):
    id: ds.Column[int] = ds.column(primary_key=True)
    at: ds.Column[dt.datetime]


schema = ds.Schema(Instant, postgres="native")


def get(db: ds.Database) -> None:
    db.get(Instant, ROWS)


def first_in_a_transaction(db: ds.Database) -> None:
    with db.transaction():
        db.one(ds.select(Instant).where(Instant.id == ROWS))


def later_in_a_transaction(db: ds.Database) -> None:
    with db.transaction():
        assert ROWS == db.count(Instant)
        db.get(Instant, ROWS)


def behind_many(db: ds.Database) -> None:
    db.all(ds.select(Instant).order_by(Instant.id))


def streamed(db: ds.Database) -> None:
    list(db.stream(ds.select(Instant).order_by(Instant.id)))


@pytest.mark.parametrize(
    "read", [get, first_in_a_transaction, later_in_a_transaction, behind_many, streamed]
)
def test_what_the_driver_cannot_read_is_a_database_error(
    postgres_url: str, read: Callable[[ds.Database], None]
) -> None:
    with ds.connect(postgres_url) as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        db.run(ds.insert([Instant(id=at, at=NOON) for at in range(1, ROWS + 1)]))
        with db.engine.begin() as connection:
            changed = f"UPDATE unreadable_instants SET at = 'infinity' WHERE id = {ROWS}"
            connection.exec_driver_sql(changed)

        with pytest.raises(ds.DatabaseError, match="the driver refuses it: DataError"):
            read(db)

        assert NOON == db.get(Instant, 1).at  # the connection is as good as before
