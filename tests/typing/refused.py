"""Wrong code, which mypy and pyright both refuse, line by line; it is never run."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

import dualschema as ds
from examples.timers.schema import ActivityLog, Lap, Timer, Todo, schema


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
    ds.column(ge="1")  # error: arg-type | reportArgumentType
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


def bodies(user_id: str) -> None:
    body, patch = ds.insert_model(Timer)(), ds.patch_model(Timer)()
    ds.insert_model(Lap)  # error: type-var | reportArgumentType
    ds.patch_model(Timer, exclude=[3])  # error: list-item | reportArgumentType
    ds.patch_model(Timer, ["name"])  # error: call-arg | reportCallIssue
    ds.insert_model(Timer, name=3)  # error: arg-type | reportArgumentType
    Timer(body.values(), user_id=user_id)  # error: arg-type, call-arg | reportCallIssue
    len(patch.given().names)  # error: attr-defined | reportAttributeAccessIssue


def selects(timer: Timer) -> None:
    ds.select()  # error: call-overload | reportCallIssue
    ds.select(3)  # error: call-overload | reportArgumentType, reportCallIssue
    ds.select("name")  # error: call-overload | reportArgumentType, reportCallIssue
    ds.select(Lap)  # error: type-var | reportArgumentType, reportCallIssue
    ds.select(timer)  # error: call-overload | reportArgumentType, reportCallIssue
    ds.select(Timer, "name")  # error: call-overload | reportArgumentType
    ds.select(Timer, timer)  # error: call-overload | reportArgumentType
    ds.select(Timer.nam)  # error: attr-defined | reportAttributeAccessIssue
    ds.select(Timer).wher()  # error: attr-defined | reportAttributeAccessIssue
    ds.select(Timer).where(Timer.name)  # error: arg-type | reportArgumentType
    ds.select(Timer).where("name = 'Tea'")  # error: arg-type | reportArgumentType
    ds.select(Timer).where(True)  # error: arg-type | reportArgumentType
    ds.select(Timer).where(lambda: True)  # error: arg-type | reportArgumentType
    ds.select(Timer).where(Timer.name.in_(3))  # error: arg-type | reportArgumentType
    Timer.name.in_(ds.delete(Timer))  # error: arg-type | reportArgumentType
    ds.select(Timer).where(ds.alias(Timer).nam)  # error: attr-defined | reportAttributeAccessIssue
    ds.select(Timer).where(ds.exists(Timer))  # error: arg-type | reportArgumentType
    ds.select(Timer).order_by("name")  # error: arg-type | reportArgumentType
    ds.select(Timer).limit("3")  # error: arg-type | reportArgumentType
    ds.select(Timer).page(3)  # error: call-arg | reportCallIssue
    ds.select(Timer).join(Todo, "id = user_id")  # error: arg-type | reportArgumentType
    ds.select(Timer).with_related(Lap)  # error: type-var | reportArgumentType
    ds.select(ds.count("id"))  # error: arg-type | reportArgumentType
    ds.select(ds.optional(Lap))  # error: type-var | reportArgumentType
    ds.alias(timer)  # error: arg-type | reportArgumentType
    ds.param(3)  # error: arg-type | reportArgumentType


def writes(timer: Timer, lap: Lap) -> None:
    ds.insert(Timer)  # error: arg-type | reportArgumentType
    ds.insert([lap])  # error: type-var | reportArgumentType
    ds.insert({"name": "Tea"})  # error: type-var | reportArgumentType
    ds.insert(timer, progress=3)  # error: arg-type | reportArgumentType
    ds.upsert(timer, target=3)  # error: arg-type | reportArgumentType
    ds.upsert(timer, set=3)  # error: arg-type | reportArgumentType
    ds.upsert(timer, on=Timer.id)  # error: call-arg | reportCallIssue
    ds.excluded(Timer).nam.desc()  # error: attr-defined | reportAttributeAccessIssue
    ds.update(timer)  # error: arg-type | reportArgumentType
    ds.update(Lap)  # error: type-var | reportArgumentType
    ds.update(Timer).where("name = 'Tea'")  # error: arg-type | reportArgumentType
    ds.update_many(Timer, ["t1"])  # error: list-item | reportArgumentType
    ds.delete(Lap)  # error: type-var | reportArgumentType
    ds.delete(Timer).where(Timer.name)  # error: arg-type | reportArgumentType
    ds.delete(Timer).returning("id")  # error: call-overload | reportArgumentType


def results(db: ds.Database, timer: Timer, take: Callable[[object], None]) -> None:
    take(db.first(ds.select(Timer)).name)  # error: union-attr | reportOptionalMemberAccess
    take(db.get_or_none(Timer, "t1").name)  # error: union-attr | reportOptionalMemberAccess
    take(db.one(ds.select(Timer)).nam)  # error: attr-defined | reportAttributeAccessIssue
    take(db.get(Lap, "t1"))  # error: type-var | reportArgumentType
    take(db.all(Timer))  # error: arg-type | reportArgumentType
    take(db.all(ds.insert(timer)))  # error: arg-type | reportArgumentType
    take(db.all(sa.select(Timer.name)))  # error: arg-type | reportArgumentType
    take(db.scalars(ds.select(Timer)))  # error: arg-type | reportArgumentType
    take(db.scalar(ds.select(Timer.id, Timer.name)))  # error: arg-type | reportArgumentType
    take(db.count(Lap))  # error: arg-type | reportArgumentType
    take(db.stream(ds.select(Timer), size="5"))  # error: arg-type | reportArgumentType
    db.run(timer)  # error: arg-type | reportArgumentType
    db.run("DELETE FROM timers")  # error: arg-type | reportArgumentType
    db.transaction(isolation="serialisable")  # error: arg-type | reportArgumentType
    db.retry(3)  # error: arg-type | reportArgumentType
    number: str = db.scalar(ds.select(ds.count()))  # error: assignment | reportAssignmentType
    found: list[Todo] = db.all(ds.select(Timer))  # error: arg-type | reportAssignmentType
    first, second = db.one(ds.select(Timer.id))  # error: misc | reportAssignmentType
    _, log = db.one(ds.select(Timer, ds.optional(ActivityLog)))
    take(log.event_type)  # error: union-attr | reportOptionalMemberAccess
    take((number, found, first, second))


async def awaited(db: ds.AsyncDatabase, take: Callable[[object], None]) -> None:
    take(db.all(ds.select(Timer))[0])  # error: index | reportIndexIssue
    take((await db.first(ds.select(Timer))).name)  # error: union-attr | reportOptionalMemberAccess
    take(list(db.stream(ds.select(Timer))))  # error: call-overload | reportArgumentType
    await db.run(Timer)  # error: arg-type | reportArgumentType
    await db.retry(lambda: 3)  # error: arg-type, return-value | reportArgumentType


def connects() -> None:
    ds.connect(3)  # error: arg-type | reportArgumentType
    ds.connect("sqlite://", pool_size="5")  # error: arg-type | reportArgumentType
    ds.connect("sqlite://", 5)  # error: call-arg | reportCallIssue
