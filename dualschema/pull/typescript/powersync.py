"""PowerSync's schema in TypeScript, ``new Schema({...})`` of ``new Table({...})``, as tables.

https://docs.powersync.com/client-sdk-references/javascript-web#1-define-the-client-side-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dualschema.naming import column_name_fault
from dualschema.pull.description import ColumnKind, FoundColumn, FoundTable, Note, NoteKind
from dualschema.pull.indexes import with_index
from dualschema.pull.typescript.powersync_forms import table_form
from dualschema.pull.typescript.program import Program, read_program
from dualschema.pull.typescript.tokens import tokens_of
from dualschema.pull.typescript.values import (
    Access,
    Entry,
    Items,
    Name,
    Number,
    Object,
    Text,
    Value,
)

__all__ = ["read_powersync"]

_KINDS: Final = {
    "text": ColumnKind.TEXT,
    "integer": ColumnKind.BIG_INTEGER,  # SQLite's has 64 bits, of which JavaScript holds 53
    "real": ColumnKind.REAL,
}
_FLAGS: Final = {"trackMetadata": "track_metadata", "ignoreEmptyUpdates": "ignore_empty_updates"}
_TABLES: Final = ("Table", "TableV2")
_SCHEMAS: Final = ("Schema", "DrizzleAppSchema")
_PLACES: Final = {"localOnly": "local_only", "insertOnly": "insert_only"}


def read_powersync(source: str) -> tuple[list[FoundTable], list[Note]]:
    """Return the tables of a file that defines a PowerSync schema, and what was skipped."""
    program = read_program(list(tokens_of(source)))
    reader = _Reader(program)
    tables = [made for entry in reader.listed() if (made := reader.table(entry))]
    reader.note_others()
    return tables, reader.notes


class _Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.notes: list[Note] = []
        self.seen: set[int] = set()

    def note(self, table: str | None, column: str | None, text: str) -> None:
        self.notes.append(Note(NoteKind.LEFT_OUT, table, column, text))

    def listed(self) -> Iterator[Entry]:
        """Yield the tables by their names: those of schemas, or all where there is no schema."""
        program = self.program
        chains = [program.chain(each) for each in program.constants.values()]
        schemas = [each for each in chains if each is not None and each.start.name in _SCHEMAS]
        self.seen.update(each.start.line for each in schemas)
        if not schemas:
            for name, value in program.constants.items():
                if table_form(program, value) is not None:
                    yield Entry(name, value, program.docs.get(name), program.lines[name])
        for schema in schemas:
            given = program.meant(schema.start.first)
            if isinstance(given, Object):
                yield from program.entries(given)
            elif isinstance(given, Items):
                line = schema.start.line
                yield from (Entry("", item, None, line) for item in given.items)
            else:
                self.note(None, None, "a schema is skipped, since its tables are not listed in it")

    def note_others(self) -> None:
        """Note what makes a table or a schema and is not read."""
        for function in (*_TABLES, *_SCHEMAS):
            for line in self.program.lines_with(function, behind="new"):
                if line not in self.seen:
                    text = f"the {function} of line {line} is skipped, since it stands in no schema"
                    self.note(None, None, text)
        for line in self.program.lines_with("withRawTables"):
            self.note(None, None, f"the raw tables of line {line} are skipped")

    def table(self, entry: Entry) -> FoundTable | None:
        """Return a table of a schema, or None where it is skipped."""
        chain = self.program.chain(self.program.meant(entry.value))
        if chain is not None and chain.start.name == "relations":  # Drizzle's, of no table
            return None
        form = table_form(self.program, entry.value)
        if form is None:
            reason = f"the table is skipped: line {entry.line} names no new Table({{ ... }})"
            if chain is not None and chain.start.name == "AttachmentTable":
                reason = "it is skipped, since PowerSync's own code has it for attachments"
            self.note(entry.name if entry.name not in ("", "...") else None, None, reason)
            return None
        self.seen.add(form.line)
        doc = entry.doc
        if isinstance(entry.value, Name):
            doc = self.program.docs.get(entry.value.text, doc)
        name = form.name or entry.name
        key = FoundColumn(
            name="id", kind=ColumnKind.TEXT, nullable=False, options={"primary_key": True}
        )
        found = [key, *self.columns(name, form.columns)]
        return self.with_options(FoundTable(name=name, columns=tuple(found), doc=doc), form.options)

    def columns(self, table: str, given: Object) -> Iterator[FoundColumn]:
        for entry in self.program.entries(given):
            if entry.name == "...":
                self.note(table, None, f"what line {entry.line} spreads is skipped")
                continue
            if entry.name == "id":  # every table has it by itself
                continue
            value = self.program.meant(entry.value)
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
        for entry in self.program.entries(given):
            value = self.program.meant(entry.value)
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
        for entry in self.program.entries(given):
            items = self.program.meant(entry.value)
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
