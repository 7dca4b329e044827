"""``dev.py bench crud``: insert, upsert, read, update and delete beside the peers and the floor.

The floor is the driver with rows that are ready: what remains when nothing is converted. All work
on the same table, in turn, in another order each time; a figure is the median of its runs, commit
included. Quote the ratios: the microseconds are this machine's, at this moment.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from benchmarks.contenders.asyncpg_driver import AsyncpgDriver
from benchmarks.contenders.class_row import ClassRow
from benchmarks.contenders.drizzle import Drizzle
from benchmarks.contenders.ours import Dualschema
from benchmarks.contenders.postgres_floor import PostgresFloor
from benchmarks.contenders.sqlalchemy_core import SqlalchemyCore
from benchmarks.contenders.sqlite_floor import SqliteFloor
from benchmarks.contenders.sqlmodel_session import SqlmodelSession
from benchmarks.lib.cases import Case, make_case
from benchmarks.lib.contender import Contender, Name, Operation, SkippedError
from benchmarks.lib.rows import Row
from benchmarks.lib.stores import Store, open_postgres, open_sqlite
from benchmarks.lib.tables import Engine
from benchmarks.lib.targets import TARGETS, Verdict, held_to
from benchmarks.lib.timing import Task, measure, run_once

BULK_RUNS = 9
SINGLE_RUNS = 15
PATIENCE = 2.0  # seconds: slower contenders run thrice, and only once if one run takes as long
MEASURES = (Name.FLOOR, Name.OURS)

STORES: dict[Engine, Callable[[], AbstractContextManager[Store]]] = {
    Engine.SQLITE: open_sqlite,
    Engine.POSTGRES: open_postgres,
}
ENGINES = {"sqlite": Engine.SQLITE, "postgres": Engine.POSTGRES}
CONTENDERS: dict[Engine, tuple[type[Contender], ...]] = {
    Engine.SQLITE: (SqliteFloor, Dualschema, SqlalchemyCore, SqlmodelSession),
    Engine.POSTGRES: (
        PostgresFloor,
        Dualschema,
        ClassRow,
        AsyncpgDriver,
        SqlalchemyCore,
        SqlmodelSession,
        Drizzle,
    ),
}


def main() -> int:
    options = _options()
    verdicts: Counter[Verdict] = Counter()
    for engine in [ENGINES[options.engine]] if options.engine else Engine:
        with STORES[engine]() as store, _contenders(store) as contenders:
            for operation in options.only or Operation:
                able = [each for each in contenders if each.can(operation)]
                verdicts += _bench(store, make_case(operation, options.rows), able)
    print("\nTargets: " + ", ".join(f"{verdicts[each]} {each}" for each in Verdict))
    return 1 if verdicts[Verdict.FAILED] else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench crud")
    operations = ", ".join(Operation)
    parser.add_argument(
        "--only",
        action="append",
        choices=list(Operation),
        type=Operation,
        metavar="OPERATION",
        help=f"run this operation alone, or more if repeated: {operations}",
    )
    parser.add_argument("--engine", choices=list(ENGINES), help="run this engine alone")
    parser.add_argument("--rows", type=int, default=10_000, help="rows in bulk (%(default)s)")
    return parser.parse_args()


@contextmanager
def _contenders(store: Store) -> Iterator[list[Contender]]:
    """Give the contenders of an engine, connected; name those that cannot run here."""
    print(f"\n{store.version}; Python {sys.version.split()[0]}")
    with ExitStack() as stack:
        connected: list[Contender] = []
        for kind in CONTENDERS[store.engine]:
            try:
                contender = kind(store.engine, store.url)
            except SkippedError as error:
                print(f"  without {kind.name}: {error}")
            else:
                stack.callback(contender.close)
                connected.append(contender)
        yield connected


def _bench(store: Store, case: Case, contenders: list[Contender]) -> Counter[Verdict]:
    """Check and time an operation, show the figures, and count the verdicts."""
    tasks = {each.name: _task(store, case, each) for each in contenders}
    seconds: dict[Name, list[float]] = {}
    failures: list[str] = []
    if not case.operation.writes:
        store.fill(case.start)
    for each in contenders:
        try:
            first = run_once(tasks[each.name])
            _check(store, case, each, first.result)
        except Exception as error:  # noqa: BLE001 - one that fails must not hide the others
            failures.append(f"  {each.name}: FAILED: {type(error).__name__}: {error!s:.300}")
            del tasks[each.name]
        else:
            if first.seconds > PATIENCE:
                seconds[each.name] = [first.seconds]
                del tasks[each.name]
    runs = BULK_RUNS if case.operation.is_bulk else SINGLE_RUNS
    seconds |= measure(tasks, runs=runs, patience=PATIENCE)
    verdicts = _show(store.engine, case, seconds)
    for failure in failures:
        print(failure)
        verdicts[Verdict.FAILED] += 1
    return verdicts


def _task(store: Store, case: Case, contender: Contender) -> Task:
    function = getattr(contender, case.operation)
    made: list[Any] = []

    def prepare() -> Any:
        if case.operation.writes:
            store.fill(case.start)
        if contender.is_fresh or not made:
            made[:] = [case.argument(contender)]
        return made[0]

    if case.operation is Operation.SELECT_ALL:
        return Task(lambda _: function())
    return Task(function, prepare)


def _check(store: Store, case: Case, contender: Contender, result: Any) -> None:
    """Compare what was read, or what the table holds, with what it should be."""
    found = store.read() if case.operation.writes else contender.unwrap(result)
    wanted = case.left if case.operation.writes else case.rows
    if case.operation is not Operation.GET:
        found, wanted = _by_key(found), _by_key(wanted)
    assert len(found) == len(wanted), f"{len(found)} rows where there should be {len(wanted)}"
    for one, other in zip(found, wanted, strict=True):
        wrong = {name: one.get(name) for name, value in other.items() if one.get(name) != value}
        right = {name: other[name] for name in wrong}
        assert not wrong, f"{wrong} in place of {right}"


def _by_key(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(row["id"]))


def _show(engine: Engine, case: Case, seconds: dict[Name, list[float]]) -> Counter[Verdict]:
    medians = {name: statistics.median(runs) for name, runs in seconds.items()}
    bounds = TARGETS[engine].get(case.operation, {})
    count = len(case.rows)
    title = f"{engine} {case.operation}, {count:,} rows"
    heads = f"{'us a row':>9} {'least':>9} {'runs':>5} {'x floor':>8} {'x ours':>8}"
    print(f"\n{title:36} {heads}  held to")
    verdicts: Counter[Verdict] = Counter()
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        micro, least = (value / count * 1e6 for value in (median, min(seconds[name])))
        ratios = {each: median / medians[each] for each in MEASURES if each in medians}
        shown = " ".join(f"{ratios[e]:7.2f}x" if e in ratios else " " * 8 for e in MEASURES)
        held, verdict = held_to(bounds, name, ratios)
        verdicts.update([verdict] if verdict else [])
        print(f"  {name:34} {micro:9.2f} {least:9.2f} {len(seconds[name]):5} {shown}  {held}")
    return verdicts


if __name__ == "__main__":
    sys.exit(main())
