"""The rules that tables must keep, by themselves and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dualschema.errors import Problem
from dualschema.model import Sync, TableModel, check_name, column_constraints
from dualschema.naming import identifier_fault, table_name_fault
from dualschema.powersync import MAX_COLUMNS

__all__ = ["set_problems", "table_problems"]

_POSTGRES_MAX_COLUMNS = 1600
"""https://www.postgresql.org/docs/current/limits.html"""


def table_problems(table: TableModel) -> Iterator[Problem]:
    """Yield what is wrong with one table: its names, and how many columns it has."""
    yield from _name_problems(table)
    yield from _column_name_problems(table)
    yield from _constraint_name_problems(table)
    yield from _size_problems(table)
    yield from _tracking_problems(table)


def _name_problems(table: TableModel) -> Iterator[Problem]:
    if fault := table_name_fault(table.name):
        yield Problem(table.name, None, fault)
    if table.view_name is not None and (fault := table_name_fault(table.view_name)):
        yield Problem(table.name, None, f"view_name: {fault}")


def _column_name_problems(table: TableModel) -> Iterator[Problem]:
    columns = (*table.columns, *table.dropped_columns)
    counts = Counter(column.name.lower() for column in columns)
    for name, count in counts.items():
        if count > 1:
            yield Problem(table.name, name, "two columns have this name (case does not count)")
    # Columns of one name in the database have been named already.
    in_json = Counter(c.json_name for c in columns if counts[c.name.lower()] == 1)
    for name, count in in_json.items():
        if count > 1:
            yield Problem(table.name, None, f"two columns are {name!r} in JSON: say json_name=")
    former: set[str] = set()
    for column in columns:
        if column.was is None:
            continue
        if column.was == column.name:
            yield Problem(table.name, column.name, f"it was called {column.was!r}, and still is")
        elif column.was.lower() in counts:
            reason = f"it was called {column.was!r}, and another column is called so"
            yield Problem(table.name, column.name, reason)
        elif column.was in former:
            reason = f"it was called {column.was!r}, and another column was called so too"
            yield Problem(table.name, column.name, reason)
        former.add(column.was)


def _constraint_name_problems(table: TableModel) -> Iterator[Problem]:
    indexes = [(_only(index.columns), index.name) for index in table.indexes]
    constraints: list[tuple[str | None, str]] = [
        (column.name, column.unique) for column in table.columns if column.unique is not None
    ]
    constraints += [(None, check.name) for check in table.checks]
    constraints += [(key.column, key.name) for key in table.foreign_keys]
    for place, name in (*indexes, *constraints):
        if fault := identifier_fault(name):
            yield Problem(table.name, place, fault)
    for place, name in indexes:
        if name.startswith("sqlite_"):
            reason = "index names that begin with 'sqlite_' belong to SQLite"
            yield Problem(table.name, place, reason)
    made = [
        check_name(table.name, column.name, constraint)
        for column in table.columns
        for constraint in column_constraints(column)
    ]
    for name, count in Counter((*(name for _, name in constraints), *made)).items():
        if count > 1:
            yield Problem(table.name, None, f"two constraints are called {name!r}")


def _only(columns: tuple[str, ...]) -> str | None:
    return columns[0] if len(columns) == 1 else None


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
        for taken in ("_metadata", "_deleted"):
            if taken not in table.by_name:
                continue
            yield Problem(table.name, taken, "PowerSync adds a column of this name for metadata")


def set_problems(tables: Sequence[TableModel]) -> Iterator[Problem]:
    """Yield what is wrong with the tables together: names that two of them have."""
    yield from _twice(((t.name, t) for t in tables), "two tables have this name")
    views = [(t.view, t) for t in tables if t.sync is not Sync.SERVER_ONLY]
    yield from _twice(views, "two tables have this name on the client", but=_same_names(tables))
    indexes = [(index.name, t) for t in tables for index in t.indexes]
    indexes += [(c.unique, t) for t in tables for c in t.columns if c.unique is not None]
    yield from _twice(indexes, "two indexes have this name, and both databases keep one of a name")
    yield from _former_name_problems(tables)
    names = {table.name.lower() for table in tables}
    for name, table in indexes:
        if name.lower() in names:
            reason = "an index and a table have this name, and both databases keep one of a name"
            yield Problem(table.name, None, f"{name!r}: {reason} (case does not count)")


def _former_name_problems(tables: Sequence[TableModel]) -> Iterator[Problem]:
    names = {table.name.lower() for table in tables}
    former: set[str] = set()
    for table in tables:
        if table.was is None:
            continue
        if table.was == table.name:
            yield Problem(table.name, None, f"it was called {table.was!r}, and still is")
        elif table.was.lower() in names:
            reason = f"it was called {table.was!r}, and another table is called so"
            yield Problem(table.name, None, reason)
        elif table.was in former:
            reason = f"it was called {table.was!r}, and another table was called so too"
            yield Problem(table.name, None, reason)
        former.add(table.was)


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
