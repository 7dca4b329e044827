"""Relations for Drizzle's relational queries: both ends of each foreign key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dualschema.generator import Names
from dualschema.languages.typescript.spelling import constant, member, quoted
from dualschema.model import ForeignKeyModel, TableModel

__all__ = ["Relations"]


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a foreign key: what it is called, and the call's lines."""

    name: str
    kind: str
    lines: list[str]


class Relations:
    """The relations of a schema.

    Args:
        tables: those of the client.
        constants: what they are called, by their names.
        called: what columns are called, by the names of the table and the column.
        names: of the file.
    """

    def __init__(
        self,
        tables: tuple[TableModel, ...],
        constants: Mapping[str, str],
        called: Mapping[tuple[str, str], str],
        names: Names,
    ) -> None:
        self._constants = constants
        self._called = called
        self._free = {
            table.name: Names(called[table.name, column.name] for column in table.columns)
            for table in tables
        }
        self._ends: dict[str, list[_End]] = {table.name: [] for table in tables}
        for table in tables:
            for foreign in table.foreign_keys:
                if foreign.target_table in constants:
                    self._add(table, foreign)
        self._names = {
            name: names.take(f"{constants[name]}Relations")
            for name, ends in self._ends.items()
            if ends
        }

    @property
    def constants(self) -> list[str]:
        """What the relations are called."""
        return list(self._names.values())

    def _add(self, table: TableModel, foreign: ForeignKeyModel) -> None:
        child, target = self._constants[table.name], self._constants[foreign.target_table]
        column = self._called[table.name, foreign.column]
        key = self._called[foreign.target_table, foreign.target_column]
        name = f"    relationName: {quoted(foreign.name)},"
        fields = [
            f"    fields: [{member(child, column)}],",
            f"    references: [{member(target, key)}],",
        ]
        one = self._free[table.name].take(self._stem(foreign.column))
        many = self._free[foreign.target_table].take(child)
        self._ends[table.name].append(
            _End(one, "one", [f"  {one}: one({target}, {{", *fields, name, "  }),"])
        )
        self._ends[foreign.target_table].append(
            _End(many, "many", [f"  {many}: many({child}, {{", name, "  }),"])
        )

    def _stem(self, column: str) -> str:
        """Return what a foreign key's column leads to: ``parent`` for ``parent_id``."""
        stem = column.removesuffix("_id") or column
        return constant(stem if stem != column else f"{column}_row")

    def lines(self) -> list[str]:
        """Return the relations of every table that has some."""
        lines: list[str] = []
        for table, name in self._names.items():
            ends = self._ends[table]
            kinds = [kind for kind in ("many", "one") if any(end.kind == kind for end in ends)]
            given = f"{self._constants[table]}, ({{ {', '.join(kinds)} }}) => ({{"
            lines += ["", f"export const {name} = relations({given}"]
            lines += [line for end in ends for line in end.lines]
            lines.append("}));")
        return lines
