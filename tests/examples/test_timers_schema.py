"""The timers example's tables are those of the app that it stands for, in both databases."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import psycopg
import pytest

from examples.timers.schema import schema


@dataclass(frozen=True)
class Expected:
    """One column; Postgres's type, and the default as either database has it."""

    name: str
    type: str
    nullable: bool = False
    default: str | None = None


def text(name: str, *, nullable: bool = False) -> Expected:
    return Expected(name, "text", nullable=nullable)


def integer(name: str, *, nullable: bool = False, default: str | None = None) -> Expected:
    return Expected(name, "integer", nullable=nullable, default=default)


def document(name: str, default: str | None = None) -> Expected:
    return Expected(name, "jsonb", nullable=True, default=default)


COLUMNS = {
    "timers": [
        text("id"),
        text("name"),
        text("timer_type"),
        integer("is_running", default="0"),
        integer("elapsed_time", default="0"),
        integer("duration", nullable=True),
        document("laps", "'[]'"),
        text("user_id"),
        text("created_at"),
        text("updated_at"),
        integer("show_total", default="0"),
        text("first_start_time", nullable=True),
        text("start_time", nullable=True),
        document("pomodoro_settings"),
        text("pomodoro_phase", nullable=True),
        integer("pomodoro_session_count", nullable=True, default="0"),
    ],
    "activity_logs": [
        text("id"),
        text("timer_id"),
        text("timer_name"),
        text("user_id"),
        text("event_type"),
        text("timestamp"),
        integer("elapsed_at_event", default="0"),
        integer("session_duration", nullable=True),
        integer("previous_value", nullable=True),
        integer("new_value", nullable=True),
        document("metadata", "'{}'"),
    ],
    "todos": [
        text("id"),
        text("text"),
        integer("completed", default="0"),
        text("user_id"),
        text("created_at"),
        text("updated_at"),
    ],
}

INDEXES = {
    "timers": {"idx_timers_user_id": "user_id"},
    "activity_logs": {
        "idx_activity_logs_user_id": "user_id",
        "idx_activity_logs_timer_id": "timer_id",
    },
    "todos": {"idx_todos_user_id": "user_id"},
}

SQLITE_TYPES = {"text": "TEXT", "integer": "INTEGER", "jsonb": "TEXT"}


def test_no_table_is_missing_or_more() -> None:
    assert list(COLUMNS) == [table.name for table in schema.model.tables]


@pytest.mark.parametrize("table", COLUMNS)
def test_postgres_has_the_apps_columns_and_indexes(table: str, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(schema.ddl("postgresql").encode())
        columns = connection.execute(
            "SELECT column_name, data_type, is_nullable = 'YES', column_default "
            "FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            (table,),
        ).fetchall()
        indexes = connection.execute(
            "SELECT i.relname, a.attname, x.indisprimary, x.indisunique FROM pg_index x "
            "JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = i.oid "
            "WHERE x.indrelid = %s::regclass",
            (table,),
        ).fetchall()
    found = [
        Expected(name, kind, nullable=nullable, default=default and default.split("::")[0])
        for name, kind, nullable, default in columns
    ]
    assert COLUMNS[table] == found
    plain = {(name, column, False, False) for name, column in INDEXES[table].items()}
    assert plain | {(f"{table}_pkey", "id", True, True)} == set(indexes)


@pytest.mark.parametrize("table", COLUMNS)
def test_sqlite_has_the_same_columns_and_indexes(table: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema.ddl("sqlite"))
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        indexes = {
            name: connection.execute(f"PRAGMA index_info({name})").fetchone()[2]
            for _, name, unique, *_ in connection.execute(f"PRAGMA index_list({table})").fetchall()
            if not unique
        }
    assert [
        (each.name, SQLITE_TYPES[each.type], not each.nullable, each.default, each.name == "id")
        for each in COLUMNS[table]
    ] == [
        (name, kind, bool(not_null), default, bool(key))
        for _, name, kind, not_null, default, key in columns
    ]
    assert INDEXES[table] == indexes


@pytest.mark.parametrize("table", COLUMNS)
def test_powersync_has_the_same_columns_but_the_key(table: str) -> None:
    [found] = [each for each in schema.powersync()["tables"] if each["name"] == table]
    assert [
        {"name": each.name, "type": SQLITE_TYPES[each.type]}
        for each in COLUMNS[table]
        if each.name != "id"
    ] == found["columns"]
