"""What a database wants of rows together: checks, unique columns and foreign keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dualschema.compatibility.columns import filling, held
from dualschema.compatibility.finding import Finding, FindingKind
from dualschema.compatibility.names import Names
from dualschema.compatibility.snapshot import (
    ReleasedColumn,
    ReleasedKey,
    ReleasedTable,
    Snapshot,
)
from dualschema.model import Action, Deferrable, Sync

__all__ = ["new_conditions", "refused_deletes"]


def new_conditions(old: ReleasedTable, new: ReleasedTable, names: Names) -> Iterator[Finding]:
    """Yield the conditions of a table's rows that old clients do not know."""
    now = {column.name: names.column(old.name, column.name) for column in old.columns}
    yield from _checks(old, new, now)
    yield from _unique(old, new, now)
    yield from _foreign_keys(old, new, names, now)


def _checks(old: ReleasedTable, new: ReleasedTable, now: Mapping[str, str]) -> Iterator[Finding]:
    checks = {_renamed(sql, now) for sql in old.checks}
    kept = {name.lower() for name in now.values()}
    for sql in new.checks:
        # One of new columns alone is met by what they are filled with, or no row ever meets it.
        if sql not in checks and not kept.isdisjoint(re.findall(r"\w+", sql.lower())):
            yield Finding(FindingKind.CHECK_ADDED, old.name, None, sql)


def _unique(old: ReleasedTable, new: ReleasedTable, now: Mapping[str, str]) -> Iterator[Finding]:
    unique = {frozenset(now.get(each, each) for each in columns) for columns in old.unique}
    kept = frozenset(now.values())
    by_name = {column.name: column for column in new.columns}
    for columns in new.unique:
        # Fewer columns than before are stricter, and more of them are not.
        if any(each <= set(columns) for each in unique):
            continue
        if kept.isdisjoint(columns):
            filled = (by_name[each] for each in columns)
            if any(filling(held(new, each)) == "null" or _is_made_anew(each) for each in filled):
                continue
        yield Finding(FindingKind.UNIQUE_ADDED, old.name, None, ", ".join(columns))


def _is_made_anew(column: ReleasedColumn) -> bool:
    """Whether each row has a value of its own: what is unique has no other function."""
    return column.default is not None and column.default.kind == "function"


def _foreign_keys(
    old: ReleasedTable, new: ReleasedTable, names: Names, now: Mapping[str, str]
) -> Iterator[Finding]:
    known = {
        (now.get(key.column, key.column), names.place(_target(key))): key.deferrable
        for key in old.foreign_keys
    }
    before = {name: former for former, name in now.items()}
    by_name = {column.name: column for column in new.columns}
    for key in new.foreign_keys:
        deferrable = known.get((key.column, _target(key)))
        if deferrable is not None:
            if key.deferrable is Deferrable.NO and deferrable is not Deferrable.NO:
                change = f"a row by {_target(key)} is to be there before it is named"
                yield Finding(FindingKind.FOREIGN_KEY_ADDED, old.name, before[key.column], change)
            continue
        if key.column in before:
            change = f"it is to name a row by {_target(key)}"
            yield Finding(FindingKind.FOREIGN_KEY_ADDED, old.name, before[key.column], change)
        elif filling(held(new, by_name[key.column])) not in ("null", "nothing"):
            change = f"it is new, and its default is to name a row by {_target(key)}"
            yield Finding(FindingKind.FOREIGN_KEY_ADDED, old.name, key.column, change)


def refused_deletes(old: Snapshot, new: Snapshot, names: Names) -> Iterator[Finding]:
    """Yield the tables whose rows old clients cannot delete any more, where others name them.

    Nor change what is named of them.
    """
    before = {
        (names.place(f"{table.name}.{key.column}"), names.place(_target(key))): key
        for table in old.tables
        for key in table.foreign_keys
    }
    former = {
        now.name: table
        for table in old.tables
        if table.sync is Sync.BOTH and (now := names.table(table.name)) is not None
    }
    for table in new.tables:
        if table.sync is Sync.LOCAL_ONLY or table.dropped:
            continue
        for key in table.foreign_keys:
            target = former.get(key.target_table)
            if target is None:
                continue
            place = f"{table.name}.{key.column}"
            known = before.get((place, _target(key)))
            if _is_stricter(key.on_delete, None if known is None else known.on_delete):
                change = f"on_delete={key.on_delete.value.lower()!r} of {place}"
                yield Finding(FindingKind.DELETES_REFUSED, target.name, None, change)
            if key.target_column == names.column(target.name, target.key):  # it never changes
                continue
            if _is_stricter(key.on_update, None if known is None else known.on_update):
                change = f"on_update={key.on_update.value.lower()!r} of {place}"
                yield Finding(FindingKind.DELETES_REFUSED, target.name, None, change)


_STRICTNESS: Final = {
    Action.CASCADE: 0,
    Action.SET_NULL: 0,
    Action.SET_DEFAULT: 1,  # there may be no row of that key
    Action.NO_ACTION: 2,
    Action.RESTRICT: 3,
}
"""The more, the more writes are refused to rows that others name; at 0 none is."""


def _is_stricter(now: Action, before: Action | None) -> bool:
    return _STRICTNESS[now] > (0 if before is None else _STRICTNESS[before])


def _target(key: ReleasedKey) -> str:
    return f"{key.target_table}.{key.target_column}"


def _renamed(sql: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda found: names.get(found[0], found[0]), sql)
