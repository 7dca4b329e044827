"""What was renamed: tables and columns by ``was=``; constraints where all but their name stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from alembic.operations import ops

from dualschema.languages.sql import identifier
from dualschema.metadata import stands_in
from dualschema.migrate.catalog import Catalog
from dualschema.migrate.step import Phase, Step, statement
from dualschema.model import TableModel

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["rename_constraint", "rename_index", "renamed_tables", "renames"]


def renamed_tables(schema: Schema, live: Catalog) -> Mapping[str, str]:
    """Return the tables that are there under the name that they had: new names by old ones."""
    return {
        table.was: table.name
        for table in schema.model.tables
        if stands_in(table, "postgresql")
        and table.was is not None
        and table.was in live.tables
        and table.name not in live.tables
    }


def renames(schema: Schema, live: Catalog) -> Iterator[Step]:
    """Yield the steps that rename tables and columns; what has its new name already is left."""
    new_names = renamed_tables(schema, live)
    for old, new in new_names.items():
        up, down = ops.RenameTableOp(old, new), ops.RenameTableOp(new, old)
        yield Step(Phase.TABLE_NAME, up, down, f"rename table {old} to {new}")
    old_names = {new: old for old, new in new_names.items()}
    for table in schema.model.tables:
        there = live.tables.get(old_names.get(table.name, table.name))
        if there is not None and stands_in(table, "postgresql"):
            yield from _columns(table, there)


def _columns(table: TableModel, there: Mapping[str, object]) -> Iterator[Step]:
    for column in table.columns:
        if column.was is None or column.was not in there or column.name in there:
            continue
        yield Step(
            Phase.COLUMN_NAME,
            ops.AlterColumnOp(table.name, column.was, modify_name=column.name),
            ops.AlterColumnOp(table.name, column.name, modify_name=column.was),
            f"rename column {table.name}.{column.was} to {column.name}",
        )


def rename_constraint(table: str, old: str, new: str) -> Step:
    """Return the step that gives a constraint another name."""

    def sql(before: str, after: str) -> ops.ExecuteSQLOp:
        names = f"{identifier(before)} TO {identifier(after)}"
        return statement(f"ALTER TABLE {identifier(table)} RENAME CONSTRAINT {names}")

    text = f"rename constraint {old} of {table} to {new}"
    return Step(Phase.RULE_NAME, sql(old, new), sql(new, old), text)


def rename_index(table: str, old: str, new: str) -> Step:
    """Return the step that gives an index another name."""

    def sql(before: str, after: str) -> ops.ExecuteSQLOp:
        return statement(f"ALTER INDEX {identifier(before)} RENAME TO {identifier(after)}")

    text = f"rename index {old} of {table} to {new}"
    return Step(Phase.RULE_NAME, sql(old, new), sql(new, old), text)
