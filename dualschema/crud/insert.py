"""``insert`` and ``upsert``: one row or many, from any iterable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Generic, TypeVar, overload

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dualschema.crud.bulk import (
    Progress,
    insert_ahead,
    insert_and_read,
    insert_one,
    insert_rows,
    upsert_rows,
)
from dualschema.crud.conflict import Conflict, conflict_of
from dualschema.crud.dialects import Kind
from dualschema.crud.filtered import returned
from dualschema.crud.session import Session
from dualschema.crud.source import Source, source_of, table_of
from dualschema.crud.statement import Given, Query, Statement, no_parameters
from dualschema.crud.views import upsert_and_read, upsert_through_views
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError

__all__ = ["Insert", "insert", "upsert"]

RowT = TypeVar("RowT", bound=Table)
R_co = TypeVar("R_co", covariant=True)
A = TypeVar("A")

_ColumnName = str | sa.ColumnElement[Any]
_Columns = _ColumnName | Sequence[_ColumnName]


class Insert(Statement, Generic[RowT]):
    """New rows; with a conflict, rows that may be there already."""

    def __init__(
        self,
        rows: RowT | Iterable[RowT],
        *,
        target: Any = None,
        set_: Any = None,
        where: Any = None,
        do_nothing: bool = False,
        is_upsert: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._rows = rows
        self._options = (target, set_, where, do_nothing) if is_upsert else None
        self._progress = progress

    @overload
    def returning(self) -> Inserted[RowT]: ...
    @overload
    def returning(self, a: sa.ColumnElement[A], /) -> Inserted[tuple[A]]: ...
    @overload
    def returning(
        self, a: sa.ColumnElement[Any], b: sa.ColumnElement[Any], /, *more: sa.ColumnElement[Any]
    ) -> Inserted[tuple[Any, ...]]: ...
    def returning(self, *columns: Any) -> Inserted[Any]:
        """Have it give the rows as they were stored, or columns of them.

        The rows then go one statement each. What an upsert leaves alone gives nothing.
        """
        return Inserted(self, columns)

    def build(self) -> Any:
        rows = [self._rows] if isinstance(self._rows, Table) else self._rows
        if not isinstance(rows, (list, tuple)) or not rows:
            raise StatementError("an insert of no rows, or of an iterator, is no one statement")
        return self.of_rows(rows)

    def of_rows(self, rows: Sequence[Table]) -> Any:
        """Return SQLAlchemy's insert of some of its rows."""
        table = type(rows[0])
        model = binding_of(table).model
        values = [{c.name: getattr(row, c.attribute) for c in model.columns} for row in rows]
        made = postgresql.insert(table_of(table)).values(values if len(values) > 1 else values[0])
        conflict = self.conflict(table)
        return made if conflict is None else conflict.added_to(made, table_of(table))

    def conflict(self, table: type[Table]) -> Conflict | None:
        """Return what it does where a row is there."""
        if self._options is None:
            return None
        target, set_, where, do_nothing = self._options
        return conflict_of(table, target, set_, where, do_nothing=do_nothing)

    def run(self, session: Session, given: Given) -> int:
        no_parameters(given)
        rows = self._rows
        if not isinstance(rows, Table):
            return self._run_many(session, rows)
        conflict = self.conflict(type(rows))
        if conflict is not None and session.kind is Kind.POWERSYNC:
            return self._run_many(session, [rows])
        return insert_one(session, rows, conflict)

    def ahead(self, session: Session) -> None:
        """Have its one row inserted before the session's next statement."""
        rows = self._rows
        if not isinstance(rows, Table):
            raise StatementError("many rows are inserted in ways of their own: run it")
        insert_ahead(session, rows, self.conflict(type(rows)))

    def _run_many(self, session: Session, rows: Iterable[RowT]) -> int:
        table, left = first_of(rows)
        if table is None:
            return 0
        conflict = self.conflict(table)

        def work() -> int:
            if conflict is None:
                return insert_rows(session, table, left, self._progress)
            if session.kind is Kind.POWERSYNC:
                return upsert_through_views(session, table, left, conflict, self._progress)
            return upsert_rows(session, table, left, conflict, self._progress)

        return session.atomically(work)

    @property
    def rows(self) -> Iterable[RowT]:
        """The rows, also where there is one."""
        return [self._rows] if isinstance(self._rows, Table) else self._rows


class Inserted(Query[R_co]):
    """An insert that gives rows."""

    is_write = True

    def __init__(self, insert: Insert[Any], columns: tuple[Any, ...]) -> None:
        self._insert = insert
        self._columns = columns

    def build(self) -> Any:
        made = self._insert.statement
        return returned(made, self.sources())

    def sources(self) -> tuple[Source, ...]:
        table, _ = first_of(self._insert.rows)
        if table is None:
            raise StatementError("an insert of no rows has no table")
        return self._sources_of(table)

    def fetch(self, session: Session, given: Given) -> list[R_co]:
        no_parameters(given)
        table, rows = first_of(self._insert.rows)
        if table is None:
            return []
        conflict, sources = self._insert.conflict(table), self._sources_of(table)

        def work() -> list[R_co]:
            made: list[R_co] = []
            for row in rows:
                if conflict is not None and session.kind is Kind.POWERSYNC:
                    made += upsert_and_read(session, row, conflict, sources)
                else:
                    made += insert_and_read(session, row, conflict, sources)
            return made

        return session.atomically(work)

    def run(self, session: Session, given: Given) -> int:
        return len(self.fetch(session, given))

    def _sources_of(self, table: type[Table]) -> tuple[Source, ...]:
        return tuple(source_of(each) for each in self._columns or (table,))


_NONE: Final = object()


def first_of(rows: Iterable[RowT]) -> tuple[type[RowT] | None, Iterable[RowT]]:
    """Return the class of the first row, and all rows; None where there is no row."""
    given: Any = rows
    left: Iterator[Any] = iter(given) if isinstance(given, Iterable) else iter((given,))
    first: Any = next(left, _NONE)
    if first is _NONE:
        return None, ()
    table: type[RowT] = type(first)
    if not issubclass(table, Table):
        raise StatementError(f"rows are instances of a table class, not {table.__name__}")
    return table, chain((first,), _all_of(table, left))


def _all_of(table: type[RowT], rows: Iterator[RowT]) -> Iterator[RowT]:
    for row in rows:
        if row.__class__ is not table:
            raise StatementError(
                f"rows of one insert are of one table: {table.__name__}, then {type(row).__name__}"
            )
        yield row


def insert(rows: RowT | Iterable[RowT], *, progress: Progress | None = None) -> Insert[RowT]:
    """Insert a row, or many: all of them or, if one is refused, none.

    Args:
        rows: a row or an iterable of rows of one table; it is read once, by parts.
        progress: called with the number of rows that are done, after each part.
    """
    return Insert(rows, progress=progress)


def upsert(
    rows: RowT | Iterable[RowT],
    *,
    target: _Columns | None = None,
    set: _Columns | Mapping[str, Any] | None = None,  # noqa: A002  (as SQL has it)
    where: sa.ColumnElement[bool] | None = None,
    do_nothing: bool = False,
    progress: Progress | None = None,
) -> Insert[RowT]:
    """Insert rows, or update those that are there: all of them or, if one is refused, none.

    Rows of one key in one upsert are taken one after the other.

    Args:
        rows: a row or an iterable of rows of one table; it is read once, by parts.
        target: the column or columns whose values tell that a row is there; the key by default.
            They must be the key or unique.
        set: what is then updated: names of columns, which take the new row's values, or a mapping
            of names to values and expressions over ``excluded(Timer)``; by default all columns but
            the key and the target. What is left out of it and has an ``on_update`` takes its value.
        where: only rows that meet it are updated.
        do_nothing: leave rows that are there as they are.
        progress: called with the number of rows that are done, after each part.
    """
    return Insert(
        rows,
        target=target,
        set_=set,
        where=where,
        do_nothing=do_nothing,
        is_upsert=True,
        progress=progress,
    )
