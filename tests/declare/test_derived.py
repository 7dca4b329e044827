"""Request bodies: ``insert_model``, ``patch_model`` and ``UNSET``; first, over every type."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.derived import InsertModel, PatchModel
from dualschema.declare.unset import Unset
from dualschema.testing import rows
from dualschema.testing.strategies import make_table
from tests.declare import forward
from tests.types.cases import CASES, Case, both_columns, every_case

TABLES: dict[str, type[ds.Table]] = {}


def table_of(case: Case) -> type[ds.Table]:
    """Return the one table of a case: the key, ``value``, and ``nullable``."""
    return TABLES.setdefault(str(case), TABLES.get(str(case)) or both_columns(case, "portable"))


def refusal(make: Callable[[], object]) -> list[tuple[str, ...]]:
    """Return where something is refused and why; the message shows no value."""
    with pytest.raises(pydantic.ValidationError) as caught:
        make()
    assert "input_value" not in str(caught.value)
    return [
        (*map(str, error["loc"]), error["msg"]) for error in caught.value.errors(include_url=False)
    ]


def said_of(check: Callable[[dict[str, Any]], Any], value: object) -> object:
    """Return what a model makes of a value, or why it refuses it."""
    try:
        return check({"value": value}).value
    except pydantic.ValidationError as error:
        return [(each["loc"], each["msg"]) for each in error.errors(include_url=False)]


# Every registered type


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


MAKERS: tuple[Callable[..., Any], ...] = (ds.insert_model, ds.patch_model)
both_makers = pytest.mark.parametrize("make", MAKERS)


# A table as it is in an app


class Lap(ds.JsonModel):
    lap_time: int


class Stamped(ds.Table):
    """A mixin."""

    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now, writable="create")
    rank: ds.Column[int] = ds.column(default=0, writable="server")


class Timer(Stamped, name="timers"):
    """A stopwatch."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str] = ds.column(min_length=1, max_length=5, doc="what it is called")
    kind: ds.Column[Literal["up", "down"]] = ds.column(default="up")
    elapsed_time: ds.Column[int] = ds.column(default=0, ge=0)
    duration: ds.Column[int | None]
    laps: ds.Column[list[Lap]] = ds.column(default_factory=list)
    user_id: ds.Column[str] = ds.column(owner=True, name="owner_id")


# Made before there is a schema.
NewTimer = ds.insert_model(Timer, exclude={"user_id"})
TimerPatch = ds.patch_model(Timer)

schema = ds.Schema(Timer)


def fields_of(model: type[pydantic.BaseModel]) -> list[str]:
    return list(model.__pydantic_fields__)


def test_a_request_makes_a_row() -> None:
    body = NewTimer.model_validate_json(
        '{"name": "Tea", "duration": null, "laps": [{"lapTime": 3}], '
        '"createdAt": "2024-01-01T02:00:00.123456+02:00"}'
    )

    row = Timer(**body.values(), user_id="u1")

    assert ("Tea", "up", None, [Lap(lap_time=3)], "u1", 0) == (
        row.name,
        row.kind,
        row.duration,
        row.laps,
        row.user_id,
        row.rank,
    )
    assert datetime(2024, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC) == row.created_at
    assert body.id == row.id
    assert {"name", "duration", "laps", "created_at"} == set(body.given())


def test_a_request_changes_a_row() -> None:
    row = Timer(name="Tea", duration=3, user_id="u1")
    patch = TimerPatch.model_validate_json('{"elapsedTime": 5, "duration": null}')

    changed = row.model_copy(update=patch.given())

    assert Timer(**{**dict(row), "elapsed_time": 5, "duration": None}) == changed
    assert {} == TimerPatch.model_validate_json("{}").given()


def test_what_stands_in_each_by_default() -> None:
    assert ["created_at", "id", "name", "kind", "elapsed_time", "duration", "laps", "user_id"] == (
        fields_of(ds.insert_model(Timer))
    )
    assert ["name", "kind", "elapsed_time", "duration", "laps"] == fields_of(TimerPatch)
    assert "user_id" not in fields_of(NewTimer)


def test_columns_are_left_out_or_chosen_by_either_name() -> None:
    assert ["name", "user_id"] == fields_of(ds.insert_model(Timer, include=["owner_id", "name"]))
    assert ["rank", "id"] == (
        fields_of(ds.patch_model(Timer, include={"rank", "id", "kind"}, exclude={"kind"}))
    )
    assert fields_of(ds.patch_model(Timer, exclude=["owner_id"])) == (
        fields_of(ds.patch_model(Timer, exclude=["user_id"]))
    )


@both_makers
@pytest.mark.parametrize("option", ["include", "exclude"])
def test_an_option_that_names_no_column_is_refused(make: Any, option: str) -> None:
    with pytest.raises(ds.DefinitionError) as caught:
        make(Timer, **{option: ["nmae", "name", "createdAt"]})

    assert (
        "2 problems:\n"
        f"  timers: {option} names 'nmae', which is no column\n"
        f"  timers: {option} names 'createdAt', which is no column"
    ) == str(caught.value)


@both_makers
@pytest.mark.parametrize("other", [Lap, "Timer", dict])
def test_what_is_no_table_is_refused(make: Any, other: Any) -> None:
    with pytest.raises(ds.DefinitionError, match="this is no table class"):
        make(other)


def test_required_is_what_the_table_requires() -> None:
    assert [
        ("name", "Field required"),
        ("duration", "Field required"),
        ("ownerId", "Field required"),
    ] == refusal(ds.insert_model(Timer))
    assert ["name", "duration"] == NewTimer.model_json_schema()["required"]


def test_each_body_has_defaults_of_its_own() -> None:
    first, second = NewTimer(name="a", duration=1), NewTimer(name="a", duration=1)
    first.laps.append(Lap(lap_time=1))

    assert [] == second.laps
    assert first.id != second.id
    assert 0 == first.created_at.microsecond % 1000


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"name": ""}, ("name", "String should have at least 1 character")),
        ({"name": "too long"}, ("name", "String should have at most 5 characters")),
        ({"kind": "x"}, ("kind", "Input should be 'up' or 'down'")),
        ({"elapsedTime": -1}, ("elapsedTime", "Input should be greater than or equal to 0")),
        ({"elapsed_time": 2**31}, ("2147483647",)),
        ({"laps": [{"lapTime": "x"}]}, ("laps", "0", "lapTime", "valid integer")),
        ({"laps": None}, ("laps", "Input should be a valid list")),
        ({"name": ds.UNSET}, ("name", "Input should be a valid string")),
        ({"id": "1"}, ("id", "Extra inputs are not permitted")),
        ({"rank": 1}, ("rank", "Extra inputs are not permitted")),
        ({"createdAt": "2024-01-01T00:00:00Z"}, ("createdAt", "Extra inputs are not permitted")),
        ({"nmae": "typo"}, ("nmae", "Extra inputs are not permitted")),
    ],
)
def test_a_patch_refuses(sent: dict[str, Any], fault: tuple[str, ...]) -> None:
    [said] = refusal(lambda: TimerPatch.model_validate(sent))

    assert all(part in " ".join(said) for part in fault)


def test_names_in_json_and_in_python_are_both_taken() -> None:
    assert {"elapsed_time": 1} == TimerPatch.model_validate({"elapsedTime": 1}).given()
    assert {"elapsed_time": 1} == TimerPatch(elapsed_time=1).given()
    assert {"elapsedTime": 1} == TimerPatch(elapsed_time=1).model_dump(by_alias=True)


def test_a_body_is_checked_when_it_is_changed() -> None:
    patch = TimerPatch(name="Tea")

    assert [("name", "String should have at least 1 character")] == (
        refusal(lambda: setattr(patch, "name", ""))
    )
    patch.duration = None
    assert {"name": "Tea", "duration": None} == patch.given()
    assert "TimerPatch(name='Tea', duration=None)" == repr(patch)


def test_given_comes_in_the_order_of_the_table() -> None:
    patch = TimerPatch.model_validate({"duration": 1, "elapsedTime": 2, "name": "a"})

    assert ["name", "elapsed_time", "duration"] == list(patch.given())


# UNSET


def test_unset_is_one_falsy_value() -> None:
    assert not ds.UNSET
    assert "UNSET" == repr(ds.UNSET)
    assert isinstance(ds.UNSET, Unset)
    others = [pickle.loads(pickle.dumps(ds.UNSET, protocol)) for protocol in range(6)]
    for other in (Unset(), copy.copy(ds.UNSET), copy.deepcopy(ds.UNSET), *others):
        assert ds.UNSET is other


def test_unset_appears_in_no_output() -> None:
    patch = TimerPatch(duration=None)

    assert {"duration": None} == patch.model_dump() == patch.model_dump(mode="json")
    assert '{"duration":null}' == patch.model_dump_json()
    assert "UNSET" not in repr(patch)
    for mode in ("validation", "serialization"):
        text = json.dumps(TimerPatch.model_json_schema(mode=mode))
        assert '"default"' not in text
        assert '"required": ["lapTime"]' in text
        assert 1 == text.count('"required"')


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda body: pickle.loads(pickle.dumps(body)),
        lambda body: body.model_copy(),
        lambda body: type(body).model_validate_json(body.model_dump_json(exclude_unset=True)),
    ],
    ids=["copy", "deepcopy", "pickle", "model_copy", "dump_json"],
)
@pytest.mark.parametrize("make", MAKERS)
def test_copies_are_equal(make: Any, copied: Callable[[Any], Any]) -> None:
    body = make(Timer, include=["name", "duration", "laps"])(name="a", duration=None)
    other = copied(body)

    assert body == other
    assert type(body) is type(other)
    assert {"name": "a", "duration": None} == body.given() == other.given()


# One class


@both_makers
def test_the_same_arguments_give_the_same_class(make: Any) -> None:
    one = make(Timer, exclude=["name", "kind"])

    assert one is make(Timer, exclude={"kind", "name"})
    assert one is make(Timer, include=fields_of(one))
    assert one is not make(Timer)
    assert one is not make(Timer, exclude=["name", "kind"], name="Other")
    assert 2 == len({each(Timer, include=["name"]) for each in MAKERS})


def test_threads_are_given_the_same_class() -> None:
    table = make_table("many", {"a": (str, {})})
    made: list[object] = []
    threads = [
        threading.Thread(target=lambda: made.append(ds.insert_model(table))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {ds.insert_model(table)} == set(made)


def test_a_table_and_one_that_inherits_from_it_have_models_of_their_own() -> None:
    first = ds.patch_model(Timer)

    class Longer(Timer, name="longer_timers"):
        more: ds.Column[str] = ds.column(default="")

    second = ds.patch_model(Longer)

    assert [*fields_of(first), "more"] == fields_of(second)
    assert "LongerPatch" == second.__name__
    assert [("more", "Extra inputs are not permitted")] == refusal(lambda: first(more=""))


def test_models_are_kept_no_longer_than_their_table() -> None:
    def made() -> list[weakref.ref[Any]]:
        table = make_table("gone", {"a": (str, {})})
        return [weakref.ref(table), *(weakref.ref(make(table)) for make in MAKERS)]

    references = made()
    gc.collect()

    assert [None, None, None] == [reference() for reference in references]


def test_an_annotation_names_the_model_of_a_table() -> None:
    assert ds.insert_model(Timer) is InsertModel[Timer]
    assert ds.patch_model(Timer) is PatchModel[Timer]


def test_names_and_documentation() -> None:
    assert ("TimerInsert", "TimerPatch") == (ds.insert_model(Timer).__name__, TimerPatch.__name__)
    model = ds.insert_model(Timer, name="NewTimer")
    found = model.model_json_schema()

    assert ("NewTimer", Timer.__module__) == (model.__name__, model.__module__)
    assert ("NewTimer", "A stopwatch.") == (found["title"], found["description"])
    assert "what it is called" == found["properties"]["name"]["description"]
    assert (
        "what it is called" == (TimerPatch.model_json_schema()["properties"]["name"]["description"])
    )


# What a subclass of one adds


class Signup(ds.insert_model(Timer, exclude={"user_id"})):  # type: ignore[misc]
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
        later: ds.Column[Nowhere]  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(ds.DefinitionError) as caught:
        make(Local)

    assert "local: an annotation names 'Nowhere', which is not defined" == str(caught.value)


def test_bodies_inside_other_models() -> None:
    class Batch(pydantic.BaseModel):
        new: list[NewTimer]  # type: ignore[valid-type]
        patches: dict[str, TimerPatch]  # type: ignore[valid-type]

    sent = {"new": [{"name": "a", "duration": 1}], "patches": {"t1": {"duration": None}}}

    batch: Any = Batch.model_validate_json(json.dumps(sent))

    assert sent == batch.model_dump(exclude_unset=True)
    assert {"duration": None} == batch.patches["t1"].given()
    assert {"TimerInsert", "TimerPatch"} <= Batch.model_json_schema()["$defs"].keys()
