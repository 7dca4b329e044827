"""The rows that all contenders work on: timers as an app's users make them, always the same."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = [
    "BOOLEANS",
    "COLUMNS",
    "DOCUMENTS",
    "INSTANTS",
    "INTEGERS",
    "Row",
    "Stored",
    "read_back",
    "stored",
    "timer_rows",
    "written",
]

Row = dict[str, Any]
Stored = tuple[Any, ...]

COLUMNS: Final = (
    "id",
    "name",
    "timer_type",
    "is_running",
    "elapsed_time",
    "duration",
    "laps",
    "user_id",
    "created_at",
    "updated_at",
    "show_total",
    "first_start_time",
    "start_time",
    "pomodoro_settings",
    "pomodoro_phase",
    "pomodoro_session_count",
)
BOOLEANS: Final = frozenset({"is_running", "show_total"})
DOCUMENTS: Final = frozenset({"laps", "pomodoro_settings"})
INSTANTS: Final = frozenset({"created_at", "updated_at", "first_start_time", "start_time"})
INTEGERS: Final = frozenset({"elapsed_time", "duration", "pomodoro_session_count"})

_TYPES = ("stopwatch", "countdown", "pomodoro")
_PHASES = ("work", "short_break", "long_break")
_NAMES = ("Focus", "Deep work", "Côté jardin", "Пресс", "学习", 'Tea "green"', "back\\slash", "☕")
_START = datetime(2024, 1, 1, tzinfo=UTC)


def written(instant: datetime) -> str:
    """Return an instant as the stored form is: UTC, milliseconds, ``Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def stored(row: Row) -> Stored:
    """Return a row as SQLite stores it, in the slow way that can be seen to be right."""
    return tuple(_stored(name, value) for name, value in row.items())


def read_back(cells: Stored) -> Row:
    """Return the row of stored cells, and refuse any that are in another form."""
    return {name: _read_back(name, cell) for name, cell in zip(COLUMNS, cells, strict=True)}


def timer_rows(count: int) -> list[Row]:
    """Return the first ``count`` rows, with Python's own values."""
    draw = random.Random(42)
    users = [_uuid(draw) for _ in range(50)]
    return [_row(draw, users, number) for number in range(count)]


def _stored(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in INSTANTS:
        return written(value)
    if name in DOCUMENTS:
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def _read_back(name: str, cell: Any) -> Any:
    if cell is None:
        return None
    if name in INSTANTS:
        instant = datetime.fromisoformat(cell)
        assert cell == written(instant), cell
        return instant
    if name in DOCUMENTS:
        return json.loads(cell)
    if name in BOOLEANS:
        assert type(cell) is int, cell
        return bool(cell)
    return cell


def _uuid(draw: random.Random) -> str:
    digits = f"{draw.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _row(draw: random.Random, users: list[str], number: int) -> Row:
    created = _START + timedelta(milliseconds=draw.randrange(60_000_000_000))
    kind = draw.choice(_TYPES)
    running = draw.random() < 0.3
    is_pomodoro = kind == "pomodoro"
    return {
        "id": _uuid(draw),
        "name": f"{draw.choice(_NAMES)} {number}",
        "timer_type": kind,
        "is_running": running,
        "elapsed_time": draw.randrange(10_000_000),
        "duration": draw.randrange(60_000, 7_200_000) if kind == "countdown" else None,
        "laps": _laps(draw, created, 0 if kind == "countdown" else draw.randrange(6)),
        "user_id": draw.choice(users),
        "created_at": created,
        "updated_at": created + timedelta(milliseconds=draw.randrange(1, 900_000_000)),
        "show_total": draw.random() < 0.5,
        "first_start_time": created + timedelta(seconds=5) if draw.random() < 0.7 else None,
        "start_time": created + timedelta(seconds=9) if running else None,
        "pomodoro_settings": _settings(draw) if is_pomodoro else None,
        "pomodoro_phase": draw.choice(_PHASES) if is_pomodoro else None,
        "pomodoro_session_count": draw.randrange(8) if is_pomodoro else 0,
    }


def _laps(draw: random.Random, created: datetime, count: int) -> list[dict[str, Any]]:
    laps, total = [], 0
    for _ in range(count):
        split = draw.randrange(500, 90_000)
        total += split
        at = written(created + timedelta(milliseconds=total))
        laps.append({"id": _uuid(draw), "time": total, "delta": split, "createdAt": at})
    return laps


def _settings(draw: random.Random) -> dict[str, Any]:
    return {
        "workDuration": 1_500_000,
        "shortBreakDuration": 300_000,
        "longBreakDuration": draw.randrange(600_000, 1_800_000),
        "sessionsBeforeLongBreak": 4,
        "autoStart": draw.random() < 0.5,
    }
