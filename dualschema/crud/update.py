"""``update`` and ``update_many``: by keywords, mappings, patch models and expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar

import sqlalchemy as sa

from dualschema.crud.array_update import update_from_arrays
from dualschema.crud.columns import assigned, encoded_value, given_values, made_when_run
from dualschema.crud.dialects import Kind
from dualschema.crud.filtered import Filtered
from dualschema.crud.keyed import update_by_key, updates_by_key
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.crud.statement import Given, Statement, no_parameters
from dualschema.declare.derived import PatchModel
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError

__all__ = ["Update", "UpdateMany", "update", "update_many"]

RowT = TypeVar("RowT", bound=Table)


class Update(Filtered[RowT]):
    """A change of rows: ``update(Timer).set(name="New").where(Timer.id == timer_id)``."""

    verb = "update"
    values: Mapping[str, Any] = MappingProxyType({})
    is_plain: bool = True
    """Whether nothing that it sets is an expression."""

    def set(
        self, patch: PatchModel[RowT] | Mapping[str, Any] | None = None, /, **values: Any
    ) -> Self:
        """Say what becomes of which column.

        Args:
            patch: a mapping or a patch model; what a patch model was not sent stays as it is.
            values: by the columns' names in Python; a value, or an expression like
                ``Timer.elapsed_time + 5``. None is NULL.

        Raises:
            StatementError: a name is no column's.
        """
        given = given_values(self.table, patch, values)
        made = self._copy()
        made.values = {**self.values, **given} if self.values else given
        made.is_plain = self.is_plain and _are_values(given)
        return made

    def run(self, session: Session, given: Given) -> int:
        if self.is_plain and self.values and self.is_keyed:
            if given:
                no_parameters(given)
            return update_by_key(session, self.table, self.key_value, self.touched())
        if not self.values:
            self.check()
            return 0
        return super().run(session, given)

    @property
    def sets_nothing(self) -> bool:
        return not self.values

    def touched(self) -> Mapping[str, Any]:
        """Return the values with those that ``on_update`` makes."""
        return with_touches(self.table, self.values)

    def _copy(self) -> Self:
        made = super()._copy()
        made.values = self.values
        made.is_plain = self.is_plain
        return made

    def build(self) -> sa.Update:
        if self.sets_nothing:
            raise StatementError("this update sets nothing, and is no statement")
        columns = table_of(self.table).c
        by_attribute = binding_of(self.table).model.by_attribute
        values: dict[Any, Any] = {}
        for name, value in self.values.items():
            column = by_attribute[name]
            if _is_expression(value):
                values[columns[column.name]] = assigned(column, value)
                continue
            encoded_value(self.table, column, value)
            values[columns[column.name]] = sa.null() if value is None else value
        for name, _ in _touching(self.table):
            if name not in self.values:
                column = by_attribute[name]
                values[columns[column.name]] = made_when_run(column, columns[column.name])
        made: sa.Update = self.filtered(sa.update(table_of(self.table)).values(values))
        return made


class UpdateMany(Statement, Generic[RowT]):
    """Many changes, each of one row: ``update_many(Timer, [(id, {"name": "New"}), ...])``."""

    def __init__(self, table: type[RowT], pairs: Iterable[tuple[Any, Any]]) -> None:
        self.table = table
        self.pairs = pairs

    def build(self) -> Any:
        raise StatementError("update_many is no single statement: use update() for one row")

    def run(self, session: Session, given: Given) -> int:
        no_parameters(given)

        def work() -> int:
            changed = 0
            for names, group in groupby(self._changes(), lambda change: tuple(change[1])):
                if names:
                    together = session.kind is Kind.POSTGRES and self._in_any_order(names)
                    write = update_from_arrays if together else updates_by_key
                    changed += write(session, self.table, names, group)
            return changed

        return session.atomically(work)

    def _in_any_order(self, names: Iterable[str]) -> bool:
        """Whether no change of these columns can be in the way of another row's."""
        model = binding_of(self.table).model
        return model.unique_columns.isdisjoint(model.by_attribute[name].name for name in names)

    def _changes(self) -> Iterable[tuple[Any, Mapping[str, Any]]]:
        for key, patch in self.pairs:
            values = given_values(self.table, patch, {})
            if not _are_values(values):
                raise StatementError("update_many takes values; use update() for expressions")
            yield key, with_touches(self.table, values) if values else {}


def with_touches(table: type[Table], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values with those that ``on_update`` makes of columns that are not among them."""
    touching = _touching(table)
    if not touching:
        return values
    made = dict(values)
    for attribute, make in touching:
        if attribute not in made:
            made[attribute] = make()
    return made


def _touching(table: type[Table]) -> Sequence[tuple[str, Callable[[], Any]]]:
    """Return the columns that have an ``on_update``, by their names in Python."""
    cache = binding_of(table).cache
    touching: Sequence[tuple[str, Callable[[], Any]]] | None = cache.get("touching")
    if touching is None:
        columns = binding_of(table).model.columns
        touching = [(c.attribute, c.on_update) for c in columns if c.on_update is not None]
        cache["touching"] = touching
    return touching


def _are_values(given: Mapping[str, Any]) -> bool:
    """Whether none of them is an expression."""
    # Classes that are never one are told apart first: most values are of them.
    values = given.values()
    return _PLAIN.issuperset(map(type, values)) or not any(map(_is_expression, values))


def _is_expression(value: Any) -> bool:
    return isinstance(value, sa.sql.ClauseElement) or hasattr(value, "__clause_element__")


_PLAIN = frozenset({str, int, bool, float, list, dict, type(None), datetime})


def update(table: type[RowT], key: Any = None) -> Update[RowT]:
    """Change rows: those of ``where``, the one of a key, or ``all_rows()``.

    Args:
        table: the table class.
        key: the key of the one row to change; a fast way to say ``where(Timer.id == key)``.
    """
    return Update(table, key)


def update_many(table: type[RowT], pairs: Iterable[tuple[Any, Any]]) -> UpdateMany[RowT]:
    """Change many rows, each in its own way, in order.

    Args:
        table: the table class.
        pairs: keys with mappings or patch models, as ``update(...).set`` takes them.
    """
    return UpdateMany(table, pairs)
