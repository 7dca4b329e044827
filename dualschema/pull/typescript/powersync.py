"""PowerSync's schema in TypeScript, ``new Schema({...})`` of ``new Table({...})``, as tables.

https://docs.powersync.com/client-sdk-references/javascript-web#1-define-the-client-side-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dualschema.naming import column_name_fault
from dualschema.pull.description import ColumnKind, FoundColumn, FoundTable, Note, NoteKind
from dualschema.pull.indexes import with_index
from dualschema.pull.typescript.tokens import tokens_of
from dualschema.pull.typescript.values import (
    Access,
    Call,
    Entry,
    Items,
    Name,
    Number,
    Object,
    Program,
    Text,
    Value,
    read_program,
)

__all__ = ["read_powersync"]

_KINDS: Final = {
    "text": ColumnKind.TEXT,
    "integer": ColumnKind.BIG_INTEGER,  # SQLite's has 64 bits, of which JavaScript holds 53
    "real": ColumnKind.REAL,
}
_FLAGS: Final = {"trackMetadata": "track_metadata", "ignoreEmptyUpdates": "ignore_empty_updates"}
_PLACES: Final = {"localOnly": "local_only", "insertOnly": "insert_only"}


def read_powersync(source: str) -> tuple[list[FoundTable], list[Note]]:
    """Return the tables of a file that defines a PowerSync schema, and what was skipped."""
    program = read_program(list(tokens_of(source)))
    reader = _Reader(program)
    tables = [made for entry in reader.listed() if (made := reader.table(entry))]
    return tables, reader.notes


def _is_new(value: Value | None, *classes: str) -> bool:
    return isinstance(value, Call) and isinstance(value.of, Name) and value.of.text in classes


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.notes: list[Note] = []

    def note(self, table: str | None, column: str | None, text: str) -> None:
        self.notes.append(Note(NoteKind.LEFT_OUT, table, column, text))

    def listed(self) -> Iterator[Entry]:
        """Yield the tables by their names: those of schemas, or all where there is no schema."""
        constants = self.program.constants
        schemas = [each for each in constants.values() if _is_new(each, "Schema")]
        if not schemas:
            for name, value in constants.items():
                if _is_new(value, "Table", "TableV2"):
                    yield Entry(name, value, self.program.docs.get(name), self.program.lines[name])
        for schema in schemas:
            given = self.meant(schema.arguments[0] if schema.arguments else None)  # type: ignore[union-attr]
            if isinstance(given, Object):
                yield from given.entries
            elif isinstance(given, Items):
                yield from (Entry("", item, None, 0) for item in given.items)
            else:
                self.note(None, None, "a schema is skipped, since its tables are not listed in it")

    def meant(self, value: Value | None) -> Value | None:
        """Return the value of a name."""
        seen: set[str] = set()
        while isinstance(value, Name) and value.text not in seen:
            seen.add(value.text)
            value = self.program.constants.get(value.text)
        return value

    def table(self, entry: Entry) -> FoundTable | None:
        value = self.meant(entry.value)
        doc = entry.doc
        if isinstance(entry.value, Name):
            doc = self.program.docs.get(entry.value.text, doc)
        if not isinstance(value, Call) or not _is_new(value, "Table", "TableV2"):
            reason = f"the table is skipped: line {entry.line} names no new Table(...)"
            self.note(entry.name or None, None, reason)
            return None
        first, *others = value.arguments or (Object(()),)
        columns, options = self.meant(first), self.meant(others[0]) if others else None
        name = entry.name
        if isinstance(columns, Object) and isinstance(columns.get("columns"), Items):
            name, columns, options = self.older(columns, name)
        if not isinstance(columns, Object):
            self.note(name, None, "the table is skipped, since its columns are not listed in it")
            return None
        key = FoundColumn(
            name="id", kind=ColumnKind.TEXT, nullable=False, options={"primary_key": True}
        )
        found = [key, *self.columns(name, columns)]
        made = FoundTable(name=name, columns=tuple(found), doc=doc)
        return self.with_options(made, options) if isinstance(options, Object) else made

    def older(self, given: Object, name: str) -> tuple[str, Value, Value]:
        """Return name, columns and options as they are written now, of a table written as before.

        That was ``new Table({ name, columns: [new Column({ name, type })], indexes: [...] })``.
        """
        named = given.get("name")
        listed = given.get("columns")
        entries: list[Entry] = []
        for item in listed.items if isinstance(listed, Items) else ():
            said = item.arguments[0] if isinstance(item, Call) and item.arguments else None
            if isinstance(said, Object) and isinstance(column := said.get("name"), Text):
                kind = said.get("type")
                lower = kind.name.lower() if isinstance(kind, Access) else ""
                entries.append(Entry(column.text, Access(Name("column"), lower), None, 0))
        options = Object(
            tuple(each for each in given.entries if each.name not in ("name", "columns"))
        )
        return named.text if isinstance(named, Text) else name, Object(tuple(entries)), options

    def columns(self, table: str, given: Object) -> Iterator[FoundColumn]:
        for entry in given.entries:
            if entry.name == "...":
                spread = self.meant(entry.value)
                if isinstance(spread, Object):
                    yield from self.columns(table, spread)
                else:
                    self.note(table, None, f"what line {entry.line} spreads is skipped")
                continue
            value = self.meant(entry.value)
            kind = _KINDS.get(value.name) if isinstance(value, Access) else None
            if kind is None:
                reason = f"skipped: line {entry.line} has no column.text, integer or real"
                self.note(table, entry.name, reason)
            elif fault := column_name_fault(entry.name):
                self.note(table, entry.name, f"left out, since {fault}")
            else:
                options = {"doc": entry.doc} if entry.doc else {}
                yield FoundColumn(name=entry.name, kind=kind, options=options)

    def with_options(self, table: FoundTable, given: Object) -> FoundTable:
        said: dict[str, Any] = {}
        for entry in given.entries:
            value = self.meant(entry.value)
            is_true = value == Number("true")
            if value == Number("false"):
                continue
            if entry.name in _PLACES and is_true:
                said["sync"] = _PLACES[entry.name]
            elif entry.name in _FLAGS and is_true:
                said[_FLAGS[entry.name]] = True
            elif entry.name == "viewName" and isinstance(value, Text):
                said["view_name"] = value.text
            elif entry.name == "trackPrevious":
                said |= self.tracked(value)
            elif entry.name == "indexes" and isinstance(value, Object):
                table = self.indexed(table, value)
            else:
                self.note(table.name, None, f"its option {entry.name} is skipped")
        table.options.update(said)
        return table

    def tracked(self, given: Value | None) -> dict[str, Any]:
        said: dict[str, Any] = {"track_previous": True}
        if isinstance(given, Object):
            if isinstance(columns := given.get("columns"), Items):
                said["track_previous"] = [
                    each.text for each in columns.items if isinstance(each, Text)
                ]
            if given.get("onlyWhenChanged") == Number("true"):
                said["track_previous_when_changed"] = True
        return said

    def indexed(self, table: FoundTable, given: Object) -> FoundTable:
        known = {column.name for column in table.columns}
        for entry in given.entries:
            items = self.meant(entry.value)
            columns = [
                each.text
                for each in (items.items if isinstance(items, Items) else ())
                if isinstance(each, Text)
            ]
            if columns and {column.removeprefix("-") for column in columns} <= known:
                table = with_index(table, columns, entry.name)
            else:
                self.note(table.name, None, f"its index {entry.name} is skipped")
        return table
