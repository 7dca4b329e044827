"""What a subclass of a request body adds, and tables of any names."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Annotated, Any

import pydantic
import pytest

import dualschema as ds
from dualschema.testing.strategies import make_table
from tests.declare import forward
from tests.declare.bodies import (
    NewTimer,
    Timer,
    TimerPatch,
    both_makers,
    refusal,
)


class Signup(ds.insert_model(Timer, exclude={"user_id"})):  # type: ignore[misc]  # a class that is made when it runs
    """A body with a field that is no column."""

    captcha: str

    @pydantic.field_validator("captcha")
    @classmethod
    def _is_right(cls, captcha: str) -> str:
        if captcha != "right":
            raise ValueError("wrong")
        return captcha


def test_a_subclass_may_have_fields_that_are_no_columns() -> None:
    body = Signup.model_validate({"name": "a", "duration": None, "captcha": "right"})

    assert "captcha" not in body.values()
    assert "u1" == Timer(**body.values(), user_id="u1").user_id
    assert {"name": "a", "duration": None} == body.given()
    assert [("captcha", "Value error, wrong")] == refusal(
        lambda: Signup.model_validate({"name": "a", "duration": None, "captcha": "x"})
    )
    assert body == pickle.loads(pickle.dumps(body))


# What a table's class may have


class Even(ds.Table, name="even", str_strip_whitespace=True, title="Evens"):
    """A table with validators and a configuration of its own."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    number: ds.Column[int] = ds.column(default=0)
    half: ds.Column[int] = ds.column(default=0)
    text: ds.Column[Annotated[str, pydantic.AfterValidator(str.upper)]] = ds.column(default="")

    @pydantic.field_validator("number", mode="before")
    @classmethod
    def _from_word(cls, number: Any) -> Any:
        return 2 if number == "two" else number

    @pydantic.field_validator("number")
    @classmethod
    def _is_even(cls, number: int) -> int:
        if number % 2:
            raise ValueError("odd")
        return number

    @pydantic.field_validator("*", mode="wrap")
    @classmethod
    def _names_itself(
        cls, value: Any, check: Callable[[Any], Any], info: pydantic.ValidationInfo
    ) -> Any:
        if value == "the field's name":
            raise ValueError(str(info.field_name))
        return check(value)

    @pydantic.field_validator("half", mode="plain")
    @staticmethod
    def _is_three(half: Any) -> int:
        return 3


@both_makers
def test_field_validators_of_the_table_run(make: Any) -> None:
    model = make(Even)

    assert 2 == model.model_validate({"number": "two"}).number
    assert [("number", "Value error, odd")] == refusal(lambda: model(number=3))
    assert [("text", "Value error, text")] == refusal(lambda: model(text="the field's name"))
    assert 3 == model(half="anything").half
    assert "ABC" == model(text=" abc ").text
    assert model.__name__ == model.model_json_schema()["title"]


def test_what_was_dropped_is_taken_and_not_given() -> None:
    class Mark(ds.Table, name="marks"):
        id: ds.Column[str] = ds.column(primary_key=True, default="m")
        url: ds.Column[str] = ds.column(default="")
        colour: ds.Column[str | None] = ds.column(dropped=True)

    old = {"url": "/", "colour": "red"}
    insert, patch = ds.insert_model(Mark), ds.patch_model(Mark)
    ds.Schema(Mark)

    assert {"url": "/"} == patch.model_validate(old).given() == insert.model_validate(old).given()
    assert {"id": "m", "url": "", "colour": None} == insert().values()
    assert {"id": "m", "url": "/"} == ds.encode(Mark(**insert(**old).values()), "sqlite")
    assert insert.model_json_schema()["properties"]["colour"]["deprecated"]
    assert patch.model_json_schema()["properties"]["colour"]["deprecated"]


NAMES = (
    *("metadata", "schema", "json", "copy", "text", "dict", "registry", "model_id", "validate"),
    *("construct", "model_extra", "parse_obj", "columns", "key", "type", "self", "cls", "fields"),
    *("given", "values", "name", "config", "include", "exclude", "base", "table", "body", "mro"),
    *("default", "default_factory", "alias", "annotation", "class_", "register", "Field"),
)


@both_makers
def test_any_column_name_works(make: Any) -> None:
    table: Any = make_table("t", {name: (str, {}) for name in NAMES})
    model = make(table, include=NAMES)
    sent = {name: f"value of {name}" for name in NAMES}
    body = model(**sent)

    assert sent == {name: getattr(body, name) for name in NAMES}
    assert sent == model.given(body)  # `body.given` is the column
    assert sent == {k: v for k, v in dict(body).items() if k in sent}
    assert body == model.model_validate(body.model_dump()) == copy.copy(body)
    for name in NAMES:
        setattr(body, name, "changed")
    assert dict.fromkeys(NAMES, "changed") == model.given(body)
    if make is ds.insert_model:
        assert set(NAMES) == set(model.model_json_schema(by_alias=False)["required"])
        assert table(id="1", **sent) == table(id="1", **model.values(model(**sent)))
    else:
        assert all(getattr(model(), name) is ds.UNSET for name in NAMES)


@both_makers
def test_names_of_ones_own(make: Any) -> None:
    table: Any = make_table(
        "t",
        {
            "both": (str, {"name": "in_database", "json_name": "IN-JSON"}),
            "stored": (str, {"name": "other_name"}),
            "lapTime": (str, {}),
        },
    )
    model = make(table, exclude=["id"])
    sent = {"IN-JSON": "a", "otherName": "b", "lapTime": "c"}

    assert {"both": "a", "stored": "b", "lapTime": "c"} == model.model_validate(sent).given()
    assert sent == model.model_validate(sent).model_dump(by_alias=True)
    assert list(sent) == list(model.model_json_schema()["properties"])


# Annotations that are text


@both_makers
def test_annotations_may_name_what_stands_further_down(make: Any) -> None:
    body = make(forward.Node, exclude=["id"])(kind="inner", leaves=[{"leafName": "a"}])

    assert [forward.Leaf(leaf_name="a")] == body.leaves
    [said] = refusal(lambda: make(forward.Node, include=["kind"])(kind="middle"))
    assert ("kind", "Input should be 'inner' or 'outer'") == said


@both_makers
def test_annotations_may_name_what_stands_in_the_same_function(make: Any) -> None:
    class Local(ds.Table, name="local"):
        id: ds.Column[str] = ds.column(primary_key=True, default="1")
        later: ds.Column[list[Later]] = ds.column(default_factory=list)

    class Later(ds.JsonModel):
        other_key: int

    body = make(Local).model_validate({"later": [{"otherKey": 1}]})

    assert [Later(other_key=1)] == body.later
    ds.Schema(Local)
    assert [{"otherKey": 1}] == ds.encode(Local(later=body.later), "json")["later"]


@both_makers
def test_a_name_that_is_not_defined_is_reported(make: Any) -> None:
    class Local(ds.Table, name="local"):
        id: ds.Column[str] = ds.column(primary_key=True)
        later: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821  (a class that is made when it runs)

    with pytest.raises(ds.DefinitionError) as caught:
        make(Local)

    assert "local: an annotation names 'Nowhere', which is not defined" == str(caught.value)


def test_bodies_inside_other_models() -> None:
    class Batch(pydantic.BaseModel):
        new: list[NewTimer]  # type: ignore[valid-type]  # a class that is made when it runs
        patches: dict[str, TimerPatch]  # type: ignore[valid-type]  # a class that is made when it runs

    sent = {"new": [{"name": "a", "duration": 1}], "patches": {"t1": {"duration": None}}}

    batch: Any = Batch.model_validate_json(json.dumps(sent))

    assert sent == batch.model_dump(exclude_unset=True)
    assert {"duration": None} == batch.patches["t1"].given()
    assert {"TimerInsert", "TimerPatch"} <= Batch.model_json_schema()["$defs"].keys()
