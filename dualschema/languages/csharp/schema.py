"""C#: the schema, as PowerSync.Common takes it."""

from __future__ import annotations

from collections.abc import Iterator

from dualschema.client_rows import written_columns
from dualschema.code_text import indented
from dualschema.errors import GenerationError
from dualschema.generator import Names
from dualschema.languages.csharp.text import TYPES, literal, name_of, quoted
from dualschema.model import Sync, TableModel
from dualschema.powersync import client_indexes

__all__ = ["schema_of"]


def schema_of(tables: tuple[TableModel, ...]) -> list[str]:
    """Return the class that holds the tables and the schema."""
    names = Names(TYPES | {"PowerSyncSchema"})
    fields = [(names.take(name_of(table.name)), table) for table in tables]
    lines = ["/// <summary>The tables, as a database is opened with them.</summary>"]
    lines += ["public static class AppSchema", "{"]
    for name, table in fields:
        lines += indented(_table(name, table))
        lines.append("")
    given = ", ".join(name for name, _ in fields)
    return [*lines, f"    public static readonly Schema PowerSyncSchema = new({given});", "}"]


def _named(table: TableModel, name: str, column: str | None = None) -> str:
    """Return a name as a literal; the SDK takes each `?` of a statement for a parameter.

    https://github.com/powersync-ja/powersync-dotnet/blob/main/PowerSync/PowerSync.Common/MDSQLite/MDSQLiteConnection.cs
    """
    if "?" in name:
        reason = "the SDK takes a ? in a name for a parameter"
        raise GenerationError("csharp", reason, table=table.name, column=column)
    return quoted(name)


def _table(name: str, table: TableModel) -> Iterator[str]:
    yield f"public static readonly Table {name} = new()"
    yield "{"
    yield f"    Name = {_named(table, table.name)},"
    yield "    Columns ="
    yield "    {"
    for column in written_columns(table):
        place = _named(table, column.name, column.name)
        yield f"        [{place}] = ColumnType.{column.type.storage.value.title()},"
    yield "    },"
    if indexes := client_indexes(table):
        yield "    Indexes ="
        yield "    {"
        for index in indexes:
            columns = [_indexed(table, *each) for each in index.parts]
            yield f"        [{quoted(index.name)}] = [{', '.join(columns)}],"
        yield "    },"
    yield from indented(_options(table))
    yield "};"


def _indexed(table: TableModel, column: str, descending: bool) -> str:
    if "-" in column:
        # Releases to 0.1.2 take every `-` out of it.
        reason = "the SDK takes a - in an indexed column's name for a descending order"
        raise GenerationError("csharp", reason, table=table.name, column=column)
    return quoted(f"-{column}" if descending else column)


def _options(table: TableModel) -> Iterator[str]:
    if table.sync is Sync.LOCAL_ONLY:
        yield "LocalOnly = true,"
    if table.sync is Sync.INSERT_ONLY:
        yield "InsertOnly = true,"
    if table.view_name is not None:
        yield f"ViewName = {_named(table, table.view_name)},"
    if table.track_metadata:
        yield "TrackMetadata = true,"
    if previous := table.track_previous:
        columns = ", ".join(map(quoted, previous.columns or ()))
        yield "TrackPreviousValues = new TrackPreviousOptions"
        yield "{"
        if previous.columns is not None:
            yield f"    Columns = [{columns}],"
        yield f"    OnlyWhenChanged = {literal(previous.only_when_changed)},"
        yield "},"
    if table.ignore_empty_updates:
        yield "IgnoreEmptyUpdates = true,"
