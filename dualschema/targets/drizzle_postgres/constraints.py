"""Keys, CHECKs and indexes of Postgres's tables in Drizzle, with their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualschema.languages.drizzle import template
from dualschema.languages.typescript.spelling import WIDTH, member, quoted, width
from dualschema.metadata.condition import conditions
from dualschema.model import Action, ForeignKeyModel, IndexModel, TableModel, check_name, form_of
from dualschema.naming import constraint_name

__all__ = ["Constraints"]

_INDENT = 4


@dataclass(frozen=True, slots=True)
class Constraints:
    """How constraints are spelled.

    Attributes:
        constants: what the tables are called, by their names.
        properties: what the columns are called, by the names of the table and the column.
    """

    constants: Mapping[str, str]
    properties: Mapping[tuple[str, str], str]

    def of(self, table: TableModel) -> Iterator[list[str]]:
        """Yield the constraints and indexes of a table, each as its lines."""
        name = constraint_name(table.name, "pkey")
        if name != f"{table.name}_pkey":
            key = self._column(table, table.key)
            yield ["primaryKey({", f"  name: {quoted(name)},", f"  columns: [{key}],", "})"]
        for column in table.columns:
            if column.unique:
                on = [self._column(table, column.name)]
                yield _call(f"unique({quoted(column.unique)}).on(", on)
        for foreign in table.foreign_keys:
            if foreign.target_table in self.constants:
                yield self._foreign_key(table, foreign)
        for name, condition in self._checks(table):
            yield _call("check(", [quoted(name), template(condition)])
        for index in table.indexes:
            yield self._index(table, index)

    def _column(self, table: TableModel, name: str) -> str:
        return member("t", self.properties[table.name, name])

    def _foreign_key(self, table: TableModel, key: ForeignKeyModel) -> list[str]:
        target = "t" if key.target_table == table.name else self.constants[key.target_table]
        column = member(target, self.properties[key.target_table, key.target_column])
        actions = [("onDelete", key.on_delete), ("onUpdate", key.on_update)]
        said = [
            f".{name}({quoted(action.value.lower())})"
            for name, action in actions
            if action is not Action.NO_ACTION
        ]
        return [
            "foreignKey({",
            f"  name: {quoted(key.name)},",
            f"  columns: [{self._column(table, key.column)}],",
            f"  foreignColumns: [{column}],",
            f"}}){''.join(said)}",
        ]

    def _checks(self, table: TableModel) -> Iterator[tuple[str, str]]:
        """Yield the CHECKs that the DDL has, by name."""
        for column in table.columns:
            for constraint in column.type.constraints(form_of(column, "postgres")):
                name = check_name(table.name, column.name, constraint)
                yield name, " AND ".join(conditions(f'"{column.name}"', constraint))
        for check in table.checks:
            yield check.name, check.sql

    def _index(self, table: TableModel, index: IndexModel) -> list[str]:
        columns = [
            # Postgres puts NULL first where an index descends; Drizzle would have it last.
            self._column(table, name) + (".desc().nullsFirst()" if descending else "")
            for name, descending in index.parts
        ]
        made = "uniqueIndex" if index.unique else "index"
        return _call(f"{made}({quoted(index.name)}).on(", columns)


def _call(head: str, arguments: list[str]) -> list[str]:
    """Return a call, its arguments on lines of their own if they must."""
    line = f"{head}{', '.join(arguments)})"
    if width(line) + _INDENT + 1 <= WIDTH:
        return [line]
    return [head, *(f"  {argument}," for argument in arguments), ")"]
