"""Columns that Postgres computes from their row, which no definition has, as steps.

https://www.postgresql.org/docs/current/ddl-generated-columns.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualschema.languages.sql import identifier
from dualschema.migrate.step import Phase, Step, statement

if TYPE_CHECKING:
    from dualschema.migrate.catalog import ColumnText

__all__ = ["keep_computed"]


def keep_computed(table: str, column: str, there: ColumnText) -> Step:
    """Return the step that keeps the values of a stored column, and computes no more of them."""
    place, name = f"ALTER TABLE {identifier(table)}", identifier(column)
    required = "" if there.nullable else " NOT NULL"
    computed = f"{there.type}{required} GENERATED ALWAYS AS ({there.default}) STORED"
    return Step(
        Phase.DROP_DEFAULT,
        statement(f"{place} ALTER COLUMN {name} DROP EXPRESSION"),
        statement(f"{place} DROP COLUMN {name}, ADD COLUMN {name} {computed}"),
        f"compute {table}.{column} no more",
    )
