"""``kysely``: types of the client's tables as they are stored, for PowerSync's Kysely driver."""

from __future__ import annotations

from typing import Final, assert_never

from dualschema.column_type import ClientKind, Storage
from dualschema.generator import (
    ClientColumn,
    GeneratedFile,
    Names,
    NoOptions,
    Target,
    client_columns,
    client_tables,
)
from dualschema.languages.typescript.spelling import (
    RESERVED,
    doc_comment,
    fits,
    header,
    key,
    literal,
    text_of,
)
from dualschema.languages.typescript.types import choices_of, typed
from dualschema.model import SchemaModel, TableModel, Writable

__all__ = ["KYSELY"]

_IMPORTED: Final = ("ColumnType", "Insertable", "Selectable", "Updateable")


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    tables = client_tables(model)
    names = Names(RESERVED | {*_IMPORTED, "Database"})
    called = [_Called(table, names) for table in tables]
    lines = [
        *header("The client's tables as they are stored, for PowerSync's Kysely driver."),
        "import type {",
        *(f"  {name}," for name in _IMPORTED),
        "} from '@powersync/kysely-driver';",
    ]
    for table, own in zip(tables, called, strict=True):
        lines += ["", *_table(table, own)]
    lines += ["", "/** The tables by the names that queries have: `Kysely<Database>`. */"]
    lines.append("export interface Database {")
    for table, own in zip(tables, called, strict=True):
        lines.append(f"  {key(table.view)}: {own.table};")
    return (GeneratedFile(path, text_of([*lines, "}"])),)


class _Called:
    """What a table's types are called."""

    def __init__(self, table: TableModel, names: Names) -> None:
        self.table = names.take(f"{table.class_name}Table")
        self.row = names.take(f"{table.class_name}Row")
        self.new = names.take(f"New{table.class_name}Row")
        self.update = names.take(f"{table.class_name}RowUpdate")


def _table(table: TableModel, called: _Called) -> list[str]:
    lines = [*doc_comment(table.doc), f"export interface {called.table} {{"]
    for column in client_columns(table):
        lines += [*doc_comment(column.model.doc, "  "), *_column(column)]
    lines += ["}", "", f"export type {called.row} = Selectable<{called.table}>;"]
    lines.append(f"export type {called.new} = Insertable<{called.table}>;")
    return [*lines, f"export type {called.update} = Updateable<{called.table}>;"]


def _column(column: ClientColumn) -> list[str]:
    head = f"{key(column.name)}:"
    values = _values(column)
    if column.is_key:
        # PowerSync's views refuse a row without one, and an update of it.
        return _apart(head, " | ".join(values), " | ".join(values), "never")
    writable = column.model.writable
    read = [*values, "null"] if column.may_be_null else values
    match writable:
        case Writable.CLIENT:
            return typed(head, read)
        case Writable.CREATE:
            write = [*read, "undefined"] if column.may_be_null else read
            return _apart(head, " | ".join(read), " | ".join(write), "never")
        case Writable.SERVER:
            # NULL until it comes back from there.
            return _apart(head, " | ".join(read), "never", "never")
        case _:
            assert_never(writable)


def _apart(head: str, *types: str) -> list[str]:
    """Return a column whose types differ between SELECT, INSERT and UPDATE."""
    line = f"  {head} ColumnType<{', '.join(types)}>;"
    if fits(line):
        return [line]
    lines = [f"  {head} ColumnType<", *(f"    {each}," for each in types)]
    lines[-1] = lines[-1].removesuffix(",")
    lines.append("  >;")
    return lines if all(fits(each) for each in lines) else ["  // prettier-ignore", line]


def _values(column: ClientColumn) -> list[str]:
    """Return the type of a stored value that is not NULL: the members of a union."""
    of_type = column.model.type
    kind = of_type.client_kind
    if kind in (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE):
        return [literal(value) for value in choices_of(of_type)]
    if kind is ClientKind.BOOLEAN:
        return ["0", "1"]
    match of_type.storage:
        case Storage.TEXT:
            return ["string"]
        case Storage.INTEGER | Storage.REAL:
            return ["number"]
        case _:
            assert_never(of_type.storage)


KYSELY = Target(
    name="kysely",
    title="the types of the client's tables for PowerSync's Kysely driver",
    path="kysely.ts",
    generate=_generate,
    options=NoOptions,
)
