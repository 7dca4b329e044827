"""``typescript``: the client's schema for PowerSync's JavaScript SDKs, types, and conversions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from dualschema.column_type import ClientKind, Storage
from dualschema.documents import documents_of
from dualschema.errors import GenerationError
from dualschema.generator import (
    GeneratedFile,
    Names,
    Target,
    client_columns,
    client_tables,
)
from dualschema.languages.typescript.helpers import declarations, helper_lines
from dualschema.languages.typescript.spelling import (
    RESERVED,
    WIDTH,
    computed_key,
    doc_comment,
    fits,
    header,
    literal,
    quoted,
    text_of,
    wrapped,
)
from dualschema.languages.typescript.types import JSON_VALUE, choices_of, record_lines
from dualschema.model import SchemaModel, Sync, TableModel
from dualschema.naming import ascii_words
from dualschema.powersync import client_indexes
from dualschema.targets.typescript.columns import Spelling
from dualschema.targets.typescript.rows import RowNames, row_lines

__all__ = ["TYPESCRIPT", "TypescriptOptions"]

_IMPORTED = ("column", "Schema", "Table")
_PROTO = "__proto__"
_CHOICES = (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE)


@dataclass(frozen=True, slots=True)
class TypescriptOptions:
    """What the target is told.

    Attributes:
        module: the SDK that the schema is imported from.
        dates: ``date`` has instants as ``Date``, where it holds them exactly; ``iso`` has their
            text, ``YYYY-MM-DDTHH:MM:SS.mmmZ``, which sorts and compares as it is.
    """

    module: Literal[
        "@powersync/web",
        "@powersync/node",
        "@powersync/react-native",
        "@powersync/common",
        "@powersync/capacitor",
    ] = "@powersync/web"
    dates: Literal["date", "iso"] = "date"


def _generate(
    model: SchemaModel, path: str, options: TypescriptOptions
) -> tuple[GeneratedFile, ...]:
    tables = client_tables(model)
    _refuse_proto(tables)
    documents = documents_of(SchemaModel(tables), "typescript")
    helpers = {**declarations(__name__), "JsonValue": "\n".join(JSON_VALUE)}
    names = Names(RESERVED | {*helpers, *_IMPORTED, "AppSchema", "Database"})
    # Rows first: a document's type gives way to a table's.
    row_names = [RowNames.of(table, names) for table in tables]
    records = {record.name: names.take(record.name) for record in documents.records}
    constants = [names.take(_constant(table.name)) for table in tables]
    choices = {
        (table.name, column.name): names.take(f"{_constant(f'{table.name} {column.name}')}Choice")
        for table in tables
        for column in client_columns(table)
        if column.model.type.client_kind in _CHOICES
    }
    spelling = Spelling(documents, records, choices, options.dates == "date")
    body = record_lines(documents, records)
    for table, constant in zip(tables, constants, strict=True):
        body += ["", *_table(table, constant)]
    body += ["", *_schema(tables, constants)]
    body += ["", "export type Database = (typeof AppSchema)['types'];", *_choices(tables, choices)]
    for table, named in zip(tables, row_names, strict=True):
        body += row_lines(table, named, spelling)
    lines = [
        *header("The client's schema, its rows and their conversions."),
        f"import {{ {', '.join(_IMPORTED)} }} from {quoted(options.module)};",
        *helper_lines(helpers, "\n".join(body)),
        *body,
    ]
    return (GeneratedFile(path, text_of(lines)),)


def _constant(name: str) -> str:
    """Return what a constant is called of a table's or column's name, which may hold anything."""
    first, *rest = ascii_words(name) or ("table",)
    made = first + "".join(word.capitalize() for word in rest)
    return f"_{made}" if made[0].isdigit() else made


def _refuse_proto(tables: tuple[TableModel, ...]) -> None:
    for table in tables:
        for column in client_columns(table):
            if _PROTO in (column.name, column.model.json_name):
                reason = f"{_PROTO} is every object's own in JavaScript, and no column's value"
                raise GenerationError(
                    "typescript", reason, table=table.name, column=column.model.name
                )


def _choices(tables: tuple[TableModel, ...], names: dict[tuple[str, str], str]) -> list[str]:
    """Return the constants that read and write closed sets."""
    lines: list[str] = []
    for table in tables:
        for column in client_columns(table):
            if name := names.get((table.name, column.name)):
                values = list(map(literal, choices_of(column.model.type)))
                lines += ["", *wrapped(f"const {name} = oneOf(", values, ");")]
    return lines


def _schema(tables: tuple[TableModel, ...], constants: list[str]) -> list[str]:
    lines = ["/** The schema that a PowerSync database is opened with. */"]
    lines.append("export const AppSchema = new Schema({")
    for table, constant in zip(tables, constants, strict=True):
        entry = computed_key(table.name)
        lines.append(f"  {entry}," if entry == constant else f"  {entry}: {constant},")
    return [*lines, "});"]


def _table(table: TableModel, constant: str) -> list[str]:
    options = _options(table)
    indent = "    " if options else "  "
    columns = [
        line
        for column in client_columns(table)
        if not column.is_key
        for line in _column(column.name, column.model.type.storage, indent)
    ]
    lines = [*doc_comment(table.doc), f"const {constant} = new Table("]
    if options:
        given = ["  {", *columns, "  },"] if columns else ["  {},"]
        return [*lines, *given, *options, ");"]
    # prettier has the brackets together, where there is one argument.
    head, tail = lines.pop() + "{", "});"
    return [*lines, head, *columns, tail] if columns else [*lines, head + tail]


def _column(name: str, storage: Storage, indent: str) -> list[str]:
    head, type_ = f"{indent}{computed_key(name)}:", f"column.{_storage(storage)},"
    line = f"{head} {type_}"
    return [line] if fits(line) else [head, f"{indent}  {type_}"]


def _storage(storage: Storage) -> str:
    match storage:
        case Storage.TEXT:
            return "text"
        case Storage.INTEGER:
            return "integer"
        case Storage.REAL:
            return "real"
        case _:
            assert_never(storage)


def _options(table: TableModel) -> list[str]:
    entries = [*_indexes(table), *_flags(table)]
    if not entries:
        return []
    [first, *others] = entries
    if not others and len(first) == 1 and len(first[0]) + 7 <= WIDTH:
        return [f"  {{ {first[0]} }},"]
    lines = ["  {"]
    for entry in entries:
        lines += [f"    {line}" for line in entry[:-1]]
        lines.append(f"    {entry[-1]},")
    return [*lines, "  },"]


def _indexes(table: TableModel) -> list[list[str]]:
    entries = []
    for index in client_indexes(table):
        columns = [quoted(f"-{name}" if descending else name) for name, descending in index.parts]
        entries.append(f"{computed_key(index.name)}: [{', '.join(columns)}]")
    if not entries:
        return []
    if len(entries) == 1 and len(entries[0]) + 22 <= WIDTH:
        return [[f"indexes: {{ {entries[0]} }}"]]
    return [["indexes: {", *(f"  {entry}," for entry in entries), "}"]]


def _flags(table: TableModel) -> list[list[str]]:
    entries = []
    if table.sync is Sync.LOCAL_ONLY:
        entries.append("localOnly: true")
    if table.sync is Sync.INSERT_ONLY:
        entries.append("insertOnly: true")
    if table.view_name is not None:
        entries.append(f"viewName: {quoted(table.view_name)}")
    if table.track_metadata:
        entries.append("trackMetadata: true")
    if table.ignore_empty_updates:
        entries.append("ignoreEmptyUpdates: true")
    return [*_tracked(table), *([entry] for entry in entries)]


def _tracked(table: TableModel) -> list[list[str]]:
    previous = table.track_previous
    if previous is None:
        return []
    inner = []
    if previous.columns is not None:
        inner.append(f"columns: [{', '.join(map(quoted, previous.columns))}]")
    if previous.only_when_changed:
        inner.append("onlyWhenChanged: true")
    if not inner:
        return [["trackPrevious: true"]]
    return [wrapped("trackPrevious: { ", inner, " }")]


TYPESCRIPT = Target(
    name="typescript",
    title="the schema for PowerSync's JavaScript SDKs, row types, and conversions",
    path="schema.ts",
    generate=_generate,
    options=TypescriptOptions,
)
