"""``rust``: parsed, formatted, compiled, and run on rows that Python wrote and reads again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import dualschema as ds
from dualschema.convert import decode, encode
from dualschema.declare.table import binding_of
from dualschema.generator import client_columns, client_tables
from dualschema.languages.rust.text import KEYWORDS, doc_comment, field_name, type_name
from dualschema.model import SchemaModel
from dualschema.powersync import powersync_schema
from dualschema.schema import Schema
from dualschema.targets import generate, target_named
from dualschema.testing import tables
from tests.targets.drawn import drawn_rows
from tests.targets.golden_cases import every_case, schema_of
from tests.targets.hostile import hostile_schemas
from tests.targets.parsing import faults
from tests.targets.rust_programs import (
    compile_program,
    line_of,
    structs_of,
    tool,
    values_of,
)

PROGRAM = """
fn main() {{
    if std::env::args().count() > 1 {{
        println!("{{}}", generated::app_schema().to_json());
        return;
    }}
    for line in std::io::stdin().lines() {{
        let (table, cells) = cells::parse(&line.unwrap());
        let row = rusqlite::Row {{ cells: &cells }};
        let written = match table.as_str() {{
{arms}
            _ => panic!("no such table"),
        }};
        match written {{
            Ok(values) => println!("{{}}", cells::write(&values)),
            Err(error) => println!("error {{error}}"),
        }}
    }}
}}
"""

ARM = '            "{table}" => generated::{name}::from_row(&row).and_then(|row| row.to_params()),'


def text_of(schema: Schema) -> str:
    (file,) = generate(schema, "rust")
    return file.text


def program_of(schema: Schema, folder: Path) -> Callable[..., list[str]]:
    """Return what runs rows, as lines, through a schema's generated code."""
    text = text_of(schema)
    arms = [ARM.format(table=table, name=name) for table, name in structs_of(text).items()]
    program = compile_program(folder, text, PROGRAM.format(arms="\n".join(arms)))

    def run(lines: list[str], *arguments: str) -> list[str]:
        command = [str(program), *arguments]
        given = "".join(f"{line}\n" for line in lines)
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    return run


def stored(table: type[ds.Table], row: Any) -> dict[str, Any]:
    """Return a row as the client's database holds it, in the order of the client's columns."""
    cells = encode(row, "sqlite")
    return {
        column.name: cells[column.model.name] for column in client_columns(binding_of(table).model)
    }


def row_of(table: type[ds.Table], values: list[Any]) -> Any:
    names = [column.model.name for column in client_columns(binding_of(table).model)]
    return decode(table, dict(zip(names, values, strict=True)), "sqlite")


def client_classes(case: str) -> list[Any]:
    schema = schema_of(case)
    wanted = {table.name for table in client_tables(schema.model)}
    return [table for table in schema.tables if binding_of(table).model.name in wanted]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def of(case: str) -> Any:
        if case not in made:
            made[case] = program_of(schema_of(case), tmp_path_factory.mktemp(case))
        return made[case]

    return of


@every_case
def test_it_parses(case: str) -> None:
    assert [] == faults("rust", text_of(schema_of(case)))


@every_case
def test_rustfmt_changes_nothing(case: str) -> None:
    command = [tool("rustfmt"), "--edition", "2021"]
    text = text_of(schema_of(case))
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=True)
    assert text == done.stdout


@every_case
def test_the_schema_is_what_the_core_takes(case: str, program: Callable[[str], Any]) -> None:
    (written,) = program(case)([], "schema")
    assert powersync_schema(schema_of(case).model) == json.loads(written)


@every_case
@pytest.mark.slow
def test_rows_come_back(case: str, program: Callable[[str], Any]) -> None:
    run = program(case)
    for table in client_classes(case):
        fixed = FIXED.get(table.__name__, {})
        drawn = drawn_rows(table, 400 // len(binding_of(table).model.columns), **fixed)
        name = binding_of(table).model.name
        cells = [stored(table, row) for row in drawn]
        found = run([line_of(name, each) for each in cells])
        assert [list(each.values()) for each in cells] == list(map(values_of, found))
        assert drawn == [row_of(table, values_of(line)) for line in found]


# `rows` does not heed a list's longest length.
FIXED = {"Date": {"row": st.lists(st.integers(0), max_size=3)}}


SPELLINGS = [
    ("2025-09-22T14:29:30.000Z", "2025-09-22T14:29:30.000Z"),
    ("2025-09-22T14:29:30.123456Z", "2025-09-22T14:29:30.123Z"),
    ("2025-09-22 14:29:30Z", "2025-09-22T14:29:30.000Z"),
    ("2025-09-22 14:29:30.5Z", "2025-09-22T14:29:30.500Z"),
    ("2025-09-22T14:29:30.123456789+02:00", "2025-09-22T12:29:30.123Z"),
    ("2025-01-01 00:00:00-0130", "2025-01-01T01:30:00.000Z"),
    ("2025-01-01 00:00:00+01", "2024-12-31T23:00:00.000Z"),
    ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
]

NO_INSTANTS = [
    "",
    "2025-02-29T00:00:00Z",
    "2025-01-01",
    "2025-01-01T00:00:00",
    "2025-01-01T24:00:00Z",
    "2025-01-01T00:00:60Z",
    "2025-1-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "2025-01-01T00:00:00.Z",
    "2025-01-01T00:00:00.1234567890Z",
    "2025-01-01T00:00:00ZZ",
    "２025-01-01T00:00:00Z",
    "2025-01-01é00:00:00Z",
]


def todo(**cells: Any) -> str:
    row = {"id": "1", "text": "", "completed": 0, "user_id": "u"}
    row |= {"created_at": "2025-01-01T00:00:00.000Z", "updated_at": "2025-01-01T00:00:00.000Z"}
    return line_of("todos", row | cells)


def test_instants_are_read_in_every_spelling(program: Callable[[str], Any]) -> None:
    lines = program("timers")([todo(created_at=spelling) for spelling, _ in SPELLINGS])
    assert [text for _, text in SPELLINGS] == [values_of(line)[4] for line in lines]


def test_what_is_no_value_is_an_error_that_names_the_column(program: Callable[[str], Any]) -> None:
    run = program("timers")
    reason = "is no instant of the form 2024-02-29T12:00:00.000Z"
    faulty = run([todo(created_at=text) for text in NO_INSTANTS])
    assert [f"error todos.created_at: {reason}"] * len(NO_INSTANTS) == faulty

    assert ["error todos.completed: is neither 0 nor 1"] == run([todo(completed=2)])
    assert ["error todos.text: is NULL"] == run([todo(text=None)])
    assert ["error todos.text: is not text"] == run([todo(text=1)])
    missing = line_of("todos", {"id": "1"})
    assert ["error todos.text: is no column of this row"] == run([missing])
    assert ["error todos.text: holds NUL"] == run([todo(text="\0")])


def everything(**cells: Any) -> str:
    (table,) = [each for each in client_classes("everything") if each.__name__ == "Everything"]
    row = table(text="", whole_or_not=None, made_here="", by_server=None)
    return line_of("everything", stored(table, row) | cells)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"short": ""}, "short: has less than 1 characters"),
        ({"short": "😀" * 21}, "short: has more than 20 characters"),
        ({"whole": 1001}, "whole: is more than 1000"),
        ({"whole": -6}, "whole: is less than -5"),
        ({"whole": 2**31}, "whole: lies outside 32 bits"),
        ({"big": 2**53}, "big: is more than 9007199254740991"),
        ({"huge": str(2**63)}, "huge: is not the text of a whole number of 64 bits"),
        ({"huge": "+1"}, "huge: is not the text of a whole number of 64 bits"),
        ({"ratio": -1.0}, "ratio: is not > -1.0"),
        ({"price": "123456789.00"}, "price: has more digits than the column"),
        ({"price": "1.005"}, "price: has more digits than the column"),
        ({"price": "1e3"}, "price: is not a decimal number of the form -12.50"),
        ({"took": 2**53}, "took: is longer than 2^53 - 1 milliseconds"),
        ({"day": "2024-02-30"}, "day: is no day of the form 2024-02-29"),
        ({"clock": "24:00:00"}, "clock: is no time of the form 23:59:59.000"),
        ({"token": "1"}, "token: is no UUID"),
        ({"choice": "b"}, "choice: is none of the choices"),
        ({"level": 0}, "level: is none of the choices"),
        ({"raw": "AA"}, "raw: is not base64"),
        ({"raw": "A=A="}, "raw: is not base64"),
    ],
)
def test_checks(cells: dict[str, Any], reason: str, program: Callable[[str], Any]) -> None:
    assert [f"error everything.{reason}"] == program("everything")([everything(**cells)])


def test_bounds_of_decimals_compare_by_value(tmp_path: Path) -> None:
    from decimal import Decimal

    class Priced(ds.Table, name="priced"):
        id: ds.Column[str] = ds.column(primary_key=True)
        price: ds.Column[Decimal] = ds.column(ge=Decimal("-1.5"), lt=100)

    run = program_of(Schema(Priced), tmp_path)
    good = ["-1.5", "-1.50", "-0", "99.999", "000.1", "7"]
    bad = ["-1.51", "-10", "100", "100.0", "1000"]
    lines = run([line_of("priced", {"id": "1", "price": text}) for text in good])
    assert ["-1.5", "-1.50", "0", "99.999", "0.1", "7"] == [values_of(line)[1] for line in lines]
    lines = run([line_of("priced", {"id": "1", "price": text}) for text in bad])
    assert ["error priced.price: is not"] * len(bad) == [line[:26] for line in lines]


NEW = """
fn main() {
    let row = generated::Timer::new("a".into(), generated::TimerType::Stopwatch, "u".into());
    println!("{}", cells::write(&row.to_params().unwrap()));
    println!("{}", generated::Timer::new("b".into(), row.timer_type, "u".into()).id);
}
"""


def test_a_new_row_has_the_defaults(tmp_path: Path) -> None:
    from uuid import UUID

    program = compile_program(tmp_path, text_of(schema_of("timers")), NEW)
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    line, other_id = done.stdout.splitlines()
    (timer,) = [each for each in client_classes("timers") if each.__name__ == "Timer"]
    row = row_of(timer, values_of(line))
    assert 4 == UUID(row.id).version
    assert row.id != other_id

    expected = timer(
        id=row.id,
        name="a",
        timer_type="stopwatch",
        user_id="u",
        laps=[],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
    assert expected == row


@given(hostile_schemas())
def test_hostile_names_and_texts_break_nothing(schema: Schema) -> None:
    assert [] == faults("rust", text_of(schema))


@given(tables())
def test_every_table_parses(table: type[ds.Table]) -> None:
    model = SchemaModel((binding_of(table).model,))
    (file,) = target_named("rust").run(model)
    assert [] == faults("rust", file.text)


@pytest.mark.slow
@settings(max_examples=3, phases=(Phase.generate,))
@given(schema=hostile_schemas())
def test_hostile_schemas_compile(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    compile_program(folder, text_of(schema), "fn main() {}", "--cap-lints=allow")


@every_case
def test_clippy_finds_nothing(case: str, tmp_path: Path) -> None:
    compile_program(tmp_path, text_of(schema_of(case)), "fn main() {}", compiler="clippy-driver")


def test_no_documentation_is_run_as_a_test() -> None:
    assert ["/// ` ` `", "/// ~ ~ ~", "/// let"] == doc_comment(["```", "~~~", "let"])


def test_no_keyword_is_a_name() -> None:
    for word in sorted(KEYWORDS):
        assert field_name(word) not in KEYWORDS, word
        assert type_name(word) not in KEYWORDS, word
