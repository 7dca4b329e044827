"""Right code: statements, and what a database gives for them, synchronously and not."""
# pyright: strict

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from datetime import datetime
from typing import Any, Literal, assert_type

import sqlalchemy as sa

import dualschema as ds
from dualschema.crud import Select


class Lap(ds.JsonModel):
    number: int
    lap_time: int


class Timer(ds.Table, name="timers"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str]
    is_running: ds.Column[bool] = ds.column(default=False)
    elapsed_time: ds.Column[int] = ds.column(default=0)
    duration: ds.Column[int | None] = ds.column(default=None)
    laps: ds.Column[list[Lap]] = ds.column(default_factory=list)
    user_id: ds.Column[str] = ds.column(owner=True)
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)


class Log(ds.Table, name="logs"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    timer_id: ds.Column[str] = ds.column(foreign_key=Timer)
    event: ds.Column[Literal["start", "stop"]]


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    timer_id: ds.Column[str] = ds.column(foreign_key=Timer)


TimerPatch = ds.patch_model(Timer)
schema = ds.Schema(Timer, Log, Note)

TEA = Timer(id="t1", name="Tea", user_id="u1", laps=[Lap(number=1, lap_time=2)])
START = Log(id="l1", timer_id="t1", event="start")


def opened() -> ds.Database:
    db = ds.connect("sqlite://")
    with db.engine.begin() as connection:
        schema.create_all(connection)
    db.run(ds.insert(TEA))
    db.run(ds.insert([START]))
    return db


def a_table_gives_its_rows() -> None:
    with closing(opened()) as db:
        assert_type(ds.select(Timer), Select[Timer])
        assert_type(db.all(ds.select(Timer)), list[Timer])
        assert_type(db.first(ds.select(Timer)), Timer | None)
        assert_type(db.one(ds.select(Timer)), Timer)
        assert_type(db.get(Timer, "t1"), Timer)
        assert_type(db.get_or_none(Timer, "t2"), Timer | None)
        assert_type(db.stream(ds.select(Timer), size=10), Generator[Timer, None, None])
        for row in db.stream(ds.select(Timer)):
            assert_type(row, Timer)


def columns_give_tuples() -> None:
    with closing(opened()) as db:
        assert_type(db.all(ds.select(Timer.name)), list[tuple[str]])
        assert_type(
            db.one(ds.select(Timer.id, Timer.duration, Timer.laps)),
            tuple[str, int | None, list[Lap]],
        )
        assert_type(
            db.first(
                ds.select(
                    Timer.id,
                    Timer.name,
                    Timer.is_running,
                    Timer.elapsed_time,
                    Timer.duration,
                    Timer.updated_at,
                )
            ),
            tuple[str, str, bool, int, int | None, datetime] | None,
        )
        assert_type(db.one(ds.select(Timer, Timer.user_id)), tuple[Timer, str])
        for key, laps in db.stream(ds.select(Timer.id, Timer.laps)):
            assert_type(key, str)
            assert_type(laps, list[Lap])


def more_than_six_give_tuples_of_anything() -> None:
    key = Timer.id
    assert_type(ds.select(key, key, key, key, key, key, key), Select[tuple[Any, ...]])


def expressions_keep_their_types() -> None:
    with closing(opened()) as db:
        counted = ds.select(Timer.user_id, ds.count()).group_by(Timer.user_id)
        assert_type(db.all(counted.having(ds.count() > 0)), list[tuple[str, int]])
        assert_type(
            db.one(ds.select(sa.func.max(Timer.updated_at), ds.count(Timer.duration))),
            tuple[datetime, int],
        )
        assert_type(
            db.one(ds.select(Timer.elapsed_time + 5, Timer.name.label("title"))), tuple[int, str]
        )
        assert_type(db.one(ds.select(Timer.laps[0]["lapTime"].as_integer()))[0], Any)


def a_query_of_one_column_gives_scalars() -> None:
    with closing(opened()) as db:
        assert_type(db.scalars(ds.select(Timer.name)), list[str])
        assert_type(db.scalars(ds.select(Timer.duration)), list[int | None])
        assert_type(db.scalar(ds.select(ds.count())), int)
        assert_type(db.scalar(ds.select(sa.func.max(Timer.elapsed_time))), int)


def clauses_keep_what_a_select_gives() -> None:
    after = TEA
    query = ds.select(Timer).where(Timer.is_running, Timer.name != "Tea", Timer.duration > 5)
    query = query.order_by(Timer.updated_at.desc(), Timer.name).limit(5).offset(1).distinct()
    assert_type(query, Select[Timer])
    assert_type(query.for_update(), Select[Timer])
    assert_type(ds.select(Timer).order_by(Timer.name).page(size=5, after=after), Select[Timer])


def joins_give_tuples_of_rows() -> None:
    with closing(opened()) as db:
        assert_type(db.all(ds.select(Timer, Log).join(Log)), list[tuple[Timer, Log]])
        assert_type(
            db.all(ds.select(Timer.name, Log).join(Log, Log.timer_id == Timer.id)),
            list[tuple[str, Log]],
        )
        left = ds.select(Timer, ds.optional(Log)).join(Log, left=True)
        assert_type(db.all(left), list[tuple[Timer, Log | None]])
        other = ds.alias(Timer)
        assert_type(other, type[Timer])
        assert_type(
            db.all(ds.select(Timer, other).join(other, other.user_id == Timer.user_id)),
            list[tuple[Timer, Timer]],
        )
        maybe = ds.select(Timer, ds.optional(other)).join(other, other.id > Timer.id, left=True)
        assert_type(db.all(maybe), list[tuple[Timer, Timer | None]])


def related_rows_come_in_lists() -> None:
    with closing(opened()) as db:
        logs = ds.select(Timer).where(Timer.name == "Tea").with_related(Log, order_by=Log.id)
        assert_type(db.all(logs), list[tuple[Timer, list[Log]]])
        assert_type(
            db.first(logs.with_related(Note, on=Note.timer_id)),
            tuple[Timer, list[Log], list[Note]] | None,
        )
        for timer, mine in db.stream(logs):
            assert_type(timer, Timer)
            assert_type(mine, list[Log])


def writes_give_how_many() -> None:
    with closing(opened()) as db:
        assert_type(db.run(ds.insert(Timer(name="Eggs", user_id="u1"))), int)
        assert_type(db.run(ds.insert([TEA][:0])), int)
        assert_type(db.run(ds.insert(iter([START][:0]), progress=print)), int)
        db.run(ds.upsert(TEA, target=Timer.id, set=("name", Timer.updated_at)))
        new = ds.excluded(Timer)
        total = Timer.elapsed_time + new.elapsed_time
        db.run(ds.upsert([TEA], set={"elapsed_time": total}, where=Timer.name == "Tea"))
        db.run(ds.upsert(TEA, do_nothing=True))
        db.run(ds.update(Timer, "t1").set(name="Tea", elapsed_time=Timer.elapsed_time + 5))
        db.run(ds.update(Timer).set({"name": "Tea"}).where(Timer.is_running, Timer.id == "t1"))
        db.run(ds.update(Timer, "t1").set(TimerPatch(name="Tea")))
        db.run(ds.update_many(Timer, [("t1", {"name": "Tea"}), ("t2", TimerPatch())]))
        db.run(ds.delete(Log, "l1"))
        assert_type(db.run(ds.delete(Log).all_rows()), int)


def returning_gives_rows_and_columns() -> None:
    with closing(opened()) as db:
        assert_type(db.all(ds.upsert([TEA]).returning()), list[Timer])
        assert_type(db.one(ds.upsert(TEA).returning(Timer.updated_at)), tuple[datetime])
        assert_type(db.scalar(ds.upsert(TEA).returning(Timer.name)), str)
        assert_type(db.one(ds.upsert(TEA).returning(Timer.id, Timer.name)), tuple[Any, ...])
        change = ds.update(Timer, "t1").set(name="Eggs")
        assert_type(db.first(change.returning()), Timer | None)
        assert_type(db.scalars(change.returning(Timer.elapsed_time * 2)), list[int])
        assert_type(db.all(ds.delete(Log, "l1").returning()), list[Log])
        assert_type(db.all(ds.delete(Timer).all_rows().returning(Timer.id)), list[tuple[str]])


def parameters_come_later() -> None:
    with closing(opened()) as db:
        mine = ds.select(Timer).where(Timer.user_id == ds.param("user"))
        assert_type(mine, Select[Timer])
        assert_type(db.all(mine, user="u1"), list[Timer])
        assert_type(db.count(mine, user="u1"), int)


def questions_have_plain_answers() -> None:
    with closing(opened()) as db:
        started = ds.exists(ds.select(Log).where(Log.timer_id == Timer.id))
        assert_type(started, sa.ColumnElement[bool])
        assert_type(db.count(Timer), int)
        assert_type(db.count(ds.select(Timer).where(~started)), int)
        assert_type(db.exists(ds.select(Timer).where(started)), bool)
        inner = ds.select(Log.timer_id)
        assert_type(db.all(ds.select(Timer).where(Timer.id.in_(inner))), list[Timer])
        assert_type(db.count(ds.select(Timer).where(Timer.id.not_in(inner))), int)
        assert_type(db.count(ds.select(Timer).where(Timer.id.in_(inner.statement))), int)


def a_statement_is_also_sqlalchemys() -> None:
    with closing(opened()) as db, db.engine.connect() as connection:
        connection.execute(ds.select(Timer.id).statement)
        connection.execute(ds.update(Timer, "t1").set(name="Eggs").statement)
        connection.execute(ds.delete(Log, "l1").statement)


def transactions_give_the_database() -> None:
    with ds.connect("sqlite://", pool_size=1, application_name="test") as db:
        assert_type(db, ds.Database)
        with db.transaction(isolation="serializable", read_only=True) as same:
            assert_type(same, ds.Database)
        assert_type(db.retry(lambda: 3, attempts=2), int)


def a_query_may_be_an_argument() -> None:
    def names(db: ds.Database, query: Select[Timer]) -> list[str]:
        return [row.name for row in db.all(query.order_by(Timer.name))]

    with closing(opened()) as db:
        assert ["Tea"] == names(db, ds.select(Timer))


def all_of_it_is_there_for_asyncio() -> None:
    async def work() -> int:
        return 3

    async def main() -> None:
        async with ds.connect_async("sqlite://") as db:
            assert_type(db, ds.AsyncDatabase)
            await db.run_sync(schema.create_all)
            assert_type(await db.run(ds.insert([TEA])), int)
            assert_type(await db.all(ds.select(Timer)), list[Timer])
            assert_type(await db.first(ds.select(Timer)), Timer | None)
            assert_type(await db.one(ds.select(Timer.id, Timer.laps)), tuple[str, list[Lap]])
            assert_type(await db.get(Timer, "t1"), Timer)
            assert_type(await db.get_or_none(Timer, "t2"), Timer | None)
            assert_type(await db.scalars(ds.select(Timer.name)), list[str])
            assert_type(await db.scalar(ds.select(ds.count())), int)
            assert_type(await db.count(Timer), int)
            assert_type(await db.exists(ds.select(Timer)), bool)
            left = ds.select(Timer, ds.optional(Log)).join(Log, left=True)
            assert_type(await db.all(left), list[tuple[Timer, Log | None]])
            related = ds.select(Timer).with_related(Log)
            assert_type(await db.all(related), list[tuple[Timer, list[Log]]])
            assert_type(await db.all(ds.upsert(TEA).returning()), list[Timer])
            mine = ds.select(Timer).where(Timer.user_id == ds.param("user"))
            assert_type(await db.all(mine, user="u1"), list[Timer])
            assert_type(db.stream(ds.select(Timer)), AsyncGenerator[Timer, None])
            async for row in db.stream(ds.select(Timer), size=5):
                assert_type(row, Timer)
            async with db.transaction(isolation="serializable") as same:
                assert_type(same, ds.AsyncDatabase)
            assert_type(await db.retry(work), int)

    asyncio.run(main())
