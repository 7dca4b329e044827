"""``select``: rows of a table, columns, aggregates, joins, pages and what belongs to a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, Self, TypeVar, TypeVarTuple, cast, overload

import sqlalchemy as sa
from sqlalchemy.sql import roles

from dualschema.crud.keyset import Order, after_row, as_order, ordered
from dualschema.crud.related import Related, related_to
from dualschema.crud.session import Session
from dualschema.crud.source import Optional, Source, source_of, table_of
from dualschema.crud.statement import Given, Query
from dualschema.declare.table import Table
from dualschema.errors import StatementError

__all__ = ["Entity", "Made", "Select", "select"]

R_co = TypeVar("R_co", covariant=True)
RowT = TypeVar("RowT", bound=Table)
ChildT = TypeVar("ChildT", bound=Table)
Ts = TypeVarTuple("Ts")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")

_Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class _Join:
    target: Any
    on: Any
    left: bool


@dataclass(frozen=True)
class _Parts:
    """What a select says, clause by clause."""

    elements: tuple[Any, ...]
    where: tuple[Any, ...] = ()
    joins: tuple[_Join, ...] = ()
    group_by: tuple[Any, ...] = ()
    having: tuple[Any, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    locked: bool = False
    related: tuple[Related, ...] = ()
    after: Any = None
    paged: bool = False


class Select(Query[R_co], roles.InElementRole, Generic[R_co]):
    """A query: ``select(Timer).where(Timer.is_running).order_by(Timer.created_at.desc())``.

    It also stands for a list, as its role says to type checkers: ``Timer.id.in_(select(...))``.
    """

    def __init__(self, parts: _Parts) -> None:
        self._parts = parts

    def where(self, *conditions: _Condition) -> Self:
        """Keep the rows that meet all conditions, also those of earlier calls."""
        return self._with(where=(*self._parts.where, *conditions))

    def join(self, target: Any, on: _Condition | None = None, *, left: bool = False) -> Self:
        """Join a table, by its one foreign key to those before it or by a condition.

        Args:
            target: a table class, or an ``alias``.
            on: the condition; without it, the foreign key between the tables.
            left: keep rows that it has no match for; select the table as ``optional`` then.
        """
        return self._with(joins=(*self._parts.joins, _Join(target, on, left)))

    def group_by(self, *expressions: sa.ColumnElement[Any]) -> Self:
        """Make one row of all rows that are equal in these expressions."""
        return self._with(group_by=(*self._parts.group_by, *expressions))

    def having(self, *conditions: _Condition) -> Self:
        """Keep the groups that meet all conditions."""
        return self._with(having=(*self._parts.having, *conditions))

    def order_by(self, *expressions: sa.ColumnElement[Any]) -> Self:
        """Sort: ``Timer.name``, ``Timer.created_at.desc()``.

        NULL comes last, and first where it descends, on either engine: as Postgres has it.
        """
        added = tuple(as_order(expression) for expression in expressions)
        return self._with(order=(*self._parts.order, *added))

    def limit(self, count: int) -> Self:
        """Give at most so many rows."""
        return self._with(limit=_number(count, "limit"))

    def offset(self, count: int) -> Self:
        """Leave out the first rows; ``page`` stays fast where this does not."""
        return self._with(offset=_number(count, "offset"))

    def distinct(self) -> Self:
        """Give each result once."""
        return self._with(distinct=True)

    def for_update(self) -> Self:
        """Lock the rows until the transaction ends; SQLite locks the database anyway."""
        return self._with(locked=True)

    def page(self, *, size: int, after: Any = None) -> Self:
        """Give the next rows behind one that is known, however far into the order it stands.

        The order is that of ``order_by``, then the key's, so that each row comes once.

        Args:
            size: at most so many rows.
            after: the last row of the page before, or the values of its order and key as a
                tuple; None for the first page.
        """
        if self._main.table is None:
            raise StatementError("page() needs a select whose first element is a table")
        return self._with(limit=_number(size, "size"), after=after, paged=True)

    @overload
    def with_related(
        self: Select[tuple[*Ts]],
        child: type[ChildT],
        *,
        on: sa.ColumnElement[Any] | None = None,
        order_by: sa.ColumnElement[Any] | None = None,
    ) -> Select[tuple[*Ts, list[ChildT]]]: ...
    @overload
    def with_related(
        self: Select[RowT],
        child: type[ChildT],
        *,
        on: sa.ColumnElement[Any] | None = None,
        order_by: sa.ColumnElement[Any] | None = None,
    ) -> Select[tuple[RowT, list[ChildT]]]: ...
    def with_related(
        self,
        child: type[ChildT],
        *,
        on: sa.ColumnElement[Any] | None = None,
        order_by: sa.ColumnElement[Any] | None = None,
    ) -> Select[Any]:
        """Give each row with the rows of another table that name it: ``(timer, [log, ...])``.

        They are read by one more query for all rows together.

        Args:
            child: the other table.
            on: its column that holds this table's key; without it, its one foreign key here.
            order_by: the order of each list; without it, that of its key.
        """
        if self._main.table is None or len(self._parts.elements) != 1:
            raise StatementError("with_related() needs a select of one table")
        made = related_to(self._main.table, child, on, order_by)
        return Select(replace(self._parts, related=(*self._parts.related, made)))

    def build(self) -> sa.Select[Any]:
        parts = self._parts
        made: Any = sa.select(*(source.selectable for source in self.sources()))
        for join in parts.joins:
            made = made.join(_joined(join.target), join.on, isouter=join.left)
        if parts.where:
            made = made.where(*parts.where)
        if parts.group_by:
            made = made.group_by(*parts.group_by)
        if parts.having:
            made = made.having(*parts.having)
        if parts.distinct:
            made = made.distinct()
        made = self._in_order(made)
        if parts.limit is not None:
            made = made.limit(parts.limit)
        if parts.offset is not None:
            made = made.offset(parts.offset)
        if parts.locked:
            made = made.with_for_update()
        return cast("sa.Select[Any]", made)

    def sources(self) -> tuple[Source, ...]:
        return self._sources

    def fetch(self, session: Session, given: Given) -> list[R_co]:
        return self._with_children(session, super().fetch(session, given))

    def ahead(self, session: Session, given: Given) -> Callable[[], list[R_co]]:
        rows = super().ahead(session, given)
        return lambda: self._with_children(session, rows())

    def _with_children(self, session: Session, rows: list[R_co]) -> list[R_co]:
        if not self._parts.related:
            return rows
        children = [related.fetch(session, rows) for related in self._parts.related]
        return cast("list[R_co]", list(zip(rows, *children, strict=True)))

    def stream(self, session: Session, given: Given, size: int) -> Iterator[list[R_co]]:
        for rows in super().stream(session, given, size):
            yield self._with_children(session, rows)

    def at_most(self, count: int) -> Self:
        limit = self._parts.limit
        return self if limit is not None and limit <= count else self.limit(count)

    def count(self, session: Session, given: Given) -> int:
        """Return how many rows it would give."""
        counted = sa.select(sa.func.count()).select_from(self._unordered.subquery())
        return int(Made(counted).fetch(session, given)[0][0])

    def exists(self, session: Session, given: Given) -> bool:
        """Return whether it would give a row."""
        asked = sa.select(self._unordered.exists())
        return bool(Made(asked).fetch(session, given)[0][0])

    @property
    def _unordered(self) -> sa.Select[Any]:
        parts = self._parts
        if parts.limit is not None or parts.offset is not None:
            return self._selected
        return self._selected.order_by(None)

    @property
    def _selected(self) -> sa.Select[Any]:
        made: sa.Select[Any] = self.statement
        return made

    @cached_property
    def _sources(self) -> tuple[Source, ...]:
        return tuple(source_of(element) for element in self._parts.elements)

    @property
    def _main(self) -> Source:
        return self._sources[0]

    def _in_order(self, made: Any) -> Any:
        order = self._parts.order
        if self._parts.paged and self._main.table is not None:
            order = ordered(order, self._main)
            if self._parts.after is not None:
                made = made.where(after_row(order, self._main, self._parts.after))
        return made.order_by(*(each.clause for each in order)) if order else made

    def _with(self, **changes: Any) -> Self:
        return type(self)(replace(self._parts, **changes))


class Made(Query[tuple[Any, ...]]):
    """A query that SQLAlchemy has made whole."""

    def __init__(self, statement: Any) -> None:
        self._given = statement

    def build(self) -> Any:
        return self._given

    def sources(self) -> tuple[Source, ...]:
        return tuple(source_of(column) for column in self._given.selected_columns)


def _joined(target: Any) -> Any:
    if isinstance(target, Optional):
        target = target.of
    return table_of(target) if isinstance(target, type) else target


def _number(value: int, what: str) -> int:
    if type(value) is not int or value < 0:
        raise StatementError(f"{what} is a whole number from 0")
    return value


Entity = type[A] | Optional[A] | sa.ColumnElement[A]
"""What stands in a select list, and what it gives."""


@overload
def select(table: type[RowT], /) -> Select[RowT]: ...
@overload
def select(a: Optional[A] | sa.ColumnElement[A], /) -> Select[tuple[A]]: ...
@overload
def select(a: Entity[A], b: Entity[B], /) -> Select[tuple[A, B]]: ...
@overload
def select(a: Entity[A], b: Entity[B], c: Entity[C], /) -> Select[tuple[A, B, C]]: ...
@overload
def select(
    a: Entity[A], b: Entity[B], c: Entity[C], d: Entity[D], /
) -> Select[tuple[A, B, C, D]]: ...
@overload
def select(
    a: Entity[A], b: Entity[B], c: Entity[C], d: Entity[D], e: Entity[E], /
) -> Select[tuple[A, B, C, D, E]]: ...
@overload
def select(
    a: Entity[A], b: Entity[B], c: Entity[C], d: Entity[D], e: Entity[E], f: Entity[F], /
) -> Select[tuple[A, B, C, D, E, F]]: ...
@overload
def select(
    a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, /, *more: Any
) -> Select[tuple[Any, ...]]: ...
def select(*elements: Any) -> Select[Any]:
    """Read rows: ``select(Timer)`` gives timers, anything else gives tuples.

    Args:
        elements: table classes, columns, aggregates and other expressions of SQLAlchemy's,
            and what ``optional`` and ``alias`` return.
    """
    if not elements:
        raise StatementError("a select names what it gives: select(Timer)")
    return Select(_Parts(elements))
