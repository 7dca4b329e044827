"""The contenders: this library, SQLAlchemy with TypeDecorators, and SQLModel, each in its style.

All take and give Python's own values: bool, aware datetime, list and dict.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

import dualschema as ds
from benchmarks.rows import BOOLEANS, COLUMNS, DOCUMENTS, INSTANTS, written

__all__ = ["Contender", "Dualschema", "Floor", "SqlAlchemy", "SqlModel"]

Stored = tuple[Any, ...]


class Contender(Protocol):
    """Converts a batch, both ways."""

    name: str

    def wrap(self, rows: list[dict[str, Any]]) -> Sequence[Any]:
        """Return the rows as this contender's objects; not timed."""

    def unwrap(self, row: Any) -> dict[str, Any]:
        """Return an object's values; not timed."""

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        """Return the rows as SQLite stores them."""

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        """Return the objects of stored rows."""


class Timer(ds.Table, name="timers"):
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


ds.Schema(Timer)


class Dualschema:
    """This library: pydantic rows in and out."""

    name = "dualschema"

    def wrap(self, rows: list[dict[str, Any]]) -> Sequence[Any]:
        return [Timer(**row) for row in rows]

    def unwrap(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in COLUMNS}

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return ds.encode_many(rows, "sqlite")

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return ds.decode_many(Timer, stored, "sqlite")


class Floor:
    """No conversion at all: values into tuples, tuples into dicts."""

    name = "floor: no conversion"

    def wrap(self, rows: list[dict[str, Any]]) -> Sequence[Any]:
        return rows

    def unwrap(self, row: Any) -> dict[str, Any]:
        return dict(row)

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [tuple(row.values()) for row in rows]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in stored]


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


_INTEGERS = ("elapsed_time", "duration", "pomodoro_session_count")


def _type_of(name: str) -> sa.types.TypeEngine[Any]:
    if name in BOOLEANS:
        return _Integer()
    if name in DOCUMENTS:
        return _Json()
    if name in INSTANTS:
        return _Instant()
    return sa.Integer() if name in _INTEGERS else sa.Text()


class SqlAlchemy:
    """SQLAlchemy Core's own processors, a call a value, as it runs them; rows are dicts."""

    name = "SQLAlchemy, TypeDecorators"

    def __init__(self) -> None:
        spoken = sqlite_dialect()
        types = [(name, _type_of(name).dialect_impl(spoken)) for name in COLUMNS]
        self.binds = [(name, kind.bind_processor(spoken)) for name, kind in types]
        self.results = [(name, kind.result_processor(spoken, None)) for name, kind in types]

    def wrap(self, rows: list[dict[str, Any]]) -> Sequence[Any]:
        return rows

    def unwrap(self, row: Any) -> dict[str, Any]:
        return dict(row)

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [
            tuple(bind(row[name]) if bind else row[name] for name, bind in self.binds)
            for row in rows
        ]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return [
            {
                name: read(value) if read else value
                for (name, read), value in zip(self.results, cells, strict=True)
            }
            for cells in stored
        ]


class SqlModel:
    """SQLModel: the table class's objects, its processors, and ``model_validate`` to read."""

    name = "SQLModel"

    def __init__(self) -> None:
        self.core = SqlAlchemy()
        annotations: dict[str, Any] = dict.fromkeys(COLUMNS, str | None)
        annotations |= dict.fromkeys(_INTEGERS, int | None)
        annotations |= dict.fromkeys(BOOLEANS, bool)
        annotations |= dict.fromkeys(INSTANTS, datetime | None)
        annotations |= {"laps": list[dict[str, Any]], "pomodoro_settings": dict[str, Any] | None}
        body: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
        body |= {
            name: sqlmodel.Field(
                sa_column=sa.Column(name, _type_of(name), primary_key=name == "id")
            )
            for name in COLUMNS
        }
        self.row: Any = type(sqlmodel.SQLModel)(
            "TimerModel", (sqlmodel.SQLModel,), body, table=True
        )

    def wrap(self, rows: list[dict[str, Any]]) -> Sequence[Any]:
        return [self.row(**row) for row in rows]

    def unwrap(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in COLUMNS}

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [
            tuple(
                bind(getattr(row, name)) if bind else getattr(row, name)
                for name, bind in self.core.binds
            )
            for row in rows
        ]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        validate = self.row.model_validate
        return [validate(row) for row in self.core.decode(stored)]
