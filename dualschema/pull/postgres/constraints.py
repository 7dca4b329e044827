"""Keys, unique constraints and indexes of Postgres in the definition's terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from dualschema.naming import constraint_name, identifier_fault
from dualschema.pull.description import (
    ColumnKind,
    FoundCheck,
    FoundColumn,
    FoundForeignKey,
    FoundIndex,
    FoundTable,
    Note,
    NoteKind,
)
from dualschema.pull.indexes import with_index
from dualschema.pull.postgres.catalog import CatalogColumn, CatalogConstraint, CatalogIndex
from dualschema.pull.postgres.checks import portable_sql, with_check

__all__ = ["Constraints"]

_ACTIONS: Final = {"a": "no action", "r": "restrict", "c": "cascade"} | {
    "n": "set null",
    "d": "set default",
}


@dataclass(slots=True)
class Constraints:
    """A table, to which its constraints and indexes are added one by one.

    Attributes:
        table: the table as far as it is known.
        columns: its columns in the catalog, by their numbers.
        space: the name of its schema.
        targets: the names of the tables that a key may refer to.
    """

    table: FoundTable
    columns: Mapping[int, CatalogColumn]
    space: str
    targets: frozenset[str]

    def note(self, kind: NoteKind, text: str, column: str | None = None) -> None:
        """Note something of the table."""
        self.table = self.table.noted(Note(kind, self.table.name, column, text))

    def _found(self, number: int) -> FoundColumn | None:
        there = self.columns.get(number)
        if there is None:
            return None
        return next((each for each in self.table.columns if each.name == there.name), None)

    def key(self, given: CatalogConstraint) -> str | None:
        """Add the primary key; return why the table cannot be defined, or None."""
        if len(given.columns) != 1:
            names = ", ".join(self.columns[number].name for number in given.columns)
            return f"its key has {len(given.columns)} columns ({names}), and a definition's has one"
        column = self._found(given.columns[0])
        if column is None:
            return f"its key {self.columns[given.columns[0]].name} cannot be defined"
        if column.kind is ColumnKind.BIG_INTEGER:
            column = replace(column, kind=ColumnKind.LONG_INTEGER)
        self.table = self.table.with_column(column.told(primary_key=True))
        own = constraint_name(self.table.name, "pkey")
        if given.name != own:
            self.note(
                NoteKind.CHANGED, f"its key's constraint is {given.name}, and a definition's {own}"
            )
        if given.deferrable or given.includes:
            self.note(NoteKind.CHANGED, f"its key is plain in the definition: {given.definition}")
        return None

    def check(self, given: CatalogConstraint) -> None:
        """Add a CHECK: to its column where it is the column's own, else as it is."""
        if self._is_named_wrongly("the CHECK", given.name, given.definition):
            return
        if not all(self._found(number) for number in given.columns):
            self._left_out("the CHECK", given.name, given.definition)
            return
        condition = self._of_text(given)
        if not given.validated or given.no_inherit:
            text = f"the CHECK {given.name} is whole in the definition: {given.definition}"
            self.note(NoteKind.CHANGED, text)
        if made := self._checked(given, condition):
            self.table = self.table.with_column(made)
            return
        sql = portable_sql(condition)
        if "::" in sql:
            text = f"the CHECK {given.name} is in Postgres's own SQL, which SQLite does not read"
            self.note(NoteKind.HINT, text)
        self.table = replace(self.table, checks=(*self.table.checks, FoundCheck(sql, given.name)))

    def _of_text(self, given: CatalogConstraint) -> str:
        """Return a CHECK's condition as it is once the columns of type varchar are text."""
        condition = given.condition or ""
        varying = [self.columns[number] for number in given.columns]
        if not any(column.type.startswith("character") for column in varying):
            return condition
        for column in varying:
            condition = condition.replace(f"({column.quoted})::text", column.quoted)
        condition = condition.replace("'::character varying", "'::text")
        return re.sub(r"\((ARRAY\[[^\[\]()]*\])\)::text\[\]", r"\1", condition)

    def _checked(self, given: CatalogConstraint, condition: str) -> FoundColumn | None:
        """Return the column that makes a CHECK by itself, if there is one."""
        column = self._found(given.columns[0]) if len(given.columns) == 1 else None
        if column is None:
            return None
        there = self.columns[given.columns[0]]
        tries = [column]
        if there.type.startswith("character") and "max_length" in column.options:
            tries.insert(0, column.told(max_length=None))  # a choice is as long as it is
        for tried in tries:
            made = with_check(self.table.name, tried, there.quoted, given.name, condition)
            if made is not None and (tried is column or made.kind is ColumnKind.CHOICE):
                return made
        return None

    def unique(self, given: CatalogConstraint) -> None:
        """Add a unique constraint."""
        if self._is_named_wrongly("the constraint", given.name, given.definition):
            return
        found = [self._found(number) for number in given.columns]
        names = [column.name for column in found if column]
        if len(names) < len(found):
            self._left_out("the constraint", given.name, given.definition)
            return
        if given.deferrable or given.nulls_not_distinct or given.includes:
            text = f"the constraint {given.name} is plain in the definition: {given.definition}"
            self.note(NoteKind.CHANGED, text)
        column = found[0]
        if len(names) > 1 or column is None or "unique" in column.options:
            text = f"the constraint {given.name} is a unique index in the definition"
            if len(names) > 1:
                self.note(NoteKind.HINT, f"{text}, for which it stands where it is there")
            else:
                self.note(NoteKind.CHANGED, text)
            index = FoundIndex(tuple(names), given.name, unique=True)
            self.table = replace(self.table, indexes=(*self.table.indexes, index))
            return
        own = constraint_name(self.table.name, column.name, "key")
        unique = True if given.name == own else given.name
        self.table = self.table.with_column(column.told(unique=unique))

    def foreign_key(self, given: CatalogConstraint) -> None:
        """Add a foreign key."""
        if self._is_named_wrongly("the foreign key", given.name, given.definition):
            return
        column = self._found(given.columns[0])
        targets = given.target_columns or [""]
        if (
            len(given.columns) > 1
            or column is None
            or "foreign_key" in column.options
            or given.target_space != self.space
            or given.target not in self.targets
        ):
            self._left_out("the foreign key", given.name, given.definition)
            return
        if given.match != "s" or given.set_columns or not given.validated:
            text = f"the foreign key {given.name} is plain in the definition: {given.definition}"
            self.note(NoteKind.CHANGED, text, column.name)
        deferrable = "deferred" if given.deferred else "immediate"
        own = constraint_name(self.table.name, column.name, "fkey")
        key = FoundForeignKey(
            given.target,
            targets[0],
            on_delete=_ACTIONS[given.on_delete],
            on_update=_ACTIONS[given.on_update],
            deferrable=deferrable if given.deferrable else False,
            name=None if given.name == own else given.name,
        )
        self.table = self.table.with_column(column.told(foreign_key=key))

    def index(self, given: CatalogIndex) -> None:
        """Add an index."""
        if self._is_named_wrongly("the index", given.name, given.definition):
            return
        found = [self._found(number) for number in given.columns]
        names = [column.name for column in found if column]
        # In a definition, a name with this sign before it descends.
        is_signed = any(each.startswith("-") for each in names)
        # NULLs are last in an index that ascends and first in one that descends (0 and 3).
        is_plain = given.is_plain and len(names) == len(found) and set(given.options) <= {0, 3}
        if is_signed or not is_plain:
            self._left_out("the index", given.name, given.definition)
            return
        signs = ("-" if option else "" for option in given.options)
        columns = [sign + each for sign, each in zip(signs, names, strict=True)]
        self.table = with_index(self.table, columns, given.name, unique=given.is_unique)

    def exclusion(self, given: CatalogConstraint) -> None:
        """Note an exclusion constraint."""
        self._left_out("the constraint", given.name, given.definition)

    def _left_out(self, what: str, name: str, definition: str) -> None:
        self.note(NoteKind.LEFT_OUT, f"{what} {name} is not in the definition: {definition}")

    def _is_named_wrongly(self, what: str, name: str, definition: str) -> bool:
        fault = identifier_fault(name)
        if fault:
            text = f"{what} {name} is not in the definition, since {fault}: {definition}"
            self.note(NoteKind.LEFT_OUT, text)
        return fault is not None
