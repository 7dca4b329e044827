"""Drizzle on Node, with node-postgres."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from benchmarks.lib.contender import Change, Contender, Name
from benchmarks.lib.node_process import NodeProcess
from benchmarks.lib.rows import INSTANTS, Row, written
from benchmarks.lib.tables import Engine
from benchmarks.lib.timing import Timed

__all__ = ["Drizzle"]


class Drizzle(Contender):
    """Rows stay in Node, and are named here; 1,000 rows a statement in bulk."""

    name = Name.DRIZZLE

    def __init__(self, engine: Engine, url: str) -> None:
        self.node = NodeProcess("drizzle.mjs", url)
        self.kept = 0
        self.answered: set[str] = set()

    def close(self) -> None:
        self.node.close()

    def wrap(self, rows: list[Row]) -> Any:
        return self._keep(rows=[_written(row) for row in rows])

    def wrap_changes(self, changes: list[Change]) -> Any:
        return self._keep(changes=[(key, _written(values)) for key, values in changes])

    def unwrap(self, found: Any) -> list[Row]:
        return [
            {n: datetime.fromisoformat(v) if n in INSTANTS and v else v for n, v in row.items()}
            for row in found
        ]

    def insert_bulk(self, rows: Any) -> Any:
        return self._run("insert_bulk", rows)

    def upsert_bulk(self, rows: Any) -> Any:
        return self._run("upsert_bulk", rows)

    def select_all(self) -> Any:
        return self._run("select_all")

    def insert(self, rows: Any) -> Any:
        return self._run("insert", rows)

    def upsert(self, rows: Any) -> Any:
        return self._run("upsert", rows)

    def get(self, keys: Any) -> Any:
        return self._run("get", keys)

    def update(self, changes: Any) -> Any:
        return self._run("update", changes)

    def delete(self, keys: Any) -> Any:
        return self._run("delete", keys)

    def _keep(self, **work: Any) -> str:
        self.kept += 1
        name = str(self.kept)
        self.node.call(keep=name, **work)
        return name

    def _run(self, operation: str, argument: Any = None) -> Timed:
        # What is read is sent here once, to be checked; the clock does not see it.
        answer = operation not in self.answered
        self.answered.add(operation)
        result = self.node.call(run=operation, argument=argument, answer=answer)
        return Timed(result["seconds"], result["found"])


def _written(values: Row) -> Row:
    return {n: written(v) if n in INSTANTS and v is not None else v for n, v in values.items()}
