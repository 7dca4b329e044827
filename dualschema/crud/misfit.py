"""Values of a statement that no database takes, and the columns that they stand beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.wire import wire_value
from dualschema.errors import StatementError

__all__ = ["check_expression", "check_number", "is_unchecked", "misfit"]

Bind = sa.BindParameter[Any]

_UNCHECKED: Final = (sa.Integer, sa.types.NullType)


def is_unchecked(bind: Bind, kind: Kind) -> bool:
    """Return whether a value may be a whole number that is compared with no column.

    A column's own type checks what is compared with it.
    """
    if isinstance(bind.type, sa.Float):
        return kind is not Kind.POSTGRES
    return isinstance(bind.type, _UNCHECKED)


def check_number(value: Any) -> None:
    """Refuse a whole number that has no place in either engine's integers, also within a list.

    Raises:
        ValueError: it has more than 64 bits.
    """
    if value.__class__ in (list, tuple):
        for each in value:
            check_number(each)
    elif value.__class__ is int and not -(2**63) <= value < 2**63:
        raise ValueError("a whole number has at most 64 bits")


def check_expression(expression: Any) -> None:
    """Refuse an expression that has a value which no database takes.

    Raises:
        StatementError: the text names the column that it stands beside.
    """
    for bind in visitors.iterate(expression):
        if isinstance(bind, sa.BindParameter):
            reason = _fault(bind, bind.effective_value, Kind.SQLITE)
            if reason is not None:
                raise _error(expression, bind, reason)


def misfit(
    statement: Any, binds: Sequence[Bind], values: Sequence[Any], kind: Kind
) -> StatementError:
    """Return the error of a statement one of whose values cannot be sent.

    Args:
        statement: SQLAlchemy's.
        binds: its parameters.
        values: their values.
        kind: the database.
    """
    for bind, value in zip(binds, values, strict=True):
        if (reason := _fault(bind, value, kind)) is not None:
            return _error(statement, bind, reason)
    return StatementError("a value of the statement cannot be stored")


def _error(statement: Any, bind: Bind, reason: str) -> StatementError:
    column = _column_beside(statement, bind)
    place = "" if column is None else f"{column}: "
    return StatementError(f"{place}a value of the statement cannot be stored: {reason}")


def _fault(bind: Bind, value: Any, kind: Kind) -> str | None:
    """Return what is wrong with a value, without it; None if it can be sent."""
    process: Any = bind.type._cached_bind_processor(dialect_of(kind))
    try:
        if is_unchecked(bind, kind):
            check_number(value)
        for each in value if bind.expanding else (value,):
            stored = each if process is None else process(each)
            if kind is Kind.POSTGRES:
                wire_value(stored)
    except ValueError as error:
        return str(error)
    return None


def _column_beside(statement: Any, bind: Bind) -> sa.Column[Any] | None:
    """Return the column of the smallest expression that has both it and the parameter."""
    for element in reversed(_way(statement, bind.key) or ()):
        found = next(_columns(element), None) if isinstance(element, sa.ColumnElement) else None
        if found is not None:
            return found
    return None


def _way(element: Any, key: str) -> list[Any] | None:
    """Return the elements that stand around a parameter, from the outermost one."""
    if isinstance(element, sa.BindParameter):
        return [] if element.key == key else None
    for child in element.get_children():
        if (way := _way(child, key)) is not None:
            return [element, *way]
    return None


def _columns(element: Any) -> Iterator[sa.Column[Any]]:
    for each in visitors.iterate(element):
        for base in each.base_columns if isinstance(each, sa.ColumnClause) else ():
            if isinstance(base, sa.Column):
                yield base
