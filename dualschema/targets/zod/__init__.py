"""``zod``: schemas of the client's rows, as they are stored and meant; TanStack DB takes them."""

from __future__ import annotations

from dualschema.column_type import ClientKind
from dualschema.documents import documents_of
from dualschema.errors import GenerationError
from dualschema.generator import (
    ClientColumn,
    GeneratedFile,
    Names,
    NoOptions,
    Target,
    client_columns,
    client_tables,
)
from dualschema.languages.typescript.calls import Call, call_lines
from dualschema.languages.typescript.helpers import declarations, helper_lines
from dualschema.languages.typescript.spelling import (
    RESERVED,
    constant,
    doc_comment,
    fits,
    header,
    key,
    literal,
    member,
    text_of,
    wrapped,
)
from dualschema.languages.typescript.types import JSON_VALUE, choices_of, record_lines
from dualschema.model import SchemaModel, TableModel
from dualschema.targets.zod.columns import Columns, serializer
from dualschema.targets.zod.documents import record_schemas

__all__ = ["ZOD"]


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    tables = client_tables(model)
    for table in tables:
        if "__proto__" in table.by_name:
            reason = "zod drops what stands under this name"
            raise GenerationError(ZOD.name, reason, table=table.name, column="__proto__")
    documents = documents_of(SchemaModel(tables), ZOD.name)
    names = Names(RESERVED | {*_helpers(), "z"})
    called = [_Called(table, names) for table in tables]
    types = {record.name: names.take(record.name) for record in documents.records}
    schemas = {name: names.take(f"{_lower(name)}Schema") for name in types}
    choices = {
        (table.name, column.name): names.take(constant(f"{table.name}_{column.name}") + "Choice")
        for table in tables
        for column in table.columns
        if column.type.client_kind in (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE)
    }
    columns = Columns(documents, schemas, choices)
    body = [*record_lines(documents, types), *record_schemas(documents, schemas, types)]
    for table, own in zip(tables, called, strict=True):
        body += [*_choices(table, choices), *_Writer(table, own, columns).lines()]
    lines = [
        *header("Schemas of the client's rows."),
        "import { z } from 'zod';",
        *helper_lines(_helpers(), "\n".join(body)),
        *body,
    ]
    return (GeneratedFile(path, text_of(lines)),)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


class _Called:
    """What a table's schemas and types are called."""

    def __init__(self, table: TableModel, names: Names) -> None:
        stem = constant(table.name)
        self.select = names.take(f"{stem}Select")
        self.row = names.take(f"{stem}Row")
        self.insert = names.take(f"{stem}Insert")
        self.update = names.take(f"{stem}Update")
        self.serializer = names.take(f"{stem}Serializer")
        self.type = names.take(table.class_name)
        self.new_type = names.take(f"New{table.class_name}")
        self.patch_type = names.take(f"{table.class_name}Patch")


def _choices(table: TableModel, names: dict[tuple[str, str], str]) -> list[str]:
    lines: list[str] = []
    for column in table.columns:
        if name := names.get((table.name, column.name)):
            values = [literal(value) for value in choices_of(column.type)]
            is_text = column.type.client_kind is ClientKind.CHOICE
            head = f"const {name} = z.{'enum' if is_text else 'literal'}(["
            made = wrapped(head, values, "]);")
            # prettier fills lines with numbers.
            is_ignored = len(made) > 1 and not is_text
            lines += ["", *(["// prettier-ignore"] if is_ignored else []), *made]
    return lines


class _Writer:
    """Writes the schemas of one table."""

    def __init__(self, table: TableModel, called: _Called, columns: Columns) -> None:
        self._table = table
        self._called = called
        self._columns = columns
        self._own = client_columns(table)

    def lines(self) -> list[str]:
        """Return the schemas and types."""
        called, table = self._called, self._table
        select = [self._entry(c, self._columns.select(table, c)) for c in self._own]
        row = [self._entry(c, self._columns.row(table, c)) for c in self._own]
        return [
            "",
            f"/** Takes a stored row of `{table.name}`, and gives what it means. */",
            *_object(f"export const {called.select} = z.object({{", select, "});"),
            "",
            f"/** A row of `{table.name}` as it is meant. */",
            *_object(f"export const {called.row} = z.object({{", row, "});"),
            "",
            "/** A new row: what is left out takes its default. */",
            *self._insert(),
            "",
            "/** What an update may set. */",
            *self._update(),
            "",
            "/** How TanStack DB writes what it would write in another way. */",
            *self._serializer(),
            "",
            *doc_comment(table.doc),
            f"export type {called.type} = z.output<typeof {called.row}>;",
            f"export type {called.new_type} = z.input<typeof {called.insert}>;",
            f"export type {called.patch_type} = z.input<typeof {called.update}>;",
        ]

    def _entry(self, column: ClientColumn, schema: str) -> list[str]:
        return call_lines("  ", f"{key(column.name)}: ", [Call(schema)])

    def _insert(self) -> list[str]:
        row = self._called.row
        entries = [[f"  ...{row}.shape,"]]
        for column in self._own:
            default = self._columns.default(self._table, column)
            if default is None:
                continue
            schema = "z.null()" if column.is_servers else member(f"{row}.shape", column.name)
            entries.append(_call_lines(f"{key(column.name)}: {schema}.default(", default))
        return _object(f"export const {self._called.insert} = z.strictObject({{", entries, "});")

    def _update(self) -> list[str]:
        entries = []
        for column in self._own:
            if column.is_updated:
                head = f"{key(column.name)}: z.exactOptional("
                schema = member(f"{self._called.row}.shape", column.name)
                entries.append(_call_lines(head, schema))
        return _object(f"export const {self._called.update} = z.strictObject({{", entries, "});")

    def _serializer(self) -> list[str]:
        entries = [
            [f"  {key(column.name)}: {made},"]
            for column in self._own
            if (made := serializer(column))
        ]
        return _object(f"export const {self._called.serializer} = {{", entries, "};")


def _call_lines(head: str, argument: str) -> list[str]:
    """Return the entry of an object, a call, as prettier breaks it."""
    line = f"  {head}{argument}),"
    broken = [f"  {head}", f"    {argument},", "  ),"]
    if fits(line):
        return [line]
    # Behind a key in quotes, around a function, and in a head that is too long by itself, prettier
    # breaks in ways of their own.
    if head[0] in "\"'" or argument.startswith("() =>") or any(not fits(each) for each in broken):
        return ["  // prettier-ignore", line]
    return broken


def _object(head: str, entries: list[list[str]], tail: str) -> list[str]:
    if not entries:
        return [head + tail]
    return [head, *(line for entry in entries for line in entry), tail]


def _helpers() -> dict[str, str]:
    """Return what the schemas may be made of, by name, in order."""
    return {"JsonValue": "\n".join(JSON_VALUE), **declarations(__name__)}


ZOD = Target(
    name="zod",
    title="zod schemas of the client's rows, for TanStack DB too",
    path="zod.ts",
    generate=_generate,
    options=NoOptions,
)
