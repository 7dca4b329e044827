"""What a table does with writes that meet others: the rules of ``uploads=``."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.compatibility.finding import Finding, FindingKind
from dualschema.compatibility.names import Names
from dualschema.compatibility.snapshot import ReleasedTable

__all__ = ["new_rules"]


def new_rules(old: ReleasedTable, new: ReleasedTable, names: Names) -> Iterator[Finding]:
    """Yield the rules for a table's rows that old clients do not know.

    What a new row has that does not name a column (``absent``) is compared column by column.
    """
    before, now = old.uploads, new.uploads
    if before.refused is not now.refused:
        change = f"refused={before.refused.value!r}, now {now.refused.value!r}"
        yield Finding(FindingKind.REFUSALS_CHANGED, old.name, None, change)
    version = None if before.version is None else names.column(old.name, before.version)
    if now.version is not None and now.version != version:
        yield Finding(FindingKind.VERSION_ASKED, old.name, None, f"version={now.version!r}")
    won = {names.column(old.name, name) for name in before.server_wins}
    sent = {names.column(old.name, column.name): column.name for column in old.columns}
    for name in now.server_wins:
        if name in sent and name not in won:
            change = "the server's value stays where a client did not see it"
            yield Finding(FindingKind.SERVER_WINS, old.name, sent[name], change)
    if not now.compare_previous or not old.tracks:  # who sends no previous value is not compared
        return
    if not before.compare_previous:
        yield Finding(FindingKind.COMPARED, old.name, None, "compare_previous=True")
        return
    for name in sorted(won - set(now.server_wins)):
        change = "a change of it is compared, and did nothing before where another came first"
        yield Finding(FindingKind.COMPARED, old.name, sent.get(name), change)
