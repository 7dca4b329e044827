"""The rules that tables must keep, by themselves and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dualschema.errors import Problem
from dualschema.model import Sync, TableModel
from dualschema.naming import identifier_fault, table_name_fault
from dualschema.powersync import MAX_COLUMNS

__all__ = ["set_problems", "table_problems"]

_POSTGRES_MAX_COLUMNS = 1600
"""https://www.postgresql.org/docs/current/limits.html"""


def table_problems(table: TableModel) -> Iterator[Problem]:
    """Yield what is wrong with one table: its names, and how many columns it has."""
    yield from _name_problems(table)
    yield from _size_problems(table)
    yield from _tracking_problems(table)


def _name_problems(table: TableModel) -> Iterator[Problem]:
    if fault := table_name_fault(table.name):
        yield Problem(table.name, None, fault)
    if table.view_name is not None and (fault := identifier_fault(table.view_name)):
        yield Problem(table.name, None, f"view_name: {fault}")
    for name, count in Counter(c.name.lower() for c in table.columns).items():
        if count > 1:
            yield Problem(table.name, name, "two columns have this name (case does not count)")
    for name, count in Counter(c.json_name for c in table.columns).items():
        if count > 1:
            yield Problem(table.name, None, f"two columns are {name!r} in JSON: say json_name=")
    names = [index.name for index in table.indexes]
    names += [check.name for check in table.checks]
    names += [key.name for key in table.foreign_keys]
    for name in names:
        if fault := identifier_fault(name):
            yield Problem(table.name, None, fault)


def _size_problems(table: TableModel) -> Iterator[Problem]:
    beside_key = len(table.columns) - 1
    if table.sync is not Sync.SERVER_ONLY and beside_key > MAX_COLUMNS:
        reason = f"{beside_key} columns beside the key; a synced table has at most {MAX_COLUMNS:,}"
        yield Problem(table.name, None, reason)
    if table.sync is not Sync.LOCAL_ONLY and len(table.columns) > _POSTGRES_MAX_COLUMNS:
        reason = f"{len(table.columns)} columns; Postgres takes at most {_POSTGRES_MAX_COLUMNS:,}"
        yield Problem(table.name, None, reason)


def _tracking_problems(table: TableModel) -> Iterator[Problem]:
    if table.sync is Sync.LOCAL_ONLY and (table.track_metadata or table.track_previous):
        reason = "a local-only table is never uploaded, so it tracks no metadata or previous values"
        yield Problem(table.name, None, reason)
    if table.track_metadata:
        for taken in {"_metadata", "_deleted"} & table.by_name.keys():
            yield Problem(table.name, taken, "PowerSync adds a column of this name for metadata")


def set_problems(tables: Sequence[TableModel]) -> Iterator[Problem]:
    """Yield what is wrong with the tables together: names that two of them have."""
    yield from _twice(((t.name, t) for t in tables), "two tables have this name")
    views = [(t.view_name or t.name, t) for t in tables if t.sync is not Sync.SERVER_ONLY]
    yield from _twice(views, "two tables have this name on the client", but=_same_names(tables))
    indexes = [(index.name, t) for t in tables for index in t.indexes]
    indexes += [(c.unique, t) for t in tables for c in t.columns if c.unique is not None]
    yield from _twice(indexes, "two indexes have this name, and both databases keep one of a name")


def _same_names(tables: Sequence[TableModel]) -> frozenset[str]:
    counts = Counter(table.name.lower() for table in tables)
    return frozenset(name for name, count in counts.items() if count > 1)


def _twice(
    names: Iterable[tuple[str, TableModel]], reason: str, *, but: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, table in names:
        if name.lower() in seen and name.lower() not in but:
            yield Problem(table.name, None, f"{name!r}: {reason} (case does not count)")
        seen.add(name.lower())
