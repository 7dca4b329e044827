"""Tables and columns that are called like words of SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest

import dualschema as ds
from dualschema.migrate import History, draft_migration
from tests.metadata.catalogs import Postgres
from tests.migrate.databases import fresh_database
from tests.schema.define import define

LEFT_BARE = [
    "collation",
    "concurrently",
    "lateral",
    "nothing",
    "returning",
    "system_user",
    "tablesample",
]
"""What a database reserves, and SQLAlchemy does not quote."""

SINCE_16 = {"system_user"}
"""What Postgres reserves since 16."""


def every_word(postgres: Postgres) -> list[str]:
    of_postgres = {word for (word,) in postgres.execute("SELECT word FROM pg_get_keywords()")}
    return sorted(of_postgres | {word.lower() for word in apsw.keywords})


def tables_of(words: list[str], names: list[str]) -> list[type[ds.Table]]:
    """Make tables with a column for each word; each table refers to the one before."""
    made: list[type[ds.Table]] = []
    for number, name in enumerate(names):
        last = (
            [] if number == 0 else [("parent", (str, {"foreign_key": f"{names[number - 1]}.id"}))]
        )
        columns = {word: (str, {"max_length": 9, "index": True}) for word in words}
        made.append(define(name, columns | dict(last)))
    return made


def test_every_word_may_be_a_column_of_either_engine(postgres_connection: Postgres) -> None:
    words = every_word(postgres_connection)
    assert set(LEFT_BARE) - SINCE_16 < set(words)
    [table] = tables_of(words[::2] + LEFT_BARE, ["words"])
    other = tables_of(words[1::2] + LEFT_BARE, ["others"])[0]
    schema = ds.Schema(table, other)
    with fresh_database(postgres_connection) as database:
        database.run(schema.ddl("postgresql").replace("%", "%%"))
    with ds.connect("sqlite://") as db, db.engine.begin() as connection:
        schema.create_all(connection)


@pytest.mark.parametrize("engine", ["postgres", "sqlite"])
def test_rows_of_such_names(postgres_connection: Postgres, engine: str) -> None:
    for name in LEFT_BARE:
        table: Any = tables_of(LEFT_BARE, [name])[0]
        values = dict.fromkeys(LEFT_BARE, "x")
        rows = [table(id=f"r{number}", **values) for number in range(50)]
        with fresh_database(postgres_connection) as database, ds.connect("sqlite://") as lite:
            db = ds.Database(database.engine) if engine == "postgres" else lite
            with db.engine.begin() as connection:
                ds.Schema(table).create_all(connection)
            db.run(ds.insert(rows[0]))
            db.run(ds.insert(rows[1:]))
            db.run(ds.upsert(rows[:20], target=table.id, set=("lateral", "returning")))
            db.run(ds.update(table, "r1").set(**dict.fromkeys(LEFT_BARE, "y")))
            db.run(ds.update(table).set(nothing="z").where(table.collation == "y"))
            found = db.all(ds.select(table).where(table.nothing == "z").order_by(table.lateral))
            assert ["r1"] == [row.id for row in found]
            assert 1 == db.run(ds.delete(table).where(table.tablesample == "y"))
            assert 49 == db.count(table)


def test_pushed_and_migrated_under_such_names(
    postgres_connection: Postgres, tmp_path: Path
) -> None:
    before, after = (
        ds.Schema(*tables_of(words, LEFT_BARE)) for words in (LEFT_BARE[:3], LEFT_BARE)
    )
    with fresh_database(postgres_connection) as pushed:
        for schema in (before, after):
            assert pushed.push(schema).steps
            assert () == pushed.push(schema).steps
        wanted = pushed.catalog()
    with fresh_database(postgres_connection) as migrated:
        for schema in (before, after, before, after):
            with migrated.engine.begin() as connection:
                draft = draft_migration(connection, schema, History(tmp_path))
                assert draft is not None
                draft.write()
                History(tmp_path).upgrade(connection)
        assert wanted == migrated.catalog()
        with migrated.engine.begin() as connection:
            assert 4 == len(History(tmp_path).downgrade(connection, 4))
