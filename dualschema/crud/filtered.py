"""What ``update`` and ``delete`` share: which rows they are about, and what they return."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar, TypeVarTuple, overload

import sqlalchemy as sa

from dualschema.crud.dialects import Kind
from dualschema.crud.plan import plan_of
from dualschema.crud.session import Session
from dualschema.crud.source import Source, source_of, table_of
from dualschema.crud.statement import Given, Query, Statement
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError

__all__ = ["Filtered", "Returning", "returned"]

RowT = TypeVar("RowT", bound=Table)
R_co = TypeVar("R_co", covariant=True)
A = TypeVar("A")
Ts = TypeVarTuple("Ts")


class Filtered(Statement, Generic[RowT]):
    """A write of the rows that meet its conditions."""

    verb: ClassVar[str]
    conditions: tuple[Any, ...] = ()
    of_all: bool = False

    def __init__(self, table: type[RowT], key: Any = None) -> None:
        self.table = table
        self.key_value = key

    def where(self, *conditions: sa.ColumnElement[bool]) -> Self:
        """Take the rows that meet all conditions, also those of earlier calls."""
        made = self._copy()
        made.conditions = (*self.conditions, *conditions)
        return made

    def all_rows(self) -> Self:
        """Say that every row of the table is meant."""
        made = self._copy()
        made.of_all = True
        return made

    @overload
    def returning(self) -> Returning[RowT]: ...
    @overload
    def returning(self, a: sa.ColumnElement[A], /) -> Returning[tuple[A]]: ...
    @overload
    def returning(
        self, a: sa.ColumnElement[Any], b: sa.ColumnElement[Any], /, *more: sa.ColumnElement[Any]
    ) -> Returning[tuple[Any, ...]]: ...
    def returning(self, *columns: Any) -> Returning[Any]:
        """Have it give the rows as they are then (a delete: as they were), or columns of them."""
        return Returning(self, columns)

    @property
    def is_keyed(self) -> bool:
        """Whether it is about the one row of a key, and no more is said."""
        key = self.key_value
        if key is None or self.conditions:
            return False
        return key.__class__ is str or not isinstance(key, sa.sql.ClauseElement)

    @property
    def sets_nothing(self) -> bool:
        """Whether it is an update of no column, which leaves its rows as they are."""
        return False

    def check(self) -> None:
        """Refuse what would touch every row unasked.

        Raises:
            StatementError: nothing says which rows are meant.
        """
        if self.key_value is None and not self.conditions and not self.of_all:
            raise StatementError(
                f"this {self.verb} has no where() and would touch every row of "
                f"{binding_of(self.table).model.name}; say all_rows() if that is meant"
            )

    def filtered(self, statement: Any) -> Any:
        """Return SQLAlchemy's statement with the conditions."""
        self.check()
        if self.key_value is not None:
            key = table_of(self.table).c[binding_of(self.table).model.key]
            statement = statement.where(key == self.key_value)
        return statement.where(*self.conditions) if self.conditions else statement

    def run(self, session: Session, given: Given) -> int:
        if session.kind is Kind.POWERSYNC:
            # Through a view no row counts as changed: count what comes back.
            key = table_of(self.table).c[binding_of(self.table).model.key]
            return len(Returning(self, (key,)).fetch(session, given))
        statement = self.statement
        key_of = statement._generate_cache_key()
        name = binding_of(self.table).model.name
        plan = plan_of(statement, key_of, session.kind, name)
        return session.execute(*plan.bound(key_of, given)).count

    @abstractmethod
    def touched(self) -> Mapping[str, Any]:
        """Return the values that it sets."""

    def _copy(self) -> Self:
        """Return the same, without what was built of it."""
        made = type(self)(self.table, self.key_value)
        made.conditions = self.conditions
        made.of_all = self.of_all
        return made


class Returning(Query[R_co]):
    """A write that gives rows."""

    is_write = True

    def __init__(self, write: Any, columns: tuple[Any, ...]) -> None:
        self._write = write
        self._columns = columns

    @property
    def written_table(self) -> str | None:
        return binding_of(self._write.table).model.name

    def build(self) -> Any:
        if self._write.sets_nothing:
            return self._write.filtered(sa.select(*(each.selectable for each in self.sources())))
        return returned(self._write.statement, self.sources())

    def sources(self) -> tuple[Source, ...]:
        return tuple(source_of(each) for each in self._columns or (self._write.table,))


def returned(statement: Any, sources: tuple[Source, ...]) -> Any:
    """Return SQLAlchemy's write with its ``RETURNING``."""
    return statement.returning(*(source.selectable for source in sources))
