"""Two snapshots compared: the released one, and that of the definition as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dualschema.compatibility.columns import changes, same_form
from dualschema.compatibility.finding import Finding, FindingKind
from dualschema.compatibility.snapshot import ReleasedColumn, ReleasedTable, Snapshot
from dualschema.model import Sync, Writable

__all__ = ["compare"]

_NOT_UPLOADED = (Sync.SERVER_ONLY, Sync.LOCAL_ONLY)


def compare(old: Snapshot, new: Snapshot) -> tuple[Finding, ...]:
    """Return what clients of a released model do not survive, in the order of its tables.

    Args:
        old: the model that was released.
        new: the model as it is to be.
    """
    return tuple(_Comparison(old, new).findings())


class _Comparison:
    """Both models, and what the names of the old one are now."""

    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self._old = old
        self._new = new
        former = {table.was: table for table in new.tables if table.was is not None}
        now = {**former, **{table.name: table for table in new.tables}}
        self._now = {t.name: now[t.name] for t in old.tables if t.name in now}

    def findings(self) -> Iterator[Finding]:
        """Yield what is found, table by table."""
        for old in self._old.tables:
            if old.dropped or old.sync in _NOT_UPLOADED:  # no client of the release writes it
                continue
            new = self._now.get(old.name)
            if new is None:
                yield self._without(old)
            elif not new.dropped:
                yield from self._table(old, new)

    def _without(self, old: ReleasedTable) -> Finding:
        taken = {table.name for table in self._now.values()}
        same = [
            table.name
            for table in self._new.tables
            if table.name not in taken and _names(table) == _names(old)
        ]
        if len(same) == 1:
            return Finding(
                FindingKind.TABLE_RENAMED, old.name, None, f"it seems to be {same[0]} now"
            )
        return Finding(FindingKind.TABLE_REMOVED, old.name, None, "the table is gone")

    def _table(self, old: ReleasedTable, new: ReleasedTable) -> Iterator[Finding]:
        if new.sync is not old.sync and new.sync is not Sync.BOTH:
            change = f"it was synced as {old.sync.value}, and is {new.sync.value} now"
            yield Finding(FindingKind.NOT_SYNCED, old.name, None, change)
            if new.sync in _NOT_UPLOADED:
                return
        owner = tuple(map(self._place, old.owner))
        if owner != new.owner:
            change = f"{_way(old.owner)}, now {_way(new.owner)}"
            yield Finding(FindingKind.OWNER_CHANGED, old.name, None, change)
        if self._column(old, old.key) != new.key:
            change = f"{old.key}, now {new.key}"
            yield Finding(FindingKind.KEY_CHANGED, old.name, None, change)
        yield from _columns(old, new)
        yield from self._rules(old, new)

    def _rules(self, old: ReleasedTable, new: ReleasedTable) -> Iterator[Finding]:
        """Yield the conditions of rows that old clients do not know."""
        present = {column.name for column in old.columns}
        names = {name: self._column(old, name) for name in present}
        checks = {_renamed(sql, names) for sql in old.checks}
        kept = set(names.values())
        for sql in new.checks:
            # One of new columns alone is met by their defaults.
            if sql not in checks and not kept.isdisjoint(re.findall(r"\w+", sql)):
                yield Finding(FindingKind.CHECK_ADDED, old.name, None, sql)
        unique = {tuple(self._column(old, each) for each in columns) for columns in old.unique}
        for columns in new.unique:
            # Fewer columns than before are stricter, and more of them are not.
            is_known = any(set(each) <= set(columns) for each in unique)
            if not is_known and not kept.isdisjoint(columns):
                yield Finding(FindingKind.UNIQUE_ADDED, old.name, None, ", ".join(columns))
        keys = {
            (
                self._place(f"{old.name}.{key.column}"),
                self._place(f"{key.target_table}.{key.target_column}"),
            )
            for key in old.foreign_keys
        }
        before = {now: name for name, now in names.items()}
        for key in new.foreign_keys:
            place = f"{new.name}.{key.column}"
            target = f"{key.target_table}.{key.target_column}"
            # A new column comes with its key: who does not send the one misses not the other.
            if key.column in before and (place, target) not in keys:
                yield Finding(
                    FindingKind.FOREIGN_KEY_ADDED,
                    old.name,
                    before[key.column],
                    f"it is to name a row by {target}",
                )

    def _place(self, place: str) -> str:
        """Return what ``table.column`` of the release is called now."""
        name, _, column = place.partition(".")
        old = next((table for table in self._old.tables if table.name == name), None)
        new = self._now.get(name)
        if old is None or new is None:
            return place
        return f"{new.name}.{self._column(old, column)}"

    def _column(self, table: ReleasedTable, name: str) -> str:
        new = self._now.get(table.name)
        found = None if new is None else _by_former(new).get(name)
        return name if found is None else found.name


def _columns(old: ReleasedTable, new: ReleasedTable) -> Iterator[Finding]:
    now = _by_former(new)
    known = {now[column.name].name for column in old.columns if column.name in now}
    added = [column for column in new.columns if column.name not in known]
    for column in old.columns:
        found = now.get(column.name)
        if found is not None:
            for kind, change in changes(column, found):
                yield Finding(kind, old.name, column.name, change)
        elif column.name not in new.dropped_columns and column.name != old.key:
            renamed = [each for each in added if same_form(column, each)]
            if len(renamed) == 1:
                added.remove(renamed[0])
                change = f"it seems to be {renamed[0].name} now"
                yield Finding(FindingKind.COLUMN_RENAMED, old.name, column.name, change)
            else:
                change = "the column is gone"
                yield Finding(FindingKind.COLUMN_REMOVED, old.name, column.name, change)
    for column in added:
        if column.required and column.writable is not Writable.SERVER and column.name != new.key:
            change = "it is new, not nullable, and has no default"
            yield Finding(FindingKind.COLUMN_REQUIRED, old.name, column.name, change)


def _by_former(table: ReleasedTable) -> Mapping[str, ReleasedColumn]:
    former = {column.was: column for column in table.columns if column.was is not None}
    return {**former, **{column.name: column for column in table.columns}}


def _names(table: ReleasedTable) -> set[str]:
    return {column.name for column in table.columns}


def _renamed(sql: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda found: names.get(found[0], found[0]), sql)


def _way(owner: tuple[str, ...]) -> str:
    return " → ".join(owner) if owner else "none"
