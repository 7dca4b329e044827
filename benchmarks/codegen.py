"""``dev.py bench codegen``: what every target takes for schemas of 100, 300 and 1,000 tables.

Held to: all targets together in under 5 s for 1,000 tables of 16 columns, and time that grows with
the tables. A figure is the least of its runs.
"""

from __future__ import annotations

import sys
import time
import types
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

import dualschema as ds
from benchmarks.lib.timing import Task, measure
from dualschema.targets import ALL_TARGETS, Target, generate

SIZES: Final = (100, 300, 1_000)
RUNS: Final = 3

LIMIT: Final = 5.0
"""Seconds for all targets and the largest schema."""

STEEPEST: Final = 1.5
"""How many times as long a table may take in the largest schema as in the smallest."""


class Step(ds.JsonModel):
    """A document within a row."""

    number: int
    label: str | None = None


class _Columns(ds.Table):
    """Sixteen columns, of as many kinds as a table of an app has."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str] = ds.column(max_length=80, doc="what it is called")
    kind: ds.Column[Literal["one", "two", "three"]]
    is_open: ds.Column[bool] = ds.column(default=False)
    place: ds.Column[int] = ds.column(default=0, ge=0)
    size: ds.Column[ds.BigInt | None] = ds.column(default=None)
    number: ds.Column[ds.Int64 | None] = ds.column(default=None)
    weight: ds.Column[float | None] = ds.column(default=None)
    price: ds.Column[Decimal | None] = ds.column(default=None, precision=12, scale=2)
    steps: ds.Column[list[Step]] = ds.column(default_factory=list)
    settings: ds.Column[dict[str, Any] | None] = ds.column(default=None)
    token: ds.Column[UUID | None] = ds.column(default=None)
    day: ds.Column[date | None] = ds.column(default=None)
    length: ds.Column[timedelta | None] = ds.column(default=None)
    user_id: ds.Column[str] = ds.column(owner=True, index=True)
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)


def main() -> int:
    schemas = {size: schema_of(size) for size in SIZES}
    print(f"{RUNS} runs each, interleaved; Python {sys.version.split()[0]}")
    heads = "".join(f"{f'{size:,} tables':>14}" for size in SIZES)
    print(f"\n{'ms':18}{heads}{'growth':>9}{'files':>8}{'lines':>10}")
    total = dict.fromkeys(SIZES, 0.0)
    for target in ALL_TARGETS:
        tasks = {
            str(size): Task(partial(generate, schema), partial(_itself, target))
            for size, schema in schemas.items()
        }
        seconds = {int(size): min(runs) for size, runs in measure(tasks, runs=RUNS).items()}
        made = generate(schemas[SIZES[-1]], target)
        lines = sum(file.text.count("\n") for file in made)
        print(f"{target.name:18}{_row(seconds)}{len(made):8,}{lines:10,}")
        for size in SIZES:
            total[size] += seconds[size]
    print(f"{'all':18}{_row(total)}")
    return _verdict(total)


def schema_of(size: int) -> ds.Schema:
    """Return a schema of so many tables; making it is told, and is no target's time."""
    began = time.perf_counter()
    tables = [_table(number) for number in range(size)]
    made = ds.Schema(*tables)
    print(f"{size:5,} tables defined and checked in {time.perf_counter() - began:.2f} s")
    return made


def _itself(target: Target[Any]) -> Target[Any]:
    return target


def _table(number: int) -> type[ds.Table]:
    return types.new_class(f"Table{number}", (_Columns,), {"name": f"table_{number:04}"})


def _row(seconds: dict[int, float]) -> str:
    times = "".join(f"{seconds[size] * 1e3:14,.1f}" for size in SIZES)
    return f"{times}{_growth(seconds):8.2f}x"


def _growth(seconds: dict[int, float]) -> float:
    """Return a table's time in the largest schema by that in the smallest; 1 is linear."""
    return seconds[SIZES[-1]] / SIZES[-1] / (seconds[SIZES[0]] / SIZES[0])


def _verdict(total: dict[int, float]) -> int:
    is_fast, is_linear = total[SIZES[-1]] < LIMIT, _growth(total) < STEEPEST
    print(f"\nall targets, {SIZES[-1]:,} tables: under {LIMIT:g} s {_said(is_met=is_fast)}")
    print(f"growth: at most {STEEPEST:g}x a table's time {_said(is_met=is_linear)}")
    return 0 if is_fast and is_linear else 1


def _said(*, is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


if __name__ == "__main__":
    sys.exit(main())
