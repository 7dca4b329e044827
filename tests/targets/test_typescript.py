"""The TypeScript of the golden cases: type-checked, formatted, and run on rows of Python's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import dualschema as ds
from dualschema.column_type import ClientKind, Storage
from dualschema.declare.table import Table, binding_of
from dualschema.generator import client_columns, client_tables
from dualschema.targets import generate
from dualschema.testing.strategies import make_table
from tests.fixtures.node import Node
from tests.targets.drawn import drawn_rows
from tests.targets.golden_cases import CASES, every_case, schema_of
from tests.targets.hostile import hostile_schemas

SCRIPTS = Path(__file__).parent / "typescript"
IN_ALL = {"timers": 1_000}
"""How many rows go there and back, of all tables of a case; of others, some for each example."""

RENAMED = {"Date": "Date2"}
"""Classes whose names are JavaScript's own."""


def code_of(case: str, **options: Any) -> str:
    options = {"module": "@powersync/common", **options}
    [file] = generate(schema_of(case), "typescript", options=options)
    return file.text


@pytest.fixture(scope="module")
def cases(shared_node: Node) -> Node:
    """Give a folder with the code of all golden cases, in both ways to have instants."""
    shared_node.write({path.name: path.read_text("utf-8") for path in SCRIPTS.iterdir()})
    shared_node.write({f"{case}.ts": code_of(case) for case in CASES})
    shared_node.write({f"{case}_iso.ts": code_of(case, dates="iso") for case in CASES})
    return shared_node


def test_it_is_typed_and_formatted(cases: Node) -> None:
    cases.tsc()
    cases.prettier(*(f"{case}{way}.ts" for case in CASES for way in ("", "_iso")))


def test_it_needs_no_browser_and_no_node(node: Node) -> None:
    """React Native's engine has neither's types."""
    node.write({"everything.ts": code_of("everything")})
    node.tsc(lib=["ES2022"], types=[])


@every_case
def test_the_schema_is_that_of_the_core(cases: Node, case: str) -> None:
    script = (
        f"import {{ AppSchema }} from './{case}.ts';\n"
        "AppSchema.validate();\nconsole.log(JSON.stringify(AppSchema));\n"
    )
    cases.write({f"{case}_schema.mjs": script})
    [expected] = generate(schema_of(case), "powersync-json")
    found = json.loads(cases.run(f"{case}_schema.mjs"))

    assert json.loads(expected.text)["tables"] == found["tables"]


@pytest.mark.slow
@every_case
def test_rows_come_back_as_python_wrote_them(cases: Node, case: str, examples: int) -> None:
    """From Python's stored form to TypeScript's values, and stored again; patches, too."""
    tables = tables_of(case)
    count = IN_ALL.get(case, 4 * examples) // len(tables)
    drawn = {table: drawn_rows(table, count) for table in tables}
    given = [
        {"name": RENAMED.get(table.__name__, table.__name__), "rows": list(map(stored, rows))}
        for table, rows in drawn.items()
    ]
    cases.write({"rows.json": json.dumps(given)})

    for way in ("", "_iso"):
        answers = json.loads(cases.run("round_trip.mjs", f"{case}{way}", "rows.json"))
        for (table, rows), answered in zip(drawn.items(), answers, strict=True):
            for row, answer in zip(rows, answered, strict=True):
                assert_came_back(table, row, answer)


def assert_came_back(table: type[Table], row: Table, answer: dict[str, Any]) -> None:
    """Assert that what TypeScript made of a row is the row, in each of its forms."""
    if holds_big_numbers(row):
        assert "a whole number of more than 53 bits" in answer["error"]
        return
    assert "error" not in answer, answer
    assert row == ds.decode(table, with_floats(table, answer["stored"]), "sqlite")
    updated = {each.name for each in client_columns(binding_of(table).model) if each.is_updated}
    patch = {name: value for name, value in answer["patch"].items() if name in updated}
    assert patch == answer["patched"]
    assert [] == answer["problems"]
    if ds.JSON_NULL not in vars(row).values():  # for which an API has no form
        assert as_javascript(ds.encode(row, "json")) == as_javascript(answer["meant"])


@pytest.mark.slow
def test_no_name_and_no_text_breaks_it(node: Node, examples: int) -> None:
    """All drawn schemas are checked at once: the compiler takes a second to start."""
    made: list[str] = []

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(hostile_schemas())
    def collect(schema: ds.Schema) -> None:
        columns = (column for table in schema.model.tables for column in table.columns)
        assume(all("__proto__" not in (column.name, column.json_name) for column in columns))
        [file] = generate(schema, "typescript", options={"module": "@powersync/common"})
        made.append(file.text)

    collect()
    node.write({f"{number}.ts": text for number, text in enumerate(made)})
    # A word in a comment may look like a call: what is brought along then is not called.
    node.tsc(noUnusedLocals=False)


NUL_SCRIPT = r"""
import { encodeKept } from './kept.ts';
const shown = (note) => {
  try {
    return encodeKept({ id: 'a', note }).note;
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify(['\\u0000', '\\\u0000', 'a\u0000', { '\u0000': 1 }].map(shown)));
"""


def test_a_document_that_postgres_cannot_store_is_refused(node: Node) -> None:
    table = make_table("kept", {"note": (Any, {})})
    [file] = generate(ds.Schema(table), "typescript", options={"module": "@powersync/common"})
    node.write({"kept.ts": file.text, "kept.mjs": NUL_SCRIPT})
    first, *others = json.loads(node.run("kept.mjs"))

    assert r'"\\u0000"' == first
    assert ["kept.note: it is nothing that JSON holds"] * 3 == others


def test_a_column_that_no_object_can_have_is_refused() -> None:
    table = make_table("proto", {"value": (str, {"name": "__proto__"})})
    with pytest.raises(ds.GenerationError, match=r"^typescript: proto\.__proto__: ") as caught:
        generate(ds.Schema(table), "typescript")

    assert ("typescript", "proto", "__proto__") == (
        caught.value.target,
        caught.value.table,
        caught.value.column,
    )


def tables_of(case: str) -> list[type[Table]]:
    """Return the classes of the tables that a client has."""
    schema = schema_of(case)
    names = {table.name for table in client_tables(schema.model)}
    return [table for table in schema.tables if binding_of(table).model.name in names]


def stored(row: Table) -> dict[str, Any]:
    """Return a row as the client's database gives it."""
    made = ds.encode(row, "sqlite")
    columns = client_columns(binding_of(type(row)).model)
    return {column.name: made[column.model.name] for column in columns}


def with_floats(table: type[Table], given: dict[str, Any]) -> dict[str, Any]:
    """Return a stored row with its REALs as SQLite gives them: JSON's 1 may be 1.0."""
    columns = client_columns(binding_of(table).model)
    reals = {column.name for column in columns if column.model.type.storage is Storage.REAL}
    return {
        name: float(value) if name in reals and value is not None else value
        for name, value in given.items()
    }


def as_javascript(value: Any) -> Any:
    """Return JSON as JavaScript has it, where all numbers are of one kind."""
    if isinstance(value, dict):
        return {key: as_javascript(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(as_javascript, value))
    return float(value) if type(value) is int else value


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9.eE+-]+')


def holds_big_numbers(row: Table) -> bool:
    """Whether a document in a row holds a whole number that JavaScript would round."""
    return any(
        re.fullmatch("-?[0-9]+", token) and abs(int(token)) >= 2**53
        for text in documents(row)
        for token in TOKEN.findall(text)
    )


def documents(row: Table) -> Iterator[str]:
    made = ds.encode(row, "sqlite")
    for column in binding_of(type(row)).model.columns:
        if column.type.client_kind is ClientKind.JSON and made[column.name] is not None:
            yield made[column.name]
