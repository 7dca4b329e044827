"""A database to migrate, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from psycopg import sql

import dualschema as ds
from dualschema.convert import encode_many
from dualschema.declare.table import binding_of
from dualschema.migrate import Plan, push
from dualschema.migrate.ledger import LEDGER
from dualschema.migrate.record import RECORD
from tests.metadata.catalogs import Postgres, fresh_space, postgres_catalog
from tests.metadata.world import postgres_engine

__all__ = ["Catalog", "Database", "fresh_database"]

_OURS = re.compile(rf"{LEDGER}|{RECORD}|alembic_version")

Catalog = list[list[tuple[Any, ...]]]


class Database:
    """An empty schema of Postgres."""

    def __init__(self, postgres: Postgres, space: str, engine: sa.Engine) -> None:
        self.postgres = postgres
        self.space = space
        self.engine = engine

    def push(self, *tables: Any, **options: Any) -> Plan:
        """Push a schema, or tables as one, in a transaction."""
        schema = tables[0] if isinstance(tables[0], ds.Schema) else ds.Schema(*tables)
        with self.engine.begin() as connection:
            return push(connection, schema, **options)

    def write(self, *rows: ds.Table) -> None:
        """Insert rows of one table."""
        model = binding_of(type(rows[0])).model
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(model.name),
            sql.SQL(", ").join(sql.Identifier(column.name) for column in model.columns),
            sql.SQL(", ").join([sql.Placeholder()] * len(model.columns)),
        )
        self.postgres.cursor().executemany(insert, encode_many(rows, "postgres"))

    def run(self, text: str) -> list[tuple[Any, ...]]:
        """Execute SQL; return what comes."""
        with self.engine.begin() as connection:
            found = connection.exec_driver_sql(text)
            return [tuple(row) for row in found] if found.returns_rows else []

    def catalog(self) -> Catalog:
        """Return what stands there, whatever the order in which it came, but for our own tables."""
        return [
            sorted((row for row in part if not _OURS.search(str(row))), key=str)
            for part in postgres_catalog(self.postgres, self.space)
        ]

    def names(self) -> set[str]:
        """Return the names of constraints and indexes."""
        rules = self.catalog()[1]
        found = self.run("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
        return {name for name, _ in rules} | {name for (name,) in found if not _OURS.search(name)}


@contextmanager
def fresh_database(postgres: Postgres) -> Iterator[Database]:
    """Give an empty schema of Postgres, gone after."""
    with fresh_space(postgres) as space:
        engine = postgres_engine(postgres, space)
        try:
            yield Database(postgres, space, engine)
        finally:
            engine.dispose()
