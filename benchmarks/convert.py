"""``dev.py bench convert``: encode and decode 10,000 rows beside the peers, and what import costs.

Contenders run in turn, in another order each time; a figure is the median of its runs. Quote the
ratios: the microseconds are this machine's, at this moment.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.contenders.converters import Contender, Dualschema, Floor, SqlAlchemy, SqlModel
from benchmarks.lib.rows import Row, Stored, stored, timer_rows
from benchmarks.lib.timing import Task, measure, run_once

ROWS = 10_000
RUNS = 15

# What the library is held to: as many times as fast as the peer, at least.
TARGETS = {
    ("encode", "SQLAlchemy, TypeDecorators"): 5.0,
    ("encode", "SQLModel"): 6.0,
    ("decode", "SQLAlchemy, TypeDecorators"): 1.5,
    ("decode", "SQLModel"): 12.0,
}


def main() -> None:
    rows = timer_rows(ROWS)
    contenders: list[Contender] = [Dualschema(), SqlAlchemy(), SqlModel(), Floor()]
    cells = _checked(contenders, rows)
    wrapped = {each.name: each.wrap(rows) for each in contenders}
    print(f"{ROWS:,} timers, {RUNS} runs each, interleaved; Python {sys.version.split()[0]}")
    work = {
        "encode": {each.name: _task(each.encode, wrapped[each.name]) for each in contenders},
        "decode": {each.name: _task(each.decode, cells) for each in contenders},
    }
    for direction, tasks in work.items():
        for task in tasks.values():
            run_once(task)
        _show(direction, measure(tasks, runs=RUNS))
    _show_imports()


def _task(function: Callable[[Any], Any], argument: Any) -> Task:
    return Task(function, lambda: argument)


def _checked(contenders: list[Contender], rows: list[Row]) -> list[Stored]:
    """Return the stored rows, once every contender has been seen to make and read them."""
    expected = [stored(row) for row in rows[:500]]
    for each in contenders:
        if isinstance(each, Floor):
            continue
        found = each.encode(each.wrap(rows[:500]))
        assert [_comparable(cells) for cells in found] == [_comparable(c) for c in expected], each
        assert [each.unwrap(row) for row in each.decode(found)] == rows[:500], each.name
    return SqlAlchemy().encode(rows)


def _comparable(cells: Stored) -> Stored:
    """Return a stored row with its documents parsed: blanks in JSON text do not count."""
    return tuple(
        json.loads(cell) if isinstance(cell, str) and cell[:1] in ("[", "{") else cell
        for cell in cells
    )


def _show(direction: str, seconds: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(runs) for name, runs in seconds.items()}
    ours = medians["dualschema"]
    print(f"\n{direction:8} {'us a row':>30} {'least':>8} {'times ours':>12}  held to")
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        target = TARGETS.get((direction, name))
        ratio = median / ours
        verdict = "" if target is None else f"{target:g}x {'met' if ratio >= target else 'NOT MET'}"
        micro, least = (value / ROWS * 1e6 for value in (median, min(seconds[name])))
        print(f"  {name:28} {micro:8.2f} {least:8.2f} {ratio:11.1f}x  {verdict}")


def _show_imports() -> None:
    """Time imports in fresh processes, in turn."""
    statements = {
        "dualschema": "import dualschema",
        "SQLAlchemy, pydantic, psycopg": "import sqlalchemy, pydantic, psycopg",
    }
    seconds: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(7):
        for name, statement in statements.items():
            code = (
                f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
            )
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            seconds[name].append(float(done.stdout))
    print("\nimport, CPU ms, median of 7 processes")
    for name, runs in seconds.items():
        print(f"  {name:34} {statistics.median(runs) * 1e3:6.0f}")


if __name__ == "__main__":
    main()
