"""The text of inserts: of one row, from a table and from arrays, with what a conflict does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dualschema.crud.conflict import Conflict
from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.plan import Plan, processor_of
from dualschema.crud.rows import postgres_rows, rows_in
from dualschema.crud.source import Source, table_of
from dualschema.declare.table import Table, binding_of

__all__ = ["InsertPlan", "insert_from_arrays", "insert_from_table", "insert_of_row"]


@dataclass(slots=True)
class InsertPlan:
    """An insert.

    Attributes:
        plan: its text, whose first parameters are the rows.
        tail: makes the parameters behind them, which the conflict needs; None if there are none.
        cells: gives a row's parameters.
        types: of the columns that it returns.
    """

    plan: Plan
    tail: Callable[[], list[Any]] | None
    cells: Callable[[Any], Sequence[Any]]
    types: Sequence[sa.types.TypeEngine[Any]] = ()


def insert_of_row(
    table: type[Table],
    kind: Kind,
    conflict: Conflict | None,
    returning: Sequence[Source] = (),
) -> InsertPlan:
    """Return the insert of one row: its parameters are the row's cells, in column order."""

    def build(target: sa.Table) -> tuple[Any, int]:
        # Each has a value, though it is never used: SQLAlchemy asks for it where a list is written.
        cells = {c.name: sa.bindparam(c.name, None, type_=c.type) for c in target.columns}
        made: Any = postgresql.insert(target).values(cells)
        if returning:
            made = made.returning(*(source.selectable for source in returning))
        return made, len(cells)

    if returning and [source.table for source in returning] != [table]:
        return _built(table, kind, conflict, build)
    return _cached(table, "row returned" if returning else "row", kind, conflict, build)


def insert_from_table(table: type[Table], name: str, conflict: Conflict) -> InsertPlan:
    """Return the insert of all rows of a table of the same columns."""

    def build(target: sa.Table) -> tuple[Any, int]:
        source = sa.table(_SOURCE, *(sa.column(column.name) for column in target.columns))
        names = [column.name for column in target.columns]
        return postgresql.insert(target).from_select(names, sa.select(source)), 0

    made = _cached(table, "table", Kind.POSTGRES, conflict, build)
    plan = Plan(made.plan.sql.replace(_SOURCE, name), made.plan.table)
    return InsertPlan(plan, made.tail, made.cells)


_SOURCE: Final = "dualschema_source_of_rows"
"""Stands for the table's name, which is another one each time."""


def insert_from_arrays(table: type[Table], conflict: Conflict) -> InsertPlan:
    """Return the insert whose parameters are one array a column."""

    def build(target: sa.Table) -> tuple[Any, int]:
        dialect = dialect_of(Kind.POSTGRES)
        types = [column.type.compile(dialect) for column in target.columns]
        arrays = ", ".join(f"CAST(:a{n} AS {kind}[])" for n, kind in enumerate(types))
        names = [column.name for column in target.columns]
        text = f"SELECT * FROM unnest({arrays})"  # noqa: S608  (numbers and types)
        unused: list[Any] = [sa.bindparam(f"a{number}", None) for number in range(len(types))]
        source = sa.text(text).bindparams(*unused).columns(*map(sa.column, names))
        return postgresql.insert(target).from_select(names, source), len(names)

    return _cached(table, "arrays", Kind.POSTGRES, conflict, build)


_Build = Callable[[sa.Table], tuple[Any, int]]


def _cached(
    table: type[Table], what: str, kind: Kind, conflict: Conflict | None, build: _Build
) -> InsertPlan:
    cache = binding_of(table).cache if conflict is None else conflict.plans
    found: InsertPlan | None = cache.get((what, kind))
    if found is None:
        found = cache[what, kind] = _shared(table, what, kind, conflict, build)
    return found


def _shared(
    table: type[Table], what: str, kind: Kind, conflict: Conflict | None, build: _Build
) -> InsertPlan:
    """Return an insert that conflicts of one shape share."""
    if conflict is None or conflict.shape is None:
        return _built(table, kind, conflict, build)
    cache, shape = binding_of(table).cache, (what, kind, conflict.shape)
    found: InsertPlan | None = cache.get(shape)
    if found is None:
        found = cache[shape] = _built(table, kind, conflict, build)
    return found


def _built(table: type[Table], kind: Kind, conflict: Conflict | None, build: _Build) -> InsertPlan:
    """Compile an insert.

    Args:
        table: the table class.
        kind: the database.
        conflict: what it does where a row is there, or None.
        build: gives SQLAlchemy's insert and the number of its parameters for the rows.
    """
    target = table_of(table)
    statement, leading = build(target)
    if conflict is not None:
        statement = conflict.added_to(statement, target)
    compiled = statement.compile(
        dialect=dialect_of(kind), compile_kwargs={"render_postcompile": True}
    )
    names = compiled.positiontup or []
    types = [column.type for column in compiled._result_columns]
    cells = _cells_of(table, kind)
    plan = Plan(compiled.string, binding_of(table).model.name, bool(types))
    if conflict is None or len(names) == leading:
        return InsertPlan(plan, None, cells, types)
    given = compiled.params
    steps = [(name, processor_of(compiled, name, kind)) for name in names[leading:]]

    def tail() -> list[Any]:
        values = {**given, **conflict.touches()}
        return [
            values[name] if process is None else process(values[name]) for name, process in steps
        ]

    return InsertPlan(plan, tail, cells, types)


def _cells_of(table: type[Table], kind: Kind) -> Callable[[Any], Sequence[Any]]:
    if kind is not Kind.POSTGRES:
        return rows_in(table, kind).encode_one
    return postgres_rows(table).parameters
