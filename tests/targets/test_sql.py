"""The DDL as files: what ``Schema.ddl`` says, and both engines take it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import dualschema as ds
from dualschema.generator import NOTICE
from dualschema.targets import generate
from tests.metadata.catalogs import Postgres, fresh_space
from tests.targets.golden_cases import every_case, schema_of


def files_of(schema: ds.Schema) -> dict[str, str]:
    return {file.path: file.text for file in generate(schema, "sql")}


@every_case
def test_the_files_say_what_the_schema_says(case: str) -> None:
    schema = schema_of(case)
    made = files_of(schema)

    assert ["sql/postgres.sql", "sql/sqlite.sql"] == list(made)
    for text, ddl in zip(
        made.values(), (schema.ddl("postgresql"), schema.ddl("sqlite")), strict=True
    ):
        head, _, rest = text.partition("\n\n")
        assert ddl == rest
        assert [f"-- {line}" for line in NOTICE] == head.split("\n")[1:]


@every_case
def test_both_engines_take_them(case: str, postgres_connection: Postgres) -> None:
    schema = schema_of(case)
    made = files_of(schema)

    with fresh_space(postgres_connection) as space:
        postgres_connection.execute(made["sql/postgres.sql"].encode())
        query = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        on_server = {name for (name,) in postgres_connection.execute(query, [space])}
    with closing(sqlite3.connect(":memory:")) as client:
        client.executescript(made["sql/sqlite.sql"])
        query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        on_client = {name for (name,) in client.execute(query)}

    sync = {model.name: model.sync.value for model in schema.model.tables if not model.dropped}
    assert {name for name, where in sync.items() if where != "local_only"} == on_server
    assert {name for name, where in sync.items() if where != "server_only"} == on_client


def test_a_side_without_tables_has_a_file_that_says_so() -> None:
    class Alone(ds.Table, name="alone", sync=False):
        id: ds.Column[str] = ds.column(primary_key=True)

    made = files_of(ds.Schema(Alone))
    assert "CREATE TABLE" not in made["sql/sqlite.sql"]
    assert made["sql/sqlite.sql"].endswith("codegen`.\n")
