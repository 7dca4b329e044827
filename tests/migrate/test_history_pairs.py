"""Any two schemas: the migrations of both, up and down again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import dualschema as ds
from dualschema.migrate import History, draft_migration
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Catalog, Database, fresh_database
from tests.migrate.drawn_schemas import schemas
from tests.schema.define import define

pytestmark = pytest.mark.slow


@contextmanager
def unpublished(postgres: Postgres) -> Iterator[Database]:
    """Give an empty schema; the publication, which is the database's, is gone before and after."""
    gone = "DROP PUBLICATION IF EXISTS powersync"
    with fresh_database(postgres) as database:
        postgres.execute(gone)
        try:
            yield database
        finally:
            postgres.execute(gone)


def state(database: Database) -> tuple[Catalog, list[Any]]:
    """Return what stands in a database, and which tables its publication has."""
    published = "SELECT pubname, tablename FROM pg_publication AS p"
    published += " LEFT JOIN pg_publication_tables AS t USING (pubname)"
    return database.catalog(), sorted(database.run(published), key=str)


def generate(database: Database, schema: ds.Schema, folder: Path) -> bool:
    """Write the next migration and run it; say whether there was one."""
    with database.engine.begin() as connection:
        draft = draft_migration(connection, schema, History(folder), publication=True)
    if draft is None:
        return False
    draft.write()
    with database.engine.begin() as connection:
        assert 1 == len(History(folder).upgrade(connection))
    return True


@given(before=schemas(), after=schemas())
def test_migrations_go_up_as_a_push_does_and_down_again(
    postgres_connection: Postgres, before: ds.Schema, after: ds.Schema
) -> None:
    with unpublished(postgres_connection) as database:
        database.push(after, publication=True)
        fresh = state(database)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with unpublished(postgres_connection) as database:
            generate(database, before, folder)
            old = state(database)
            is_changed = generate(database, after, folder)
            assert fresh == state(database)
            assert not generate(database, after, folder)
            if is_changed:
                with database.engine.begin() as connection:
                    History(folder).downgrade(connection)
                assert old == state(database)
        with unpublished(postgres_connection) as database:
            postgres_connection.execute(History(folder).sql().encode())
            assert fresh == state(database)


def test_a_key_comes_back_with_the_counter_that_it_had(
    postgres_connection: Postgres, tmp_path: Path
) -> None:
    key = {"id": (int, {"name": "a", "primary_key": True, "doc": "it's 100% :x"})}
    before = ds.Schema(define("notes", key=key, sync=False))
    after = ds.Schema(define("memos", was="notes"))
    with unpublished(postgres_connection) as database:
        generate(database, before, tmp_path)
        old = database.catalog()
        generate(database, after, tmp_path)
        with database.engine.begin() as connection:
            History(tmp_path).downgrade(connection)
        assert old == database.catalog()
