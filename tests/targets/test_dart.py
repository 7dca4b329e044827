"""Generated Dart: parsed, for there is no compiler of Dart that the tests could install."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import GenerationError
from dualschema.languages.dart.spelling import KEYWORDS, MEMBERS, RESERVED, WIDTH
from dualschema.languages.dart.support import support
from dualschema.schema import Schema
from dualschema.targets import generate
from tests.targets.golden_cases import CASES, every_case, schema_of
from tests.targets.hostile import hostile_schemas, with_columns
from tests.targets.syntax import faults, names_of


def dart(schema: Schema, **options: Any) -> str:
    return generate(schema, "dart", options=options)[0].text


@every_case
def test_it_parses(case: str) -> None:
    assert [] == faults("dart", dart(schema_of(case)))


@given(hostile_schemas())
def test_what_is_hostile_parses(schema: Schema) -> None:
    text = dart(schema)
    assert [] == faults("dart", text)
    assert not names_of("dart", text) & KEYWORDS


def test_every_reserved_word_is_escaped() -> None:
    words = sorted(KEYWORDS | MEMBERS)
    columns: dict[str, Any] = {
        f"c{n}": ds.column(name=w.lower(), json_name=w) for n, w in enumerate(words)
    }
    text = dart(with_columns(columns))
    assert [] == faults("dart", text)
    assert not names_of("dart", text) & KEYWORDS
    assert "final String class_;" in text
    assert "final String hashCode_;" in text


def test_a_column_hides_nothing_that_its_class_calls() -> None:
    columns: dict[str, Any] = {name: ds.column() for name in ("base64", "json_null")}
    text = dart(with_columns(columns))
    assert "final String base64_;" in text
    assert "final String jsonNull_;" in text


def test_contextual_words_are_names() -> None:
    columns: dict[str, Any] = {
        word: ds.column() for word in ("type", "on", "of", "when", "show", "sync", "base")
    }
    text = dart(with_columns(columns))
    assert [] == faults("dart", text)
    assert "final String type;" in text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_stays_one_literal(text: str) -> None:
    made = dart(with_columns({"c": ds.column(default=text)}))
    assert [] == faults("dart", made)


@every_case
def test_every_name_of_ours_is_declared(case: str) -> None:
    """What is private to a file must stand in it, once."""
    text = dart(schema_of(case))
    code = re.sub(r"'(?:\\.|[^'\\])*'|//.*", "", text)
    used = set(re.findall(r"(?<![\w.])_[a-z]\w+", code)) - {"_values", "_row", "_table", "_read"}
    assert all(f" {name}" in code for name in used)
    for name in sorted(used - {"_present", "_of"}):
        assert 1 == len(re.findall(rf"^\S.* {name}(?:<[^>]*>)?(?:\(| =)", code, re.MULTILINE)), name


def test_only_what_is_used_is_written() -> None:
    made = dart(with_columns({"c": ds.column()}))
    assert "_decodeInstant" not in made
    assert "dart:convert" not in made
    assert [] == support("")


@every_case
def test_lines_are_as_short_as_dart_format_makes_them(case: str) -> None:
    lines = dart(schema_of(case)).split("\n")
    code = [line for line in lines if not line.lstrip().startswith("//")]
    assert [] == [line for line in code if len(line) > WIDTH and "SixtyThree" not in line][1:]


def test_another_library_may_be_imported() -> None:
    library = "package:powersync_sqlcipher/powersync.dart"
    assert f"\nimport '{library}';\n" in dart(schema_of("timers"), library=library)


def test_a_schema_has_a_name() -> None:
    assert "\nconst tables = Schema(" in dart(schema_of("timers"), schema_name="tables")
    with pytest.raises(GenerationError, match="option schema_name"):
        dart(schema_of("timers"), schema_name="a b")


def test_no_class_is_called_as_what_generated_code_uses() -> None:
    code = "\n".join(dart(schema_of(case)) for case in CASES)
    shared = "\n".join(support(code))
    shared = re.sub(r"'(?:\\.|[^'\\])*'|//.*", "", shared)
    used = set(re.findall(r"(?<![\w.])[A-Z]\w+", shared))
    assert set() == used - RESERVED
