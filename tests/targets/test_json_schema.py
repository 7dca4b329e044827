"""JSON schemas: valid by the metaschema, and true and false of rows where the library says so."""

from __future__ import annotations

import json
import warnings
from functools import cache
from typing import Any
from urllib.parse import unquote

import pydantic
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

import dualschema as ds
from dualschema.convert import encode
from dualschema.declare.table import binding_of
from dualschema.model import Sync
from dualschema.targets import generate
from dualschema.testing import rows, tables
from tests.targets.golden_cases import every_case, schema_of
from tests.types.cases import Case, Style, both_columns, every_style
from tests.types.cases import every_case as every_type
from tests.types.cases import schema_of as schema_with


@cache
def document_of(schema: ds.Schema) -> Any:
    [file] = generate(schema, "json-schema")
    made = json.loads(file.text)
    Draft202012Validator.check_schema(made)
    return made


@cache
def checker(schema: ds.Schema, table: str, shape: str) -> Draft202012Validator:
    whole = document_of(schema)
    return Draft202012Validator({**whole, "$ref": f"#/$defs/{table}.{shape}"})


def stored(table: type[ds.Table], row: ds.Table) -> dict[str, Any]:
    """Return a row as the client's database has it: the key is called ``id``."""
    found = encode(row, "sqlite")
    return {"id": found.pop(binding_of(table).model.key), **found}


# `Field(max_length=3)` around the whole document is no part of the column's type, by which rows are
# drawn; the class checks it.
NARROWER: dict[str, dict[str, Any]] = {"dates": {"row": st.lists(st.integers(0, 9), max_size=3)}}


@every_case
@settings(phases=(Phase.explicit, Phase.generate))  # a wide row takes minutes to shrink
@given(data=st.data())
def test_rows_are_what_their_schemas_say(case: str, data: st.DataObject) -> None:
    schema = schema_of(case)
    for table, model in zip(schema.tables, schema.model.tables, strict=True):
        if model.dropped:
            continue
        row = data.draw(rows(table, **NARROWER.get(model.name, {})), label=model.name)
        if model.sync is not Sync.SERVER_ONLY:
            checker(schema, model.name, "stored").validate(stored(table, row))
        sent = as_json(row)
        if sent is None:
            continue
        checker(schema, model.name, "select").validate(sent)
        # JSON's own null, which no body can say.
        nulls = [(None, column.json_name) for column in model.columns if not column.nullable]
        for derive, shape in ((ds.insert_model, "insert"), (ds.patch_model, "patch")):
            fields = {info.alias for info in derive(table).model_fields.values()}
            body = {n: v for n, v in sent.items() if n in fields and (v, n) not in nulls}
            checker(schema, model.name, shape).validate(body)
            derive(table).model_validate(body)


def as_json(row: ds.Table) -> dict[str, Any] | None:
    """Return a row as an API gives it, or None where a nullable column holds JSON's own null."""
    try:
        found: dict[str, Any] = encode(row, "json")
    except ds.EncodeError:
        return None
    return found


@every_case
def test_bodies_have_the_fields_of_the_derived_models(case: str) -> None:
    schema = schema_of(case)
    found = document_of(schema)["$defs"]
    for table, model in zip(schema.tables, schema.model.tables, strict=True):
        if model.dropped:
            continue
        for derive, shape in ((ds.insert_model, "insert"), (ds.patch_model, "patch")):
            ours = found[f"{model.name}.{shape}"]
            with warnings.catch_warnings():  # it cannot write a default of bytes
                warnings.simplefilter("ignore")
                theirs = derive(table).model_json_schema()
            assert theirs["properties"].keys() == ours["properties"].keys()
            assert set(theirs.get("required", ())) == set(ours.get("required", ()))
            assert theirs["title"] == ours["title"]
            assert theirs["additionalProperties"] is ours["additionalProperties"] is False
            for name, schema_of_it in theirs["properties"].items():
                assert kinds(schema_of_it) == kinds(ours["properties"][name]), name


def kinds(schema: dict[str, Any]) -> set[str]:
    """Return the kinds of values that a schema takes, as far as it says so at its top."""
    if "anyOf" in schema:
        return set().union(*map(kinds, schema["anyOf"]))
    return {str(schema.get("type", schema.get("$ref", "any"))).split("-")[0]}


WRONG: tuple[Any, ...] = (None, True, 2**80, 0.5, " ", "x", [[]], {"?": [object.__name__]})


@every_type
@every_style
def test_what_is_no_value_is_refused_as_the_models_refuse_it(case: Case, style: Style) -> None:
    """A schema may not take what the models refuse, but for what no schema can say."""
    table = both_columns(case, style)
    schema = schema_with(table)
    model = ds.patch_model(table)
    patch = checker(schema, "drawn", "patch")
    for value in WRONG:
        try:
            model.model_validate({"value": value})
        except pydantic.ValidationError:
            assert not patch.is_valid({"value": value}), value
    assert patch.is_valid({"nullable": None})
    assert not patch.is_valid({"id": "a"})
    assert not patch.is_valid({"other": 1})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("flag", True),
        ("flag", 2),
        ("whole", 1001),
        ("whole", "1"),
        ("huge", 1),
        ("huge", "1e3"),
        ("price", "1.234"),
        ("price", 1.5),
        ("price", "123456789.00"),
        ("made_at", "2024-01-01"),
        ("made_at", "2024-01-01T00:00:00"),
        ("day", "2024-1-1"),
        ("clock", "12:00:00Z"),
        ("token", "0"),
        ("choice", "b"),
        ("level", 0),
        ("raw", "AP8"),
        ("raw", "?"),
        ("nodes", []),
        ("short", ""),
        ("coded", "A-1"),
        ("text", None),
        ("id", None),
    ],
)
def test_what_is_no_stored_value_is_refused(column: str, value: Any) -> None:
    schema = schema_of("everything")
    table: Any = schema.tables[0]
    good = stored(table, table(text="x", whole_or_not=None, by_server=None))
    stored_rows = checker(schema, "everything", "stored")
    stored_rows.validate(good)

    assert not stored_rows.is_valid({**good, column: value})
    assert not stored_rows.is_valid({name: good[name] for name in good if name != column})
    assert not stored_rows.is_valid({**good, "unknown": 1})


@pytest.mark.parametrize(
    "text",
    ["2025-09-22T14:29:30.000Z", "2025-09-22T14:29:30.123456Z", "2025-09-22 14:29:30Z"],
)
def test_each_spelling_of_an_instant_is_one_that_is_stored(text: str) -> None:
    schema = schema_of("everything")
    table: Any = schema.tables[0]
    good = stored(table, table(text="x", whole_or_not=None, by_server=None))

    assert checker(schema, "everything", "stored").is_valid({**good, "made_at": text})


def test_a_key_is_called_id_where_it_is_stored() -> None:
    found = document_of(schema_of("everything"))["$defs"]

    assert "id" == next(iter(found["native_things.stored"]["properties"]))
    assert "userId" in found["native_things.select"]["properties"]
    assert "server_only.stored" not in found
    assert not [name for name in found if name.startswith("gone_table")]


def test_a_table_may_have_a_file_of_its_own() -> None:
    schema = schema_of("everything")
    files = generate(schema, "json-schema", options={"split": True})
    whole = document_of(schema)["$defs"]

    names = [model.name for model in schema.model.tables if not model.dropped]
    assert [f"schema/{name}.json" for name in names] == [file.path for file in files]
    for name, file in zip(names, files, strict=True):
        made = json.loads(file.text)
        Draft202012Validator.check_schema(made)
        for shape in ("select", "insert", "patch"):
            assert whole[f"{name}.{shape}"] == made["$defs"][f"{name}.{shape}"]
    [folder] = generate(schema, "json-schema", path="json/")
    assert "json/schema.json" == folder.path


def test_an_owner_that_the_table_names_is_in_no_patch() -> None:
    class Direct(ds.Table, name="direct", owner="user_id"):
        id: ds.Column[str] = ds.column(primary_key=True)
        user_id: ds.Column[str]
        text: ds.Column[str]

    class Behind(ds.Table, name="behind", owner="direct.user_id"):
        id: ds.Column[str] = ds.column(primary_key=True)
        direct: ds.Column[str | None] = ds.column(default=None, name="other")
        direct_id: ds.Column[str] = ds.column(foreign_key=Direct)
        text: ds.Column[str]

    found = document_of(ds.Schema(Direct, Behind))["$defs"]
    assert {"text"} == ds.patch_model(Direct).model_fields.keys()
    assert {"direct", "text"} == ds.patch_model(Behind).model_fields.keys()
    assert {"text"} == found["direct.patch"]["properties"].keys()
    assert {"other", "text"} == found["behind.patch"]["properties"].keys()


@given(table=tables())
def test_any_table_has_a_valid_schema(table: type[ds.Table]) -> None:
    document_of(schema_with(table))


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15)


@given(name=NAMES | st.just("a/b\\c"), column=NAMES, doc=st.text(max_size=30), value=st.text())
def test_no_name_breaks_the_text(name: str, column: str, doc: str, value: str) -> None:
    class Named(ds.Table, name=name):
        __doc__ = doc

        key: ds.Column[str] = ds.column(primary_key=True)
        value: ds.Column[str] = ds.column(name=column, json_name="value", default="x")

    try:
        schema = ds.Schema(Named)
    except ds.DefinitionError:
        return
    assert {"id", column} == document_of(schema)["$defs"][f"{name}.stored"]["properties"].keys()
    [file] = generate(schema, "json-schema", options={"split": True})
    folder, base = file.path.split("/")
    assert ("schema", f"{name}.json") == (folder, unquote(base))


def test_what_the_server_alone_sets_is_null_until_it_comes_back() -> None:
    class Ranked(ds.Table, name="ranked"):
        id: ds.Column[str] = ds.column(primary_key=True, writable="server")
        rank: ds.Column[int] = ds.column(default=0, writable="server")

    [file] = generate(ds.Schema(Ranked), "json-schema")
    stored = json.loads(file.text)["$defs"]["ranked.stored"]["properties"]
    assert "string" == stored["id"]["type"]
    assert [{"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}, {"type": "null"}] == (
        sorted(stored["rank"]["anyOf"], key=len, reverse=True)
    )
