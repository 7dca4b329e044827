"""What an upsert does where the row is there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from dualschema.crud.columns import (
    assigned,
    column_named,
    encoded_value,
    made_when_run,
    touch_name,
)
from dualschema.crud.misfit import check_expression
from dualschema.crud.source import table_of
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError
from dualschema.model import ColumnModel

__all__ = ["EXCLUDED", "Conflict", "conflict_of"]

EXCLUDED: Final = "excluded"
"""What both engines call the row that was to be inserted."""


@dataclass(frozen=True)
class Conflict:
    """The clause ``ON CONFLICT``, resolved against a table.

    Attributes:
        target: the columns whose values tell that the row is there.
        copied: the columns that take the new row's values.
        computed: columns with the expressions or values that they take.
        touched: columns that take what their ``on_update`` makes.
        where: only rows that meet it are updated.
    """

    target: tuple[ColumnModel, ...]
    copied: tuple[ColumnModel, ...] = ()
    computed: tuple[tuple[ColumnModel, Any], ...] = ()
    touched: tuple[ColumnModel, ...] = ()
    where: Any = None

    @cached_property
    def shape(self) -> Any:
        """What tells its SQL, or None where expressions do."""
        if self.computed or self.where is not None:
            return None
        return tuple(
            tuple(column.name for column in columns)
            for columns in (self.target, self.copied, self.touched)
        )

    @cached_property
    def plans(self) -> dict[Any, Any]:
        """The inserts with this clause that are compiled."""
        return {}

    @property
    def does_nothing(self) -> bool:
        """Whether a row that is there stays as it is."""
        return not (self.copied or self.computed or self.touched)

    def added_to(self, insert: postgresql.Insert, table: sa.Table) -> postgresql.Insert:
        """Return SQLAlchemy's insert with the clause; both dialects render it."""
        target = [table.c[column.name] for column in self.target]
        if self.does_nothing:
            return insert.on_conflict_do_nothing(index_elements=target)
        new = sa.table(EXCLUDED, *(sa.column(column.name) for column in self.copied)).c
        values: dict[str, Any] = {column.name: new[column.name] for column in self.copied}
        values |= {column.name: value for column, value in self.computed}
        values |= {c.name: made_when_run(c, table.c[c.name]) for c in self.touched}
        # A boolean column by itself is a condition only within AND.
        where = None if self.where is None else sa.and_(self.where)
        return insert.on_conflict_do_update(index_elements=target, set_=values, where=where)

    def touches(self) -> dict[str, Any]:
        """Return the values of the parameters of ``touched``, made now."""
        return {touch_name(column): _made(column) for column in self.touched}

    def update(self, table: sa.Table, new: Mapping[str, Any]) -> sa.Update:
        """Return the update of one row that is there, for an engine without the clause.

        Args:
            table: SQLAlchemy's.
            new: the new row's values, by the columns' names.
        """
        values: dict[str, Any] = {c.name: new[c.name] for c in self.copied}
        values |= {c.name: _with_new(value, table, new) for c, value in self.computed}
        values |= {column.name: _made(column) for column in self.touched}
        made = sa.update(table).values(values)
        made = made.where(*(table.c[c.name] == new[c.name] for c in self.target))
        if self.where is not None:
            made = made.where(_with_new(self.where, table, new))
        return made


def _made(column: ColumnModel) -> Any:
    assert column.on_update is not None  # noqa: S101  (that is why it is touched)
    return column.on_update()


def _with_new(expression: Any, table: sa.Table, new: Mapping[str, Any]) -> Any:
    """Return an expression with the new row's values in place of ``excluded``'s columns."""
    if not isinstance(expression, sa.sql.ClauseElement):
        return expression

    def value_of(element: Any, **_: Any) -> Any:
        of = getattr(element, "table", None)
        if isinstance(element, sa.Column) and getattr(of, "name", None) == EXCLUDED:
            return sa.literal(new[element.name], table.c[element.name].type)
        return None

    return visitors.replacement_traverse(expression, {}, value_of)


def conflict_of(
    table: type[Table],
    target: Any,
    set_: Any,
    where: Any,
    *,
    do_nothing: bool,
) -> Conflict:
    """Resolve what ``upsert`` was told.

    Raises:
        StatementError: a name is no column's, or the parts contradict each other.
    """
    if target is None and set_ is None and where is None:
        return _plain(table, do_nothing=do_nothing)
    model = binding_of(table).model
    targets = tuple(_columns(table, (model.key_column.attribute,) if target is None else target))
    if do_nothing:
        if set_ is not None or where is not None:
            raise StatementError("an upsert with do_nothing has no set= and no where=")
        return Conflict(targets)
    if isinstance(where, sa.sql.ClauseElement):
        check_expression(where)
    fixed = {column.name for column in targets} | {model.key}
    if set_ is None:
        copied = tuple(column for column in model.columns if column.name not in fixed)
        return Conflict(targets, copied, where=where)
    computed: tuple[tuple[ColumnModel, Any], ...] = ()
    if isinstance(set_, Mapping):
        copied = ()
        computed = tuple(
            (column_named(table, name), _computed(table, name, value))
            for name, value in set_.items()
        )
    else:
        copied = tuple(_columns(table, set_))
    named = {column.name for column in copied} | {column.name for column, _ in computed}
    if model.key in named:
        raise StatementError(f"an upsert does not change the key of {model.name}")
    touched = tuple(c for c in model.columns if c.on_update and c.name not in named | fixed)
    return Conflict(targets, copied, computed, touched if named else (), where)


def _plain(table: type[Table], *, do_nothing: bool) -> Conflict:
    """Return what most upserts do, resolved once a table: by the key, all columns or nothing."""
    binding = binding_of(table)
    found: Conflict | None = binding.cache.get(("conflict", do_nothing))
    if found is None:
        key = binding.model.key_column
        others = tuple(column for column in binding.model.columns if column is not key)
        found = Conflict((key,), () if do_nothing else others)
        binding.cache["conflict", do_nothing] = found
    return found


def _columns(table: type[Table], given: Any) -> Iterable[ColumnModel]:
    if isinstance(given, (str, sa.sql.ClauseElement)):
        given = (given,)
    return [column_named(table, each) for each in given]


def _computed(table: type[Table], name: Any, value: Any) -> Any:
    if not isinstance(value, sa.sql.ClauseElement):
        encoded_value(table, column_named(table, name), value)
        column = table_of(table).c[column_named(table, name).name]
        return sa.literal(value, column.type) if value is not None else sa.null()
    check_expression(value)
    return assigned(column_named(table, name), value)
