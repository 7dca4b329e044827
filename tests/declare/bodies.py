"""A table as it is in an app, its request bodies, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import pydantic
import pytest

import dualschema as ds

__all__ = [
    "MAKERS",
    "Lap",
    "NewTimer",
    "Stamped",
    "Timer",
    "TimerPatch",
    "both_makers",
    "fields_of",
    "refusal",
]

MAKERS: tuple[Callable[..., Any], ...] = (ds.insert_model, ds.patch_model)
both_makers = pytest.mark.parametrize("make", MAKERS)


def refusal(make: Callable[[], object]) -> list[tuple[str, ...]]:
    """Return where something is refused and why; the message shows no value."""
    with pytest.raises(pydantic.ValidationError) as caught:
        make()
    assert "input_value" not in str(caught.value)
    return [
        (*map(str, error["loc"]), error["msg"]) for error in caught.value.errors(include_url=False)
    ]


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
