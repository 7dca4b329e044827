"""Any two schemas: the migrations of both, up and down again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given

import dualschema as ds
from dualschema.migrate import History, draft_migration
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Database, fresh_database
from tests.migrate.drawn_schemas import schemas
from tests.schema.define import define

pytestmark = pytest.mark.slow


def generate(database: Database, schema: ds.Schema, folder: Path) -> bool:
    """Write the next migration and run it; say whether there was one."""
    with database.engine.begin() as connection:
        draft = draft_migration(connection, schema, History(folder))
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
    with fresh_database(postgres_connection) as database:
        database.push(after)
        fresh = database.catalog()
    with fresh_database(postgres_connection) as database, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(database, before, folder)
        old = database.catalog()
        is_changed = generate(database, after, folder)
        assert fresh == database.catalog()
        assert not generate(database, after, folder)
        if is_changed:
            with database.engine.begin() as connection:
                History(folder).downgrade(connection)
            assert old == database.catalog()


def test_a_key_comes_back_with_the_counter_that_it_had(
    postgres_connection: Postgres, tmp_path: Path
) -> None:
    key = {"id": (int, {"name": "a", "primary_key": True, "doc": "it's 100% :x"})}
    before = ds.Schema(define("notes", key=key, sync=False))
    after = ds.Schema(define("memos", was="notes"))
    with fresh_database(postgres_connection) as database:
        generate(database, before, tmp_path)
        old = database.catalog()
        generate(database, after, tmp_path)
        with database.engine.begin() as connection:
            History(tmp_path).downgrade(connection)
        assert old == database.catalog()
