"""Drizzle's tables for Postgres in TypeScript, ``pgTable(...)``: https://orm.drizzle.team/docs/sql-schema-declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dualschema.pull.description import (
    FoundCheck,
    FoundColumn,
    FoundForeignKey,
    FoundIndex,
    FoundTable,
    Note,
    NoteKind,
)
from dualschema.pull.indexes import with_index
from dualschema.pull.typescript.chains import Chain, chain_of, path_of, returned
from dualschema.pull.typescript.drizzle_checks import implied_checks, with_own_check
from dualschema.pull.typescript.drizzle_columns import ColumnReader, key_name, meant
from dualschema.pull.typescript.tokens import tokens_of, unescaped
from dualschema.pull.typescript.values import (
    Entry,
    Function,
    Items,
    Object,
    Program,
    Template,
    Text,
    Value,
    read_program,
)

__all__ = ["read_drizzle"]

_UNREAD: Final = {
    "pgView": "a definition has no views",
    "pgMaterializedView": "a definition has no views",
    "pgTableCreator": "its tables get their names from a function",
}


def read_drizzle(source: str) -> tuple[list[FoundTable], list[Note]]:
    """Return the tables of a file of Drizzle's ``pg-core``, and what was skipped."""
    reader = _Reader(read_program(list(tokens_of(source))))
    tables = [made for constant in reader.names if (made := reader.table(constant)) is not None]
    return tables, reader.notes


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.notes: list[Note] = []
        self.chains: dict[str, Chain] = {}
        for constant, value in program.constants.items():
            chain = chain_of(value)
            if chain is not None and chain.start.name == "pgTable":
                self.chains[constant] = chain
            elif reason := self.unread(value):
                self.note(None, NoteKind.LEFT_OUT, None, f"{constant} is skipped: {reason}")
        self.names = {constant: self.named(chain) for constant, chain in self.chains.items()}

    def note(self, table: str | None, kind: NoteKind, column: str | None, text: str) -> None:
        self.notes.append(Note(kind, table, column, text))

    def unread(self, value: Value) -> str | None:
        """Return why a constant is no table that is read here, if it is one at all."""
        path = path_of(value)
        made = chain_of(self.program.constants.get(path[0])) if path else None
        start = made.start.name if made else path[0] if path else ""
        if start == "pgSchema" and len(path) > 1:
            return "a definition has no other schemas"
        return _UNREAD.get(start)

    def named(self, chain: Chain) -> tuple[str, dict[str, str]]:
        """Return a table's name, and its columns' names by their keys."""
        first = chain.start.first
        name = first.text if isinstance(first, Text) else ""
        found = ((entry.name, chain_of(entry.value)) for entry in self.entries(chain))
        return name, {key: key_name(key, column) for key, column in found if column}

    def entries(self, chain: Chain) -> Iterator[Entry]:
        """Yield the columns of a table, those of what it spreads among them."""
        columns = chain.start.arguments[1] if len(chain.start.arguments) > 1 else None
        found = meant(self.program, returned(columns))
        for entry in found.entries if isinstance(found, Object) else ():
            value = meant(self.program, entry.value)
            if entry.name == "..." and isinstance(value, Object):
                yield from value.entries
            else:
                yield entry if value is None else replace(entry, value=value)

    def table(self, constant: str) -> FoundTable | None:
        chain = self.chains[constant]
        name, by_key = self.names[constant]

        def note(kind: NoteKind, column: str | None, text: str) -> None:
            self.note(name, kind, column, text)

        reader = ColumnReader(self.program, self.names, name, note)
        columns: list[FoundColumn] = []
        for entry in self.entries(chain):
            column = chain_of(entry.value)
            if column is None:
                where = f"(line {entry.line})"
                note(
                    NoteKind.LEFT_OUT,
                    None,
                    f"{entry.name} is skipped, since it is no column {where}",
                )
                continue
            if not isinstance(column.start.first, Text) and by_key[entry.name] != entry.name:
                text = f"it has no name in the file, and is called after its key {entry.name}"
                note(NoteKind.HINT, by_key[entry.name], text)
            if made := reader.column(by_key[entry.name], column, entry.doc):
                columns.append(made)
        table = FoundTable(name=name, columns=tuple(columns), doc=self.program.docs.get(constant))
        extras = _Extras(self, table, by_key)
        if len(chain.start.arguments) > 2:
            extras.read(chain.start.arguments[2])
        return extras.finished()


class _Extras:
    """What stands behind a table's columns: indexes, checks, keys."""

    def __init__(self, reader: _Reader, table: FoundTable, by_key: dict[str, str]) -> None:
        self.reader = reader
        self.table = table
        self.by_key = by_key
        self.own: tuple[str, ...] = ()
        self.checked: set[str] = set()

    def skip(self, what: str) -> None:
        text = f"its {what} is skipped"
        self.reader.note(self.table.name, NoteKind.LEFT_OUT, None, text)

    def read(self, given: Value | None) -> None:
        values: Sequence[Value] = ()
        self.own = given.parameters if isinstance(given, Function) else ()
        given = returned(given)
        if isinstance(given, Items):
            values = given.items
        elif isinstance(given, Object):
            values = [entry.value for entry in given.entries]
        else:
            self.skip("last argument")
        for value in values:
            chain = chain_of(value)
            if chain is None:
                self.skip("entry of the last argument")
            else:
                self.add(chain)

    def add(self, chain: Chain) -> None:
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
            path = path_of(value)
            name = self.by_key.get(path[1]) if len(path) > 1 else None
            if name is None or name not in known or set(path[2:]) - _ORDERS:
                return None
            descends = "desc" in path[2:]
            # Drizzle has NULLs last unless it is told; Postgres has them first where it descends.
            if len(path) > 2 and descends is not ("nullsFirst" in path[2:]):
                text = "an index has NULLs elsewhere in the definition"
                self.reader.note(self.table.name, NoteKind.CHANGED, name, text)
            found.append(f"-{name}" if descends else name)
        return found or None

    def index(self, chain: Chain, name: str, *, unique: bool) -> None:
        on = [link for link in chain.links if link.name in ("on", "using")]
        columns = self.columns(on[0].arguments) if len(on) == len(chain.links) == 1 else None
        if columns is None or on[0].name != "on":
            self.skip(f"index {name}")
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
        self.reader.note(self.table.name, NoteKind.CHANGED, None, text)
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
        columns = self.columns(own.items if isinstance(own, Items) else ())
        target = path_of(others.items[0]) if isinstance(others, Items) and others.items else []
        table, by_key = self.reader.names.get(target[0] if target else "", ("", {}))
        if target and target[0] in self.own:  # within the function, it hides a constant
            table, by_key = self.table.name, self.by_key
        if columns is None or len(columns) > 1 or len(target) != 2 or target[1] not in by_key:
            self.skip("foreign key")
            return
        actions = {"onDelete": "no action", "onUpdate": "no action"}
        for link in chain.links:
            if link.name in actions and isinstance(link.first, Text):
                actions[link.name] = link.first.text
            else:
                self.skip(f".{link.name}(...) of a foreign key")
        to = by_key[target[1]]
        name = f"{self.table.name}_{columns[0]}_{table}_{to}_fk"
        name = named.text if isinstance(named, Text) else name
        column = next(each for each in self.table.columns if each.name == columns[0])
        key = FoundForeignKey(
            table, to, on_delete=actions["onDelete"], on_update=actions["onUpdate"], name=name
        )
        self.table = self.table.with_column(column.told(foreign_key=key))

    def finished(self) -> FoundTable:
        """Return the table, once all is read."""
        for name, column in implied_checks(self.table).items():
            if name not in self.checked:
                text = f"the definition gives it a CHECK, {name}, which the file does not"
                self.reader.note(self.table.name, NoteKind.CHANGED, column, text)
        return self.table


_ORDERS: Final = frozenset(["desc", "asc", "nullsFirst", "nullsLast"])
