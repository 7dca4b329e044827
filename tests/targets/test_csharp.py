"""``csharp``: its output parses; nothing compiles it here."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.errors import GenerationError
from dualschema.languages.csharp.text import KEYWORDS, name_of
from dualschema.languages.csharp.values import pattern_of, value_type
from dualschema.model import SchemaModel
from dualschema.schema import Schema
from dualschema.targets import generate, target_named
from dualschema.testing import tables
from dualschema.types.decimal import Numeric
from tests.targets.golden_cases import every_case, schema_of
from tests.targets.hostile import hostile_schemas
from tests.targets.parsing import faults


def text_of(schema: Schema) -> str:
    (file,) = generate(schema, "csharp")
    return file.text


@every_case
def test_it_parses(case: str) -> None:
    assert [] == faults("csharp", text_of(schema_of(case)))


@given(hostile_schemas())
def test_hostile_names_and_texts_break_nothing(schema: Schema) -> None:
    names = [name for table in schema.model.tables for name in (table.name, *table.by_name)]
    if any("?" in name for name in names):
        with pytest.raises(GenerationError, match="takes a \\? in a name for a parameter"):
            text_of(schema)
        return
    assert [] == faults("csharp", text_of(schema))


@given(tables())
def test_every_table_parses(table: type[ds.Table]) -> None:
    (file,) = target_named("csharp").run(SchemaModel((binding_of(table).model,)))
    assert [] == faults("csharp", file.text)


def test_no_keyword_stands_bare() -> None:
    assert [] == [word for word in sorted(KEYWORDS) if name_of(word) in KEYWORDS]


def test_a_namespace_is_one() -> None:
    schema = schema_of("timers")
    (file,) = generate(schema, "csharp", options={"namespace": "Acme.Data"})
    assert "\nnamespace Acme.Data;\n" in file.text
    for wrong in ("", "a b", "a.class", "a;", "1a", "ä"):
        with pytest.raises(GenerationError, match=r"is no namespace"):
            generate(schema, "csharp", options={"namespace": wrong})


def test_a_decimal_is_one_where_it_holds_all_digits() -> None:
    assert "decimal" == value_type(Numeric(28, 5), None)
    assert "string" == value_type(Numeric(29, 5), None)
    assert "string" == value_type(Numeric(), None)
    assert "'m" not in str(Decimal(1))


def test_what_the_sdk_would_take_for_something_else() -> None:
    class Dashed(ds.Table, name="dashed", indexes=[ds.Index("made", name="by_made")]):
        id: ds.Column[str] = ds.column(primary_key=True)
        made: ds.Column[int] = ds.column(name="made-at")

    with pytest.raises(GenerationError, match=r"csharp: dashed.made-at: the SDK takes a - in"):
        text_of(Schema(Dashed))

    class Long(ds.Table, name="long"):
        id: ds.Column[str] = ds.column(primary_key=True)
        took: ds.Column[timedelta] = ds.column(default=timedelta(days=20_000_000))

    with pytest.raises(GenerationError, match=r"csharp: long.took: the default is longer than"):
        text_of(Schema(Long))

    class Astral(ds.Table, name="astral"):
        id: ds.Column[str] = ds.column(primary_key=True)
        face: ds.Column[str] = ds.column(pattern="^😀+$")

    with pytest.raises(GenerationError, match=r"csharp: astral.face: .* beyond the first 65,536"):
        text_of(Schema(Astral))


def test_patterns_match_code_points() -> None:
    assert r"^[a-z]{2}\$\z" == pattern_of(r"^[a-z]{2}\$$")
    pair = r"[\uD800-\uDBFF][\uDC00-\uDFFF]"
    assert rf"^(?:[^\n\uD800-\uDFFF]|{pair}){{1,3}}\z" == pattern_of(r"^[^\n]{1,3}$")
