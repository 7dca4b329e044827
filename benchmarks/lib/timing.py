"""The clock: tasks run in turn, in another order each time, without each other's garbage."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Task", "Timed", "measure", "run_once"]

Key = TypeVar("Key", bound=str)

LEAST = 3


@dataclass(frozen=True, slots=True)
class Timed:
    """A result that comes with its own time: it was made in another process."""

    seconds: float
    result: Any


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Task:
    """What is timed: `run`, with what `prepare` returns."""

    run: Callable[[Any], Any]
    prepare: Callable[[], Any] = _nothing


def run_once(task: Task) -> Timed:
    """Prepare a task, then time it."""
    argument = task.prepare()
    gc.collect()
    start = time.perf_counter()
    result = task.run(argument)
    seconds = time.perf_counter() - start
    return result if isinstance(result, Timed) else Timed(seconds, result)


def measure(
    tasks: Mapping[Key, Task], *, runs: int, patience: float = float("inf")
) -> dict[Key, list[float]]:
    """Return the seconds of each task's runs; all should have run before.

    Args:
        tasks: the tasks by name.
        runs: how often each runs.
        patience: the seconds after which a task runs no more, once it has run thrice.
    """
    order = random.Random(1)
    seconds: dict[Key, list[float]] = {name: [] for name in tasks}
    gc.collect()
    gc.freeze()
    for _ in range(runs):
        names = [n for n, taken in seconds.items() if len(taken) < LEAST or sum(taken) < patience]
        order.shuffle(names)
        for name in names:
            seconds[name].append(run_once(tasks[name]).seconds)
    gc.unfreeze()
    return seconds
