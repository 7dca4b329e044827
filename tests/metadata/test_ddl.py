"""DDL as text: the same each time, and both engines take it as it stands."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dualschema as ds
from tests.metadata.catalogs import Postgres, assert_one_catalog
from tests.metadata.world import WORLDS, make_schema
from tests.schema.define import define

GOLDEN = Path(__file__).parent / "expected"


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
        text = make_schema(style).ddl(dialect)  # type: ignore[arg-type]  # one of the two, by name
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
