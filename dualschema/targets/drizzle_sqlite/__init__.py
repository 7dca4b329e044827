"""``drizzle-sqlite``: the client's tables for Drizzle over PowerSync, and the schema they make."""

from __future__ import annotations

from typing import Final

from dualschema.column_type import ClientKind
from dualschema.documents import documents_of
from dualschema.generator import (
    GeneratedFile,
    Names,
    NoOptions,
    Target,
    client_columns,
    client_tables,
)
from dualschema.languages.drizzle import HELPERS, properties
from dualschema.languages.typescript.calls import called, import_lines, list_lines
from dualschema.languages.typescript.helpers import helper_lines
from dualschema.languages.typescript.spelling import (
    RESERVED,
    constant,
    doc_comment,
    header,
    member,
    quoted,
    text_of,
    wrapped,
)
from dualschema.languages.typescript.types import JSON_VALUE, choices_lines, record_lines
from dualschema.model import IndexModel, SchemaModel, Sync, TableModel
from dualschema.powersync import client_indexes
from dualschema.targets.drizzle_sqlite.columns import Columns
from dualschema.targets.drizzle_sqlite.relations import Relations

__all__ = ["DRIZZLE_SQLITE"]

_HELPERS: Final = {
    **{name: HELPERS[name] for name in ("int64Text", "instantText", "bytesText")},
    "JSON_TOKEN": """\
const JSON_TOKEN = /"(?:[^"\\\\]|\\\\.)*"|-?[0-9][0-9.eE+-]*/g;""",
    "isRounded": """\
function isRounded(token: string): boolean {
  return /^-?[0-9]{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}""",
    "parseJson": """\
function parseJson(value: string): JsonValue {
  // JSON.parse rounds whole numbers of more than 53 bits, and says nothing.
  if (value.match(JSON_TOKEN)?.some(isRounded)) {
    throw new RangeError(
      'a document holds a whole number of more than 53 bits',
    );
  }
  return JSON.parse(value) as JsonValue;
}""",
    "writeJson": """\
function writeJson(value: unknown): string {
  // JSON.stringify writes such a number as a whole one, of which others keep every digit.
  return JSON.stringify(value).replace(JSON_TOKEN, (token) =>
    isRounded(token) ? Number(token).toExponential() : token,
  );
}""",
    "jsonText": """\
/** Documents, as text. */
function jsonText<T>(name: string) {
  return customType<{ data: T; driverData: string }>({
    dataType: () => 'text',
    fromDriver: (value) => parseJson(value) as T,
    toDriver: (value) => writeJson(value),
  })(name);
}""",
    "anyJson": """\
/** JSON's own null in a column of any JSON, where `null` is SQL's NULL. */
export const JSON_NULL: unique symbol = Symbol.for('dualschema.JSON_NULL');

/** Any document; Drizzle itself knows but one null. */
const anyJson = customType<{
  data: Exclude<JsonValue, null> | typeof JSON_NULL;
  driverData: string;
}>({
  dataType: () => 'text',
  fromDriver: (value) => parseJson(value) ?? JSON_NULL,
  toDriver: (value) => writeJson(value === JSON_NULL ? null : value),
});""",
    "descending": """\
/** What descends in an index: to Drizzle by SQL, to PowerSync by its name. */
function descending(column: SQLiteColumn) {
  return Object.assign(desc(column), { name: `-${column.name}` });
}""",
}
_OF_ORM: Final = ("desc", "relations", "sql")
_BUILDERS: Final = ("customType", "index", "integer", "real", "sqliteTable", "text")
_DRIVER: Final = "@powersync/drizzle-driver"
_OWN: Final = ("AppSchema", "DrizzleAppSchema", "JSON_NULL", "JsonValue", "SQLiteColumn")


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    writer = _Writer(client_tables(model))
    body = [*writer.records(), *writer.tables(), *writer.schemas()]
    body = [*helper_lines(_HELPERS, "\n".join(called(_HELPERS, body))), *body]
    if any("JsonValue" in line for line in body):
        body = ["", *JSON_VALUE, *body]
    lines = [
        *header("The client's tables, for Drizzle over PowerSync."),
        *import_lines(("DrizzleAppSchema",), (), _DRIVER, body),
        *import_lines(_OF_ORM, (), "drizzle-orm", body),
        *import_lines(_BUILDERS, ("SQLiteColumn",), "drizzle-orm/sqlite-core", body),
        *body,
    ]
    return (GeneratedFile(path, text_of(lines)),)


class _Writer:
    """Writes one file."""

    def __init__(self, tables: tuple[TableModel, ...]) -> None:
        self._tables = tables
        self._documents = documents_of(SchemaModel(tables), DRIZZLE_SQLITE.name)
        names = Names(RESERVED | {*_HELPERS, *_OF_ORM, *_BUILDERS, *_OWN, "drizzleSchema"})
        self._constants = {table.name: names.take(constant(table.name)) for table in tables}
        # A table that the client calls otherwise stands twice: as queries name it, and as
        # PowerSync's service does.
        self._stored = {
            table.name: names.take(f"{self._constants[table.name]}Stored")
            for table in tables
            if table.view_name is not None
        }
        self._shared = {
            name: names.take(f"{self._constants[name]}Columns") for name in self._stored
        }
        self._records = {r.name: names.take(r.name) for r in self._documents.records}
        self._choices = {
            (table.name, column.name): names.take(
                constant(f"{table.name}_{column.name}") + "Choices"
            )
            for table in tables
            for column in table.columns
            if column.type.client_kind is ClientKind.CHOICE
        }
        self._properties = {
            (table.name, column.model.name): called
            for table in tables
            for column, called in zip(
                client_columns(table),
                properties(
                    "id" if column.is_key else column.model.json_name
                    for column in client_columns(table)
                ),
                strict=True,
            )
        }
        self._columns = Columns(self._documents, self._records, self._choices, self._properties)
        self._relations = Relations(tables, self._constants, self._properties, names)

    def records(self) -> list[str]:
        """Return the types of documents."""
        return record_lines(self._documents, self._records)

    def tables(self) -> list[str]:
        """Return the tables, each below the choices of its columns, and their relations."""
        lines = [line for table in self._tables for line in self._table(table)]
        return [*lines, *self._relations.lines()]

    def _table(self, table: TableModel) -> list[str]:
        lines = choices_lines(table, self._choices)
        head = f"export const {self._constants[table.name]} = sqliteTable("
        indexes = [self._index(table, index) for index in client_indexes(table)]
        if table.view_name is not None:
            return [*lines, "", *self._twice(table, table.view_name, head, indexes)]
        lines += ["", *doc_comment(table.doc)]
        if not indexes:
            columns = self._columns.of(table, indent="  ")
            return [*lines, f"{head}{quoted(table.name)}, {{", *columns, "});"]
        columns = ["  {", *self._columns.of(table, indent="    "), "  },"]
        made = list_lines("  (t) => [", indexes)
        return [*lines, head, f"  {quoted(table.name)},", *columns, *made, ");"]

    def _twice(
        self, table: TableModel, view: str, head: str, indexes: list[list[str]]
    ) -> list[str]:
        """Return a table as queries name it, and as PowerSync's schema does."""
        shared = self._shared[table.name]
        columns = [f"const {shared} = {{", *self._columns.of(table, indent="  "), "};"]
        lines = [*doc_comment(table.doc), *wrapped(head, [quoted(view), shared], ");"), ""]
        head = f"const {self._stored[table.name]} = sqliteTable("
        if not indexes:
            return [*columns, "", *lines, *wrapped(head, [quoted(table.name), shared], ");")]
        made = list_lines("  (t) => [", indexes)
        return [*columns, "", *lines, head, f"  {quoted(table.name)},", f"  {shared},", *made, ");"]

    def _index(self, table: TableModel, index: IndexModel) -> list[str]:
        """Return an index as its lines."""
        columns = []
        for name, descends in index.parts:
            column = member("t", self._properties[table.name, name])
            columns.append(f"descending({column})" if descends else column)
        made = wrapped(f"index({quoted(index.name)}).on(", columns, ")", indent="    ")
        return [line.removeprefix("    ") for line in made]

    def schemas(self) -> list[str]:
        """Return the schema for Drizzle's queries, and PowerSync's."""
        own = [self._constants[table.name] for table in self._tables]
        entries = [*own, *self._relations.constants]
        lines = ["", "/** What `wrapPowerSyncWithDrizzle` takes as its schema. */"]
        lines += ["export const drizzleSchema = {", *(f"  {name}," for name in entries), "};"]
        lines += ["", "/** The schema that a PowerSync database is opened with. */"]
        lines.append("export const AppSchema = new DrizzleAppSchema({")
        for table in self._tables:
            lines += self._entry(table)
        return [*lines, "});"]

    def _entry(self, table: TableModel) -> list[str]:
        constant = self._constants[table.name]
        options = list(_options(table))
        if not options:
            return [f"  {constant},"]
        definition = self._stored.get(table.name, constant)
        lines = [f"  {constant}: {{", f"    tableDefinition: {definition},", "    options: {"]
        return [*lines, *(f"      {option}" for option in options), "    },", "  },"]


def _options(table: TableModel) -> list[str]:
    """Return the lines of a table's options, with their commas."""
    options = []
    if table.sync is Sync.LOCAL_ONLY:
        options.append("localOnly: true,")
    if table.sync is Sync.INSERT_ONLY:
        options.append("insertOnly: true,")
    if table.view_name is not None:
        options.append(f"viewName: {quoted(table.view_name)},")
    if table.track_metadata:
        options.append("trackMetadata: true,")
    if table.ignore_empty_updates:
        options.append("ignoreEmptyUpdates: true,")
    return [*_tracked(table), *options]


def _tracked(table: TableModel) -> list[str]:
    previous = table.track_previous
    if previous is None:
        return []
    inner = []
    if previous.columns is not None:
        columns = [quoted(name) for name in previous.columns]
        made = wrapped("columns: [", columns, "],", indent=" " * 8)
        inner += [line.removeprefix(" " * 6) for line in made]
    if previous.only_when_changed:
        inner.append("  onlyWhenChanged: true,")
    return ["trackPrevious: {", *inner, "},"] if inner else ["trackPrevious: true,"]


DRIZZLE_SQLITE = Target(
    name="drizzle-sqlite",
    title="Drizzle tables for PowerSync's Drizzle driver, and the schema of the client",
    path="drizzle.ts",
    generate=_generate,
    options=NoOptions,
)
