"""Two snapshots compared: the released one, and that of the definition as it is now."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.compatibility.columns import changes, dropped, held, same_form
from dualschema.compatibility.conditions import new_conditions, refused_deletes
from dualschema.compatibility.conflicts import new_rules
from dualschema.compatibility.finding import Finding, FindingKind
from dualschema.compatibility.names import Names, by_former_name
from dualschema.compatibility.snapshot import ReleasedTable, Snapshot
from dualschema.compatibility.streams import unsent
from dualschema.model import Sync

__all__ = ["compare"]

_NOT_UPLOADED = (Sync.SERVER_ONLY, Sync.LOCAL_ONLY)


def compare(old: Snapshot, new: Snapshot) -> tuple[Finding, ...]:
    """Return what clients of a released model do not survive, in the order of its tables.

    Warnings are among them: what may be more than old clients know.

    Args:
        old: the model that was released.
        new: the model as it is to be.
    """
    names = Names(old, new)
    refused: dict[str, list[Finding]] = {}
    for finding in refused_deletes(old, new, names):
        refused.setdefault(finding.table, []).append(finding)
    missed: dict[str, list[Finding]] = {}
    for finding in unsent(old, new, names):
        missed.setdefault(finding.table, []).append(finding)
    found: list[Finding] = []
    for table in old.tables:
        if table.dropped or table.sync in _NOT_UPLOADED:  # no client of the release writes it
            continue
        now = names.table(table.name)
        if now is None:
            found.append(_without(table, new, names))
        elif not now.dropped:
            found += _table(table, now, names)
            found += missed.get(table.name, ())
            if now.sync not in _NOT_UPLOADED:
                found += refused.get(table.name, ())
    return tuple(found)


def _without(old: ReleasedTable, new: Snapshot, names: Names) -> Finding:
    same = [
        table.name
        for table in new.tables
        if table.name not in names.kept and _names(table) == _names(old)
    ]
    if len(same) == 1:
        return Finding(FindingKind.TABLE_RENAMED, old.name, None, f"it seems to be {same[0]} now")
    return Finding(FindingKind.TABLE_REMOVED, old.name, None, "the table is gone")


def _table(old: ReleasedTable, new: ReleasedTable, names: Names) -> Iterator[Finding]:
    if new.sync is not old.sync and new.sync is not Sync.BOTH:
        change = f"it was synced as {old.sync.value}, and is {new.sync.value} now"
        yield Finding(FindingKind.NOT_SYNCED, old.name, None, change)
        if new.sync in _NOT_UPLOADED:
            return
    if tuple(map(names.place, old.owner)) != new.owner:
        change = f"{_way(old.owner)}, now {_way(new.owner)}"
        yield Finding(FindingKind.OWNER_CHANGED, old.name, None, change)
    if names.column(old.name, old.key) != new.key:
        yield Finding(FindingKind.KEY_CHANGED, old.name, None, f"{old.key}, now {new.key}")
    yield from _columns(old, new)
    yield from new_conditions(old, new, names)
    yield from new_rules(old, new, names)


def _columns(old: ReleasedTable, new: ReleasedTable) -> Iterator[Finding]:
    now = by_former_name(new)
    known = {now[column.name].name for column in old.columns if column.name in now}
    added = [held(new, column) for column in new.columns if column.name not in known]
    for column in old.columns:
        before, found = held(old, column), now.get(column.name)
        if found is not None:
            for kind, change in changes(before, held(new, found)):
                yield Finding(kind, old.name, column.name, change)
        elif column.name in new.dropped_columns:
            for kind, change in dropped(before):
                yield Finding(kind, old.name, column.name, change)
        elif column.name != old.key:
            renamed = [each for each in added if same_form(before, each)]
            if len(renamed) == 1:
                added.remove(renamed[0])
                change = f"it seems to be {renamed[0].column.name} now"
                yield Finding(FindingKind.COLUMN_RENAMED, old.name, column.name, change)
            else:
                change = "the column is gone"
                yield Finding(FindingKind.COLUMN_REMOVED, old.name, column.name, change)
    for each in added:
        if each.is_demanded:
            change = "it is new, not nullable, and has no default"
            yield Finding(FindingKind.COLUMN_REQUIRED, old.name, each.column.name, change)


def _names(table: ReleasedTable) -> set[str]:
    return {column.name for column in table.columns}


def _way(owner: tuple[str, ...]) -> str:
    return " → ".join(owner) if owner else "none"
