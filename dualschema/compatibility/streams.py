"""Sync streams: whether old clients still get what they know, by the names that they know."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.compatibility.finding import Finding, FindingKind
from dualschema.compatibility.names import Names, by_former_name
from dualschema.compatibility.snapshot import ReleasedStream, ReleasedTable, Snapshot
from dualschema.model import Sync

__all__ = ["unsent"]


def unsent(old: Snapshot, new: Snapshot, names: Names) -> Iterator[Finding]:
    """Yield what streams sent to clients of the release, and send no more.

    Nothing, where it is not known which streams there were, or are.
    """
    if old.streams is None or new.streams is None:
        return
    tables = {table.name: table for table in old.tables if _is_sent(table)}
    for stream in old.streams:
        for name in stream.tables:
            now = names.table(name)
            # What is gone from the definition itself is told of as that.
            if name not in tables or now is None or not _is_sent(now):
                continue
            sending = [each for each in new.streams if name in each.tables]
            lost = _lost(stream, sending, now.name)
            if lost:
                yield Finding(FindingKind.NOT_SENT, name, None, lost)
            else:
                yield from _columns(tables[name], now, sending[0])


def _is_sent(table: ReleasedTable) -> bool:
    return table.sync is Sync.BOTH and not table.dropped


def _lost(stream: ReleasedStream, sending: list[ReleasedStream], now: str) -> str:
    """Return why old clients do not get a table, or nothing if they do."""
    if not sending:
        return f"it is sent as {now} alone, by old_names = false"
    if stream.auto_subscribe:
        if any(each.auto_subscribe for each in sending):
            return ""
        return f"it came without asking, and is to be asked for now: stream {sending[0].name}"
    if any(each.name == stream.name for each in sending):
        return ""
    return f"it is asked for as stream {stream.name}, and comes by stream {sending[0].name} now"


def _columns(old: ReleasedTable, new: ReleasedTable, by: ReleasedStream) -> Iterator[Finding]:
    if by.old_names:
        return
    found = by_former_name(new)
    for column in old.columns:
        now = found.get(column.name)
        if now is not None and column.name not in (now.name, old.key):
            change = f"it is sent as {now.name} alone, by old_names = false"
            yield Finding(FindingKind.NOT_SENT, old.name, column.name, change)
