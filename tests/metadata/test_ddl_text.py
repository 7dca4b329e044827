"""DDL holds any text, condition and name as it stands, on both engines."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Literal

import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.metadata.catalogs import Postgres, assert_one_catalog, fresh_space
from tests.metadata.world import postgres_engine
from tests.schema.define import define

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
