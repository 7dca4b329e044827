"""Rust: the schema, as the crate ``powersync`` takes it."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.client_rows import written_columns
from dualschema.code_text import indented
from dualschema.languages.rust.text import call, literal, quoted
from dualschema.model import Sync, TableModel
from dualschema.powersync import client_indexes

__all__ = ["schema_of"]


def schema_of(tables: tuple[TableModel, ...]) -> list[str]:
    """Return the function that makes the schema."""
    lines = [
        "/// The tables, as a database is opened with them.",
        "pub fn app_schema() -> Schema {",
    ]
    if not tables:
        return [*lines, "    Schema::default()", "}"]
    lines.append("    let mut schema = Schema::default();")
    for table in tables:
        lines += _table(table)
    return [*lines, "    schema", "}"]


def _table(table: TableModel) -> list[str]:
    columns = [
        f"Column::{column.type.storage.value.lower()}({quoted(column.name)})"
        for column in written_columns(table)
    ]
    options = list(_options(table))
    closure = ["|_| {},"] if not options else ["|table| {", *indented(options), "},"]
    inner = [f"{quoted(table.name)},", *_ending(call("", "vec![", columns, "]"), ","), *closure]
    return [
        "    schema.tables.push(Table::create(",
        *indented(inner, "        "),
        "    ));",
    ]


def _ending(lines: list[str], end: str) -> list[str]:
    return [*lines[:-1], lines[-1] + end]


def _options(table: TableModel) -> Iterator[str]:
    if table.view_name is not None:
        yield f"table.view_name_override = Some({quoted(table.view_name)}.into());"
    for index in client_indexes(table):
        yield "table.indexes.push(Index {"
        yield f"    name: {quoted(index.name)}.into(),"
        parts = [
            [
                f"    name: {quoted(name)}.into(),",
                f"    ascending: {literal(not descending)},",
                f'    type_name: "{table.by_name[name].type.storage.value}".into(),',
            ]
            for name, descending in index.parts
        ]
        if len(parts) == 1:
            yield from ("    columns: vec![IndexedColumn {", *indented(parts[0]), "    }],")
        else:
            yield "    columns: vec!["
            for part in parts:
                yield from ("        IndexedColumn {", *indented(part, "        "), "        },")
            yield "    ],"
        yield "});"
    if table.sync is Sync.LOCAL_ONLY:
        yield "table.options.local_only = true;"
    if table.sync is Sync.INSERT_ONLY:
        yield "table.options.insert_only = true;"
    if table.track_metadata:
        yield "table.options.track_metadata = true;"
    if table.track_previous is not None:
        yield "table.options.track_previous_values = Some(TrackPreviousValues {"
        yield from _tracked(table.track_previous.columns)
        yield f"    only_when_changed: {literal(table.track_previous.only_when_changed)},"
        yield "});"
    if table.ignore_empty_updates:
        yield "table.options.ignore_empty_updates = true;"


def _tracked(columns: tuple[str, ...] | None) -> list[str]:
    if columns is None:
        return ["    column_filter: None,"]
    names = [f"{quoted(name)}.into()" for name in columns]
    return call("    ", "column_filter: Some(vec![", names, "]),")
