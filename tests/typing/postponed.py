"""Right code under postponed annotations: names defined further down, and camelCase attributes."""
# pyright: strict
# ruff: noqa: N815  (columns may be camelCase)

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, assert_type

import dualschema as ds
from examples.timers.schema import ActivityLog, Lap, Timer, Todo
from examples.timers.schema import schema as timers


class Category(ds.Table, name="categories"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    parentId: ds.Column[str | None] = ds.column(default=None, foreign_key="categories.id")
    sortOrder: ds.Column[int] = ds.column(default=0, json_name="order")
    kind: ds.Column[Kind] = ds.column(default="work")
    lastVisit: ds.Column[Visit | None] = ds.column(default=None)
    visits: ds.Column[list[Visit]] = ds.column(default_factory=list)


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    categoryId: ds.Column[str] = ds.column(foreign_key=Category)
    createdAt: ds.Column[datetime] = ds.column(default_factory=ds.now)


class Visit(ds.JsonModel):
    at: datetime
    note: str | None = None


Kind = Literal["work", "play"]

schema = ds.Schema(Category, Note)


def forward_references_keep_their_types() -> None:
    row = Category(kind="play", visits=[Visit(at=ds.now())], sortOrder=2)
    assert_type(row.kind, Literal["work", "play"])
    assert_type(row.lastVisit, Visit | None)
    assert_type(row.visits, list[Visit])
    assert_type(Category.lastVisit, ds.ColumnExpression[Visit | None])
    row.lastVisit = row.visits[0]


def attributes_may_be_camel_case() -> None:
    row = Note(categoryId="c1")
    assert_type(row.createdAt, datetime)
    assert_type(Note.createdAt, ds.ColumnExpression[datetime])
    assert Note.createdAt.name == "created_at"


def the_example_is_typed() -> None:
    row = Timer(name="Tea", timer_type="countdown", user_id="u1")
    assert_type(row.laps, list[Lap] | None)
    assert_type(row.pomodoro_phase, Literal["work", "short_break", "long_break"] | None)
    log = ActivityLog(timer_id=row.id, timer_name=row.name, user_id="u1", event_type="start")
    assert_type(log.metadata, dict[str, Any] | None)
    assert_type(Todo.text, ds.ColumnExpression[str])
    assert_type(timers, ds.Schema)
