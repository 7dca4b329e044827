"""What a database says of itself is the same, whichever way it was migrated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

import dualschema as ds
from dualschema.migrate import History, draft_migration
from tests.metadata.catalogs import Postgres, postgres_catalog
from tests.migrate.databases import Database, fresh_database
from tests.migrate.test_history import write
from tests.schema.define import define

NOTE = define(
    "notes",
    {"text": (str, {"default": "50% :x", "doc": "it's \\ %s"}), "parent": (str, {"index": True})},
)
FIRST = ds.Schema(NOTE, define("grün:x"))
SECOND = ds.Schema(define("memos", {"text": ds.BigInt}, was="notes"))


@pytest.fixture
def written(postgres_connection: Postgres, tmp_path: Path) -> Path:
    """Give a folder with two migrations, and one by hand before them."""
    write(tmp_path, "hand", up="op.execute('CREATE TABLE by_hand (id int)')")
    for schema in (FIRST, SECOND):
        with fresh_database(postgres_connection) as database, database.engine.begin() as connection:
            History(tmp_path).upgrade(connection)
            draft = draft_migration(connection, schema, History(tmp_path))
            assert draft is not None
            draft.write()
    return tmp_path


@pytest.fixture
def other(database: Database, postgres_connection: Postgres) -> Iterator[Database]:
    """Give one more database: who asks for both gets them in this order."""
    with fresh_database(postgres_connection) as made:
        yield made
        postgres_connection.execute(f"SET search_path = {database.space}")


def state(database: Database) -> list[Any]:
    """Return all that stands in a database, its bookkeeping too."""
    parts = postgres_catalog(database.postgres, database.space)
    found: list[Any] = [sorted(part, key=str) for part in parts]
    found.append(database.run("SELECT * FROM alembic_version"))
    for ours in ("dualschema_migrations", "dualschema_tables"):
        if any(row[0] == ours for row in found[0]):
            found.append(sorted(database.run(f"SELECT * FROM {ours}")))
    return found


def upgrade(database: Database, folder: Path, to: str | None = None) -> int:
    with database.engine.begin() as connection:
        return len(History(folder).upgrade(connection, to))


@pytest.mark.parametrize("parts", [["hand", None], ["hand", "0002", None], [None]])
def test_the_printed_sql_leaves_what_a_migration_does(
    database: Database, other: Database, written: Path, parts: list[str | None]
) -> None:
    for to in parts:
        upgrade(database, written, to)
        with other.engine.connect() as connection:
            current = History(written).current(connection)
        other.postgres.execute(f"SET search_path = {other.space}")
        other.postgres.execute(History(written).sql(current, to).encode())
        assert state(database) == state(other)

    with other.engine.begin() as connection:
        assert () == History(written).split(History(written).current(connection))[1]
        assert () == History(written).upgrade(connection)
        assert None is draft_migration(connection, SECOND, History(written))
    assert [("memos",)] == other.run("SELECT * FROM dualschema_tables")


def alembic(database: Database, folder: Path, function: Any, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", "dualschema:migrate/environment")
    config.set_main_option("version_locations", str(folder))
    config.set_main_option("path_separator", "newline")
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        function(config, to)


def test_alembics_own_command_leaves_what_ours_does(
    database: Database, other: Database, written: Path
) -> None:
    upgrade(database, written)
    alembic(other, written, command.upgrade, "head")
    assert state(database) == state(other)
    with database.engine.begin() as connection:
        History(written).downgrade(connection)
    alembic(other, written, command.downgrade, "-1")
    assert state(database) == state(other)
    with database.engine.begin() as connection:
        History(written).downgrade(connection, 9)
    alembic(other, written, command.downgrade, "base")
    assert state(database) == state(other)
    assert [] == database.run("SELECT * FROM dualschema_tables")


def test_a_database_that_was_pushed_to_goes_on_once_it_is_stamped(
    database: Database, other: Database, written: Path
) -> None:
    upgrade(database, written)
    other.push(SECOND)
    other.run("CREATE TABLE by_hand (id int)")

    alembic(other, written, command.stamp, "head")

    assert state(database) == state(other)
    assert 0 == upgrade(other, written)
    with other.engine.begin() as connection:
        assert None is draft_migration(connection, SECOND, History(written))
