"""Request bodies over every registered type."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pydantic
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.testing import rows
from tests.declare.bodies import (
    MAKERS,
    refusal,
)
from tests.types.cases import CASES, Case, both_columns, every_case

TABLES: dict[str, type[ds.Table]] = {}


def table_of(case: Case) -> type[ds.Table]:
    """Return the one table of a case: the key, ``value``, and ``nullable``."""
    return TABLES.setdefault(str(case), TABLES.get(str(case)) or both_columns(case, "portable"))


def said_of(check: Callable[[dict[str, Any]], Any], value: object) -> object:
    """Return what a model makes of a value, or why it refuses it."""
    try:
        return check({"value": value}).value
    except pydantic.ValidationError as error:
        return [(each["loc"], each["msg"]) for each in error.errors(include_url=False)]


def rows_of(case: Case) -> st.SearchStrategy[Any]:
    """Return a strategy for rows, without JSON's own null: it is None to a pydantic model."""
    value = case.made.strategy().filter(lambda drawn: drawn is not ds.JSON_NULL)
    return rows(table_of(case), value=value, nullable=st.none() | value)


@every_case
@given(data=st.data())
def test_the_json_of_a_row_makes_that_row(case: Case, data: st.DataObject) -> None:
    row = data.draw(rows_of(case))

    body = ds.insert_model(type(row)).model_validate_json(json.dumps(ds.encode(row, "json")))

    assert row == type(row)(**body.values())
    assert vars(row) == body.given()


@every_case
@given(data=st.data(), absent=st.sets(st.sampled_from(["value", "nullable"])))
def test_absent_null_and_a_value_are_three(
    case: Case, data: st.DataObject, absent: set[str]
) -> None:
    row = data.draw(rows_of(case))
    expected = {k: v for k, v in row if k not in absent and k != "id"}
    sent = {k: v for k, v in ds.encode(row, "json").items() if k in expected}

    patch = ds.patch_model(type(row)).model_validate_json(json.dumps(sent))

    assert expected == patch.given()
    assert set(expected) == patch.model_fields_set
    assert absent == {name for name, value in patch if value is ds.UNSET}
    assert sent == patch.model_dump(mode="json") == json.loads(patch.model_dump_json())
    assert sent == patch.model_dump(mode="json", exclude_unset=True)


@every_case
def test_null_is_refused_where_the_column_is_not_nullable(case: Case) -> None:
    patch = ds.patch_model(table_of(case))

    [[place, *_]] = refusal(lambda: patch.model_validate_json('{"value": null}'))
    assert "value" == place
    assert {"nullable": None} == patch.model_validate_json('{"nullable": null}').given()


@every_case
@given(data=st.data())
def test_values_are_checked_as_in_the_table(case: Case, data: st.DataObject) -> None:
    table = table_of(case)
    value = data.draw(st.sampled_from(CASES).flatmap(lambda other: other.made.strategy()))
    others = {"id": "", "nullable": None}
    as_row = said_of(lambda sent: table.model_validate({**others, **sent}), value)

    for model in (ds.patch_model(table), ds.insert_model(table, include=["value"])):
        said = said_of(model.model_validate, value)
        assert as_row == said
        assert type(as_row) is type(said)


@every_case
def test_the_json_schema_is_the_tables(case: Case) -> None:
    table = table_of(case)
    expected = table.model_json_schema()
    inserted, patched = (make(table).model_json_schema() for make in MAKERS)

    assert expected | {"title": "DrawnInsert"} == inserted
    assert ["value", "nullable"] == list(patched["properties"])
    assert "required" not in patched
    for name in patched["properties"]:
        assert expected["properties"][name] == patched["properties"][name]
