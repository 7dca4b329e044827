"""What the app does with its tables: the same functions serve the server and the client."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import dualschema as ds
from examples.timers.schema import ActivityLog, Timer, Todo

__all__ = ["add", "finish", "history", "of_user", "remove", "rename", "save", "start", "totals"]


def add(db: ds.Database, timer: Timer) -> int:
    """Insert a timer."""
    return db.run(ds.insert(timer))


def of_user(db: ds.Database, user_id: str) -> list[Timer]:
    """Return a user's timers, the newest first."""
    return db.all(
        ds.select(Timer).where(Timer.user_id == user_id).order_by(Timer.created_at.desc())
    )


def save(db: ds.Database, timer: Timer) -> int:
    """Insert a timer, or give its name to the one that is there."""
    return db.run(ds.upsert(timer, target=Timer.id, set=("name", "updated_at")))


def rename(db: ds.Database, timer_id: str, name: str) -> int:
    """Change a timer's name; ``updated_at`` follows by itself."""
    return db.run(ds.update(Timer).set(name=name).where(Timer.id == timer_id))


def remove(db: ds.Database, timer_id: str) -> int:
    """Delete a timer."""
    return db.run(ds.delete(Timer).where(Timer.id == timer_id))


def totals(db: ds.Database) -> dict[Any, int]:
    """Return how many timers there are of each type."""
    return dict(db.all(ds.select(Timer.timer_type, ds.count()).group_by(Timer.timer_type)))


def history(db: ds.Database, user_id: str) -> list[tuple[Timer, list[ActivityLog]]]:
    """Return a user's timers, each with its log."""
    return db.all(
        ds.select(Timer)
        .where(Timer.user_id == user_id)
        .order_by(Timer.id)
        .with_related(ActivityLog, on=ActivityLog.timer_id)
    )


def start(db: ds.Database, timer: Timer, at: datetime, metadata: dict[str, Any]) -> ActivityLog:
    """Have a timer run, and log it: both, or neither."""
    entry = ActivityLog(
        timer_id=timer.id,
        timer_name=timer.name,
        user_id=timer.user_id,
        event_type="start",
        timestamp=at,
        elapsed_at_event=timer.elapsed_time,
        metadata=metadata,
    )
    with db.transaction():
        db.run(ds.update(Timer, timer.id).set(is_running=True, start_time=at, laps=None))
        db.run(ds.insert(entry))
    return entry


def finish(db: ds.Database, todo: Todo) -> int:
    """Tick off a thing to do."""
    return db.run(ds.update(Todo, todo.id).set(completed=True))
