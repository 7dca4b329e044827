"""``swift``: its output parses; nothing compiles it here."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from hypothesis import given

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.errors import GenerationError
from dualschema.languages.swift.text import KEYWORDS, ticked, type_name, variable_name
from dualschema.languages.swift.values import checks
from dualschema.model import SchemaModel
from dualschema.schema import Schema
from dualschema.targets import generate, target_named
from dualschema.testing import tables
from dualschema.testing.strategies import make_table
from dualschema.types.text import Text
from tests.targets.golden_cases import every_case, schema_of
from tests.targets.hostile import hostile_schemas
from tests.targets.parsing import faults


def text_of(schema: Schema) -> str:
    (file,) = generate(schema, "swift")
    return file.text


@every_case
def test_it_parses(case: str) -> None:
    assert [] == faults("swift", text_of(schema_of(case)))


@given(hostile_schemas())
def test_hostile_names_and_texts_break_nothing(schema: Schema) -> None:
    assert [] == faults("swift", text_of(schema))


@given(tables())
def test_every_table_parses(table: type[ds.Table]) -> None:
    (file,) = target_named("swift").run(SchemaModel((binding_of(table).model,)))
    assert [] == faults("swift", file.text)


def test_no_keyword_stands_bare() -> None:
    for word in sorted(KEYWORDS):
        assert ticked(variable_name(word)) not in KEYWORDS, word
        assert type_name(word) not in KEYWORDS - {"Any", "Protocol", "Self", "Type"}, word


def test_as_many_columns_as_the_sdk_allows() -> None:
    columns: dict[str, Any] = {f"c{number}": (int, {}) for number in range(64)}
    most = binding_of(make_table("most", dict(list(columns.items())[:63]))).model
    assert target_named("swift").run(SchemaModel((most,)))

    wide = binding_of(make_table("wide", columns)).model
    with pytest.raises(GenerationError, match=r"swift: wide: the SDK allows 63 columns .* has 64"):
        target_named("swift").run(SchemaModel((wide,)))


def test_choices_that_are_one_to_swift() -> None:
    choices = Literal["\u00e9", "e\u0301"]
    table = binding_of(make_table("texts", {"choice": (choices, {})})).model
    with pytest.raises(GenerationError, match=r"swift: texts.choice: two choices differ"):
        target_named("swift").run(SchemaModel((table,)))


def test_patterns_are_read_as_icu_reads_them() -> None:
    ((_, _), (found, reason)) = checks(Text(pattern=r"^\v[^\n]\\v\$$"), "v")
    assert r'v.range(of: "^\\x0B[^\\n]\\\\v\\$\\z", options: .regularExpression) != nil' == found
    assert r"does not match ^\v[^\n]\\v\$$" == reason


@every_case
def test_lines_are_as_long_as_the_formatter_lets_them(case: str) -> None:
    """Texts and names that no break helps are let be."""
    lines = [line for line in text_of(schema_of(case)).split("\n") if len(line) > 100]
    assert [] == [line for line in lines if not re.match(r'\s*"', line)]
