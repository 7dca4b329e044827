"""What an operation begins with, works on, and must leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

from benchmarks.lib.contender import Contender, Operation
from benchmarks.lib.rows import Row, timer_rows, written

__all__ = ["SINGLES", "Case", "make_case"]

SINGLES = 150  # single operations a run
_AROUND = 3_000  # rows of the table that they work in
_CHANGED = ("is_running", "elapsed_time", "laps", "updated_at")


@dataclass(frozen=True, slots=True)
class Case:
    """One operation.

    Attributes:
        operation: the operation.
        start: the table before it.
        rows: what is written, as it will be; or what is read.
        left: the table after it.
    """

    operation: Operation
    start: list[Row]
    rows: list[Row]
    left: list[Row]

    def argument(self, contender: Contender) -> Any:
        """Return what the contender's method takes."""
        match self.operation:
            case Operation.INSERT_BULK | Operation.UPSERT_BULK:
                return contender.wrap_bulk(self.rows)
            case Operation.INSERT | Operation.UPSERT:
                return contender.wrap(self.rows)
            case Operation.UPDATE:
                changes = [(r["id"], {name: r[name] for name in _CHANGED}) for r in self.rows]
                return contender.wrap_changes(changes)
            case Operation.GET | Operation.DELETE:
                return [row["id"] for row in self.rows]
            case Operation.SELECT_ALL:
                return None
            case _:
                assert_never(self.operation)


def make_case(operation: Operation, count: int) -> Case:
    """Return the case of an operation in bulk over `count` rows, or of single ones."""
    rows = timer_rows(count if operation.is_bulk else _AROUND)
    others, part = ([], rows) if operation.is_bulk else (rows[:-SINGLES], rows[-SINGLES:])
    changed = [_changed(row) for row in part]
    match operation:
        case Operation.INSERT_BULK | Operation.INSERT:
            return Case(operation, others, part, rows)
        case Operation.UPSERT_BULK | Operation.UPSERT:
            return Case(operation, others + changed[::2], part, rows)
        case Operation.SELECT_ALL | Operation.GET:
            return Case(operation, rows, part, rows)
        case Operation.UPDATE:
            return Case(operation, rows, changed, others + changed)
        case Operation.DELETE:
            return Case(operation, rows, part, others)
        case _:
            assert_never(operation)


def _changed(row: Row) -> Row:
    at = row["updated_at"] + timedelta(seconds=1)
    lap = {"id": "lap", "time": 1, "delta": 1, "createdAt": written(at)}
    return row | {
        "is_running": not row["is_running"],
        "elapsed_time": row["elapsed_time"] + 1,
        "laps": [*row["laps"][:1], lap],
        "updated_at": at,
    }
