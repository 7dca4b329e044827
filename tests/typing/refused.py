"""Wrong code, which mypy and pyright both refuse, line by line; it is never run."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

import dualschema as ds
from examples.timers.schema import Lap, Timer, schema


def rows(any_row: dict[str, Any]) -> None:
    Timer(timer_type="stopwatch", user_id="u1")  # error: call-arg | reportCallIssue
    Timer(name=3, timer_type="stopwatch", user_id="u1")  # error: arg-type | reportArgumentType
    Timer(name=None, timer_type="stopwatch", user_id="u1")  # error: arg-type | reportArgumentType
    Timer(name="Tea", timer_type="nope", user_id="u1")  # error: arg-type | reportArgumentType
    Timer("t1", name="", timer_type="stopwatch", user_id="")  # error: call-arg | reportCallIssue
    Timer(name="", timer_type="stopwatch", user_id="", nam="")  # error: call-arg | reportCallIssue
    Timer(any_row)  # error: arg-type, call-arg | reportCallIssue


def reads(timer: Timer) -> None:
    timer.nam.upper()  # error: attr-defined | reportAttributeAccessIssue
    timer.name.desc()  # error: attr-defined | reportAttributeAccessIssue
    timer.name.in_(["Tea"])  # error: attr-defined | reportAttributeAccessIssue
    len(timer.laps)  # error: arg-type | reportArgumentType
    abs(timer.timer_type)  # error: arg-type | reportArgumentType
    str(timer.elapsed_time + "x")  # error: operator | reportOperatorIssue


def changes(timer: Timer) -> None:
    timer.is_running = "x"  # error: assignment | reportAttributeAccessIssue
    timer.timer_type = "nope"  # error: assignment | reportAttributeAccessIssue
    timer.name = None  # error: assignment | reportAttributeAccessIssue
    timer.laps = [1]  # error: list-item | reportAttributeAccessIssue
    timer.nam = "Tea"  # error: attr-defined | reportAttributeAccessIssue


def expressions(take: Callable[[object], None]) -> None:
    Timer.nam.desc()  # error: attr-defined | reportAttributeAccessIssue
    Timer.name.dsc()  # error: attr-defined | reportAttributeAccessIssue
    Timer.name.upper()  # error: attr-defined | reportAttributeAccessIssue
    sa.select(Timer.id, Timer.nam)  # error: attr-defined | reportAttributeAccessIssue
    sa.select(Timer.id).where(Timer.name)  # error: arg-type | reportArgumentType
    text: str = Timer.name  # error: assignment | reportAssignmentType
    when: ds.ColumnExpression[datetime] = Timer.name  # error: assignment | reportAssignmentType
    take((text, when))


class Defaults(ds.Table, name="defaults"):
    text: ds.Column[int] = ds.column(default="s")  # error: arg-type | reportAssignmentType
    none: ds.Column[int] = ds.column(default=None)  # error: arg-type | reportAssignmentType
    word: ds.Column[Literal["a"]] = ds.column(default="b")  # error: arg-type | reportAssignmentType
    made: ds.Column[int] = ds.column(default_factory=str)  # error: arg-type | reportAssignmentType
    lap: ds.Column[Lap] = ds.column(default_factory=dict)  # error: arg-type | reportAssignmentType
    call: ds.Column[datetime] = ds.column(default=ds.now)  # error: arg-type | reportAssignmentType
    kept: ds.Column[str] = ds.column(on_update=ds.now)  # error: arg-type | reportAssignmentType
    bare: ds.Column[int] = 3  # error: assignment | reportAssignmentType


class Names(ds.Table, name="names"):
    model_dump: ds.Column[str]  # error: assignment | reportIncompatibleMethodOverride


def options() -> None:
    ds.column(3)  # error: call-arg | reportCallIssue
    ds.column(nam="x")  # error: call-arg | reportCallIssue
    ds.column(index=3)  # error: arg-type | reportArgumentType
    ds.column(postgres="natve")  # error: arg-type | reportArgumentType
    ds.column(writable="nobody")  # error: arg-type | reportArgumentType
    ds.column(foreign_key=3)  # error: arg-type | reportArgumentType
    ds.ForeignKey("timers.id", on_delete="vanish")  # error: arg-type | reportArgumentType
    ds.Index("name", unique="yes")  # error: arg-type | reportArgumentType
    ds.Check(3)  # error: arg-type | reportArgumentType


class Base(ds.Table):
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    user_id: ds.Column[str]


class Inherits(Base, name="inherits"):
    user_id: ds.Column[int]  # error: assignment | reportIncompatibleVariableOverride


def inherited() -> None:
    Inherits(created_at=ds.now())  # error: call-arg | reportCallIssue


def converters(timer: Timer) -> None:
    ds.encode(timer, "mysql")  # error: arg-type | reportArgumentType
    ds.encode({"name": "Tea"}, "json")  # error: arg-type | reportArgumentType
    ds.decode(Timer, {}, "mysql")  # error: arg-type | reportArgumentType
    ds.decode(Lap, {}, "json")  # error: type-var | reportArgumentType
    ds.decode_many(Timer, [1], "json")  # error: arg-type | reportArgumentType
    ds.decode(Timer, {}, "json").nam()  # error: attr-defined | reportAttributeAccessIssue
    ds.Schema(Lap)  # error: arg-type | reportArgumentType
    ds.Schema(timer)  # error: arg-type | reportArgumentType
    ds.Schema(Timer, postgres="natve")  # error: arg-type | reportArgumentType
    schema.ddl("mysql")  # error: arg-type | reportArgumentType
