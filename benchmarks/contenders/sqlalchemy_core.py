"""SQLAlchemy Core, on either engine: statements made once, rows as mappings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from benchmarks.lib.contender import Contender, Name
from benchmarks.lib.rows import COLUMNS, Row
from benchmarks.lib.tables import Engine, sqlalchemy_table

__all__ = ["SqlalchemyCore"]


class SqlalchemyCore(Contender):
    """Many rows are one ``execute`` of one row's statement: SQLAlchemy's fastest with psycopg.

    It is ``executemany`` then; a statement of many rows ("insertmanyvalues") is kept for RETURNING.
    """

    name = Name.CORE

    def __init__(self, engine: Engine, url: str) -> None:
        native = engine is Engine.POSTGRES
        driver = "postgresql+psycopg" if native else "sqlite"
        self.engine = sa.create_engine(sa.make_url(url).set(drivername=driver))
        table = sqlalchemy_table(engine)
        by_key = table.c.id == sa.bindparam("key")
        upsert: Any = postgresql.insert(table) if native else sqlite.insert(table)
        self.insertion = sa.insert(table)
        self.upsertion = upsert.on_conflict_do_update(
            index_elements=["id"], set_={name: upsert.excluded[name] for name in COLUMNS[1:]}
        )
        self.selection = sa.select(table)
        self.getting = sa.select(table).where(by_key)
        self.updating = sa.update(table).where(by_key)
        self.deletion = sa.delete(table).where(by_key)

    def close(self) -> None:
        self.engine.dispose()

    def unwrap(self, found: Any) -> list[Row]:
        return [dict(each) for each in found]

    def insert_bulk(self, rows: Any) -> Any:
        with self.engine.begin() as connection:
            connection.execute(self.insertion, rows)

    def upsert_bulk(self, rows: Any) -> Any:
        with self.engine.begin() as connection:
            connection.execute(self.upsertion, rows)

    def select_all(self) -> Any:
        with self.engine.begin() as connection:
            return connection.execute(self.selection).mappings().all()

    def insert(self, rows: Any) -> Any:
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(self.insertion, row)

    def upsert(self, rows: Any) -> Any:
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(self.upsertion, row)

    def get(self, keys: Any) -> Any:
        with self.engine.begin() as connection:
            return [connection.execute(self.getting, {"key": k}).mappings().one() for k in keys]

    def update(self, changes: Any) -> Any:
        with self.engine.begin() as connection:
            for key, values in changes:
                connection.execute(self.updating, {"key": key, **values})

    def delete(self, keys: Any) -> Any:
        with self.engine.begin() as connection:
            for key in keys:
                connection.execute(self.deletion, {"key": key})
