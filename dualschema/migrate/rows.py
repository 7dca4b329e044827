"""Whether rows that are there stand in a step's way, or are lost by it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from dualschema.languages.sql import identifier
from dualschema.migrate.step import Step

__all__ = ["with_rows"]


def with_rows(connection: sa.Connection, step: Step) -> Step:
    """Return a step that loses nothing and is not refused where there are no such rows."""
    if not step.loses and not step.refused:
        return step
    where = f" WHERE {identifier(step.column)} IS NULL" if step.refused and step.column else ""
    query = f"SELECT EXISTS (SELECT FROM {identifier(step.table)}{where})"  # noqa: S608  (quoted)
    found = connection.exec_driver_sql(query, execution_options={"no_parameters": True}).scalar()
    return step if found else replace(step, loses="", refused="")
