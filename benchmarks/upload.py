"""``dev.py bench upload``: what clients wrote, applied by this library and by its peers.

A batch is 10,000 operations in one request of the write API, and another table shows requests of
one transaction of three operations, as a client sends them while it is connected. The floor is the
server with statements that are ready: the operations merged, nothing read, checked or kept.

All apply the same operations to the same tables, in turn, in another order each time, and after
its first run what each left in all tables is compared with a simulation. A figure is the median of
a contender's runs, from the body to the commit; who needs over five seconds for a run has that one
alone. Quote the ratios: the microseconds are this machine's, at this moment.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from benchmarks.contenders.upload_floor import UploadFloor
from benchmarks.contenders.upload_node_demo import UploadNodeDemo
from benchmarks.contenders.upload_ours import UploadOurs
from benchmarks.contenders.upload_psycopg import UploadPsycopg
from benchmarks.contenders.upload_sqlmodel import UploadSqlmodel
from benchmarks.lib.contender import Name
from benchmarks.lib.contest import Entry, Heading, compete, connected, show_verdicts
from benchmarks.lib.targets import UPLOAD_TARGETS, Bounds, Verdict
from benchmarks.lib.timing import Task
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_store import UploadStore, open_upload_store
from benchmarks.lib.upload_work import Mix, Work, make_batch, make_requests

RUNS = 9
PATIENCE = 5.0  # seconds
REQUESTS = 100  # of the small ones, a run
SMALL = 3  # operations of a small request

CONTENDERS: Final[tuple[type[UploadContender], ...]] = (
    UploadFloor,
    UploadOurs,
    UploadPsycopg,
    UploadNodeDemo,
    UploadSqlmodel,
)
TYPICAL: Final = frozenset({Name.OURS, Name.PSYCOPG, Name.NODE_DEMO})


def main() -> int:
    options = _options()
    count = options.operations
    verdicts: Counter[Verdict] = Counter()
    with open_upload_store() as store:
        makers = {kind.name: partial(kind, store.url) for kind in CONTENDERS}
        with connected(store.version, makers) as contenders:
            for mix in options.mix or Mix:
                work = make_batch(mix, count)
                title = f"{mix}: {count:,} on {work.rows:,} rows"
                heading = Heading(title, "an op.", count)
                verdicts += _bench(store, work, heading, contenders, UPLOAD_TARGETS)
            work = make_requests(REQUESTS, SMALL, among=count)
            heading = Heading(f"{REQUESTS} requests of {SMALL}", "a request", REQUESTS)
            able = [each for each in contenders if each.name in TYPICAL]
            verdicts += _bench(store, work, heading, able, {})
    return show_verdicts(verdicts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench upload")
    parser.add_argument(
        "--operations", type=int, default=10_000, help="operations of a batch (%(default)s)"
    )
    parser.add_argument(
        "--mix",
        action="append",
        choices=list(Mix),
        type=Mix,
        metavar="MIX",
        help=f"run this mix alone: {', '.join(Mix)}",
    )
    return parser.parse_args()


def _bench(
    store: UploadStore,
    work: Work,
    heading: Heading,
    contenders: Iterable[UploadContender],
    bounds: Bounds,
) -> Counter[Verdict]:
    entries = {each.name: _entry(store, work, each) for each in contenders}
    return compete(heading, entries, bounds, runs=RUNS, patience=PATIENCE)


def _entry(store: UploadStore, work: Work, contender: UploadContender) -> Entry:
    def prepare() -> Any:
        store.fill(work.start)
        return contender.wrap(work.bodies())

    def check(_: Any) -> None:
        store.check(work.left)

    return Entry(Task(contender.apply, prepare), check)


if __name__ == "__main__":
    sys.exit(main())
