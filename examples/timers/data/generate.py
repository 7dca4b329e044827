"""Make the data files: ``python -m examples.timers.data.generate`` (``--check`` only compares).

The same seed gives the same bytes, on every Python: of ``random`` only what keeps its sequence
from version to version is used, which is ``random()`` and ``getrandbits()``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final, Literal, TypeVar

import dualschema as ds
from examples.timers.data.values import (
    DOCUMENTS,
    INSTANTS,
    INT4_MAX,
    NAMES,
    ODD_NAMES,
    ODD_TODOS,
    SOURCES,
    TODOS,
)
from examples.timers.schema import ActivityLog, Lap, PomodoroSettings, Timer, Todo

__all__ = ["FOLDER", "files", "main"]

FOLDER: Final = Path(__file__).parent

_BEGIN: Final = datetime(2024, 1, 8, 6, tzinfo=UTC)
_MINUTE: Final = 60_000
_TIMERS, _ODD_EVERY = 300, 4

Item = TypeVar("Item")
Kind = Literal["stopwatch", "countdown", "pomodoro"]
Phase = Literal["work", "short_break", "long_break"]
Event = Literal["start", "pause", "reset", "lap", "complete", "time_edit", "pomodoro_phase_change"]


class _Dice:
    """Seeded chance."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it must repeat itself

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def key(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


class _Author:
    """Writes the rows, in an order that is part of the result."""

    def __init__(self) -> None:
        self.dice = _Dice(20240229)
        self.users = [self.dice.key() for _ in range(14)]
        self.odd_names = cycle(ODD_NAMES)
        self.odd_instants = cycle(INSTANTS)
        self.odd_documents = cycle(DOCUMENTS)

    def instant(self, number: int, *, odd: bool) -> datetime:
        """Return an instant of the year: later for a later row, unless it is an odd one."""
        if odd:
            return next(self.odd_instants)
        milliseconds = self.dice.below(86_400_000)
        return _BEGIN + timedelta(days=number, milliseconds=milliseconds)

    def timers(self) -> Iterator[Timer]:
        kinds: tuple[Kind, ...] = ("stopwatch", "stopwatch", "countdown", "pomodoro")
        for number in range(_TIMERS):
            odd = number % _ODD_EVERY == 0
            name = next(self.odd_names) if odd else self.dice.pick(NAMES)
            created = self.instant(number, odd=number % 7 == 3)
            yield self.timer(number, self.dice.pick(kinds), name, created)

    def timer(self, number: int, kind: Kind, name: str, created: datetime) -> Timer:
        used = self.dice.below(5) > 0
        running = used and self.dice.below(6) == 0
        began = created + timedelta(milliseconds=self.dice.below(_MINUTE)) if used else None
        elapsed = self.dice.below(90 * _MINUTE) if used else 0
        timer = Timer(
            id=self.dice.key(),
            name=name,
            timer_type=kind,
            is_running=running,
            elapsed_time=INT4_MAX if number in (60, 61) else elapsed,
            duration=None if kind == "stopwatch" else self.dice.pick((1, 3, 5, 25, 90)) * _MINUTE,
            user_id=self.dice.pick(self.users),
            created_at=created,
            updated_at=created + timedelta(milliseconds=elapsed),
            show_total=self.dice.below(4) == 0,
            first_start_time=began,
            start_time=began if running else None,
        )
        if kind == "stopwatch":
            timer.laps = self.laps(number, began)
        if kind == "pomodoro":
            self.set_up_pomodoro(timer)
        return timer

    def laps(self, number: int, began: datetime | None) -> list[Lap] | None:
        if began is None:
            return None if number % 2 else []
        count = 40 if number % 100 == 50 or number == 7 else self.dice.below(5)
        laps: list[Lap] = []
        split = 0
        for each in range(1, count + 1):
            lap = self.dice.below(4) * 500 + self.dice.below(2 * _MINUTE)
            split += lap
            at = began + timedelta(milliseconds=split)
            laps.append(Lap(number=each, lap_time=lap, split_time=split, timestamp=at))
        return laps

    def set_up_pomodoro(self, timer: Timer) -> None:
        phases: tuple[Phase | None, ...] = ("work", "short_break", "long_break", None)
        work, rest, long, sessions = self.dice.pick(((25, 5, 15, 4), (50, 10, 30, 2), (1, 0, 0, 1)))
        timer.pomodoro_settings = PomodoroSettings(
            work_duration=work * _MINUTE,
            short_break_duration=rest * _MINUTE,
            long_break_duration=long * _MINUTE,
            sessions_before_long_break=sessions,
        )
        timer.pomodoro_phase = self.dice.pick(phases)
        counts: tuple[int | None, ...] = (0, 1, 4, 12, None)
        timer.pomodoro_session_count = self.dice.pick(counts)

    def logs(self, timers: Iterable[Timer]) -> Iterator[ActivityLog]:
        for timer in timers:
            at = timer.first_start_time or timer.created_at
            for event in self.events(timer):
                at += timedelta(milliseconds=self.dice.below(20 * _MINUTE))
                yield self.log(timer, event, at)

    def events(self, timer: Timer) -> Sequence[Event]:
        if timer.first_start_time is None:
            return ("time_edit",) if self.dice.below(3) == 0 else ()
        if timer.timer_type == "pomodoro":
            return ("start", "pomodoro_phase_change", "complete")
        if timer.timer_type == "countdown":
            return self.dice.pick((("start", "complete"), ("start", "pause", "reset")))
        return self.dice.pick((("start", "lap", "pause"), ("start", "pause"), ("start", "lap")))

    def log(self, timer: Timer, event: Event, at: datetime) -> ActivityLog:
        edited = event in ("time_edit", "reset")
        elapsed = 0 if event == "start" else min(timer.elapsed_time, INT4_MAX)
        odd = self.dice.below(8) == 0
        return ActivityLog(
            id=self.dice.key(),
            timer_id=timer.id,
            timer_name=timer.name,
            user_id=timer.user_id,
            event_type=event,
            timestamp=next(self.odd_instants) if odd else at,
            elapsed_at_event=elapsed,
            session_duration=elapsed if event in ("pause", "complete") else None,
            previous_value=elapsed if edited else None,
            new_value=(0 if event == "reset" else INT4_MAX) if edited else None,
            metadata=next(self.odd_documents) if odd else self.dice.pick(SOURCES),
        )

    def todos(self) -> Iterator[Todo]:
        for number, text in enumerate((*TODOS, *ODD_TODOS, *TODOS[:10])):
            created = self.instant(number * 6, odd=number % 3 == 0)
            completed = self.dice.below(2) == 0
            later = timedelta(milliseconds=self.dice.below(86_400_000) if completed else 0)
            yield Todo(
                id=self.dice.key(),
                text=text,
                completed=completed,
                user_id=self.dice.pick(self.users),
                created_at=created,
                updated_at=created + later,
            )


def files() -> dict[str, str]:
    """Return the data files' texts by their names."""
    author = _Author()
    timers = list(author.timers())
    return {
        "timers.jsonl": _lines(timers),
        "activity_logs.jsonl": _lines(author.logs(timers)),
        "todos.jsonl": _lines(author.todos()),
    }


def _lines(rows: Iterable[ds.Table]) -> str:
    objects = ds.encode_many(rows, "json")
    texts = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in objects)
    return "".join(f"{text}\n" for text in texts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` tell whether they are up to date."""
    parser = argparse.ArgumentParser(description="Make the timers example's data files.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args(arguments).check
    made = {FOLDER / name: text.encode() for name, text in files().items()}
    stale = [path for path, data in made.items() if _read(path) != data]
    if check:
        for path in stale:
            print(f"{path.name} is not what generate.py makes", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_bytes(made[path])
    print(f"{len(stale)} files changed")
    return 0


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
