"""Whether rows that are there stand in a step's way, or are lost by it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from dualschema.errors import MigrationError
from dualschema.languages.sql import identifier
from dualschema.migrate.step import Step

__all__ = ["hold_without_rows", "with_rows"]


def with_rows(connection: sa.Connection, step: Step) -> Step:
    """Return a step that loses nothing and is not refused where there are no such rows."""
    if not step.table or not (step.loses or step.refused):
        return step
    where = f" WHERE {identifier(step.column)} IS NULL" if step.refused and step.column else ""
    if _has_rows(connection, step.table, where):
        return step
    return replace(step, loses="", refused="", spared=step.loses)


def hold_without_rows(connection: sa.Connection, step: Step) -> None:
    """Lock a table that had no rows to lose, before the step does it.

    Raises:
        MigrationError: it has rows now.
    """
    sql = f"LOCK TABLE {identifier(step.table)} IN ACCESS EXCLUSIVE MODE"
    connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    if _has_rows(connection, step.table):
        raise MigrationError(
            f"this would be lost: {step.spared}, for rows came meanwhile: push again"
        )


def _has_rows(connection: sa.Connection, table: str, where: str = "") -> bool:
    query = f"SELECT EXISTS (SELECT FROM {identifier(table)}{where})"  # noqa: S608  (quoted)
    found = connection.exec_driver_sql(query, execution_options={"no_parameters": True})
    return bool(found.scalar())
