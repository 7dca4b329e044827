"""Any two schemas: the one pushed over the other leaves what a fresh push of it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.errors import MigrationError
from dualschema.testing import rows
from tests.metadata.catalogs import Postgres, fresh_space, postgres_catalog
from tests.migrate.databases import Database, fresh_database
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
        for table in before.tables:
            model = binding_of(table).model
            if model.name in contents(database) and not model.foreign_keys:
                database.write(data.draw(rows(table)))
        old = contents(database)
        try:
            database.push(after, allow_data_loss=True)
        except MigrationError:  # the row that is there stands in the way: nothing has changed
            assert old == contents(database)
            return
        new = contents(database)
    for model in after.model.tables:
        was = model.was or ""
        former = was if was in old and model.name not in old else model.name
        for column in model.columns if former in old and model.name in new else ():
            cells = old[former]
            was = column.was or ""
            name = was if was in cells and column.name not in cells else column.name
            if name in cells and cells[name][0] == new[model.name][column.name][0]:
                assert cells[name] == new[model.name][column.name]


def contents(database: Database) -> dict[str, dict[str, tuple[str, list[object]]]]:
    """Return the cells of each table as text, by column, each with the column's type."""
    found: dict[str, dict[str, tuple[str, list[object]]]] = {}
    for table, column, kind, *_ in database.catalog()[0]:
        cells = database.run(f'SELECT "{column}"::text FROM "{table}"'.replace("%", "%%"))
        found.setdefault(table, {})[column] = (kind, [cell for (cell,) in cells])
    return found
