"""Filters: a column, an operator and a value, checked by the column's type."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, assert_never

import sqlalchemy as sa

from dualschema.column_type import ClientKind
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError
from dualschema.model import ColumnModel
from dualschema.studio.values import given

__all__ = ["Operator", "column_named", "condition", "is_sortable", "operators_of"]


class Operator(enum.StrEnum):
    """What a filter asks of a value."""

    IS = "is"
    IS_NOT = "is not"
    LESS = "<"
    AT_MOST = "≤"
    MORE = ">"
    AT_LEAST = "≥"
    CONTAINS = "contains"
    BEGINS = "begins with"
    EMPTY = "is empty"
    NULL = "is NULL"
    NOT_NULL = "is not NULL"


_EQUAL = (Operator.IS, Operator.IS_NOT)
_ORDERED = (Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST)
_TEXT = (Operator.CONTAINS, Operator.BEGINS)
_NULLS = (Operator.NULL, Operator.NOT_NULL)


def operators_of(column: ColumnModel) -> tuple[Operator, ...]:
    """Return what may be asked of a column, the most usual first."""
    nulls = _NULLS if column.nullable else ()
    match column.type.client_kind:
        case ClientKind.STRING:
            return (Operator.CONTAINS, *_EQUAL, Operator.BEGINS, *_ORDERED, Operator.EMPTY, *nulls)
        case ClientKind.BOOLEAN | ClientKind.BYTES | ClientKind.INTEGER_CHOICE:
            return (*_EQUAL, *nulls)
        case ClientKind.CHOICE | ClientKind.UUID:
            return (*_EQUAL, *_TEXT, *nulls)
        case ClientKind.JSON:
            return (Operator.CONTAINS, *nulls)
        case ClientKind.INTEGER | ClientKind.INT64 | ClientKind.REAL | ClientKind.DECIMAL:
            return (*_EQUAL, *_ORDERED, *nulls)
        case ClientKind.TIMESTAMP | ClientKind.DATE | ClientKind.TIME | ClientKind.DURATION:
            return (*_ORDERED, *_EQUAL, *nulls)
        case kind:
            assert_never(kind)


def is_sortable(column: ColumnModel) -> bool:
    """Whether rows may be sorted by a column: documents have no order that means something."""
    return column.type.client_kind is not ClientKind.JSON


def column_named(table: type[Table], name: object) -> ColumnModel:
    """Return a column by its name in the database.

    Raises:
        StatementError: there is none.
    """
    model = binding_of(table).model
    found = model.by_name.get(name) if isinstance(name, str) else None
    if found is None:
        raise StatementError(f"{model.name} has no such column")
    return found


def condition(table: type[Table], wanted: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Return the condition of a filter: ``{"column": ..., "operator": ..., "value": ...}``.

    Raises:
        StatementError: there is no such column, or it has no such operator.
        DecodeError: the value is none of the column's.
    """
    column = column_named(table, wanted.get("column"))
    name = wanted.get("operator")
    if name not in operators_of(column):
        raise StatementError(f"{column.name} has no such operator")
    asked, value = getattr(table, column.attribute), wanted.get("value")
    made: sa.ColumnElement[bool]
    match Operator(name):
        case Operator.NULL:
            made = asked.is_(None)
        case Operator.NOT_NULL:
            made = asked.is_not(None)
        case Operator.EMPTY:
            made = sa.cast(asked, sa.Text) == ""  # also where the column takes no empty text
        case Operator.CONTAINS:
            made = sa.cast(asked, sa.Text).icontains(_text(value), autoescape=True)
        case Operator.BEGINS:
            made = sa.cast(asked, sa.Text).istartswith(_text(value), autoescape=True)
        case compared:
            made = _COMPARE[compared](asked, given(table, column, value))
    return made


_COMPARE: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.IS: lambda asked, value: asked.is_not_distinct_from(value),
    Operator.IS_NOT: lambda asked, value: asked.is_distinct_from(value),
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
"""The conditions of values; NULL is one that is, or is not, another."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise StatementError("a text is wanted")
    return value
