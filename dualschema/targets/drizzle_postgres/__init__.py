"""``drizzle-postgres``: Drizzle's tables for Postgres, equal to the schema's own DDL."""

from __future__ import annotations

from typing import Final

from dualschema.column_type import ClientKind
from dualschema.documents import documents_of
from dualschema.generator import GeneratedFile, Names, NoOptions, Target
from dualschema.languages.drizzle import HELPERS, properties
from dualschema.languages.typescript.calls import called, import_lines, list_lines
from dualschema.languages.typescript.helpers import helper_lines
from dualschema.languages.typescript.spelling import (
    RESERVED,
    constant,
    doc_comment,
    header,
    quoted,
    text_of,
)
from dualschema.languages.typescript.types import JSON_VALUE, choices_lines, record_lines
from dualschema.metadata import stands_in
from dualschema.model import SchemaModel, TableModel
from dualschema.targets.drizzle_postgres.columns import Columns
from dualschema.targets.drizzle_postgres.constraints import Constraints

__all__ = ["DRIZZLE_POSTGRES"]

_HELPERS: Final = {
    **HELPERS,
    "bytea": """\
/** Bytes. */
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });""",
    "anyJson": """\
/** Any document. Drizzle's own jsonb reads a text in it as if it were JSON. */
const anyJson = customType<{ data: JsonValue; driverData: unknown }>({
  dataType: () => 'jsonb',
  fromDriver: (value) => value as JsonValue,
  toDriver: (value) => JSON.stringify(value),
});""",
}
_BUILDERS: Final = tuple(
    """
    bigint bigserial boolean check customType date doublePrecision foreignKey index integer jsonb
    numeric pgTable primaryKey serial text time timestamp unique uniqueIndex uuid
    """.split()
)
_TYPES: Final = ("PgTableExtraConfigValue",)


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    tables = tuple(table for table in model.tables if stands_in(table, "postgresql"))
    writer = _Writer(tables)
    body = [line for table in tables for line in writer.table(table)]
    body = [*writer.records(), *body]
    body = [*helper_lines(_HELPERS, "\n".join(called(_HELPERS, body))), *body]
    if any("JsonValue" in line for line in body):
        body = ["", *JSON_VALUE, *body]
    lines = [
        *header("The server's tables, for Drizzle on Postgres."),
        *import_lines(("sql",), (), "drizzle-orm", body),
        *import_lines(_BUILDERS, _TYPES, "drizzle-orm/pg-core", body),
        *body,
    ]
    return (GeneratedFile(path, text_of(lines)),)


class _Writer:
    """Writes the tables of one file."""

    def __init__(self, tables: tuple[TableModel, ...]) -> None:
        self._documents = documents_of(SchemaModel(tables), DRIZZLE_POSTGRES.name)
        names = Names(RESERVED | {*_BUILDERS, *_TYPES, *_HELPERS, "sql", "JsonValue"})
        constants = {table.name: names.take(constant(table.name)) for table in tables}
        self._records = {r.name: names.take(r.name) for r in self._documents.records}
        self._choices = {
            (table.name, column.name): names.take(
                constant(f"{table.name}_{column.name}") + "Choices"
            )
            for table in tables
            for column in table.columns
            if column.type.client_kind is ClientKind.CHOICE
        }
        called = {
            (table.name, column.name): called
            for table in tables
            for column, called in zip(
                table.columns,
                properties(column.json_name for column in table.columns),
                strict=True,
            )
        }
        self._constants = constants
        self._columns = Columns(self._documents, self._records, self._choices, called)
        self._constraints = Constraints(constants, called)

    def records(self) -> list[str]:
        """Return the types of documents."""
        return record_lines(self._documents, self._records)

    def table(self, table: TableModel) -> list[str]:
        """Return a table, below the choices of its columns."""
        lines = choices_lines(table, self._choices)
        lines += ["", *doc_comment(table.doc)]
        head = f"export const {self._constants[table.name]} = pgTable("
        extras = list(self._constraints.of(table))
        if not extras:
            columns = self._columns.of(table, indent="  ")
            return [*lines, f"{head}{quoted(table.name)}, {{", *columns, "});"]
        # TypeScript would else ask a table in a circle of keys for its own type.
        typed = ": PgTableExtraConfigValue[]" if table.foreign_keys else ""
        columns = self._columns.of(table, indent="    ")
        made = list_lines(f"  (t){typed} => [", extras)
        return [*lines, head, f"  {quoted(table.name)},", "  {", *columns, "  },", *made, ");"]


DRIZZLE_POSTGRES = Target(
    name="drizzle-postgres",
    title="Drizzle tables for Postgres, equal to the schema's DDL",
    path="postgres.ts",
    generate=_generate,
    options=NoOptions,
)
