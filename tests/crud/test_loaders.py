"""What Postgres's values are read as, whatever loaders somebody registered with psycopg."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from sqlalchemy.dialects import postgresql

import dualschema as ds
from dualschema.crud import Select
from tests.crud.books import Space


class Sample(ds.Table, name="samples"):
    """A column of each type of Postgres's that columns have."""

    id: ds.Column[str] = ds.column(primary_key=True)
    flag: ds.Column[bool]
    small: ds.Column[int]
    big: ds.Column[ds.Int64]
    share: ds.Column[float]
    price: ds.Column[Decimal] = ds.column(precision=8, scale=2)
    at: ds.Column[datetime]
    day: ds.Column[date]
    hour: ds.Column[time]
    length: ds.Column[timedelta]
    other: ds.Column[UUID]
    raw: ds.Column[bytes]
    extra: ds.Column[dict[str, Any]]


_SCHEMA = ds.Schema(Sample, postgres="native")
_TYPES = [
    "text",
    "bool",
    "int4",
    "int8",
    "float8",
    "numeric",
    "timestamptz",
    "date",
    "time",
    "uuid",
    "bytea",
    "jsonb",
]
_SAMPLE = Sample(
    id="s1",
    flag=True,
    small=1,
    big=2**60,
    share=0.5,
    price=Decimal("9.50"),
    at=datetime(2024, 5, 6, tzinfo=UTC),
    day=date(2024, 5, 6),
    hour=time(7, 8, 9),
    length=timedelta(seconds=5),
    other=UUID(int=7),
    raw=b"\0\1",
    extra={"a": 1.5},
)


class Wrong(Loader):
    """Reads everything as something else."""

    def load(self, data: Buffer) -> Any:
        return ["wrong", bytes(data)]


@pytest.fixture
def samples(space: Space) -> Iterator[Space]:
    """Give a place with one row."""
    with ds.connect(space.url) as db:
        with db.engine.begin() as connection:
            _SCHEMA.create_all(connection)
        db.run(ds.insert(_SAMPLE))
        yield space
        _SCHEMA.metadata.drop_all(db.engine)


def test_loaders_of_a_connection_do_not_matter(samples: Space) -> None:
    with psycopg.connect(samples.conninfo) as connection:
        for name in _TYPES:
            connection.adapters.register_loader(name, Wrong)
        db = ds.Database(connection)

        assert _SAMPLE == db.get(Sample, "s1")
        assert [_SAMPLE] == db.all(ds.select(Sample))
        assert [_SAMPLE] == list(db.stream(ds.select(Sample)))
        assert (Decimal("9.50"), 2**60) == db.one(ds.select(Sample.price, Sample.big))
        assert Decimal("9.50") == db.scalar(ds.select(sa.func.avg(Sample.price)))


_GLOBALLY = """
import sys
import psycopg
from psycopg.types.numeric import FloatLoader
psycopg.adapters.register_loader("numeric", FloatLoader)
import dualschema as ds
from tests.crud.test_loaders import Sample, _SAMPLE

with psycopg.connect(sys.argv[1]) as connection:
    assert 1.5 == connection.execute("SELECT 1.5").fetchone()[0]
    assert [_SAMPLE] == ds.Database(connection).all(ds.select(Sample))
"""


def test_loaders_of_the_whole_process_do_not_matter(samples: Space) -> None:
    command = [sys.executable, "-c", _GLOBALLY, samples.conninfo]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


def test_loaders_of_types_that_no_column_has_stay(space: Space) -> None:
    with psycopg.connect(space.conninfo) as connection:
        db = ds.Database(connection)
        ask: Select[tuple[Any]] = ds.select(sa.cast("10.0.0.1", postgresql.INET))
        connection.adapters.register_loader("inet", Wrong)

        assert ["wrong", b"10.0.0.1"] == db.scalar(ask)
