"""One definition with a column of every type, on each engine in each of Postgres's styles."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from sqlalchemy.pool import StaticPool

import dualschema as ds

__all__ = [
    "FIRST",
    "JANUARY",
    "SQLITE",
    "WORLDS",
    "Kind",
    "Lap",
    "World",
    "day",
    "make_schema",
    "open_world",
]

Style = Literal["portable", "native"]


class Lap(ds.JsonModel):
    number: int
    lap_time: int


class Kind(enum.StrEnum):
    PLAIN = "plain"
    FANCY = "it's fancy"


JANUARY = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """Return an instant of January 2024."""
    return JANUARY.replace(day=number)


FIRST: dict[str, Any] = {
    "id": "1",
    "name": "one",
    "flag": True,
    "maybe": None,
    "count": 1,
    "big": 2**40,
    "huge": 2**62,
    "ratio": 0.1,
    "price": Decimal("1.50"),
    "made": day(1),
    "changed": day(1),
    "day": date(2024, 1, 1),
    "at": time(1, 2, 3, 4000),
    "took": timedelta(seconds=5),
    "token": UUID(int=5),
    "kind": Kind.FANCY,
    "level": 2,
    "raw": b"\0\xff",
    "laps": [Lap(number=1, lap_time=20)],
    "extra": {"a": [1, {"b": "x"}], "on": True},
    "user_id": "u1",
}
"""A value for every column of ``things``."""


def make_schema(style: Style) -> ds.Schema:
    """Define ``users`` and ``things``; the classes are new each time, so each may have a style."""

    class User(ds.Table, name="users"):
        """Who owns things."""

        id: ds.Column[str] = ds.column(primary_key=True)
        name: ds.Column[str] = ds.column(unique=True)

    class Thing(ds.Table, name="things", indexes=[ds.Index("-made", "name", name="things_newest")]):
        """A thing with a column of every type; it's 100% :certain."""

        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        name: ds.Column[str] = ds.column(min_length=1, max_length=12, doc="what it's called")
        flag: ds.Column[bool] = ds.column(default=False)
        maybe: ds.Column[bool | None] = ds.column(default=None)
        count: ds.Column[int] = ds.column(default=0, ge=0, le=1000)
        big: ds.Column[ds.BigInt | None] = ds.column(default=None)
        huge: ds.Column[ds.Int64 | None] = ds.column(default=None)
        ratio: ds.Column[float | None] = ds.column(default=None)
        price: ds.Column[Decimal | None] = ds.column(default=None, precision=12, scale=2)
        made: ds.Column[datetime] = ds.column(default_factory=ds.now)
        changed: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)
        day: ds.Column[date | None] = ds.column(default=None)
        at: ds.Column[time | None] = ds.column(default=None)
        took: ds.Column[timedelta | None] = ds.column(default=None)
        token: ds.Column[UUID | None] = ds.column(default=None)
        kind: ds.Column[Kind] = ds.column(default=Kind.PLAIN)
        level: ds.Column[Literal[1, 2, 3]] = ds.column(default=1, server_default="3")
        raw: ds.Column[bytes | None] = ds.column(default=None)
        laps: ds.Column[list[Lap] | None] = ds.column(default_factory=list)
        extra: ds.Column[Any | None] = ds.column(default=None)
        user_id: ds.Column[str | None] = ds.column(
            default=None,
            foreign_key=ds.ForeignKey("users.id", on_delete="cascade"),
            index="things_owner",
        )

    return ds.Schema(User, Thing, postgres=style)


@dataclass(frozen=True)
class World:
    """A schema, made in a database.

    Attributes:
        dialect: ``"postgresql"`` or ``"sqlite"``.
        connection: in a transaction, which is rolled back.
    """

    dialect: str
    style: Style
    schema: ds.Schema
    connection: sa.Connection

    @property
    def table(self) -> sa.Table:
        """``things``, as SQLAlchemy's table."""
        return self.schema.metadata.tables["things"]

    @property
    def users(self) -> sa.Table:
        """``users``, as SQLAlchemy's table."""
        return self.schema.metadata.tables["users"]

    @property
    def thing(self) -> Any:
        """The class of ``things``: its attributes are the columns."""
        return self.schema.tables[1]

    @property
    def driver(self) -> Any:
        """The driver's own connection, in the same transaction."""
        return self.connection.connection.driver_connection

    def rows(self, statement: Any) -> list[tuple[Any, ...]]:
        """Return what a statement gives."""
        return [tuple(row) for row in self.connection.execute(statement)]

    def run(self, *statements: Any) -> None:
        """Execute statements."""
        for statement in statements:
            self.connection.execute(statement)

    def raw(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what a statement gives when the driver itself is asked."""
        cursor = self.driver.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


WORLDS: list[tuple[str, Style]] = [
    ("postgresql", "portable"),
    ("postgresql", "native"),
    ("sqlite", "portable"),
    ("sqlite", "native"),
]

SQLITE = [pair for pair in WORLDS if pair[0] == "sqlite"]


@contextmanager
def open_world(
    dialect: str, style: Style, postgres: psycopg.Connection[tuple[Any, ...]]
) -> Iterator[tuple[ds.Schema, sa.Engine]]:
    """Give a schema and an engine to a database that has its tables."""
    schema = make_schema(style)
    engine = sqlite_engine() if dialect == "sqlite" else postgres_engine(postgres, f"world_{style}")
    try:
        schema.metadata.create_all(engine)
        yield schema, engine
    finally:
        schema.metadata.drop_all(engine)
        engine.dispose()


def sqlite_engine() -> sa.Engine:
    """Return an engine over one database in memory that holds foreign keys."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    sa.event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA foreign_keys = on"))
    return engine


def postgres_engine(postgres: psycopg.Connection[tuple[Any, ...]], space: str) -> sa.Engine:
    """Return an engine over the test run's database, in a Postgres schema of that name."""
    postgres.execute(f'CREATE SCHEMA IF NOT EXISTS "{space}"')
    url = make_conninfo(
        **postgres.info.get_parameters(),
        password=postgres.info.password,
        options=f"-c search_path={space}",
    )
    return sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
