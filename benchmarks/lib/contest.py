"""A contest: who can run here, whether each is right, the times in turn, and the figures."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from benchmarks.lib.contender import Name, SkippedError
from benchmarks.lib.targets import Bounds, Verdict, held_to
from benchmarks.lib.timing import Task, measure, run_once

__all__ = ["Entry", "Heading", "compete", "connected", "show_verdicts"]

_MEASURES = (Name.FLOOR, Name.OURS)


class _Closes(Protocol):
    def close(self) -> None: ...


Connected = TypeVar("Connected", bound=_Closes)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a contender has timed, and what raises if its result is not right."""

    task: Task
    check: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over the figures: what is done, the unit that is timed, and how many of it."""

    title: str
    unit: str
    count: int


@contextmanager
def connected(
    version: str, makers: Mapping[Name, Callable[[], Connected]]
) -> Iterator[list[Connected]]:
    """Give the contenders, connected; name the engine, and those that cannot run here."""
    print(f"\n{version}; Python {sys.version.split()[0]}")
    with ExitStack() as stack:
        found: list[Connected] = []
        for name, make in makers.items():
            try:
                contender = make()
            except SkippedError as error:
                print(f"  without {name}: {error}")
            else:
                stack.callback(contender.close)
                found.append(contender)
        yield found


def compete(
    heading: Heading,
    entries: Mapping[Name, Entry],
    bounds: Bounds,
    *,
    runs: int,
    patience: float,
) -> Counter[Verdict]:
    """Check each contender once, time them in turn, show the figures, and count the verdicts.

    Args:
        heading: what is done.
        entries: the contenders by name.
        bounds: what the library is held to.
        runs: how often each runs.
        patience: seconds: slower contenders run thrice, and only once if one run takes as long.
    """
    tasks: dict[Name, Task] = {}
    seconds: dict[Name, list[float]] = {}
    failures: list[str] = []
    for name, entry in entries.items():
        try:
            first = run_once(entry.task)
            entry.check(first.result)
        except Exception as error:  # noqa: BLE001 - one that fails must not hide the others
            failures.append(f"  {name}: FAILED: {type(error).__name__}: {error!s:.300}")
            continue
        if first.seconds > patience:
            seconds[name] = [first.seconds]
        else:
            tasks[name] = entry.task
    seconds |= measure(tasks, runs=runs, patience=patience)
    verdicts = _show(heading, seconds, bounds)
    for failure in failures:
        print(failure)
        verdicts[Verdict.FAILED] += 1
    return verdicts


def show_verdicts(verdicts: Counter[Verdict]) -> int:
    """Show how many targets are met, and return the exit code: 1 if something was wrong."""
    print("\nTargets: " + ", ".join(f"{verdicts[each]} {each}" for each in Verdict))
    return 1 if verdicts[Verdict.FAILED] else 0


def _show(
    heading: Heading, seconds: Mapping[Name, list[float]], bounds: Bounds
) -> Counter[Verdict]:
    medians = {name: statistics.median(runs) for name, runs in seconds.items()}
    unit = f"us {heading.unit}"
    heads = f"{unit:>12} {'least':>9} {'runs':>5} {'x floor':>8} {'x ours':>8}"
    print(f"\n{heading.title:33} {heads}  held to")
    verdicts: Counter[Verdict] = Counter()
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        micro, least = (v / heading.count * 1e6 for v in (median, min(seconds[name])))
        ratios = {each: median / medians[each] for each in _MEASURES if each in medians}
        shown = " ".join(f"{ratios[e]:7.2f}x" if e in ratios else " " * 8 for e in _MEASURES)
        held, verdict = held_to(bounds, name, ratios)
        verdicts.update([verdict] if verdict else [])
        print(f"  {name:34} {micro:9.2f} {least:9.2f} {len(seconds[name]):5} {shown}  {held}")
    return verdicts
