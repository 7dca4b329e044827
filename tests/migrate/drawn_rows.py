"""Rows drawn by Hypothesis for all tables of a schema, each naming rows that are there."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from psycopg import sql
from psycopg.errors import ForeignKeyViolation

import dualschema as ds
from dualschema.convert import encode
from dualschema.declare.table import binding_of
from dualschema.metadata import stands_in
from dualschema.testing import rows
from tests.migrate.databases import Database

__all__ = ["fill"]


def fill(database: Database, schema: ds.Schema, data: st.DataObject) -> None:
    """Write up to two rows into each table."""
    tables = {
        model.name: table
        for table in schema.tables
        if stands_in(model := binding_of(table).model, "postgresql")
    }
    drawn = {
        name: data.draw(st.lists(rows(table), min_size=1, max_size=2))
        for name, table in tables.items()
    }
    for found in drawn.values():
        for row in found:
            _link(row, drawn)
    # In one transaction, since tables may refer to each other in a circle.
    try:
        with database.postgres.transaction():
            database.postgres.execute("SET CONSTRAINTS ALL DEFERRED")
            for name in _targets_first(tables):
                for row in drawn[name]:
                    _write(database, row)
    except ForeignKeyViolation:  # in a circle of keys that cannot be put off
        assume(condition=False)


def _targets_first(tables: dict[str, type[ds.Table]]) -> list[str]:
    """Return the tables' names, those that others refer to before these, as far as that goes."""
    found: dict[str, None] = {}

    def visit(name: str, *, under: frozenset[str]) -> None:
        if name not in found and name not in under and name in tables:
            for key in binding_of(tables[name]).model.foreign_keys:
                visit(key.target_table, under=under | {name})
            found[name] = None

    for name in tables:
        visit(name, under=frozenset())
    return list(found)


def _link(row: Any, drawn: dict[str, list[Any]]) -> None:
    """Have a row's foreign keys name the first row of their tables."""
    model = binding_of(type(row)).model
    for key in model.foreign_keys:
        attribute = model.by_name[key.column].attribute
        if key.target_table in drawn and getattr(row, attribute) is not None:
            target = drawn[key.target_table][0]
            named = binding_of(type(target)).model.by_name[key.target_column].attribute
            setattr(row, attribute, getattr(target, named))


def _write(database: Database, row: Any) -> None:
    model = binding_of(type(row)).model
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        sql.Identifier(model.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in model.columns),
        sql.SQL(", ").join([sql.Placeholder()] * len(model.columns)),
    )
    database.postgres.execute(insert, list(encode(row, "postgres").values()))
