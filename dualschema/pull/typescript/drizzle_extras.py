"""What stands behind the columns of Drizzle's tables: indexes, checks and keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from dualschema.pull.description import (
    FoundCheck,
    FoundForeignKey,
    FoundIndex,
    FoundTable,
    NoteKind,
)
from dualschema.pull.indexes import with_index
from dualschema.pull.typescript.chains import Chain, path_of, returned
from dualschema.pull.typescript.drizzle_checks import implied_checks, with_own_check
from dualschema.pull.typescript.program import Program
from dualschema.pull.typescript.tokens import unescaped
from dualschema.pull.typescript.values import (
    Access,
    Call,
    Function,
    Items,
    Object,
    Template,
    Text,
    Value,
)

__all__ = ["Extras"]

_ORDERS: Final = frozenset(["desc", "asc", "nullsFirst", "nullsLast", "op"])

# Those that Postgres takes for each type by itself; `drizzle-kit pull` writes them nevertheless.
_DEFAULT_OPS: Final = frozenset(
    f"{kind}_ops"
    for kind in (
        *("text", "bpchar", "int2", "int4", "int8", "float4", "float8", "numeric", "bool"),
        *("timestamptz", "timestamp", "date", "time", "uuid", "bytea", "jsonb", "enum"),
    )
)


def _ordered(value: Value) -> tuple[list[str], dict[str, Value | None]]:
    """Return the names of ``t.name`` in ``t.name.asc().op('text_ops')``, and the calls behind."""
    calls: dict[str, Value | None] = {}
    while isinstance(value, Call) and isinstance(value.of, Access):
        calls[value.of.name] = value.arguments[0] if value.arguments else None
        value = value.of.of
    return path_of(value), calls


def _is_default(operators: Value | None) -> bool:
    return operators is None or (isinstance(operators, Text) and operators.text in _DEFAULT_OPS)


class Extras:
    """Reads what stands behind the columns of one table.

    Args:
        program: the file.
        names: the names of the file's tables, and of their columns by their keys.
        table: the table, with its columns.
        by_key: the names of its columns by their keys.
        note: takes what is to be noted of a column, or of the table.
    """

    def __init__(
        self,
        program: Program,
        names: dict[str, tuple[str, dict[str, str]]],
        table: FoundTable,
        by_key: dict[str, str],
        note: Callable[[NoteKind, str | None, str], None],
    ) -> None:
        self.program = program
        self.names = names
        self.table = table
        self.by_key = by_key
        self.note = note
        self.own: tuple[str, ...] = ()
        self.checked: set[str] = set()

    def skip(self, what: str) -> None:
        self.note(NoteKind.LEFT_OUT, None, f"its {what} is skipped")

    def read(self, given: Value) -> None:
        """Add all that the last argument of ``pgTable`` says."""
        values: Sequence[Value] = ()
        self.own = given.parameters if isinstance(given, Function) else ()
        found = self.program.meant(returned(given))
        if isinstance(found, Items):
            values = found.items
        elif isinstance(found, Object):
            values = [entry.value for entry in self.program.entries(found)]
        else:
            self.skip("last argument")
        for value in values:
            chain = self.program.chain(value)
            if chain is None:
                self.skip("entry of the last argument")
            else:
                self.add(chain)

    def add(self, chain: Chain) -> None:
        """Add an index, a check or a key."""
        start = chain.start
        name = start.first.text if isinstance(start.first, Text) else ""
        match start.name:
            case "index" | "uniqueIndex":
                self.index(chain, name, unique=start.name == "uniqueIndex")
            case "unique":
                self.unique(chain, name)
            case "check":
                self.check(name, start.arguments[1] if len(start.arguments) > 1 else None)
            case "primaryKey":
                self.key(chain)
            case "foreignKey":
                self.foreign_key(chain)
            case _:
                self.skip(f"{start.name}({name})")

    def columns(self, values: Sequence[Value]) -> list[str] | None:
        """Return columns by their names, ``-`` before those that descend; None for others."""
        found: list[str] = []
        known = {column.name for column in self.table.columns}
        for value in values:
            path, orders = _ordered(value)
            name = self.by_key.get(path[1]) if len(path) == 2 else None
            if name is None or name not in known or orders.keys() - _ORDERS:
                return None
            if name.startswith("-"):  # in a definition, it would descend
                return None
            if not _is_default(orders.get("op")):
                return None
            descends = "desc" in orders
            # Drizzle has NULLs last unless it is told; Postgres has them first where it descends.
            if orders.keys() - {"op"} and descends is not ("nullsFirst" in orders):
                text = "an index has NULLs elsewhere in the definition"
                self.note(NoteKind.CHANGED, name, text)
            found.append(f"-{name}" if descends else name)
        return found or None

    def index(self, chain: Chain, name: str, *, unique: bool) -> None:
        links = [link for link in chain.links if link.name != "concurrently"]  # how it is made
        given: Sequence[Value] = ()
        if len(links) == 1 and links[0].name == "on":
            given = links[0].arguments
        elif len(links) == 1 and links[0].name == "using" and links[0].first == Text("btree"):
            given = links[0].arguments[1:]
        columns = self.columns(given)
        if columns is None:
            more = "".join(f".{link.name}(...)" for link in links)
            self.skip(f"index {name} ({more})")
            return
        bare = [column.removeprefix("-") for column in columns]
        name = name or "_".join([self.table.name, *bare, "index"])
        self.table = with_index(self.table, columns, name, unique=unique)

    def unique(self, chain: Chain, name: str) -> None:
        columns = self.columns(chain.links[0].arguments) if chain.links else None
        if columns is None or len(chain.links) > 1:
            self.skip(f"unique {name}")
            return
        name = name or "_".join([self.table.name, *columns, "unique"])
        column = next(each for each in self.table.columns if each.name == columns[0])
        if len(columns) == 1 and "unique" not in column.options:
            self.table = self.table.with_column(column.told(unique=name))
            return
        text = f"the constraint {name} is a unique index in the definition"
        self.note(NoteKind.CHANGED, None, text)
        index = FoundIndex(tuple(columns), name, unique=True)
        self.table = replace(self.table, indexes=(*self.table.indexes, index))

    def check(self, name: str, given: Value | None) -> None:
        sql = self.sql(given.text) if isinstance(given, Template) else None
        if sql is None:
            self.skip(f"check {name}")
            return
        self.checked.add(name)
        if made := with_own_check(self.table, name, sql):
            self.table = made
            return
        check = FoundCheck(sql, name or None)
        self.table = replace(self.table, checks=(*self.table.checks, check))

    def sql(self, text: str) -> str | None:
        """Return the SQL of a template, in which ``${t.userId}`` is the column's name."""
        parts = re.split(r"\$\{\s*\w+\.(\w+)\s*\}", text)
        names = [self.by_key.get(key) for key in parts[1::2]]
        if None in names or "${" in "".join(parts[::2]):
            return None
        parts[1::2] = ['"' + str(name) + '"' for name in names]
        parts[::2] = [unescaped(part) for part in parts[::2]]
        return "".join(parts)

    def key(self, chain: Chain) -> None:
        given = chain.start.settings.get("columns")
        columns = self.columns(given.items if isinstance(given, Items) else ())
        if columns is None or len(columns) > 1:
            self.skip("key of several columns")
            return
        column = next(each for each in self.table.columns if each.name == columns[0])
        self.table = self.table.with_column(replace(column.told(primary_key=True), nullable=False))

    def foreign_key(self, chain: Chain) -> None:
        given = chain.start.settings
        own, others, named = (given.get(name) for name in ("columns", "foreignColumns", "name"))
        name = named.text if isinstance(named, Text) else ""
        columns = self.columns(own.items if isinstance(own, Items) else ()) or []
        column = next((each for each in self.table.columns if [each.name] == columns), None)
        target = path_of(others.items[0]) if isinstance(others, Items) and others.items else []
        table, by_key = self.names.get(target[0] if target else "", ("", {}))
        if target and target[0] in self.own:  # within the function, it hides a constant
            table, by_key = self.table.name, self.by_key
        is_known = len(target) == 2 and target[1] in by_key
        if column is None or not is_known or "foreign_key" in column.options:
            self.skip(f"foreign key {name}".rstrip())
            return
        actions = {"onDelete": "no action", "onUpdate": "no action"}
        for link in chain.links:
            if link.name in actions and isinstance(link.first, Text):
                actions[link.name] = link.first.text
            else:
                self.skip(f".{link.name}(...) of a foreign key")
        to = by_key[target[1]]
        key = FoundForeignKey(
            table,
            to,
            on_delete=actions["onDelete"],
            on_update=actions["onUpdate"],
            name=name or f"{self.table.name}_{column.name}_{table}_{to}_fk",
        )
        self.table = self.table.with_column(column.told(foreign_key=key))

    def finished(self) -> FoundTable:
        """Return the table, once all is read."""
        for name, column in implied_checks(self.table).items():
            if name not in self.checked:
                text = f"the definition gives it a CHECK, {name}, which the file does not"
                self.note(NoteKind.CHANGED, column, text)
        return self.table
