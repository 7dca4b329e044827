"""``dev.py bench crud``: insert, upsert, read, update and delete beside the peers and the floor.

The floor is the driver with rows that are ready: what remains when nothing is converted. All work
on the same table, in turn, in another order each time; a figure is the median of its runs, commit
included. Quote the ratios: the microseconds are this machine's, at this moment.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
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
from benchmarks.lib.contender import Contender, Name, Operation
from benchmarks.lib.contest import Entry, Heading, compete, connected, show_verdicts
from benchmarks.lib.rows import Row
from benchmarks.lib.stores import Store, open_postgres, open_sqlite
from benchmarks.lib.tables import Engine
from benchmarks.lib.targets import TARGETS, Verdict
from benchmarks.lib.timing import Task

BULK_RUNS = 9
SINGLE_RUNS = 15
PATIENCE = 2.0  # seconds

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
        with STORES[engine]() as store, connected(store.version, _makers(store)) as contenders:
            for operation in options.only or Operation:
                able = [each for each in contenders if each.can(operation)]
                verdicts += _bench(store, make_case(operation, options.rows), able)
    return show_verdicts(verdicts)


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


def _makers(store: Store) -> dict[Name, Callable[[], Contender]]:
    return {k.name: partial(k, store.engine, store.url) for k in CONTENDERS[store.engine]}


def _bench(store: Store, case: Case, contenders: list[Contender]) -> Counter[Verdict]:
    """Check and time an operation, show the figures, and count the verdicts."""
    if not case.operation.writes:
        store.fill(case.start)
    count = len(case.rows)
    return compete(
        Heading(f"{store.engine} {case.operation}, {count:,} rows", "a row", count),
        {each.name: _entry(store, case, each) for each in contenders},
        TARGETS[store.engine].get(case.operation, {}),
        runs=BULK_RUNS if case.operation.is_bulk else SINGLE_RUNS,
        patience=PATIENCE,
    )


def _entry(store: Store, case: Case, contender: Contender) -> Entry:
    def check(result: Any) -> None:
        _check(store, case, contender, result)

    return Entry(_task(store, case, contender), check)


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


if __name__ == "__main__":
    sys.exit(main())
