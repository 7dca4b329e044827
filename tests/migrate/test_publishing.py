"""PowerSync's publication follows the tables that are synced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.migrate import History, draft_migration, push
from tests.schema.define import define

A, B = define("a"), define("b")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """Give a database of its own: a publication is no part of a schema of Postgres."""
    made = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


def pushed(engine: sa.Engine, *tables: Any, **options: Any) -> list[str]:
    with engine.begin() as connection:
        return [step.text for step in push(connection, ds.Schema(*tables), **options).steps]


def published(engine: sa.Engine) -> list[str]:
    with engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT tablename FROM pg_publication_tables WHERE pubname = 'powersync' ORDER BY 1"
        )
        return list(found.scalars())


def run(engine: sa.Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(sql)


def test_there_is_none_unless_it_is_wanted(engine: sa.Engine) -> None:
    assert ["create table a"] == pushed(engine, A)
    assert ["create publication powersync", "publish table a"] == pushed(
        engine, A, publication=True
    )


def test_one_that_is_there_follows(engine: sa.Engine) -> None:
    run(engine, "CREATE TABLE others (id int PRIMARY KEY)")
    run(engine, "CREATE PUBLICATION powersync FOR TABLE others")
    pushed(engine, A, B, define("server", sync=False))
    assert ["a", "b", "others"] == published(engine)

    pushed(engine, define("c", was="a"), define("b", sync=False))
    assert ["c", "others"] == published(engine)

    pushed(engine, B)
    assert ["b", "others"] == published(engine)
    assert [] == pushed(engine, B)


def test_one_of_all_tables_is_left_alone(engine: sa.Engine) -> None:
    run(engine, "CREATE PUBLICATION powersync FOR ALL TABLES")

    assert ["create table a"] == pushed(engine, A)
    assert [] == pushed(engine, A)


def test_a_published_table_names_the_rows_that_change(engine: sa.Engine) -> None:
    pushed(engine, A, publication=True)
    run(engine, "ALTER TABLE a REPLICA IDENTITY NOTHING")

    assert ["let updates of a name the row"] == pushed(engine, A)
    assert [] == pushed(engine, A)


@pytest.mark.parametrize("there", ["", "CREATE PUBLICATION powersync FOR ALL TABLES"])
def test_migrations_hold_it_and_run_whatever_a_database_has(
    engine: sa.Engine, tmp_path: Path, there: str
) -> None:
    def generate(*tables: Any) -> list[str]:
        with engine.begin() as connection:
            history, schema = History(tmp_path), ds.Schema(*tables)
            draft = draft_migration(connection, schema, history, publication=True)
        assert draft is not None
        draft.write()
        with engine.begin() as connection:
            History(tmp_path).upgrade(connection)
        return [step.text for step in draft.steps]

    assert "publish table t:x" in generate(A, define("t:x"))
    assert "publish table a no more" in generate(define("t:x"))
    assert ["t:x"] == published(engine)
    with engine.begin() as connection:
        History(tmp_path).downgrade(connection, 2)
    assert [] == published(engine)
    if there:
        run(engine, there)

    with engine.begin() as connection:
        assert 2 == len(History(tmp_path).upgrade(connection))

    assert {"t:x"} <= set(published(engine))
    with engine.begin() as connection:
        assert 2 == len(History(tmp_path).downgrade(connection, 2))
