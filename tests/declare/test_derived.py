"""Request bodies: ``insert_model``, ``patch_model`` and ``UNSET``."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import dualschema as ds
from dualschema.declare.derived import InsertModel, PatchModel
from dualschema.declare.unset import Unset
from dualschema.testing.strategies import make_table
from tests.declare.bodies import (
    MAKERS,
    Lap,
    NewTimer,
    Timer,
    TimerPatch,
    both_makers,
    fields_of,
    refusal,
)


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
