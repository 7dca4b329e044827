"""Right code: a table's constructor, its rows' values, its columns' SQL, and the converters."""
# pyright: strict

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, Literal, assert_type
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

import dualschema as ds


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Size(TypedDict):
    width: int


class Lap(ds.JsonModel):
    number: int
    lap_time: int


class Timer(ds.Table, name="timers"):
    """A table as the design shows it."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str]
    timer_type: ds.Column[Literal["stopwatch", "countdown", "pomodoro"]]
    is_running: ds.Column[bool] = ds.column(default=False)
    elapsed_time: ds.Column[int] = ds.column(default=0, doc="milliseconds")
    duration: ds.Column[int | None] = ds.column(default=None)
    laps: ds.Column[list[Lap] | None] = ds.column(default_factory=list)
    user_id: ds.Column[str] = ds.column(owner=True, index="idx_timers_user_id")
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)


class Kinds(
    ds.Table,
    name="kinds",
    postgres="native",
    sync=False,
    owner="user_id",
    indexes=[ds.Index("user_id", "-born", name="idx_kinds_born", unique=True)],
    checks=[ds.Check("real > 0", name="real_is_positive")],
    title="pydantic's own options stand in the class line, too",
):
    """A column of every type, each with the kind of default that suits it."""

    id: ds.Column[UUID] = ds.column(primary_key=True, default_factory=uuid4)
    user_id: ds.Column[str] = ds.column(owner=False, min_length=1, max_length=36, pattern="^[a-z]")
    timer_id: ds.Column[str | None] = ds.column(
        default=None, foreign_key=ds.ForeignKey(Timer, on_delete="set null")
    )
    big: ds.Column[ds.BigInt] = ds.column(default=2**40, ge=0)
    long: ds.Column[ds.Int64 | None] = ds.column(default=2**60)
    real: ds.Column[float] = ds.column(default=1)
    price: ds.Column[Decimal] = ds.column(default=Decimal("9.99"), precision=10, scale=2)
    born: ds.Column[date | None] = ds.column(default=None, index=True)
    alarm: ds.Column[time] = ds.column(default=time(7, 30))
    lasted: ds.Column[timedelta] = ds.column(default_factory=timedelta)
    choice: ds.Column[Literal["a", "b"]] = ds.column(default="a")
    maybe_choice: ds.Column[Literal["a", "b"] | None] = ds.column(default="b", writable="server")
    made_choice: ds.Column[Literal["a", "b"]] = ds.column(default_factory=lambda: "a")
    number: ds.Column[Literal[1, 2]] = ds.column(default=1)
    colour: ds.Column[Colour] = ds.column(default=Colour.RED)
    level: ds.Column[Level | None] = ds.column(default=Level.LOW, writable="create")
    data: ds.Column[bytes] = ds.column(default=b"")
    lap: ds.Column[Lap | None] = ds.column(default=None, json_name="theLap")
    size: ds.Column[Size] = ds.column(default_factory=lambda: Size(width=1))
    tags: ds.Column[list[str]] = ds.column(default_factory=list)
    extra: ds.Column[dict[str, Any]] = ds.column(default_factory=dict)
    anything: ds.Column[Any] = ds.column(default=ds.JSON_NULL)
    anything_made: ds.Column[Any] = ds.column(default_factory=dict)
    counted: ds.Column[int] = ds.column(name="count", server_default="0", was="counter")


schema = ds.Schema(Timer, Kinds)


def timer() -> Timer:
    return Timer(name="Tea", timer_type="countdown", user_id="u1")


def kinds() -> Kinds:
    return Kinds(user_id="u1", counted=3)


def defaults_make_arguments_optional() -> None:
    every = Timer(
        id="t1",
        name="Tea",
        timer_type="stopwatch",
        is_running=True,
        elapsed_time=5,
        duration=None,
        laps=[Lap(number=1, lap_time=2)],
        user_id="u1",
        created_at=ds.now(),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert_type(every, Timer)
    assert timer().laps == []
    assert kinds().choice == "a"


def a_row_has_the_values_types() -> None:
    row, kind = timer(), kinds()
    assert_type(row.id, str)
    assert_type(row.timer_type, Literal["stopwatch", "countdown", "pomodoro"])
    assert_type(row.is_running, bool)
    assert_type(row.elapsed_time, int)
    assert_type(row.duration, int | None)
    assert_type(row.laps, list[Lap] | None)
    assert_type(row.created_at, datetime)
    assert_type(kind.id, UUID)
    assert_type(kind.big, int)
    assert_type(kind.long, int | None)
    assert_type(kind.price, Decimal)
    assert_type(kind.maybe_choice, Literal["a", "b"] | None)
    assert_type(kind.colour, Colour)
    assert_type(kind.size, Size)
    assert_type(kind.extra, dict[str, Any])
    assert_type(kind.anything, Any)


def a_row_is_changed_in_place() -> None:
    row, kind = timer(), kinds()
    row.is_running = True
    row.timer_type = "pomodoro"
    row.laps = None
    row.laps = [Lap(number=1, lap_time=2)]
    row.elapsed_time += 1000
    kind.big = kind.big + 1
    kind.anything = ds.JSON_NULL
    kind.anything = [1, "two"]
    assert row.elapsed_time == 1000


def an_attribute_of_the_class_is_sql() -> None:
    assert_type(Timer.created_at, ds.ColumnExpression[datetime])
    assert_type(Timer.duration, ds.ColumnExpression[int | None])
    assert_type(Kinds.big, ds.ColumnExpression[int])
    assert_type(Timer.name.key, str)
    assert_type(Timer.is_running == True, sa.ColumnElement[bool])  # noqa: E712  (it is SQL)
    assert_type(Timer.name.in_(["Tea", "Eggs"]), sa.BinaryExpression[bool])
    assert_type(Timer.duration.is_(None), sa.BinaryExpression[bool])
    assert_type(Timer.elapsed_time + 5, sa.ColumnElement[int])
    assert_type(Timer.created_at.desc(), sa.UnaryExpression[datetime])
    assert_type(Timer.name.label("title"), sa.Label[str])
    assert isinstance(Timer.created_at, sa.Column)


def statements_are_typed() -> None:
    chosen = sa.select(Timer.id, Timer.elapsed_time).where(Timer.name == "Tea", Timer.is_running)
    with sa.create_engine("sqlite://").begin() as connection:
        schema.metadata.create_all(connection)
        connection.execute(sa.insert(Timer.id.table).values(dict(timer())))
        for key, elapsed in connection.execute(chosen.order_by(Timer.created_at.desc())):
            assert_type(key, str)
            assert_type(elapsed, int)


def converters_give_rows_of_the_table() -> None:
    row = timer()
    assert_type(ds.encode(row, "sqlite"), dict[str, Any])
    stored = ds.encode(row, "json")
    assert_type(ds.decode(Timer, stored, "json"), Timer)
    assert_type(ds.decode_many(Timer, [stored], "json"), list[Timer])
    assert_type(ds.encode_many([row], "json"), list[dict[str, Any]])
    tuples = ds.encode_many([row], "postgres")
    assert_type(tuples, list[tuple[Any, ...]])
    assert_type(ds.decode_many(Timer, tuples, "postgres"), list[Timer])
    assert ds.decode(Timer, stored, "json") == row


def a_schema_gives_metadata() -> None:
    assert_type(schema.metadata, sa.MetaData)
    assert_type(schema.ddl("postgresql"), str)
    tables: list[type[ds.Table]] = [Timer, Kinds]
    assert_type(ds.Schema(*tables, postgres="portable"), ds.Schema)


def a_row_is_a_pydantic_model() -> None:
    def respond(body: BaseModel) -> str:
        return body.model_dump_json(by_alias=True)

    row = timer()
    answer = respond(row)
    assert_type(Timer.model_validate_json(answer), Timer)
    assert_type(TypeAdapter(list[Timer]).validate_python([row]), list[Timer])
    assert_type(row.model_copy(update={"name": "Eggs"}), Timer)
