"""``assert_round_trip`` on a user's own tables: it passes what is right, and finds what is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.testing import assert_round_trip, open_powersync, queued_writes
from examples.timers.schema import ActivityLog, Timer, Todo, schema

TABLES: list[type[ds.Table]] = [Timer, ActivityLog, Todo]
every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)


class Parent(ds.Table, name="parents"):
    id: ds.Column[str] = ds.column(primary_key=True)


class Child(ds.Table, name="children"):
    """A row that refers to another, and whose name in one database is not its attribute's."""

    childId: ds.Column[str] = ds.column(primary_key=True)  # noqa: N815  (camelCase is taken, too)
    parent_id: ds.Column[str] = ds.column(foreign_key=Parent)
    order: ds.Column[int] = ds.column(default=0, ge=0, le=5)


family = ds.Schema(Parent, Child)


@pytest.fixture
def memory() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


@every_table
def test_the_timers_app_comes_back_from_sqlite(
    table: type[ds.Table], memory: sqlite3.Connection
) -> None:
    memory.executescript(schema.ddl("sqlite"))

    assert_round_trip(table, memory, max_examples=10)


@every_table
def test_the_timers_app_comes_back_from_postgres(table: type[ds.Table], postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(schema.ddl("postgresql"))

        assert_round_trip(table, connection, max_examples=10)


@every_table
def test_the_timers_app_comes_back_from_a_client(
    table: type[ds.Table], powersync_library: Path
) -> None:
    connection = open_powersync(schema, library=powersync_library)

    assert_round_trip(table, connection, max_examples=10)

    assert [] == queued_writes(connection)
    connection.close()


def test_a_connection_of_sqlalchemy_is_taken(postgres_url: str) -> None:
    for url in ("sqlite://", postgres_url.replace("postgresql:", "postgresql+psycopg:", 1)):
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            assert_round_trip(Todo, connection, max_examples=5)
        engine.dispose()


def test_rows_are_written_without_the_rows_they_refer_to(
    memory: sqlite3.Connection, postgres_url: str, powersync_library: Path
) -> None:
    memory.execute("PRAGMA foreign_keys = ON")
    memory.executescript(family.ddl("sqlite"))
    assert_round_trip(Child, memory, max_examples=5)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(family.ddl("postgresql"))
        assert_round_trip(Child, connection, max_examples=5)
    client = open_powersync(family, library=powersync_library)
    assert_round_trip(Child, client, max_examples=5)
    client.close()


def test_nothing_stays_behind(memory: sqlite3.Connection, postgres_url: str) -> None:
    memory.executescript(schema.ddl("sqlite"))
    memory.execute("INSERT INTO todos VALUES ('a', 'b', 0, 'u', '', '')")
    assert_round_trip(Todo, memory, max_examples=5)
    assert [("a",)] == memory.execute("SELECT id FROM todos").fetchall()
    assert [] == memory.execute("SELECT name FROM temp.sqlite_master").fetchall()

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        assert_round_trip(Todo, connection, max_examples=5)
        assert connection.execute("SELECT to_regclass('todos')").fetchone() == (None,)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_table_in_the_database_that_is_another_is_found_out(
    postgres_url: str,
) -> None:
    """In Postgres the table that is there is the one that is tried."""

    class Note(ds.Table, name="notes"):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str]

    ds.Schema(Note)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (id text, text varchar(3))")

        with pytest.raises(psycopg.errors.StringDataRightTruncation):
            assert_round_trip(Note, connection, max_examples=50)


def test_a_client_view_of_another_type_is_found_out(powersync_library: Path) -> None:
    """A column that is an integer on the client and text here: the view's own cast shows it."""

    class Drifted(ds.Table, name="todos"):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[int]

    class Meant(ds.Table, name="todos"):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str]

    ds.Schema(Meant)
    connection = open_powersync(ds.Schema(Drifted), library=powersync_library)

    with pytest.raises((AssertionError, ds.DecodeError)):
        assert_round_trip(Meant, connection, max_examples=50)
    connection.close()


def test_a_codec_that_loses_something_is_found_out(
    memory: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dualschema.column_type import Coder
    from dualschema.types.text import Text

    class Lossy(ds.Table, name="lossy"):
        id: ds.Column[str] = ds.column(primary_key=True)
        value: ds.Column[str]

    ds.Schema(Lossy)
    monkeypatch.setattr(Text, "encoder", lambda self, form: Coder(lambda value: value.strip()))

    with pytest.raises(AssertionError):
        assert_round_trip(Lossy, memory, max_examples=100)


def test_what_is_no_connection_is_refused() -> None:
    with pytest.raises(TypeError, match="no connection to Postgres or SQLite: dict"):
        assert_round_trip(Todo, {})


def test_the_drivers_that_load_extensions_are_known() -> None:
    connection: Any = apsw.Connection(":memory:")

    assert_round_trip(Todo, connection, max_examples=5)
    connection.close()
