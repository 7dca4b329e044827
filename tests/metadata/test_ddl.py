"""DDL as text: the same each time, and both engines take it as it stands, whatever it says."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

import dualschema as ds
from tests.metadata.world import WORLDS, make_schema, postgres_engine
from tests.schema.define import define

Postgres = psycopg.Connection[tuple[Any, ...]]

GOLDEN = Path(__file__).parent / "expected"

_PARTS = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|;)""")


def statements(text: str) -> list[str]:
    """Split DDL into its statements, at each ``;`` outside of quotes and remarks."""
    found = [""]
    for part in _PARTS.split(text):
        found[-1] += part
        if part == ";":
            found.append("")
    assert found.pop().strip() == ""
    return found


@contextmanager
def fresh_space(postgres: Postgres) -> Iterator[str]:
    """Give a new Postgres schema, on the search path of the connection."""
    name = f"ddl_{uuid.uuid4().hex[:8]}"
    postgres.execute(
        sql.SQL("CREATE SCHEMA {0}; SET search_path = {0}").format(sql.Identifier(name))
    )
    try:
        yield name
    finally:
        postgres.execute(
            sql.SQL("DROP SCHEMA {} CASCADE; RESET search_path").format(sql.Identifier(name))
        )


def postgres_catalog(postgres: Postgres, space: str) -> list[list[tuple[Any, ...]]]:
    """Return all that the definition makes in a Postgres schema."""
    queries = [
        """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum),
            obj_description(c.oid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum
        """,
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = %s::regnamespace AND contype <> 'n' ORDER BY conrelid::text, conname
        """,
        "SELECT indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY indexdef",
    ]
    found = [postgres.execute(query, [space]).fetchall() for query in queries]
    return [
        [
            tuple(cell.replace(space, "space") if isinstance(cell, str) else cell for cell in row)
            for row in rows
        ]
        for rows in found
    ]


def sqlite_catalog(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return all that the definition makes in SQLite, blanks and remarks apart."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return [(kind, name, re.sub(r"\s+", "", sql or "")) for kind, name, sql in found]


def assert_one_catalog(schema: ds.Schema, postgres: Postgres) -> None:
    """Assert that script, statements and ``create_all`` make the same, on both engines."""
    text = schema.ddl("postgresql")
    made: list[Any] = []
    with fresh_space(postgres) as space:
        postgres.execute(text)
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    with fresh_space(postgres) as space:
        for statement in statements(text):
            postgres.execute(statement)
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    with fresh_space(postgres) as space:
        engine = postgres_engine(postgres, space)
        schema.metadata.create_all(engine)
        engine.dispose()
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    assert made[0] == made[1]
    assert made[0] == made[2]

    text = schema.ddl("sqlite")
    found: list[Any] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        found.append(sqlite_catalog(connection))
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements(text):
            connection.execute(statement)
        found.append(sqlite_catalog(connection))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connected:
        schema.metadata.create_all(connected)
        found.append(sqlite_catalog(connected.connection.driver_connection))  # type: ignore[arg-type]
    engine.dispose()
    assert found[0] == found[1]
    assert found[0] == found[2]


@pytest.mark.parametrize("style", ["portable", "native"])
def test_a_table_of_all_types(style: Any, postgres_connection: Postgres) -> None:
    assert_one_catalog(make_schema(style), postgres_connection)


@pytest.mark.parametrize(("dialect", "style"), WORLDS)
def test_golden(dialect: Any, style: Any) -> None:
    expected = (GOLDEN / f"{dialect}-{style}.sql").read_text()
    found = make_schema(style).ddl(dialect)

    if dialect == "sqlite" and sa.__version__.startswith("2.0."):
        # SQLAlchemy 2.0 puts SQLite's defaults in brackets, which mean nothing; 2.1 does not.
        expected, found = (re.sub(r"[()]", "", text) for text in (expected, found))
    assert expected == found


def test_text_has_no_blanks_at_line_ends_and_one_final_newline() -> None:
    for dialect, style in WORLDS:
        text = make_schema(style).ddl(dialect)  # type: ignore[arg-type]
        assert not re.search(r"[ \t]\n|\t|\n\n\n|\r", text)
        assert text.endswith(";\n")
        assert not text.endswith("\n\n")


def circle() -> ds.Schema:
    """Two tables that refer to each other and to themselves, and one that refers to both."""
    null: dict[str, Any] = {"default": None}
    a = define("a", {"b_id": (str | None, {"foreign_key": "b.id", **null})})
    b = define(
        "b",
        {
            "a_id": (str | None, {"foreign_key": "a.id", **null}),
            "b_id": (str | None, {"foreign_key": "b.id", **null}),
        },
    )
    c = define(
        "c",
        {
            "a_id": (str | None, {"foreign_key": "a.id", **null}),
            "b_id": (str | None, {"foreign_key": "b.id", **null}),
            "d_id": (str | None, {"foreign_key": "d.id", **null}),
        },
    )
    return ds.Schema(a, b, c, define("d"))


def test_foreign_keys_in_a_circle(postgres_connection: Postgres) -> None:
    assert_one_catalog(circle(), postgres_connection)


def test_foreign_keys_in_a_circle_are_all_there_on_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(circle().ddl("sqlite"))
        found = {
            (name, row[2])
            for name in "abcd"
            for row in connection.execute(f"PRAGMA foreign_key_list({name})")
        }

    assert {("a", "b"), ("b", "a"), ("b", "b"), ("c", "a"), ("c", "b"), ("c", "d")} == found


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_same_text_after_either_engine_was_asked(dialect: Any) -> None:
    schema = circle()
    first = schema.ddl(dialect)
    schema.ddl("postgresql")
    schema.ddl("sqlite")

    assert first == schema.ddl(dialect)


def test_create_all_on_sqlite_after_postgres_was_asked() -> None:
    schema = circle()
    schema.ddl("postgresql")
    engine = sa.create_engine("sqlite://")
    schema.metadata.create_all(engine)
    found = sa.inspect(engine).get_foreign_keys("b")
    engine.dispose()

    assert ["b_a_id_fkey", "b_b_id_fkey"] == sorted(str(key["name"]) for key in found)


def test_the_same_text_of_the_same_definition() -> None:
    assert 1 == len({circle().ddl("postgresql") for _ in range(10)})
    assert 1 == len({circle().ddl("sqlite") for _ in range(10)})
    assert 1 == len({make_schema("native").ddl("postgresql") for _ in range(3)})


def test_the_same_text_in_every_process() -> None:
    code = (
        "from examples.timers.schema import schema\n"
        "print(schema.ddl('postgresql'), schema.ddl('sqlite'), sep='')"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert found[0] == found[1]


TEXTS = {
    "quote": "it's",
    "quotes": "''",
    "double quote": 'say "hi"',
    "percent": "100%",
    "percents": "%% %s %(a)s",
    "colon": ":name a :b '::jsonb",
    "backslash": "back\\slash\\",
    "escaped colon": "\\:x",
    "newlines": "two\nlines\n\nand more",
    "carriage return": "a\r\nb",
    "blanks at line ends": "  trailing \t\n x",
    "end of a table": ")\n STRICT",
    "remark": "-- a\n'b' /* c */",
    "end": "; DROP TABLE t; --",
    "placeholder": "$1 ? {0}",
    "dollars": "$$ $a$",
    "emoji": "😀 \U0010ffff é e\u0301",
    "control": "\x01\x7f",
    "separators": "a\u2028b\x85c\x0bd",
}


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_in_defaults_choices_and_comments(
    name: str, postgres_connection: Postgres
) -> None:
    text = TEXTS[name]
    table = define(
        "t",
        {
            "a": (str, {"default": text, "doc": f"a {text} b"}),
            "b": (list[str], {"default": [text]}),
            "c": (Literal[text, "other"], {"default": text}),
            "d": (bytes, {"default": text.encode()}),
        },
    )
    table.__doc__ = f"a {text} b"
    schema = ds.Schema(table)
    assert_one_catalog(schema, postgres_connection)

    insert = "INSERT INTO t (id) VALUES ('1')"
    with fresh_space(postgres_connection):
        postgres_connection.execute(schema.ddl("postgresql"))
        postgres_connection.execute(insert)
        stored = postgres_connection.execute("SELECT id, a, b::text, c, d FROM t").fetchone()
        comments = postgres_connection.execute(
            "SELECT obj_description('t'::regclass), col_description('t'::regclass, 2)"
        ).fetchone()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema.ddl("sqlite"))
        connection.execute(insert)
        local = connection.execute("SELECT id, a, b, c, d FROM t").fetchone()

    row_class: Any = table
    row = row_class(id="1")
    names = ["id", "a", "b", "c", "d"]
    assert stored is not None
    as_text = dict(zip(names, stored, strict=True)) | {"b": ds.JsonText(stored[2])}
    assert row == ds.decode(table, as_text, "postgres")
    assert row == ds.decode(table, dict(zip(names, local, strict=True)), "sqlite")
    doc = schema.model.tables[0].doc
    assert doc is not None
    assert (doc, doc) == comments


CONDITIONS = {
    "colon": "a <> ':b'",
    "colon after a blank": "a <> ' :b'",
    "document": """a <> '{"a":1}'""",
    "percent": "a NOT LIKE '%x%' AND a <> '%s %(a)s'",
    "backslash": r"a <> '\' AND a <> '\:b'",
    "quote": "a <> 'it''s'",
    "newline": "a <> 'two\n  lines'",
    "placeholders": "a <> '? $1 {0}'",
    "quoted name": 'length("a") > 1',
    "emoji": "a <> '😀'",
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_stand_as_they_are_written(name: str, postgres_connection: Postgres) -> None:
    condition = CONDITIONS[name]
    table = define("t", {"a": (str, {"check": condition})}, checks=[ds.Check(condition, name="c")])
    schema = ds.Schema(table)

    assert 2 == schema.ddl("postgresql").count(f"CHECK ({condition})")
    assert 2 == schema.ddl("sqlite").count(f"CHECK ({condition})")
    assert_one_catalog(schema, postgres_connection)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'x'", "x"),
        ("'a :b'", "a :b"),
        ("""'{"a":1}'""", '{"a":1}'),
        ("'100% %s'", "100% %s"),
        (r"'\:x'", r"\:x"),
        ("'it''s'", "it's"),
        ("('a' || 'b')", "ab"),
        ("(lower('A'))", "a"),
    ],
)
def test_server_defaults_stand_as_they_are_written(
    expression: str, expected: str, postgres_connection: Postgres
) -> None:
    schema = ds.Schema(define("t", {"a": (str, {"server_default": expression})}))
    assert_one_catalog(schema, postgres_connection)

    insert = "INSERT INTO t (id) VALUES ('1') RETURNING a"
    with fresh_space(postgres_connection):
        postgres_connection.execute(schema.ddl("postgresql"))
        assert (expected,) == postgres_connection.execute(insert).fetchone()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema.ddl("sqlite"))
        assert (expected,) == connection.execute(insert).fetchone()


NAMES = {
    "keywords": [
        *("order", "user", "group", "select", "table", "index", "primary", "check", "default"),
        *("null", "true", "current_user", "values", "end", "window", "rowid", "abort", "glob"),
    ],
    "marks": [
        *("a:b", "a(b)", "a?b", "a\\b", "1a", "$a", "a$b", "a-b", "a/b", "a;b", "a--b", "a`b"),
        *("a{b}", "a@b", "a&b", "a*b", "a=b", "a<b", "a|b", "a~b", "a^b", "a!b", "a+b", "_"),
    ],
    "letters": ["été", "名前", "🎉", "ß", "ı"],
}


@pytest.mark.parametrize("kind", NAMES)
def test_names_that_need_quotes(kind: str, postgres_connection: Postgres) -> None:
    tables = [table_with_names(name) for name in NAMES[kind]]
    schema = ds.Schema(*tables)
    assert_one_catalog(schema, postgres_connection)

    with fresh_space(postgres_connection) as space:
        for engine in (postgres_engine(postgres_connection, space), sa.create_engine("sqlite://")):
            with engine.begin() as connection:
                schema.metadata.create_all(connection)
                for name in NAMES[kind]:
                    assert_works(connection, schema.metadata.tables[name], name)
            engine.dispose()


def table_with_names(name: str) -> type[ds.Table]:
    """Define a table that uses a name for all that has names."""
    columns = {
        "x": (str, {"name": name, "index": True, "unique": True, "min_length": 1, "doc": "c"}),
        "choice": (Literal["p"], {"name": f"{name}_p", "default": "p"}),
        "parent": (str | None, {"name": f"{name}_r", "foreign_key": name, "default": None}),
    }
    return define(name, columns, indexes=[ds.Index("-x", "choice")])


def assert_works(connection: sa.Connection, made: sa.Table, name: str) -> None:
    """Assert that rows can be written, changed and found by a column of the name."""
    connection.execute(sa.insert(made), [{"id": "1", name: "v"}, {"id": "2", name: "w"}])
    connection.execute(sa.update(made).where(made.c[name] == "v").values({name: "z"}))
    found = connection.execute(sa.select(made).where(made.c[name].in_(["z"]))).all()
    assert [("1", "z", "p", None)] == found


def test_foreign_key_to_a_table_that_is_not_there() -> None:
    local = define("local", sync="local_only")
    server = define("server", sync=False)
    columns = {
        "local_id": (str | None, {"foreign_key": local, "default": None}),
        "server_id": (str | None, {"foreign_key": server, "default": None}),
    }
    schema = ds.Schema(local, server, define("t", columns))

    assert "REFERENCES local" not in schema.ddl("postgresql")
    assert "REFERENCES server (id)" in schema.ddl("postgresql")
    assert "REFERENCES local (id)" in schema.ddl("sqlite")
    assert "REFERENCES server" not in schema.ddl("sqlite")


def test_dropped_tables_and_columns_stand_nowhere() -> None:
    columns = {"old": (str, {"default": "", "dropped": True, "index": True, "unique": True})}
    schema = ds.Schema(define("t", columns), define("gone", dropped=True))

    for dialect in ("postgresql", "sqlite"):
        text = schema.ddl(dialect)
        assert "gone" not in text
        assert "old" not in text


def test_an_empty_schema_has_no_text() -> None:
    assert "" == ds.Schema().ddl("postgresql")
    assert "" == ds.Schema().ddl("sqlite")
