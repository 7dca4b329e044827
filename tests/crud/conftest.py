"""Databases with authors and books: on Postgres, on SQLite, and any of them in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import dualschema as ds
from dualschema.client import open_powersync
from tests.crud.books import Space, commands, make_tables, open_space, schema
from tests.crud.entries import make_entries, put_shelves
from tests.crud.tasks import Run, Work, check_whole
from tests.crud.world import World, open_worlds


@pytest.fixture(scope="module")
def module_space(postgres_connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Space]:
    with open_space(postgres_connection) as made:
        yield made


@pytest.fixture
def space(module_space: Space) -> Space:
    """Give a place on Postgres with the tables, empty."""
    with psycopg.connect(module_space.conninfo, autocommit=True) as connection:
        connection.execute(commands("postgresql")[0].encode())
    return module_space


@pytest.fixture
def postgres(space: Space) -> Iterator[ds.Database]:
    """Give a database on Postgres, which has a pool of two connections."""
    with ds.connect(space.url, pool_size=2, max_overflow=2, pool_timeout=20) as db:
        yield db


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'books.db'}"


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[ds.Database]:
    """Give a database in a file."""
    with ds.connect(sqlite_url) as db:
        make_tables(db.engine)
        yield db


@pytest.fixture
def powersync(powersync_library: Path) -> Iterator[ds.Database]:
    """Give a client's database."""
    connection = open_powersync(schema, library=powersync_library)
    yield ds.Database(connection)
    connection.close()


@pytest.fixture(params=["postgres", "sqlite"])
def db(request: pytest.FixtureRequest) -> ds.Database:
    """Give a database on either engine."""
    made: ds.Database = request.getfixturevalue(request.param)
    return made


@pytest.fixture(params=["postgres", "sqlite", "powersync"])
def any_db(request: pytest.FixtureRequest) -> ds.Database:
    """Give a database of each kind."""
    made: ds.Database = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="module")
def entry_worlds(
    postgres_connection: psycopg.Connection[tuple[Any, ...]], powersync_library: Path
) -> Iterator[dict[str, World]]:
    with open_worlds(postgres_connection, powersync_library, make_entries) as worlds:
        yield {world.name: world for world in worlds}


@pytest.fixture(params=["postgres-portable", "postgres-native", "sqlite", "powersync"])
def world(request: pytest.FixtureRequest, entry_worlds: dict[str, World]) -> World:
    """Give a database without entries, of each kind and in each of Postgres's styles."""
    made = entry_worlds[request.param]
    made.clear()
    put_shelves(made)
    return made


@pytest.fixture(params=["postgres", "sqlite"])
def run_async(request: pytest.FixtureRequest) -> Run:
    """Do work on an asynchronous database, and see to it that it is whole afterwards."""
    request.getfixturevalue(request.param)
    is_sqlite = request.param == "sqlite"
    url: Any = request.getfixturevalue("sqlite_url" if is_sqlite else "space")

    async def main(work: Work) -> None:
        made = ds.connect_async(
            url if is_sqlite else url.url, pool_size=2, max_overflow=1, pool_timeout=20
        )
        async with made as db:
            await work(db)
            await check_whole(db)

    return lambda work: asyncio.run(asyncio.wait_for(main(work), 60))
