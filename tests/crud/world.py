"""One definition with columns of all types, in four databases that must agree on everything."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.conninfo import make_conninfo

import dualschema as ds
from dualschema.client import open_powersync

__all__ = [
    "CLOCK",
    "Clock",
    "Connection",
    "Lap",
    "Level",
    "Style",
    "World",
    "make_schema",
    "open_worlds",
]

Style = Literal["portable", "native"]
Connection = psycopg.Connection[tuple[Any, ...]]


class Lap(ds.JsonModel):
    number: int
    lap_time: int


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Clock:
    """What `on_update` takes the time from: all databases are to be told the same."""

    now = datetime(2024, 1, 1, tzinfo=UTC)

    def tick(self) -> datetime:
        """Go on by a second."""
        self.now += timedelta(seconds=1)
        return self.now


CLOCK = Clock()


def make_schema(style: Style) -> ds.Schema:
    """Define ``owners`` and ``things``; the classes are new each time, so each may have a style."""

    class Owner(ds.Table, name="owners"):
        id: ds.Column[UUID] = ds.column(primary_key=True)
        name: ds.Column[str] = ds.column(unique=True)
        rank: ds.Column[int | None] = ds.column(default=None)

    class Thing(ds.Table, name="things", view_name="my_things"):
        code: ds.Column[str] = ds.column(primary_key=True)
        title: ds.Column[str] = ds.column(max_length=12)
        flag: ds.Column[bool] = ds.column(default=False)
        maybe: ds.Column[bool | None] = ds.column(default=None)
        count: ds.Column[int] = ds.column(default=0, ge=0, le=1000)
        position: ds.Column[int | None] = ds.column(default=None, name="order")
        big: ds.Column[ds.BigInt | None] = ds.column(default=None)
        huge: ds.Column[ds.Int64 | None] = ds.column(default=None)
        ratio: ds.Column[float | None] = ds.column(default=None)
        price: ds.Column[Decimal | None] = ds.column(default=None, precision=12, scale=2)
        made: ds.Column[datetime]
        changed: ds.Column[datetime] = ds.column(
            default_factory=lambda: CLOCK.now, on_update=lambda: CLOCK.now
        )
        day: ds.Column[date | None] = ds.column(default=None)
        at: ds.Column[time | None] = ds.column(default=None)
        took: ds.Column[timedelta | None] = ds.column(default=None)
        token: ds.Column[UUID | None] = ds.column(default=None)
        kind: ds.Column[Literal["plain", "it's fancy"]] = ds.column(default="plain")
        level: ds.Column[Level | None] = ds.column(default=None)
        raw: ds.Column[bytes | None] = ds.column(default=None)
        laps: ds.Column[list[Lap]] = ds.column(default_factory=list)
        lead: ds.Column[Lap | None] = ds.column(default=None)
        extra: ds.Column[Any | None] = ds.column(default=None)
        owner_id: ds.Column[UUID | None] = ds.column(default=None, foreign_key="owners.id")

    return ds.Schema(Owner, Thing, postgres=style)


@dataclass(frozen=True)
class World:
    """A database with the schema's tables.

    Attributes:
        name: what a failure calls it.
        holds_rules: whether it has constraints beside the key; PowerSync's views have not.
    """

    name: str
    schema: ds.Schema
    db: ds.Database
    holds_rules: bool = True

    def __repr__(self) -> str:
        return self.name

    def table(self, name: str) -> Any:
        """Return the class of a table in this world: its attributes are the columns."""
        names = [table.name for table in self.schema.model.tables]
        return self.schema.tables[names.index(name)]

    @property
    def owner(self) -> Any:
        """The class of ``owners``."""
        return self.table("owners")

    @property
    def thing(self) -> Any:
        """The class of ``things``."""
        return self.table("things")

    def clear(self) -> None:
        """Take all rows away."""
        for table in reversed(self.schema.tables):
            self.db.run(ds.delete(table).all_rows())


@contextmanager
def open_worlds(
    postgres: Connection,
    powersync_library: Path,
    define: Callable[[Style], ds.Schema] = make_schema,
) -> Iterator[list[World]]:
    """Give the four: on SQLite the classes of the native style, on PowerSync the portable ones."""
    portable, native = define("portable"), define("native")
    with ExitStack() as stack:
        database = stack.enter_context(_by_code_point(postgres))
        worlds = [
            World("postgres-portable", portable, _in_space(postgres, database, "portable")),
            World("postgres-native", native, _in_space(postgres, database, "native")),
            World("sqlite", native, ds.connect("sqlite://")),
        ]
        for world in worlds:
            stack.enter_context(world.db)
            with world.db.engine.begin() as connection:
                world.schema.create_all(connection)
        client = open_powersync(portable, library=powersync_library)
        stack.callback(client.close)
        yield [*worlds, World("powersync", portable, ds.Database(client), holds_rules=False)]


@contextmanager
def _by_code_point(postgres: Connection) -> Iterator[str]:
    """Give the name of a database on the same server that sorts text as SQLite does."""
    name = sql.Identifier(made := f"test_{uuid.uuid4().hex}")
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    postgres.execute(create.format(name))
    try:
        yield made
    finally:
        postgres.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _in_space(postgres: Connection, database: str, space: str) -> ds.Database:
    """Connect to a database so that the tables stand in a schema of Postgres's of that name."""
    given = {**postgres.info.get_parameters(), "dbname": database}
    if postgres.info.password:
        given["password"] = postgres.info.password
    with psycopg.connect(make_conninfo(**given), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(space)))
    query = {**given, "options": f"-csearch_path={space}"}
    return ds.connect(sa.URL.create("postgresql+psycopg", query=query))
