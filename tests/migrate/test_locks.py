"""What a push locks, for how long, and what others may do meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.errors import MigrationError
from dualschema.migrate import apply_plan, plan_push
from tests.migrate.databases import Database
from tests.schema.define import define

NOTE = define("notes", {"text": str})

LOCKS = """
SELECT l.mode FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND c.relnamespace = current_schema()::regnamespace
    AND c.relname IN ('notes', 'memos')
"""


@pytest.fixture
def other(database: Database) -> Iterator[sa.Connection]:
    """Give another session, in a transaction."""
    with database.engine.connect() as connection:
        yield connection


def locks(connection: sa.Connection) -> set[str]:
    return set(connection.exec_driver_sql(LOCKS).scalars())


def test_where_nothing_is_to_be_done_no_table_is_locked(database: Database) -> None:
    database.push(NOTE)

    with database.engine.begin() as connection:
        plan = plan_push(connection, ds.Schema(NOTE))
        assert () == plan.steps
        assert set() == locks(connection)


def test_a_plan_leaves_no_lock_that_others_wait_for(database: Database) -> None:
    database.push(NOTE)
    database.run("INSERT INTO notes VALUES ('n', '1')")

    with database.engine.begin() as connection:
        changed = define("memos", {"body": (int, {"was": "text"})}, was="notes")
        assert 3 < len(plan_push(connection, ds.Schema(changed)).steps)
        assert {"AccessShareLock"} >= locks(connection)


def test_rows_that_came_after_the_plan_are_not_lost(
    database: Database, other: sa.Connection
) -> None:
    database.push(NOTE)

    with database.engine.connect() as connection:
        plan = plan_push(connection, ds.Schema(define("notes")))
        assert () == plan.losses
        other.exec_driver_sql("INSERT INTO notes VALUES ('n', 'hello')")
        other.commit()
        with pytest.raises(MigrationError) as caught:
            apply_plan(connection, plan)

    assert (
        "this would be lost: column notes.text and its values, for rows came meanwhile: push again"
    ) == str(caught.value)
    assert [("n", "hello")] == database.run("SELECT * FROM notes")


def test_a_table_in_use_is_named_after_a_while(database: Database, other: sa.Connection) -> None:
    database.push(NOTE)
    other.exec_driver_sql("SELECT * FROM notes")

    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        plan = plan_push(connection, ds.Schema(define("notes", {"text": str, "more": str | None})))
        with pytest.raises(MigrationError) as caught:
            apply_plan(connection, plan)

    assert (
        "cannot add column notes.more: canceling statement due to lock timeout; another session "
        "uses it: end its transaction, and do it again"
    ) == str(caught.value)


def test_it_waits_10_seconds_unless_the_session_says_otherwise(database: Database) -> None:
    said = []
    for wanted in ("", "SET LOCAL lock_timeout = '1min'"):
        with database.engine.begin() as connection:
            if wanted:
                connection.exec_driver_sql(wanted)
            plan_push(connection, ds.Schema(NOTE))
            said.append(connection.exec_driver_sql("SHOW lock_timeout").scalar())

    assert ["10s", "1min"] == said
