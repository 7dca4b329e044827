"""The client's schema: its JSON, and what PowerSync's own core makes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import apsw
import psycopg
import pytest
from hypothesis import given
from psycopg import sql

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.testing import open_powersync, queued_writes, tables
from tests.schema.define import define


class Category(ds.Table, name="categories"):
    """A table of the server's, too, with nothing special."""

    id: ds.Column[str] = ds.column(primary_key=True)
    userId: ds.Column[str] = ds.column(owner=True)  # noqa: N815  (camelCase is taken, too)


class Task(
    ds.Table,
    name="tasks",
    view_name="my_tasks",
    indexes=[ds.Index("-due", "title", name="newest"), ds.Index("task_key", "title")],
    track_previous=("title", "is_done"),
    track_previous_when_changed=True,
    track_metadata=True,
    ignore_empty_updates=True,
):
    """Every option that a client knows."""

    task_key: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    title: ds.Column[str] = ds.column(default="")
    is_done: ds.Column[bool] = ds.column(default=False, index="by_done")
    due: ds.Column[datetime | None] = ds.column(default=None)
    share: ds.Column[float | None] = ds.column(default=None)
    huge: ds.Column[ds.Int64 | None] = ds.column(default=None)
    level: ds.Column[Literal[1, 2] | None] = ds.column(default=None)
    laps: ds.Column[list[int]] = ds.column(default_factory=list)
    category_id: ds.Column[str | None] = ds.column(default=None, foreign_key=Category)
    gone: ds.Column[str | None] = ds.column(default=None, dropped=True)


class Draft(ds.Table, name="drafts", sync="local_only"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str] = ds.column(default="")


class Event(ds.Table, name="events", sync="insert_only", track_previous=True):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str] = ds.column(default="")


class Secret(ds.Table, name="secrets", sync=False):
    number: ds.Column[int] = ds.column(primary_key=True)


class Former(ds.Table, name="formers", dropped=True):
    id: ds.Column[str] = ds.column(primary_key=True)


schema = ds.Schema(Category, Task, Draft, Event, Secret, Former)

PLAIN = {
    "indexes": [],
    "local_only": False,
    "insert_only": False,
    "include_old": False,
    "include_old_only_when_changed": False,
    "include_metadata": False,
    "ignore_empty_update": False,
}


def test_golden() -> None:
    text = {"name": "text", "type": "TEXT"}
    expected = [
        {
            "name": "categories",
            "view_name": "categories",
            "columns": [{"name": "user_id", "type": "TEXT"}],
            **PLAIN,
        },
        {
            "name": "tasks",
            "view_name": "my_tasks",
            "columns": [
                {"name": "title", "type": "TEXT"},
                {"name": "is_done", "type": "INTEGER"},
                {"name": "due", "type": "TEXT"},
                {"name": "share", "type": "REAL"},
                {"name": "huge", "type": "TEXT"},
                {"name": "level", "type": "INTEGER"},
                {"name": "laps", "type": "TEXT"},
                {"name": "category_id", "type": "TEXT"},
            ],
            "indexes": [
                {
                    "name": "by_done",
                    "columns": [{"name": "is_done", "ascending": True, "type": "INTEGER"}],
                },
                {
                    "name": "newest",
                    "columns": [
                        {"name": "due", "ascending": False, "type": "TEXT"},
                        {"name": "title", "ascending": True, "type": "TEXT"},
                    ],
                },
            ],
            "local_only": False,
            "insert_only": False,
            "include_old": ["title", "is_done"],
            "include_old_only_when_changed": True,
            "include_metadata": True,
            "ignore_empty_update": True,
        },
        {
            "name": "drafts",
            "view_name": "drafts",
            "columns": [text],
            **PLAIN,
            "local_only": True,
        },
        {
            "name": "events",
            "view_name": "events",
            "columns": [text],
            **PLAIN,
            "insert_only": True,
            "include_old": True,
        },
    ]

    assert {"tables": expected, "raw_tables": []} == schema.powersync()


def test_the_style_of_postgres_makes_no_difference_to_a_client() -> None:
    def make() -> list[type[ds.Table]]:
        return [define("t", {"a": bool, "b": datetime, "c": bytes, "d": dict})]

    assert ds.Schema(*make()).powersync() == ds.Schema(*make(), postgres="native").powersync()


# Under the core


@contextmanager
def client_of(made: ds.Schema, library: Path) -> Iterator[apsw.Connection]:
    """Open a client's database with a schema's views."""
    with closing(open_powersync(made, library=library)) as connection:
        yield connection


@pytest.fixture
def client(powersync_library: Path) -> Iterator[apsw.Connection]:
    """Give a client's database."""
    with client_of(schema, powersync_library) as connection:
        yield connection


def ask(client: apsw.Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Execute a statement and return its rows."""
    return list(client.execute(statement, values))


def columns_of(client: apsw.Connection, view: str) -> list[tuple[str, str]]:
    """Return the columns of a view; SQLite shortens one type's name in views."""
    found = ask(client, "SELECT name, type FROM pragma_table_info(?)", view)
    return [(name, "INTEGER" if kind == "INT" else kind) for name, kind in found]


def test_views_have_the_columns_of_the_tables(client: apsw.Connection) -> None:
    views = ask(client, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
    columns = columns_of(client, "my_tasks")

    assert [("categories",), ("drafts",), ("events",), ("my_tasks",)] == views
    assert [
        ("id", "TEXT"),
        ("title", "TEXT"),
        ("is_done", "INTEGER"),
        ("due", "TEXT"),
        ("share", "REAL"),
        ("huge", "TEXT"),
        ("level", "INTEGER"),
        ("laps", "TEXT"),
        ("category_id", "TEXT"),
        ("_metadata", ""),
        ("_deleted", ""),
    ] == columns


def test_indexes_are_there_and_used(client: apsw.Connection) -> None:
    indexes = ask(
        client, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    )
    of_tasks = {name: text for name, text in indexes if name.startswith("ps_data__tasks__")}

    assert {"ps_data__tasks__by_done", "ps_data__tasks__newest"} == set(of_tasks)
    assert (
        "'$.due') as TEXT) DESC, CAST(json_extract(data, '$.title') as TEXT)"
        in (of_tasks["ps_data__tasks__newest"])
    )
    [*_, plan] = ask(client, "EXPLAIN QUERY PLAN SELECT * FROM my_tasks WHERE is_done = 1")
    assert "ps_data__tasks__by_done" in plan[3]


def test_a_write_is_queued_under_the_name_of_the_table(client: apsw.Connection) -> None:
    row = ds.encode(Task(task_key="1", title="a", share=0.5, huge=2**60, laps=[1]), "sqlite")
    row["id"] = row.pop("task_key")
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    ask(client, f"INSERT INTO my_tasks ({names}) VALUES ({marks})", *row.values())

    [write] = queued_writes(client)
    [cells] = ask(client, "SELECT * FROM my_tasks")
    columns = [name for (name,) in ask(client, "SELECT name FROM pragma_table_info('my_tasks')")]

    assert ("PUT", "tasks", "1") == (write["op"], write["type"], write["id"])
    assert {
        "title": "a",
        "is_done": 0,
        "share": 0.5,
        "huge": str(2**60),
        "laps": "[1]",
    } == {name: value for name, value in write["data"].items() if value is not None}
    stored = dict(zip(columns, cells, strict=True))
    del stored["_metadata"], stored["_deleted"]
    assert Task(task_key="1", title="a", share=0.5, huge=2**60, laps=[1]) == (
        ds.decode(Task, stored, "sqlite")
    )


def test_previous_values_of_the_columns_that_are_tracked(client: apsw.Connection) -> None:
    ask(client, "INSERT INTO my_tasks (id, title, is_done, level) VALUES ('1', 'old', 0, 1)")
    ask(client, "UPDATE my_tasks SET title = 'new', level = 2")
    ask(client, "UPDATE my_tasks SET level = 1")
    ask(client, "DELETE FROM my_tasks")

    _, both, level, gone = queued_writes(client)

    assert ("PATCH", {"title": "new", "level": 2}, {"title": "old"}) == (
        both["op"],
        both["data"],
        both["old"],
    )
    assert ({"level": 1}, {}) == (level["data"], level.get("old", {}))
    assert ("DELETE", {"title": "new", "is_done": 0}) == (gone["op"], gone["old"])


def test_metadata_travels_with_a_write(client: apsw.Connection) -> None:
    ask(client, "INSERT INTO my_tasks (id, title, _metadata) VALUES ('1', 'a', 'from import')")
    ask(client, "UPDATE my_tasks SET title = 'b', _metadata = 'by hand'")
    ask(client, "UPDATE my_tasks SET _deleted = 1, _metadata = 'tidied'")

    assert [("PUT", "from import"), ("PATCH", "by hand"), ("DELETE", "tidied")] == [
        (write["op"], write["metadata"]) for write in queued_writes(client)
    ]


def test_an_update_that_changes_nothing_is_not_queued(client: apsw.Connection) -> None:
    for view in ("my_tasks", "categories"):
        ask(client, f"INSERT INTO {view} (id) VALUES ('1')")
    ask(client, "UPDATE my_tasks SET title = title")
    ask(client, "UPDATE categories SET user_id = user_id")

    assert [("tasks", "PUT"), ("categories", "PUT"), ("categories", "PATCH")] == [
        (write["type"], write["op"]) for write in queued_writes(client)
    ]


def test_a_local_table_queues_nothing(client: apsw.Connection) -> None:
    ask(client, "INSERT INTO drafts (id, text) VALUES ('1', 'a')")
    ask(client, "UPDATE drafts SET text = 'b'")

    assert [("1", "b")] == ask(client, "SELECT * FROM drafts")
    assert [] == queued_writes(client)


def test_an_insert_only_table_keeps_nothing(client: apsw.Connection) -> None:
    ask(client, "INSERT INTO events (id, text) VALUES ('1', 'a')")

    assert [] == ask(client, "SELECT * FROM events")
    assert [("PUT", "events", "1", {"text": "a"})] == [
        (write["op"], write["type"], write["id"], write["data"]) for write in queued_writes(client)
    ]


def test_previous_values_of_a_key_that_is_not_called_id(powersync_library: Path) -> None:
    table = define(
        "t",
        {"a": str},
        key={"code": (str, {"primary_key": True})},
        track_previous=("code", "a"),
    )

    with client_of(ds.Schema(table), powersync_library) as connection:
        ask(connection, "INSERT INTO t (id, a) VALUES ('1', 'old')")
        ask(connection, "UPDATE t SET a = 'new'")
        assert {"a": "old"} == queued_writes(connection)[1]["old"]


def test_a_table_with_nothing_but_its_key(powersync_library: Path) -> None:
    with client_of(ds.Schema(define("t")), powersync_library) as connection:
        ask(connection, "INSERT INTO t (id) VALUES ('1')")
        assert [("1",)] == ask(connection, "SELECT * FROM t")
        assert [("PUT", "1")] == [(w["op"], w["id"]) for w in queued_writes(connection)]


@pytest.mark.parametrize("sync", ["local_only", True])
def test_as_many_columns_as_a_table_may_have(sync: Any, powersync_library: Path) -> None:
    count = 1997 if sync == "local_only" else 1599
    columns = {f"c{number}": (int | None, {"default": None}) for number in range(count)}
    made = ds.Schema(define("wide", columns, sync=sync))

    with client_of(made, powersync_library) as connection:
        ask(connection, f"INSERT INTO wide (id, c{count - 1}) VALUES ('1', 7)")
        assert [(7,)] == ask(connection, f"SELECT c{count - 1} FROM wide")


@pytest.mark.parametrize(
    "name",
    [
        *("order", "user", "group", "select", "data", "op", "old", "new", "rowid", "a:b", "a(b)"),
        *(
            "a?b",
            "a\\b",
            "1a",
            "$a",
            "a-b",
            "a/b",
            "a;b",
            "été",
            "名前",
            "🎉",
            "a`b",
            "a{b}",
            "$.a",
        ),
    ],
)
def test_names_that_a_schema_takes_work_under_the_core(name: str, powersync_library: Path) -> None:
    try:
        made = ds.Schema(define(name, {"x": (str, {"name": name, "index": f"i_{name}"})}))
    except ds.DefinitionError:
        assert "." in name
        return

    with client_of(made, powersync_library) as connection:
        ask(connection, f'INSERT INTO "{name}" (id, "{name}") VALUES (?, ?)', "1", "first")
        ask(connection, f'UPDATE "{name}" SET "{name}" = ?', "second")
        assert [("1", "second")] == ask(connection, f'SELECT id, "{name}" FROM "{name}"')
        assert [(name, {name: "first"}), (name, {name: "second"})] == [
            (write["type"], write["data"]) for write in queued_writes(connection)
        ]


@given(table=tables(max_columns=8))
def test_every_drawn_table_loads_everywhere(
    table: type[ds.Table],
    powersync_library: Path,
    postgres_connection: psycopg.Connection[tuple[Any, ...]],
) -> None:
    model = binding_of(table).model
    made = ds.Schema(table, postgres=model.columns[0].style.value)

    with client_of(made, powersync_library) as connection:
        columns = columns_of(connection, "drawn")
    expected = [(column.name, column.type.storage.value) for column in model.columns]
    assert expected == columns

    with closing(sqlite3.connect(":memory:")) as local:
        local.executescript(made.ddl("sqlite"))
        found = local.execute("SELECT name, type FROM pragma_table_info('drawn')").fetchall()
    assert expected == found

    postgres_connection.execute("CREATE SCHEMA drawn; SET search_path = drawn")
    try:
        postgres_connection.execute(made.ddl("postgresql"))
        names = postgres_connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'drawn.drawn'::regclass"
            " AND attnum > 0 ORDER BY attnum"
        ).fetchall()
    finally:
        postgres_connection.execute(
            sql.SQL("DROP SCHEMA {} CASCADE; RESET search_path").format(sql.Identifier("drawn"))
        )
    assert [(column.name,) for column in model.columns] == names
