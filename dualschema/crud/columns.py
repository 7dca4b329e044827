"""Columns by the names that statements give them, and values that are checked against them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dualschema.column_type import ClientKind, PostgresStyle
from dualschema.convert import converter_of
from dualschema.crud.source import table_of
from dualschema.declare.derived import PatchModel
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError
from dualschema.model import ColumnModel

__all__ = [
    "assigned",
    "column_named",
    "encoded_value",
    "given_values",
    "made_when_run",
    "touch_name",
]


def column_named(table: type[Table], name: Any) -> ColumnModel:
    """Return the column of a name in Python, or of an expression like ``Timer.name``.

    Raises:
        StatementError: the table has no such column; the text names the nearest.
    """
    model = binding_of(table).model
    if isinstance(name, str):
        if (found := model.by_attribute.get(name)) is not None:
            return found
        near = difflib.get_close_matches(name, model.by_attribute, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise StatementError(f"{model.name} has no column {name!r}{hint}")
    if isinstance(name, sa.Column) and table_of(table).c.get(name.name) is name:
        return model.by_name[name.name]
    raise StatementError(f"a column of {model.name} is wanted: a name, or {table.__name__}.name")


def encoded_value(table: type[Table], column: ColumnModel, value: Any) -> Any:
    """Check a value that a column is to hold; return it as SQLite stores it.

    Raises:
        EncodeError: the column does not take it.
    """
    return converter_of(table, "sqlite").encode_cell(column, value)


def assigned(column: ColumnModel, value: Any) -> Any:
    """Return an expression as what a column is set to.

    A condition is an SQL boolean, which Postgres does not take for the integer that the portable
    style stores.
    """
    is_boolean = column.type.client_kind is ClientKind.BOOLEAN
    if isinstance(value, sa.BindParameter):
        return value  # it takes the column's type
    if is_boolean and column.style is PostgresStyle.PORTABLE:
        return sa.cast(value, sa.Integer())
    return value


def made_when_run(column: ColumnModel, of: sa.Column[Any]) -> sa.BindParameter[Any]:
    """Return what a column's ``on_update`` makes, anew each time that the statement runs."""
    return sa.bindparam(touch_name(column), callable_=column.on_update, type_=of.type)


def touch_name(column: ColumnModel) -> str:
    """Return the name of the parameter that has what a column's ``on_update`` makes."""
    return f"on_update_{column.name}"


def given_values(table: type[Table], patch: Any, named: dict[str, Any]) -> dict[str, Any]:
    """Return what an update sets, by the columns' names in Python.

    Args:
        table: the table class.
        patch: a mapping, a patch model (of which only what was sent counts) or None.
        named: the keywords.

    Raises:
        StatementError: a name is no column's, or it is given twice.
    """
    model = binding_of(table).model
    if patch is None:
        if named.keys() <= model.settable:
            return named
        given = named
    else:
        given = _of_patch(patch)
        if both := given.keys() & named.keys():
            raise StatementError(f"{min(both)} is set twice")
        given |= named
    for name in given:
        if column_named(table, name) is model.key_column:
            raise StatementError(f"an update does not change the key of {model.name}")
    return given


def _of_patch(patch: Any) -> dict[str, Any]:
    if isinstance(patch, Mapping):
        return dict(patch)
    if isinstance(patch, Table):
        raise StatementError("set() takes a patch model or keywords; a whole row is for upsert()")
    if isinstance(patch, PatchModel):
        return type(patch).given(patch)  # a column may be called `given`
    raise StatementError("set() takes keywords, a mapping or a patch model")
