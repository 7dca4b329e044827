"""Order, the same on both engines, and the condition of the rows behind a known one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from dualschema.crud.source import Source
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError

__all__ = ["Order", "after_row", "as_order", "ordered"]


@dataclass(frozen=True)
class Order:
    """One expression that rows are sorted by."""

    expression: Any
    descending: bool = False
    nulls: str | None = None
    """``"first"`` or ``"last"`` where it was said; else as Postgres has it: as if the largest."""

    @property
    def nulls_first(self) -> bool:
        """Whether NULL comes before all values."""
        return self.descending if self.nulls is None else self.nulls == "first"

    @property
    def clause(self) -> Any:
        """The expression as ``ORDER BY`` has it."""
        made = self.expression.desc() if self.descending else self.expression
        if self.nulls is None and not _nullable(self.expression):
            return made
        return sa.nulls_first(made) if self.nulls_first else sa.nulls_last(made)


_DIRECTIONS = {operators.asc_op: False, operators.desc_op: True}
_NULLS = {operators.nulls_first_op: "first", operators.nulls_last_op: "last"}


def as_order(expression: Any) -> Order:
    """Read what stands in ``order_by``."""
    nulls, descending = None, False
    while isinstance(expression, UnaryExpression):
        modifier: Any = expression.modifier
        if modifier in _NULLS:
            nulls = nulls or _NULLS[modifier]
        elif modifier in _DIRECTIONS:
            descending = _DIRECTIONS[modifier]
        else:
            break
        expression = expression.element
    if not isinstance(expression, sa.sql.ClauseElement):
        raise StatementError("order_by() takes columns and expressions: Timer.name.desc()")
    return Order(expression, descending, nulls)


def _nullable(expression: Any) -> bool:
    return bool(getattr(expression, "nullable", True))


def ordered(order: Sequence[Order], main: Source) -> tuple[Order, ...]:
    """Return the order with the main table's key behind it, so that no two rows are equal."""
    key = _key(main)
    if any(each.expression is key for each in order):
        return tuple(order)
    return (*order, Order(key))


def _key(main: Source) -> Any:
    assert main.table is not None  # noqa: S101  (page() has seen to it)
    return main.selectable.c[binding_of(main.table).model.key]


def after_row(order: Sequence[Order], main: Source, after: Any) -> Any:
    """Return the condition of the rows that stand behind one in this order.

    Args:
        order: complete: its last expression is the key.
        main: the table.
        after: a row of it, or the values of the order.
    """
    values = _values(order, main, after)
    conditions: list[Any] = []
    for place, (each, value) in enumerate(zip(order, values, strict=True)):
        behind = _behind(each, value)
        if behind is not None:
            same = [_same(o, v) for o, v in zip(order[:place], values[:place], strict=True)]
            conditions.append(sa.and_(*same, behind))
    if not conditions:
        return sa.false()
    return sa.and_(*_bound(order, values), sa.or_(*conditions))


def _bound(order: Sequence[Order], values: Sequence[Any]) -> list[Any]:
    """Return what holds of the first expression of all rows behind: an index begins there.

    The database finds no such bound in an OR, and would read the index from its end.
    """
    first, value = order[0], values[0]
    may_be_null = _nullable(first.expression) and not first.nulls_first
    if len(order) == 1 or value is None or may_be_null:
        return []
    return [first.expression <= value if first.descending else first.expression >= value]


def _values(order: Sequence[Order], main: Source, after: Any) -> Sequence[Any]:
    if not isinstance(after, Table):
        values: Sequence[Any] = after if isinstance(after, (tuple, list)) else (after,)
        if len(values) != len(order):
            raise StatementError(
                f"page(after=...) wants a row or {len(order)} values: those of order_by and the key"
            )
        return values
    attributes = {c.name: c.attribute for c in binding_of(type(after)).model.columns}
    columns = main.selectable.c
    found = []
    for each in order:
        name = getattr(each.expression, "name", None)
        if name not in attributes or columns.get(name) is not each.expression:
            raise StatementError(
                "page(after=row) needs an order of the table's own columns: give the values of "
                "the order and the key as a tuple"
            )
        found.append(getattr(after, attributes[name]))
    return found


def _same(order: Order, value: Any) -> Any:
    return order.expression.is_(None) if value is None else order.expression == value


def _behind(order: Order, value: Any) -> Any:
    column = order.expression
    if value is None:
        return column.is_not(None) if order.nulls_first else None
    further = column < value if order.descending else column > value
    if _nullable(column) and not order.nulls_first:
        return sa.or_(further, column.is_(None))
    return further
