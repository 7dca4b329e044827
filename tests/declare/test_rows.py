"""Rows: what their constructor takes and refuses, and what pydantic does with them."""

from __future__ import annotations

import copy
import enum
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pydantic
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ClientKind
from dualschema.testing import rows
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES
from dualschema.types.json import JSON_NULL


class Lap(ds.JsonModel):
    lap_time: int


class Colour(enum.StrEnum):
    RED = "red"


class Row(ds.Table, name="rows"):
    """A row with a column of every type."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str] = ds.column(min_length=1, doc="what it is called")
    flag: ds.Column[bool] = ds.column(default=False)
    count: ds.Column[int] = ds.column(default=0, ge=0)
    big: ds.Column[ds.BigInt] = ds.column(default=0)
    huge: ds.Column[ds.Int64] = ds.column(default=0)
    ratio: ds.Column[float] = ds.column(default=0.5)
    price: ds.Column[Decimal] = ds.column(default=Decimal(0), precision=5, scale=2)
    made: ds.Column[datetime] = ds.column(default_factory=ds.now)
    due_day: ds.Column[date | None] = ds.column(default=None)
    at: ds.Column[time] = ds.column(default=time(1))
    took: ds.Column[timedelta] = ds.column(default=timedelta(0))
    token: ds.Column[UUID] = ds.column(default=UUID(int=1))
    kind: ds.Column[Literal["a", "b"]] = ds.column(default="a")
    level: ds.Column[Literal[1, 2]] = ds.column(default=1)
    colour: ds.Column[Colour] = ds.column(default=Colour.RED)
    raw: ds.Column[bytes] = ds.column(default=b"")
    laps: ds.Column[list[Lap]] = ds.column(default_factory=list)
    anything: ds.Column[Any] = ds.column(default_factory=dict)


schema = ds.Schema(Row)


def refusal(make: Callable[[], object]) -> tuple[str, ...]:
    """Return where a row is refused and why; the message shows no value."""
    with pytest.raises(pydantic.ValidationError) as caught:
        make()
    assert "input_value" not in str(caught.value)
    [error] = caught.value.errors(include_url=False)
    return (*map(str, error["loc"]), error["msg"])


def test_defaults_fill_in() -> None:
    row = Row(name="n")

    assert 4 == UUID(row.id).version
    assert row.made.tzinfo is UTC
    assert 0 == row.made.microsecond % 1000
    assert (False, 0, [], None, {}) == (
        row.flag,
        row.count,
        row.laps,
        row.due_day,
        row.anything,
    )


def test_each_row_has_a_default_of_its_own() -> None:
    first, second = Row(name="n"), Row(name="n")
    first.laps.append(Lap(lap_time=1))

    assert [] == second.laps == Row(name="n").laps
    assert first.id != second.id


BAD: dict[str, tuple[Any, str]] = {
    "name": ("", "String should have at least 1 character"),
    "flag": ("yes", "Input should be a valid boolean"),
    "count": (-1, "Input should be greater than or equal to 0"),
    "big": (2**53, "Input should be less than or equal to 9007199254740991"),
    "huge": (2**63, "Input should be less than or equal to 9223372036854775807"),
    "ratio": ("1", "Input should be a valid number"),
    "price": (Decimal("1.234"), "Decimal input should have no more than 2 decimal places"),
    "made": (datetime(2024, 1, 1), "Input should have timezone info"),  # noqa: DTZ001  (without a zone on purpose)
    "kind": ("c", "Input should be 'a' or 'b'"),
    "level": (3, "Input should be 1 or 2"),
    "raw": ("!", "not base64 (RFC 4648, standard alphabet, padded)"),
    "laps": (3, "Input should be a valid list"),
}


@pytest.mark.parametrize("name", BAD)
def test_rows_are_checked_when_they_are_made_and_changed(name: str) -> None:
    value, reason = BAD[name]
    row: Any = Row(name="n")
    before = getattr(row, name)

    assert (name, reason) == refusal(lambda: Row(**{"name": "n", name: value}))
    assert (name, reason) == refusal(lambda: setattr(row, name, value))
    assert before == getattr(row, name)


def test_values_are_what_the_databases_will_hold() -> None:
    zone = timezone(timedelta(hours=2))
    row = Row(
        name="n",
        made=datetime(2024, 1, 1, 2, 0, 0, 123_456, tzinfo=zone),
        at=time(1, 2, 3, 4567),
        took=timedelta(microseconds=1500),
        ratio=1,
    )

    assert datetime(2024, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC) == row.made
    assert row.made.tzinfo is UTC
    assert (time(1, 2, 3, 4000), timedelta(milliseconds=1)) == (row.at, row.took)
    assert (1.0, float) == (row.ratio, type(row.ratio))


def test_stored_forms_are_taken_too() -> None:
    row = Row.model_validate(
        {
            "name": "n",
            "flag": 1,
            "huge": "9223372036854775807",
            "price": "1.50",
            "made": "2024-01-01T00:00:00.000Z",
            "dueDay": "2024-01-02",
            "took": 1500,
            "token": str(UUID(int=7)),
            "colour": "red",
            "raw": "AP8=",
            "laps": [{"lapTime": 1}],
        }
    )

    assert (True, 2**63 - 1, Decimal("1.50"), date(2024, 1, 2)) == (
        row.flag,
        row.huge,
        row.price,
        row.due_day,
    )
    assert (timedelta(seconds=1.5), UUID(int=7), Colour.RED, b"\0\xff", [Lap(lap_time=1)]) == (
        row.took,
        row.token,
        row.colour,
        row.raw,
        row.laps,
    )


def test_unknown_and_missing_names_are_refused() -> None:
    unknown: Any = {"name": "n", "nmae": "typo"}
    nothing: Any = {}
    row: Any = Row(name="n")

    assert ("nmae", "Extra inputs are not permitted") == refusal(lambda: Row(**unknown))
    assert ("name", "Field required") == refusal(lambda: Row(**nothing))
    assert ("nmae", "Object has no attribute 'nmae'") == refusal(
        lambda: setattr(row, "nmae", "typo")
    )
    with pytest.raises(AttributeError, match="nmae"):
        _ = row.nmae
    with pytest.raises(AttributeError):
        _ = Row.nmae  # type: ignore[attr-defined]  # wrong on purpose


def test_json_and_python_names_are_both_taken() -> None:
    by_name = Row.model_validate({"id": "1", "name": "n", "due_day": "2024-01-02"})
    by_alias = Row.model_validate({"id": "1", "name": "n", "dueDay": "2024-01-02"})

    assert by_name.due_day == by_alias.due_day == date(2024, 1, 2)


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda row: pickle.loads(pickle.dumps(row)),
        lambda row: row.model_copy(),
        lambda row: Row.model_validate(row.model_dump()),
        lambda row: Row.model_validate_json(row.model_dump_json(by_alias=True)),
        lambda row: ds.decode(Row, ds.encode(row, "sqlite"), "sqlite"),
    ],
    ids=["copy", "deepcopy", "pickle", "model_copy", "dump", "dump_json", "decode"],
)
def test_copies_are_equal_and_apart(copied: Callable[[Row], Row]) -> None:
    row = Row(name="n", laps=[Lap(lap_time=1)], anything={"a": [1]})
    other = copied(row)

    assert row == other
    assert type(row) is type(other)
    other.name = "changed"
    assert "n" == row.name
    assert ("count", BAD["count"][1]) == refusal(lambda: setattr(other, "count", -1))


def test_json_null_survives_pickling() -> None:
    assert JSON_NULL is pickle.loads(pickle.dumps(Row(name="n", anything=JSON_NULL))).anything


def test_columns_on_the_class_and_values_on_the_row() -> None:
    row = Row(name="n", count=3)

    assert ("rows.count", 3) == (str(Row.count), row.count)
    assert isinstance(Row.count, sa.Column)
    assert schema.metadata.tables["rows"].c.count is Row.count
    assert "count" in vars(row)


NAMES = (
    *("metadata", "schema", "json", "copy", "text", "dict", "registry", "model_id", "validate"),
    *("construct", "model_extra", "parse_obj", "columns", "table", "query", "key", "type", "self"),
    *("cls", "values", "fields", "config", "name", "owner", "data", "class_", "hash", "row", "mro"),
    *("rows", "out", "append", "v0", "new", "vars", "d", "p", "t", "true", "none", "null", "names"),
)


def test_any_column_name_works_as_an_attribute() -> None:
    table: Any = make_table("t", {name: (str, {}) for name in NAMES})
    values = {name: f"value of {name}" for name in NAMES}
    row = table(id="1", **values)

    assert values == {name: getattr(row, name) for name in NAMES}
    assert [f"t.{name}" for name in NAMES] == [str(getattr(table, name)) for name in NAMES]
    for side in ("postgres", "sqlite", "json"):
        assert row == ds.decode(table, ds.encode(row, side), side)
    assert row == row.model_copy() == table.model_validate(row.model_dump())
    row.metadata = "changed"
    assert "changed" == row.metadata


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_model_dump_says_what_encode_says(kind: Any, data: st.DataObject) -> None:
    for number, (annotation, options) in enumerate(kind.samples):
        table: Any = make_table(f"t{number}", {"some_value": (annotation, options)})
        row = data.draw(rows(table))

        assert ds.encode(row, "json") == row.model_dump(mode="json", by_alias=True)


# The JSON schema, which is what OpenAPI shows

JSON_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize("name", [name for name in Row.__pydantic_fields__ if name != "anything"])
def test_json_schema_says_what_type_the_json_has(name: str, mode: Any) -> None:
    row = Row(name="n", due_day=date(2024, 1, 1))
    column = schema.model.tables[0].by_attribute[name]
    value = ds.encode(row, "json")[column.json_name]

    found = Row.model_json_schema(mode=mode)["properties"][column.json_name]
    types = {each.get("type") for each in found.get("anyOf", [found])}

    assert JSON_TYPES[type(value)] in types
    # A decimal may also be given as a whole number, never as a float.
    others = {"integer"} if column.type.client_kind is ClientKind.DECIMAL else set()
    assert types <= {JSON_TYPES[type(value)], "null"} | others


def test_json_schema_of_a_table() -> None:
    found = Row.model_json_schema()

    assert ("Row", "A row with a column of every type.", "object", False, ["name"]) == (
        found["title"],
        found["description"],
        found["type"],
        found["additionalProperties"],
        found["required"],
    )
    properties = found["properties"]
    assert [column.json_name for column in schema.model.tables[0].columns] == list(properties)
    assert "what it is called" == properties["name"]["description"]
    assert 1 == properties["name"]["minLength"]
    assert (0, 2**31 - 1) == (properties["count"]["minimum"], properties["count"]["maximum"])
    assert ["a", "b"] == properties["kind"]["enum"]
    assert ["red"] == list(properties["colour"].get("enum", [properties["colour"].get("const")]))
    assert "date-time" == properties["made"]["format"]
    assert {"$ref": "#/$defs/Lap"} == properties["laps"]["items"]
    assert ["lapTime"] == list(found["$defs"]["Lap"]["properties"])


def test_json_schema_of_a_default_that_is_json_null() -> None:
    table = make_table("t", {"a": (Any, {"default": JSON_NULL})})

    assert {"default": None, "title": "A"} == table.model_json_schema()["properties"]["a"]


def test_rows_inside_other_models() -> None:
    class Page(pydantic.BaseModel):
        rows: list[Row]

    row = Row(name="n")
    page = Page.model_validate({"rows": [ds.encode(row, "json")]})

    assert [row] == page.rows
    assert {"rows": [ds.encode(row, "json")]} == page.model_dump(mode="json", by_alias=True)
    assert "Row" in Page.model_json_schema()["$defs"]


def test_validators_and_private_attributes_of_ones_own() -> None:
    class Even(ds.Table, name="even"):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        number: ds.Column[int]
        _cache: list[int] = pydantic.PrivateAttr(default_factory=list)

        @pydantic.field_validator("number")
        @classmethod
        def _is_even(cls, number: int) -> int:
            if number % 2:
                raise ValueError("odd")
            return number

    ds.Schema(Even)
    row = Even(number=2)
    row._cache.append(1)

    assert ("number", "Value error, odd") == refusal(lambda: Even(number=3))
    assert [] == ds.decode(Even, ds.encode(row, "sqlite"), "sqlite")._cache
