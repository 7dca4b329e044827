"""Right code: the models of request bodies, which know their table though not their fields."""
# pyright: strict

from datetime import datetime
from typing import Any, assert_type

import dualschema as ds
from dualschema.declare.derived import InsertModel, PatchModel


class Lap(ds.JsonModel):
    lap_time: int


class Timer(ds.Table, name="timers"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str]
    laps: ds.Column[list[Lap]] = ds.column(default_factory=list)
    user_id: ds.Column[str] = ds.column(owner=True)
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)


# Before there is a schema.
NewTimer = ds.insert_model(Timer, exclude={"user_id"}, name="NewTimer")
TimerPatch = ds.patch_model(Timer, include=["name", "laps"])

schema = ds.Schema(Timer)


def a_model_is_one_of_its_table() -> None:
    assert_type(NewTimer, type[InsertModel[Timer]])
    assert_type(TimerPatch, type[PatchModel[Timer]])
    assert_type(NewTimer.model_validate_json('{"name": "Tea"}'), InsertModel[Timer])
    assert_type(TimerPatch.model_validate({}), PatchModel[Timer])


def a_body_gives_a_row() -> None:
    body = NewTimer.model_validate_json('{"name": "Tea"}')
    assert_type(body.values(), dict[str, Any])
    row = Timer(**body.values(), user_id="u1")
    assert_type(row, Timer)
    assert_type(row.name, str)


def a_patch_gives_what_was_sent() -> None:
    patch = TimerPatch(name="Tea")
    assert_type(patch.given(), dict[str, Any])
    row = Timer(name="", user_id="u1").model_copy(update=patch.given())
    assert_type(row, Timer)
    assert row.name == "Tea"


def fields_are_any() -> None:
    body, patch = NewTimer(name="Tea"), TimerPatch()
    assert_type(body.name, Any)
    assert_type(patch.laps, Any)
    assert patch.laps is ds.UNSET
    assert not ds.UNSET
    patch.laps = [Lap(lap_time=1)]
    patch.name = "Eggs"


def an_annotation_names_the_table() -> None:
    def change(row: Timer, patch: PatchModel[Timer]) -> Timer:
        return row.model_copy(update=patch.given())

    assert_type(change(Timer(name="", user_id="u1"), TimerPatch(name="Tea")), Timer)
