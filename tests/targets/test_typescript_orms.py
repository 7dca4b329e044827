"""Drizzle, Kysely and zod over PowerSync: type-checked, formatted, and run on rows of Python's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.declare.table import Table, binding_of
from dualschema.generator import client_columns, client_tables
from dualschema.model import Sync
from dualschema.naming import camel_case
from dualschema.targets import generate
from tests.fixtures.node import Node
from tests.targets.drawn import drawn_rows
from tests.targets.golden_cases import every_case, schema_of
from tests.targets.test_typescript import as_javascript, holds_big_numbers, stored, with_floats

TARGETS = ("drizzle-sqlite", "drizzle-postgres", "kysely", "zod")
SCRIPTS = Path(__file__).parent / "orms"
IN_ALL = 120
"""How many rows go there and back, of all tables of a case."""


@pytest.fixture
def written(node: Node, case: str) -> Node:
    """Give a folder with the code of a golden case, and the scripts."""
    for target in TARGETS:
        node.write({file.path: file.text for file in generate(schema_of(case), target)})
    names = [path.name for path in SCRIPTS.iterdir() if case == "timers" or path.suffix == ".mjs"]
    node.write({name: (SCRIPTS / name).read_text("utf-8") for name in names})
    return node


@pytest.mark.slow
@every_case
def test_it_is_typed_and_formatted(written: Node, case: str) -> None:
    written.tsc()
    written.prettier("drizzle.ts", "postgres.ts", "kysely.ts", "zod.ts")


@pytest.mark.slow
@every_case
def test_drizzle_gives_what_was_put_in(written: Node, case: str) -> None:
    """Python's stored rows mean the same through Drizzle, which stores them as Python did."""
    drawn = rows_of(written, case)

    found = answers_of(written, "drizzle_rows.mjs")

    [core] = generate(schema_of(case), "powersync-json")
    assert json.loads(core.text)["tables"] == found["schema"]["tables"]
    for table, rows in drawn.items():
        answer = found["answers"][view_of(table)]
        assert [meant(row) for row in rows] == as_javascript(answer["meant"])
        assert_stored(table, rows, answer["stored"])


@pytest.mark.slow
@every_case
def test_kysely_gives_what_was_put_in(written: Node, case: str) -> None:
    drawn = rows_of(written, case)

    answers = answers_of(written, "kysely_rows.mjs")

    for table, rows in drawn.items():
        assert_stored(table, rows, answers[view_of(table)])


@pytest.mark.slow
@every_case
def test_zod_reads_what_python_wrote(written: Node, case: str) -> None:
    drawn = rows_of(written, case, also_big=True)

    answers = answers_of(written, "zod_rows.mjs")

    for table, rows in drawn.items():
        for row, answer in zip(rows, answers[view_of(table)], strict=True):
            if holds_big_numbers(row):
                assert "53 bits" in answer["error"] or "int" in answer["error"]
                continue
            assert "error" not in answer, (row, answer)
            columns = client_columns(binding_of(table).model)
            called = {c.model.json_name: c.name for c in columns}
            wanted = {("id" if k == "id" else called[k]): v for k, v in meant(row).items()}
            assert wanted == as_javascript(answer["meant"])
            assert_stored(table, [row], [answer["stored"]])


def rows_of(node: Node, case: str, *, also_big: bool = False) -> dict[type[Table], list[Any]]:
    """Return rows of each table that a client reads, and write them for the scripts."""
    schema = schema_of(case)
    synced = {t.name for t in client_tables(schema.model) if t.sync is not Sync.INSERT_ONLY}
    tables = [table for table in schema.tables if binding_of(table).model.name in synced]
    drawn = {}
    for table in tables:
        rows = drawn_rows(table, IN_ALL // len(tables))
        by_key = {stored(row)["id"]: row for row in rows}
        kept = [row for row in by_key.values() if also_big or not holds_big_numbers(row)]
        drawn[table] = sorted(kept, key=lambda row: str(stored(row)["id"]).encode())
    given = [
        {
            "name": camel_case(binding_of(table).model.name),
            "view": view_of(table),
            "rows": list(map(stored, rows)),
        }
        for table, rows in drawn.items()
    ]
    node.write({"rows.json": json.dumps(given)})
    return drawn


def answers_of(node: Node, script: str) -> Any:
    node.run(script)
    return json.loads((node.folder / "answers.json").read_text("utf-8"))


def view_of(table: type[Table]) -> str:
    model = binding_of(table).model
    return model.view_name or model.name


def meant(row: Table) -> dict[str, Any]:
    """Return a row as an API's JSON has it, numbers as JavaScript has them."""
    model = binding_of(type(row)).model
    # An API's JSON has one null; here both are told apart.
    cells = {c.attribute: getattr(row, c.attribute) for c in model.columns}
    single = {
        c.attribute: None
        for c in model.columns
        if c.nullable and cells[c.attribute] is ds.JSON_NULL
    }
    values = ds.encode(type(row)(**cells | single), "json")
    made = {}
    for column in model.columns:
        name = "id" if column.name == model.key else column.json_name
        value = values[column.json_name]
        is_json_null = getattr(row, column.attribute) is ds.JSON_NULL
        made[name] = "JSON null" if is_json_null else value
    result: dict[str, Any] = as_javascript(made)
    return result


def assert_stored(table: type[Table], rows: list[Any], found: list[dict[str, Any]]) -> None:
    for row, cells in zip(rows, found, strict=True):
        assert row == ds.decode(table, with_floats(table, by_name(table, cells)), "sqlite")


def by_name(table: type[Table], cells: dict[str, Any]) -> dict[str, Any]:
    """Return a stored row without the columns that PowerSync adds for metadata."""
    names = {column.name for column in client_columns(binding_of(table).model)}
    return {name: value for name, value in cells.items() if name in names}
