"""The timers table, in the style of each library, for either engine.

SQLite stores the client's form, Postgres its own types. SQLAlchemy has types for the latter; the
former takes TypeDecorators, as people write them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
import sqlmodel
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

import dualschema as ds
from benchmarks.lib.rows import BOOLEANS, COLUMNS, DOCUMENTS, INSTANTS, INTEGERS, written

__all__ = [
    "NULLABLE",
    "BaseTimer",
    "Engine",
    "NativeTimer",
    "Timer",
    "sqlalchemy_table",
    "sqlalchemy_type",
    "sqlmodel_class",
    "sqlmodel_of",
]

NULLABLE = frozenset(
    {"duration", "first_start_time", "start_time", "pomodoro_settings", "pomodoro_phase"}
)


class Engine(StrEnum):
    """The two engines, by the names that SQLAlchemy gives them."""

    SQLITE = "sqlite"
    POSTGRES = "postgresql"


class BaseTimer(ds.Table):
    """The row, in this library's style; documents without a model, as the peers have them."""

    id: ds.Column[str] = ds.column(primary_key=True)
    name: ds.Column[str]
    timer_type: ds.Column[Literal["stopwatch", "countdown", "pomodoro"]]
    is_running: ds.Column[bool]
    elapsed_time: ds.Column[int]
    duration: ds.Column[int | None]
    laps: ds.Column[list[dict[str, Any]]]
    user_id: ds.Column[str]
    created_at: ds.Column[datetime]
    updated_at: ds.Column[datetime]
    show_total: ds.Column[bool]
    first_start_time: ds.Column[datetime | None]
    start_time: ds.Column[datetime | None]
    pomodoro_settings: ds.Column[dict[str, Any] | None]
    pomodoro_phase: ds.Column[str | None]
    pomodoro_session_count: ds.Column[int]


class Timer(BaseTimer, name="timers"):
    """As the client stores it."""


class NativeTimer(BaseTimer, name="timers"):
    """As Postgres's own types; a class belongs to one schema, so it is another."""


ds.Schema(Timer)
ds.Schema(NativeTimer, postgres="native")


class _Integer(sa.types.TypeDecorator[bool]):
    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Any) -> Any:
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Any) -> bool | None:
        return None if value is None else bool(value)


class _Json(sa.types.TypeDecorator[Any]):
    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if value is None:
            return None
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


class _Instant(sa.types.TypeDecorator[datetime]):
    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        return None if value is None else written(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def sqlalchemy_type(name: str, engine: Engine) -> sa.types.TypeEngine[Any]:
    """Return SQLAlchemy's type of a column."""
    native = engine is Engine.POSTGRES
    if name in BOOLEANS:
        return sa.Boolean() if native else _Integer()
    if name in DOCUMENTS:
        return postgresql.JSONB(none_as_null=True) if native else _Json()
    if name in INSTANTS:
        return postgresql.TIMESTAMP(timezone=True, precision=3) if native else _Instant()
    return sa.Integer() if name in INTEGERS else sa.Text()


@cache
def sqlalchemy_table(engine: Engine) -> sa.Table:
    """Return SQLAlchemy Core's table."""
    return sa.Table("timers", sa.MetaData(), *(_column(name, engine) for name in COLUMNS))


@cache
def sqlmodel_class(engine: Engine) -> Any:
    """Return SQLModel's class."""
    annotations: dict[str, Any] = dict.fromkeys(COLUMNS, str | None)
    annotations |= dict.fromkeys(INTEGERS, int | None)
    annotations |= dict.fromkeys(BOOLEANS, bool)
    annotations |= dict.fromkeys(INSTANTS, datetime | None)
    annotations |= {"laps": list[dict[str, Any]], "pomodoro_settings": dict[str, Any] | None}
    return sqlmodel_of("timers", annotations, {name: _column(name, engine) for name in COLUMNS})


def sqlmodel_of(
    table: str, annotations: Mapping[str, Any], columns: Mapping[str, sa.Column[Any]]
) -> Any:
    """Return a table's class in SQLModel's style, with a registry of its own.

    Args:
        table: the table's name.
        annotations: its columns' types in Python.
        columns: its columns.
    """
    metaclass = type(sqlmodel.SQLModel)
    registry = orm.registry(metadata=sa.MetaData())
    base = metaclass(
        "Base",
        (sqlmodel.SQLModel,),
        {"__module__": __name__, "metadata": registry.metadata},
        registry=registry,
    )
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": dict(annotations)}
    body |= {"__tablename__": table}
    body |= {name: sqlmodel.Field(sa_column=column) for name, column in columns.items()}
    return metaclass(f"{table.capitalize()}Model", (base,), body, table=True)


def _column(name: str, engine: Engine) -> sa.Column[Any]:
    kind = sqlalchemy_type(name, engine)
    return sa.Column(name, kind, primary_key=name == "id", nullable=name in NULLABLE)
