"""psycopg reading into pydantic models, as its documentation shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import psycopg
import pydantic
from psycopg.rows import class_row

from benchmarks.lib.contender import Contender, Name
from benchmarks.lib.rows import COLUMNS
from benchmarks.lib.tables import Engine

__all__ = ["ClassRow"]

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM timers".encode()


class _Timer(pydantic.BaseModel):
    id: str
    name: str
    timer_type: Literal["stopwatch", "countdown", "pomodoro"]
    is_running: bool
    elapsed_time: int
    duration: int | None
    laps: list[dict[str, Any]]
    user_id: str
    created_at: datetime
    updated_at: datetime
    show_total: bool
    first_start_time: datetime | None
    start_time: datetime | None
    pomodoro_settings: dict[str, Any] | None
    pomodoro_phase: str | None
    pomodoro_session_count: int


class ClassRow(Contender):
    """It only reads: psycopg knows no statements for a class."""

    name = Name.CLASS_ROW

    def __init__(self, engine: Engine, url: str) -> None:
        self.connection = psycopg.connect(url, row_factory=class_row(_Timer))

    def close(self) -> None:
        self.connection.close()

    def select_all(self) -> Any:
        with self.connection.transaction():
            return self.connection.execute(_SELECT).fetchall()

    def get(self, keys: Any) -> Any:
        execute = self.connection.execute
        with self.connection.transaction():
            return [execute(_SELECT + b" WHERE id = %s", (key,)).fetchone() for key in keys]
