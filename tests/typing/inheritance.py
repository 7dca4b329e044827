"""Right code: bases of tables, which have no ``name=``, and what their tables inherit."""
# pyright: strict

from datetime import datetime
from typing import Self, TypeVar, assert_type

import dualschema as ds

Row = TypeVar("Row", bound="Timestamps")


class Timestamps(ds.Table):
    """No table: a base of some."""

    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    updated_at: ds.Column[datetime] = ds.column(default_factory=ds.now, on_update=ds.now)

    def touched(self) -> Self:
        self.updated_at = ds.now()
        return self


class Owned(ds.Table):
    user_id: ds.Column[str] = ds.column(owner=True, index=True)


class Timer(Timestamps, name="timers"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    name: ds.Column[str]


class Todo(Timestamps, Owned, name="todos", sync="local_only"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    # A table may say more of what it inherits.
    created_at: ds.Column[datetime] = ds.column(default_factory=ds.now, writable="server")


schema = ds.Schema(Timer, Todo)


def inherited_columns_are_the_tables_own() -> None:
    row = Timer(name="Tea")
    assert_type(row.created_at, datetime)
    assert_type(Timer.created_at, ds.ColumnExpression[datetime])
    assert_type(Timer(name="Tea", created_at=ds.now()), Timer)
    assert Timer.created_at.table is schema.metadata.tables["timers"]


def several_bases_may_be_mixed() -> None:
    row = Todo(user_id="u1")
    assert_type(row.user_id, str)
    assert_type(Todo.user_id, ds.ColumnExpression[str])


def methods_of_a_base_give_the_table() -> None:
    assert_type(Timer(name="Tea").touched(), Timer)
    assert_type(_newest([Timer(name="Tea")]), Timer)


def _newest(rows: list[Row]) -> Row:
    return max(rows, key=lambda row: row.updated_at)
