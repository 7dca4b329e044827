"""The example's rows: from the data files, to and from a database, and compared strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

import dualschema as ds
from examples.timers.schema import schema

__all__ = ["Rows", "count", "differences", "read_data", "read_rows", "write_rows"]

Rows: TypeAlias = dict[type[ds.Table], list[Any]]
"""The rows of each table."""

_DATA: Final = Path(__file__).parents[1] / "data"


def read_data() -> Rows:
    """Return the rows of the data files, which hold the API's JSON, one row a line."""
    rows: Rows = {}
    for table, model in zip(schema.tables, schema.model.tables, strict=True):
        # Not str.splitlines, which would also split at U+2028 and its like.
        lines = (_DATA / f"{model.name}.jsonl").read_text("utf-8").rstrip("\n").split("\n")
        rows[table] = ds.decode_many(table, map(json.loads, lines), "json")
    return rows


def write_rows(db: ds.Database, rows: Rows) -> None:
    """Insert rows: by COPY on Postgres, and into PowerSync's views as into tables."""
    with db.transaction():
        for batch in rows.values():
            db.run(ds.insert(batch))


def read_rows(db: ds.Database) -> Rows:
    """Return all rows."""
    return {table: db.all(ds.select(table)) for table in schema.tables}


def count(rows: Rows) -> int:
    """Return how many rows there are in all tables."""
    return sum(map(len, rows.values()))


def differences(expected: Rows, actual: Rows) -> list[str]:
    """Say which rows differ, in whatever order they come."""
    found: list[str] = []
    for table, rows in expected.items():
        left, right = {row.id: row for row in rows}, {row.id: row for row in actual[table]}
        if len(right) != len(actual[table]):
            found.append(f"{table.__name__}: a row came twice")
        reasons = ((key, _difference(left.get(key), right.get(key))) for key in {**left, **right})
        found += (f"{table.__name__} {key}: {reason}" for key, reason in reasons if reason)
    return found


def _difference(left: ds.Table | None, right: ds.Table | None) -> str:
    if left is None or right is None:
        return "the row is on one side only"
    other = vars(right)
    columns = [name for name, value in vars(left).items() if not _same(value, other[name])]
    return f"differs in {', '.join(columns)}" if columns else ""


def _same(left: Any, right: Any) -> bool:
    """Whether two values are equal and of one type: to Python, 1, 1.0 and True are equal."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, BaseModel):
        return _same(vars(left), vars(right))
    return bool(left == right)
