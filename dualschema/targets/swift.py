"""``swift``: the schema for the PowerSync SDK for Swift, and for each table a struct."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final, assert_never

from dualschema.client_rows import (
    column_doc,
    insert_into,
    table_doc,
    written_columns,
)
from dualschema.code_text import called, header, text_of, words_in
from dualschema.errors import GenerationError
from dualschema.generator import (
    Filling,
    GeneratedFile,
    Names,
    NoOptions,
    Target,
    client_filling,
    client_tables,
    plain_default,
)
from dualschema.languages.swift import values
from dualschema.languages.swift.calendar import CALENDAR
from dualschema.languages.swift.support import ERROR, HELPERS
from dualschema.languages.swift.text import (
    MEMBERS,
    TYPES,
    WIDTH,
    call,
    doc_comment,
    indented,
    literal,
    quoted,
    ticked,
    type_name,
    variable_name,
)
from dualschema.model import IndexModel, SchemaModel, Sync, TableModel
from dualschema.powersync import client_indexes
from dualschema.row_types import EnumType, Member, RowTypes, row_types

__all__ = ["SWIFT"]

MAX_COLUMNS: Final = 63
"""What `Table.validate()` allows beside the key:
https://github.com/powersync-ja/powersync-swift/blob/main/Sources/PowerSync/Protocol/Schema/Table.swift"""


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    tables = client_tables(model)
    types = row_types(
        model, Names(TYPES), type_name, variable_name, reserved=TYPES, no_choices=MEMBERS
    )
    _check_choices(types)
    body = _schema(list(types.names.values()))
    for each in types.enums:
        body += ["", *_enum(each)]
    for table in tables:
        struct = _Struct(table, types.names[table.name], _members(table, types))
        body += ["", *struct.lines()]
    body += _support(body)
    about = header("The client's tables for the PowerSync SDK for Swift.")
    lines = [*about, "", "import Foundation", "import PowerSync", "", *body]
    return (GeneratedFile(path, text_of(lines)),)


def _members(table: TableModel, types: RowTypes) -> list[Member]:
    columns = list(types.columns(table))
    if len(columns) - 1 > MAX_COLUMNS:
        reason = (
            f"the SDK allows {MAX_COLUMNS} columns beside the key, and it has {len(columns) - 1}"
        )
        raise GenerationError("swift", reason, table=table.name)
    names = Names(MEMBERS)
    return [
        Member(
            column,
            quoted(column.name),
            ticked(names.take(variable_name(column.name))),
            values.value_type(column.model.type, choice and choice.name),
            choice,
        )
        for column, choice in columns
    ]


def _type(member: Member) -> str:
    return f"{member.plain_type}?" if member.is_optional else member.plain_type


def _check_choices(types: RowTypes) -> None:
    """Refuse choices that are one to Swift, where canonically equal texts are equal.

    https://docs.swift.org/swift-book/documentation/the-swift-programming-language/stringsandcharacters/#Comparing-Strings
    """
    for (table, column), choice in types.by_column.items():
        texts = {unicodedata.normalize("NFC", str(value)) for _, value in choice.members}
        if len(texts) < len(choice.members):
            reason = "two choices differ in their Unicode form alone, and are one to Swift"
            raise GenerationError("swift", reason, table=table, column=column)


def _schema(structs: list[str]) -> list[str]:
    tables = [f"{name}.table" for name in structs]
    return [
        "/// The tables, as a database is opened with them.",
        "var appSchema: Schema {",
        *call("  ", "Schema(", tables, ")"),
        "}",
    ]


def _enum(choice: EnumType) -> list[str]:
    raw = "String" if choice.is_text else "Int"
    return [
        f"enum {choice.name}: {raw}, CaseIterable, Sendable {{",
        *(f"  case {ticked(name)} = {literal(value)}" for name, value in choice.members),
        "}",
    ]


def _support(body: list[str]) -> list[str]:
    needed = called({**HELPERS, **CALENDAR}, words_in(body) | {"Fault", "Cells", "ensure"})
    inner = "".join(needed.values()).strip("\n").split("\n")
    about = "/// How values stand in the client's database."
    return [
        *ERROR.rstrip("\n").split("\n"),
        "",
        about,
        "private enum Stored {",
        *indented(inner),
        "}",
    ]


def _table(table: TableModel) -> Iterator[str]:
    columns = [
        f"Column.{column.type.storage.value.lower()}({quoted(column.name)})"
        for column in written_columns(table)
    ]
    parts = [[f"name: {quoted(table.name)}"], _list("columns", columns)]
    if indexes := list(map(_index, client_indexes(table))):
        inner = [line for each in indexes for line in (*each[:-1], each[-1] + ",")]
        parts.append(["indexes: [", *indented(inner), "]"])
    parts += _options(table)
    yield "Table("
    for part in parts[:-1]:
        yield from indented([*part[:-1], part[-1] + ","])
    yield from indented(parts[-1])
    yield ")"


def _list(label: str, items: list[str]) -> list[str]:
    if not items:
        return [f"{label}: []"]
    return [f"{label}: [", *(f"  {item}," for item in items), "]"]


def _index(index: IndexModel) -> list[str]:
    columns = [
        f"IndexedColumn.{'descending' if descending else 'ascending'}({quoted(column)})"
        for column, descending in index.parts
    ]
    name = quoted(index.name)
    one = f"Index(name: {name}, columns: [{', '.join(columns)}])"
    if len(one) <= WIDTH - 9:
        return [one]
    return ["Index(", f"  name: {name},", *indented(_list("columns", columns)), ")"]


def _options(table: TableModel) -> Iterator[list[str]]:
    """Yield the arguments in the order that the SDK declares them."""
    if table.sync is Sync.LOCAL_ONLY:
        yield ["localOnly: true"]
    if table.sync is Sync.INSERT_ONLY:
        yield ["insertOnly: true"]
    if table.view_name is not None:
        yield [f"viewNameOverride: {quoted(table.view_name)}"]
    if table.track_metadata:
        yield ["trackMetadata: true"]
    if previous := table.track_previous:
        columns = ", ".join(map(quoted, previous.columns or ()))
        given = [] if previous.columns is None else [f"columnFilter: [{columns}]"]
        given += ["onlyWhenChanged: true"] if previous.only_when_changed else []
        yield call("", "trackPreviousValues: TrackPreviousValuesOptions(", given, ")", within=7)
    if table.ignore_empty_updates:
        yield ["ignoreEmptyUpdates: true"]


def _assigned(head: str, value: list[str], indent: str) -> list[str]:
    line = f"{head} {value[0]}"
    if len(line) <= WIDTH - 2 and len(value) == 1:
        return [line]
    return [head, *(f"{indent}{part}" for part in value)]


def _read(head: str, column: str, read: str) -> list[str]:
    """Return the lines that read a cell by a function, or by a closure that tells it more."""
    is_closure = read.startswith("{")
    line = f"{head}{column}) {read}" if is_closure else f"{head}{column}, {read})"
    if len(line) <= WIDTH - 2:
        return [line]
    if is_closure:
        return [f"{head}{column}) {{", f"    {read[2:-2]}", "  }"]
    return [head, f"    {column}, {read})"]


class _Struct:
    """Writes the struct of a table and what it can do."""

    def __init__(self, table: TableModel, name: str, members: list[Member]) -> None:
        self.table = table
        self.label = quoted(table.name)
        self.name = name
        self.members = members

    def lines(self) -> list[str]:
        lines = doc_comment(table_doc(self.table))
        lines.append(f"struct {self.name}: Hashable, Identifiable, Sendable {{")
        for member in self.members:
            lines += doc_comment(column_doc(member.of.model), "  ")
            if form := values.form_of(member.type):
                lines.append(f"  /// {form}")
            lines.append(f"  var {member.name}: {_type(member)}")
        for part in (self.constructor, self.reader, self.writer, self.checks, self.constants):
            lines += ["", *indented(part())]
        return [*lines, "}"]

    def constructor(self) -> Iterator[str]:
        given = []
        for member in self.members:
            if member.of.is_servers:
                continue
            value = self.filled(member)
            ending = "" if value is None else f" = {value}"
            given.append(f"{member.name}: {_type(member)}{ending}")
        yield "/// A new row; what is not given has its default."
        yield from call("", "init(", given, ") {", within=2)
        for member in self.members:
            value = "nil" if member.of.is_servers else member.name
            yield from _assigned(f"  self.{member.name} =", [value], "    ")
        yield "}"

    def filled(self, member: Member) -> str | None:
        """Return what a new row has where it is not told; None for what it must be told."""
        filling = client_filling(member.of)
        match filling:
            case Filling.NOTHING:
                return None
            case Filling.NULL:
                return "nil"
            case Filling.VALUE:
                value = plain_default(member.of.model)
                if member.choice is not None:
                    return f"{member.choice.name}.{ticked(member.choice.member(value))}"
                return values.default(member.type, value)
            case Filling.NEW_ID:
                # A default that a public initialiser has may name nothing private.
                return "UUID().uuidString.lowercased()"
            case Filling.NOW:
                return values.now(member.type)
            case _:
                assert_never(filling)

    def reader(self) -> Iterator[str]:
        yield "/// Reads a row that has all columns, by their names."
        yield "init(cursor: any SqlCursor) throws {"
        yield f"  let cells = Stored.Cells(table: {self.label}, cursor: cursor)"
        for member in self.members:
            method = "optional" if member.is_optional else "required"
            head = f"  self.{member.name} = try cells.{method}("
            yield from _read(head, member.label, values.reader(member.type))
        yield "}"

    def writer(self) -> Iterator[str]:
        yield "/// The values of all columns, checked, in the order of `insert`."
        yield "func parameters() throws -> [(any Sendable)?] {"
        yield "  try check()"
        yield "  var values: [(any Sendable)?] = []"
        for member in self.members:
            yield f"  values.append({self.written(member)})"
        yield "  return values"
        yield "}"

    def written(self, member: Member) -> str:
        place = f"self.{member.name}"
        if not member.is_optional:
            return values.writer(member.type, place)
        written = values.writer(member.type, "$0")
        if written == "$0":
            return place
        effect = "try " if written.startswith("try ") else ""
        return f"{effect}{place}.map {{ {written} }}"

    def checks(self) -> Iterator[str]:
        yield "/// Checks what the client's database does not check by itself."
        yield "func check() throws {"
        for member in self.members:
            yield from indented(self.checks_of(member))
        yield "}"

    def checks_of(self, member: Member) -> list[str]:
        place = f"self.{member.name}"
        value = "value" if member.is_optional else place
        lines = []
        for condition, reason in values.checks(member.type, value):
            given = f"{self.label}, {member.label}, {quoted(reason)}"
            head = [f"try Stored.ensure({given}) {{"]
            if len(head[0]) > WIDTH - 6:
                head = ["try Stored.ensure(", f"  {given}", ") {"]
            body = [condition] if reason else [f"_ = try {condition}", "return true"]
            lines += [*head, *indented(body), "}"]
        if lines and member.is_optional:
            return [f"if let value = {place} {{", *indented(lines), "}"]
        return lines

    def constants(self) -> Iterator[str]:
        yield "/// What the table is called in statements."
        yield f"static let view = {quoted(self.table.view)}"
        yield ""
        yield "/// Inserts a row: it takes the values of `parameters()`."
        yield from _assigned("static let insert =", [quoted(insert_into(self.table))], "  ")
        yield ""
        yield "/// The table in the schema."
        yield "static var table: Table {"
        yield from indented(_table(self.table))
        yield "}"


SWIFT = Target(
    name="swift",
    title="the schema and the rows for the PowerSync SDK for Swift",
    path="PowerSyncSchema.swift",
    generate=_generate,
    options=NoOptions,
)
