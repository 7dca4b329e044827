"""Aggregates and the few expressions that SQLAlchemy has not, alike on both engines."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import sqlalchemy as sa

from dualschema.crud.conflict import EXCLUDED
from dualschema.crud.select import Select
from dualschema.crud.source import Alias
from dualschema.declare.table import Table

__all__ = ["count", "excluded", "exists", "param"]

RowT = TypeVar("RowT", bound=Table)


def count(expression: sa.ColumnElement[Any] | None = None) -> sa.ColumnElement[int]:
    """Count rows, or those where an expression is not NULL.

    ``select(Timer.user_id, count()).group_by(Timer.user_id)``
    """
    return sa.func.count() if expression is None else sa.func.count(expression)


def exists(query: Select[Any]) -> sa.ColumnElement[bool]:
    """Ask whether a query gives a row, as a condition of another one."""
    return sa.exists(query.statement)


def excluded(table: type[RowT]) -> type[RowT]:
    """Return the row that an upsert was to insert: ``excluded(Timer).elapsed_time``."""
    return cast("type[RowT]", Alias(table, EXCLUDED))


def param(name: str) -> Any:
    """Return a parameter that gets its value when the statement runs.

    ``mine = select(Timer).where(Timer.user_id == param("user"))``, then
    ``db.all(mine, user="u1")``.
    """
    return sa.bindparam(name, required=True)
