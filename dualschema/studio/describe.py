"""The schema as the page is told of it: tables, columns, and what may be done with each."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dualschema.column_type import ClientKind, OneOf
from dualschema.model import ColumnModel, OwnerModel, TableModel, column_constraints
from dualschema.schema import Schema
from dualschema.studio.filters import is_sortable, operators_of
from dualschema.studio.values import cell

__all__ = ["described"]

_POSTGRES: Final[sa.Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's is not typed


def described(schema: Schema, here: Collection[str]) -> list[dict[str, Any]]:
    """Return the tables of a schema.

    Args:
        schema: the tables.
        here: the names of those that the database has.
    """
    return [
        _table(schema, table, model, is_here=model.name in here)
        for table, model in zip(schema.tables, schema.model.tables, strict=True)
        if not model.dropped
    ]


def _table(schema: Schema, table: Any, model: TableModel, *, is_here: bool) -> dict[str, Any]:
    stored = schema.metadata.tables[model.name].columns
    return {
        "name": model.name,
        "class_name": model.class_name,
        "doc": model.doc,
        "key": model.key,
        "sync": model.sync.value,
        "owner": model.owner and _owner(model.owner),
        "here": is_here,
        "columns": [
            _column(table, model, column, stored[column.name].type) for column in model.columns
        ],
    }


def _column(
    table: Any, model: TableModel, column: ColumnModel, stored: sa.types.TypeEngine[Any]
) -> dict[str, Any]:
    reference = next((key for key in model.foreign_keys if key.column == column.name), None)
    return {
        "name": column.name,
        "type": column.type.name,
        "kind": column.type.client_kind.value,
        "server_type": stored.compile(dialect=_POSTGRES),
        "client_type": column.type.storage.value,
        "nullable": column.nullable,
        "required": column.required,
        "default": _default(table, column),
        "doc": column.doc,
        "key": column.name == model.key,
        "owner": column.name == model.owner_column,
        "unique": column.name in model.unique_columns,
        "writable": column.writable.value,
        "choices": _choices(column),
        "references": reference
        and {"table": reference.target_table, "column": reference.target_column},
        "operators": [operator.value for operator in operators_of(column)],
        "sortable": is_sortable(column),
    }


def _owner(owner: OwnerModel) -> str:
    """Return the way to the owner: ``item_id → category_id → user_id``."""
    return " → ".join([*(step.column for step in owner.steps), owner.column])


def _choices(column: ColumnModel) -> list[Any] | None:
    found = (each for each in column_constraints(column) if isinstance(each, OneOf))
    if column.type.client_kind is ClientKind.BOOLEAN:
        return [False, True]
    return next((list(each.values) for each in found), None)


def _default(table: Any, column: ColumnModel) -> str | None:
    """Return what a new row holds, as it is shown; None where an insert must say it."""
    default = column.default
    if default is None:
        return "NULL" if column.nullable else None
    if default.in_ddl or (default.factory is None and default.server is None):
        value = cell(table, column, default.value, "value")
        return "NULL" if value is None else _written(value)
    if default.server is not None:
        return default.server
    return f"{getattr(default.factory, '__name__', 'made')}()"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
