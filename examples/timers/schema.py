"""The timers app: stopwatches, countdowns and pomodoros, their event log, and to-dos."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import dualschema as ds

__all__ = ["ActivityLog", "Lap", "PomodoroSettings", "Timer", "Todo", "schema"]


class Lap(ds.JsonModel):
    """One lap of a stopwatch; times in milliseconds."""

    number: int
    lap_time: int
    split_time: int
    timestamp: datetime


class PomodoroSettings(ds.JsonModel):
    """How long a pomodoro's phases are; in milliseconds."""

    work_duration: int
    short_break_duration: int
    long_break_duration: int
    sessions_before_long_break: int


class Timer(ds.Table, name="timers"):
    """A stopwatch, countdown or pomodoro timer."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str]
    timer_type: ds.Column[Literal["stopwatch", "countdown", "pomodoro"]]
    is_running: ds.Column[bool] = ds.column(default=False)
    elapsed_time: ds.Column[int] = ds.column(default=0, doc="milliseconds")
    duration: ds.Column[int | None] = ds.column(default=None, doc="milliseconds")
    laps: ds.Column[list[Lap] | None] = ds.column(default_factory=list)
    user_id: ds.Column[str] = ds.column(owner=True, index="idx_timers_user_id")
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)
    show_total: ds.Column[bool] = ds.column(default=False)
    first_start_time: ds.Column[datetime | None] = ds.column(default=None)
    start_time: ds.Column[datetime | None] = ds.column(default=None)
    pomodoro_settings: ds.Column[PomodoroSettings | None] = ds.column(default=None)
    pomodoro_phase: ds.Column[Literal["work", "short_break", "long_break"] | None] = ds.column(
        default=None
    )
    pomodoro_session_count: ds.Column[int | None] = ds.column(default=0)


class ActivityLog(ds.Table, name="activity_logs"):
    """An event in a timer's life."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    timer_id: ds.Column[str] = ds.column(index="idx_activity_logs_timer_id")
    timer_name: ds.Column[str]
    user_id: ds.Column[str] = ds.column(owner=True, index="idx_activity_logs_user_id")
    event_type: ds.Column[
        Literal["start", "pause", "reset", "lap", "complete", "time_edit", "pomodoro_phase_change"]
    ]
    timestamp: ds.Column[datetime] = ds.column(default_factory=ds.now)
    elapsed_at_event: ds.Column[int] = ds.column(default=0, doc="milliseconds")
    session_duration: ds.Column[int | None] = ds.column(default=None, doc="milliseconds")
    previous_value: ds.Column[int | None] = ds.column(default=None, doc="milliseconds")
    new_value: ds.Column[int | None] = ds.column(default=None, doc="milliseconds")
    metadata: ds.Column[dict[str, Any] | None] = ds.column(default_factory=dict)


class Todo(ds.Table, name="todos"):
    """A thing to do."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    text: ds.Column[str]
    completed: ds.Column[bool] = ds.column(default=False)
    user_id: ds.Column[str] = ds.column(owner=True, index="idx_todos_user_id")
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)


schema = ds.Schema(Timer, ActivityLog, Todo)
