"""What the tables and columns of a release are called now."""

from __future__ import annotations

from collections.abc import Mapping

from dualschema.compatibility.snapshot import ReleasedColumn, ReleasedTable, Snapshot

__all__ = ["Names", "by_former_name"]


class Names:
    """Gives what a table or a column of the old model is in the new one.

    Args:
        old: the model that was released.
        new: the model as it is to be.
    """

    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self._old = {table.name: table for table in old.tables}
        former = {table.was: table for table in new.tables if table.was is not None}
        now = {**former, **{table.name: table for table in new.tables}}
        self._now = {name: now[name] for name in self._old if name in now}
        self.kept = frozenset(table.name for table in self._now.values())

    def table(self, name: str) -> ReleasedTable | None:
        """Return what a table is now, or None if it is gone."""
        return self._now.get(name)

    def column(self, table: str, name: str) -> str:
        """Return what a table's column is called now; one that is gone keeps its name."""
        new = self._now.get(table)
        found = None if new is None else by_former_name(new).get(name)
        return name if found is None else found.name

    def place(self, place: str) -> str:
        """Return what ``table.column`` is called now."""
        name, _, column = place.partition(".")
        new = self._now.get(name)
        return place if new is None else f"{new.name}.{self.column(name, column)}"


def by_former_name(table: ReleasedTable) -> Mapping[str, ReleasedColumn]:
    """Return a table's columns by all names that old clients may have for them."""
    former = {column.was: column for column in table.columns if column.was is not None}
    return {**former, **{column.name: column for column in table.columns}}
