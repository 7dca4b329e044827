"""Any two schemas: the one pushed over the other leaves what a fresh push of it does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ColumnType
from dualschema.errors import MigrationError
from dualschema.metadata import stands_in
from dualschema.model import ColumnModel, TableModel
from tests.metadata.catalogs import Postgres, fresh_space, postgres_catalog
from tests.migrate.databases import Database, fresh_database
from tests.migrate.drawn_rows import fill
from tests.migrate.drawn_schemas import schemas

pytestmark = pytest.mark.slow


@given(before=schemas(), after=schemas())
def test_a_push_over_another_schema_is_as_a_fresh_one(
    postgres_connection: Postgres, before: ds.Schema, after: ds.Schema
) -> None:
    with fresh_database(postgres_connection) as database:
        database.push(after)
        fresh = database.catalog()
    with fresh_database(postgres_connection) as database:
        database.push(before)
        database.push(after)
        assert fresh == database.catalog()
        assert () == database.push(after).steps


@given(schema=schemas())
def test_a_push_makes_what_the_ddl_makes(postgres_connection: Postgres, schema: ds.Schema) -> None:
    with fresh_space(postgres_connection) as space:
        postgres_connection.execute(schema.ddl("postgresql").encode())
        made = [sorted(part, key=str) for part in postgres_catalog(postgres_connection, space)]
    with fresh_database(postgres_connection) as database:
        database.push(schema)
        assert made == database.catalog()


@given(data=st.data(), before=schemas(), after=schemas())
def test_rows_survive_where_their_columns_do(
    postgres_connection: Postgres, data: st.DataObject, before: ds.Schema, after: ds.Schema
) -> None:
    with fresh_database(postgres_connection) as database:
        database.push(before)
        fill(database, before, data)
        old = contents(database, before)
        for allowed in (False, True):
            try:
                database.push(after, allow_data_loss=allowed)
            except MigrationError as error:
                assert old == contents(database, before)
                if not str(error).startswith("this would be lost: "):
                    return  # the rows that are there stand in the way
            else:
                assert_kept(old, contents(database, after), after, whole=not allowed)
                assert () == database.push(after).steps
                return


@dataclass(frozen=True)
class Cells:
    """What stands in a column: values of its type, and what Postgres has as text."""

    type: ColumnType
    kind: str
    values: list[Any]
    texts: list[str | None]


Contents = dict[str, dict[str, Cells]]


def contents(database: Database, schema: ds.Schema) -> Contents:
    """Return what stands in the tables of a schema that a database has."""
    kinds = {(table, column): kind for table, column, kind, *_ in database.catalog()[0]}
    found: Contents = {}
    for model in schema.model.tables:
        if not stands_in(model, "postgresql"):
            continue
        table = schema.metadata.tables[model.name]
        with database.engine.connect() as connection:
            found[model.name] = {
                column.name: Cells(
                    column.type,
                    kinds[model.name, column.name],
                    list(connection.execute(sa.select(table.c[column.name])).scalars()),
                    list(connection.execute(sa.select(as_text(table.c[column.name]))).scalars()),
                )
                for column in model.columns
            }
    return found


def as_text(column: Any) -> Any:
    return sa.type_coerce(column, sa.Text()).op("::")(sa.literal_column("text"))


def assert_kept(old: Contents, new: Contents, after: ds.Schema, *, whole: bool) -> None:
    """Assert that what stood in a column does so still.

    Args:
        old: what stood there.
        new: what does.
        after: the schema whose push lies between.
        whole: that nothing is gone, either.
    """
    left = {(table, column) for table, columns in old.items() for column in columns}
    for table in after.model.tables:
        if table.name not in new:
            continue
        former = former_name(table, old)
        for column in table.columns:
            cells = old.get(former, {})
            name = former_name(column, cells)
            if name not in cells:
                continue
            left.discard((former, name))
            was, now = cells[name], new[table.name][column.name]
            if was.type == now.type:
                assert was.values == now.values
            if was.kind == now.kind:
                assert was.texts == now.texts
    assert not whole or not left


def former_name(of: TableModel | ColumnModel, there: Collection[str]) -> str:
    """Return what a table or column was called among those that were there."""
    was = of.was
    return was if was is not None and was in there and of.name not in there else of.name
