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


@pytest.mark.parametrize("what", ["ALL TABLES", "TABLES IN SCHEMA public"])
def test_one_of_all_tables_is_left_alone(engine: sa.Engine, what: str) -> None:
    run(engine, f"CREATE PUBLICATION powersync FOR {what}")

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


THERE = [
    pytest.param(None, id="none"),
    pytest.param("CREATE PUBLICATION powersync", id="empty"),
    pytest.param("CREATE PUBLICATION powersync FOR TABLE others", id="of others"),
    pytest.param(
        "CREATE PUBLICATION powersync FOR TABLE others, b (id) WHERE (id <> 'x')", id="of ours"
    ),
    pytest.param("CREATE PUBLICATION powersync FOR ALL TABLES", id="of all tables"),
    pytest.param("CREATE PUBLICATION powersync FOR TABLES IN SCHEMA public", id="of a schema"),
]


def publications(engine: sa.Engine) -> list[Any]:
    with engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT p.pubname, p.puballtables, r.prrelid::regclass::text, r.prattrs::text, "
            "r.prqual::text, n.pnnspid, r.oid FROM pg_publication AS p "
            "LEFT JOIN pg_publication_rel AS r ON r.prpubid = p.oid "
            "LEFT JOIN pg_publication_namespace AS n ON n.pnpubid = p.oid ORDER BY 1, 3"
        )
        return [tuple(row) for row in found]


@pytest.mark.parametrize("there", THERE)
def test_the_way_down_leaves_the_publication_that_was_there(
    engine: sa.Engine, tmp_path: Path, there: str | None
) -> None:
    run(engine, "CREATE TABLE others (id int PRIMARY KEY)")

    def generate(*tables: Any, make: bool) -> None:
        with engine.connect() as connection:
            history, schema = History(tmp_path), ds.Schema(*tables)
            draft = draft_migration(connection, schema, history, publication=make)
        assert draft is not None
        draft.write()
        migrate()

    def migrate() -> None:
        with engine.begin() as connection:
            History(tmp_path).upgrade(connection)

    def undo(steps: int) -> None:
        with engine.begin() as connection:
            assert steps == len(History(tmp_path).downgrade(connection, steps))

    # Written where there is no publication, and run where there is one.
    generate(A, B, make=False)
    generate(A, B, make=True)
    generate(define("c", was="a"), define("d"), B, make=True)
    undo(2)
    assert [] == publications(engine)
    if there:
        run(engine, there)
    before = publications(engine)

    migrate()
    assert {"b", "c", "d"} <= set(published(engine))
    undo(1)
    assert {"a", "b"} <= set(published(engine))
    undo(1)
    assert before == publications(engine)

    migrate()
    undo(2)
    assert before == publications(engine)


def test_a_table_that_comes_back_is_published_as_it_was(engine: sa.Engine, tmp_path: Path) -> None:
    def migrate(*tables: Any, make: bool) -> None:
        with engine.begin() as connection:
            history, schema = History(tmp_path), ds.Schema(*tables)
            draft = draft_migration(connection, schema, history, publication=make)
            assert draft is not None
            draft.write()
            History(tmp_path).upgrade(connection)

    migrate(A, B, make=False)
    migrate(A, B, make=True)
    migrate(A, make=True)
    with engine.begin() as connection:
        History(tmp_path).downgrade(connection, 2)
    run(engine, "CREATE PUBLICATION powersync FOR TABLE b")
    with engine.begin() as connection:
        History(tmp_path).upgrade(connection)
    assert ["a"] == published(engine)

    with engine.begin() as connection:
        History(tmp_path).downgrade(connection, 2)
    assert ["b"] == published(engine)


def test_migrations_change_a_replica_identity_only_from_none(
    engine: sa.Engine, tmp_path: Path
) -> None:
    def identities() -> list[str]:
        with engine.begin() as connection:
            found = connection.exec_driver_sql(
                "SELECT relreplident FROM pg_class WHERE relname IN ('a', 'b') ORDER BY relname"
            )
            return list(found.scalars())

    def generate() -> list[str]:
        with engine.begin() as connection:
            schema = ds.Schema(A, B)
            draft = draft_migration(connection, schema, History(tmp_path), publication=True)
            assert draft is not None
            draft.write()
            History(tmp_path).upgrade(connection)
            return [step.text for step in draft.steps]

    generate()
    run(engine, "ALTER TABLE a REPLICA IDENTITY NOTHING; ALTER TABLE b REPLICA IDENTITY NOTHING")
    names = [f"let updates of {name} name the row" for name in "ab"]
    assert names == generate()
    assert ["d", "d"] == identities()
    with engine.begin() as connection:
        History(tmp_path).downgrade(connection)
    assert ["n", "n"] == identities()

    run(engine, "ALTER TABLE b REPLICA IDENTITY FULL")
    with engine.begin() as connection:
        History(tmp_path).upgrade(connection)
    assert ["d", "f"] == identities()
    with engine.begin() as connection:
        History(tmp_path).downgrade(connection)
    assert ["n", "f"] == identities()
