"""Drizzle's tables for Postgres in TypeScript, ``pgTable(...)``: https://orm.drizzle.team/docs/sql-schema-declaration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from dualschema.pull.description import FoundColumn, FoundTable, Note, NoteKind
from dualschema.pull.typescript.chains import Chain, returned
from dualschema.pull.typescript.drizzle_columns import ColumnReader, key_name
from dualschema.pull.typescript.drizzle_extras import Extras
from dualschema.pull.typescript.program import Program, read_program
from dualschema.pull.typescript.tokens import tokens_of
from dualschema.pull.typescript.values import Entry, Function, Object, Template, Text

__all__ = ["read_drizzle"]

_TABLES: Final = ("pgTable", "pgTable.withRLS")
_UNREAD: Final = {
    "pgView": "a definition has no views",
    "pgMaterializedView": "a definition has no views",
    "pgTableCreator": "it gives tables names that are not known",
    "pgSequence": "a definition has no sequences",
    "pgRole": "a definition has no roles",
    "pgPolicy": "a definition has no policies",
}


def read_drizzle(source: str) -> tuple[list[FoundTable], list[Note]]:
    """Return the tables of a file of Drizzle's ``pg-core``, and what was skipped."""
    reader = _Reader(read_program(list(tokens_of(source))))
    tables = [reader.table(constant) for constant in reader.names]
    reader.note_others()
    return tables, reader.notes


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.notes: list[Note] = []
        self.chains: dict[str, Chain] = {}
        self.names: dict[str, tuple[str, dict[str, str]]] = {}
        for constant, value in program.constants.items():
            chain = program.chain(value)
            if chain is None:
                continue
            name = self.named(chain)
            if name is not None:
                self.chains[constant] = chain
                columns = ((entry.name, self.column(chain, entry)) for entry in self.entries(chain))
                keys = {key: key_name(key, column) for key, column in columns if column}
                self.names[constant] = name, keys
            elif self.prefix(constant) is None and (reason := self.unread(chain)):
                self.note(None, NoteKind.LEFT_OUT, None, f"{constant} is skipped: {reason}")

    def note(self, table: str | None, kind: NoteKind, column: str | None, text: str) -> None:
        self.notes.append(Note(kind, table, column, text))

    def note_others(self) -> None:
        """Note what makes a table and is not read."""
        makers = [name for name in self.program.constants if self.prefix(name) is not None]
        there = Counter(self.program.lines_with("pgTable", *makers))
        read = Counter(chain.start.line for chain in self.chains.values())
        for line in sorted((there - read).elements()):
            text = "only tables of constants are read, whose names are texts"
            self.note(None, NoteKind.LEFT_OUT, None, f"the table of line {line} is skipped: {text}")

    def named(self, chain: Chain) -> str | None:
        """Return the name of a table that a call makes, or None where it makes none."""
        prefix = "{}" if chain.start.name in _TABLES else self.prefix(chain.start.name)
        name = self.program.meant(chain.start.first)
        return prefix.replace("{}", name.text) if prefix and isinstance(name, Text) else None

    def prefix(self, constant: str) -> str | None:
        """Return ``app_{}`` for ``pgTableCreator((name) => `app_${name}`)``."""
        chain = self.program.chain(self.program.constants.get(constant))
        if chain is None or chain.start.name != "pgTableCreator":
            return None
        given = chain.start.first
        if not isinstance(given, Function) or not isinstance(given.body, Template):
            return None
        [*names] = given.parameters
        hole = "|".join(map(re.escape, names)) or "(?!)"
        made = re.sub(rf"\$\{{\s*(?:{hole})\s*\}}", "{}", given.body.text)
        return None if "$" in made or "\\" in made or made.count("{}") != 1 else made

    def unread(self, chain: Chain) -> str | None:
        """Return why what a call makes is no table that is read here, if it is one at all."""
        space, _, function = chain.start.name.partition(".")
        made = self.program.chain(self.program.constants.get(space))
        is_schema = made is not None and made.start.name == "pgSchema" and function != "enum"
        if made is not None and made.start.name == "pgTableCreator":
            return _UNREAD[made.start.name]
        if is_schema or (chain.start.name == "pgSchema" and chain.links):
            return "a definition has no other schemas"
        return _UNREAD.get(chain.start.name)

    def entries(self, chain: Chain) -> Iterator[Entry]:
        """Yield the columns of a table, those of what it spreads among them."""
        columns = chain.start.arguments[1] if len(chain.start.arguments) > 1 else None
        found = self.program.meant(returned(columns))
        yield from self.program.entries(found) if isinstance(found, Object) else ()

    def column(self, chain: Chain, entry: Entry) -> Chain | None:
        """Return the calls that make a column of a table."""
        columns = chain.start.arguments[1]
        modules = columns.parameters if isinstance(columns, Function) else ()
        if entry.name == "...":
            return None
        return self.program.chain(self.program.meant(entry.value), *modules)

    def table(self, constant: str) -> FoundTable:
        """Return the table that a constant holds."""
        chain = self.chains[constant]
        name, by_key = self.names[constant]

        def note(kind: NoteKind, column: str | None, text: str) -> None:
            self.note(name, kind, column, text)

        reader = ColumnReader(self.program, self.names, name, note)
        columns: list[FoundColumn] = []
        for entry in self.entries(chain):
            column = self.column(chain, entry)
            if column is None:
                what = "what it spreads" if entry.name == "..." else entry.name
                text = f"{what} is skipped, since it is no column (line {entry.line})"
                note(NoteKind.LEFT_OUT, None, text)
                continue
            if not isinstance(column.start.first, Text) and by_key[entry.name] != entry.name:
                text = f"it has no name in the file, and is called after its key {entry.name}"
                note(NoteKind.HINT, by_key[entry.name], text)
            if made := reader.column(by_key[entry.name], column, entry.doc):
                columns.append(made)
        columns = list({each.name: each for each in columns}.values())
        table = FoundTable(name=name, columns=tuple(columns), doc=self.program.docs.get(constant))
        calls = [link.name for link in chain.links]
        for call in (["withRLS"] if chain.start.name.endswith("withRLS") else []) + calls:
            note(NoteKind.HINT, None, f"a definition has nothing like its .{call}(...)")
        extras = Extras(self.program, self.names, table, by_key, note)
        if len(chain.start.arguments) > 2:
            extras.read(chain.start.arguments[2])
        return extras.finished()
