"""Indexes where the definition has them: at their column, or in the class line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dualschema.naming import constraint_name
from dualschema.pull.description import FoundIndex, FoundTable

__all__ = ["with_index"]


def with_index(
    table: FoundTable, columns: Sequence[str], name: str, *, unique: bool = False
) -> FoundTable:
    """Return a table with an index; a column that descends has ``-`` before its name."""
    names = [column.removeprefix("-") for column in columns]
    own = constraint_name(table.name, *names, "idx")
    column = next(each for each in table.columns if each.name == names[0])
    if len(names) == 1 and columns[0] == names[0] and not unique and "index" not in column.options:
        return table.with_column(column.told(index=True if name == own else name))
    index = FoundIndex(tuple(columns), None if name == own else name, unique)
    return replace(table, indexes=(*table.indexes, index))
