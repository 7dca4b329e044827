"""SQLModel, on either engine, as its documentation shows it: sessions of objects."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
import sqlmodel

from benchmarks.lib.contender import Contender, Name, Operation
from benchmarks.lib.rows import Row
from benchmarks.lib.tables import Engine, sqlmodel_class

__all__ = ["SqlmodelSession"]


class SqlmodelSession(Contender):
    """Upserts are ``merge``, the only ones that a session has."""

    name = Name.SQLMODEL
    is_fresh = True

    def __init__(self, engine: Engine, url: str) -> None:
        self.is_postgres = engine is Engine.POSTGRES
        driver = "postgresql+psycopg" if self.is_postgres else "sqlite"
        self.engine = sa.create_engine(sa.make_url(url).set(drivername=driver))
        self.model = sqlmodel_class(engine)

    def close(self) -> None:
        self.engine.dispose()

    def can(self, operation: Operation) -> bool:
        # A hundred times slower than its floor, so it would take the time of all others together.
        return not (self.is_postgres and operation is Operation.UPSERT_BULK)

    def wrap(self, rows: list[Row]) -> Any:
        return [self.model(**row) for row in rows]

    def insert_bulk(self, rows: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            session.add_all(rows)
            session.commit()

    def upsert_bulk(self, rows: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            for row in rows:
                session.merge(row)
            session.commit()

    def select_all(self) -> Any:
        with sqlmodel.Session(self.engine) as session:
            return session.exec(sqlmodel.select(self.model)).all()

    def insert(self, rows: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            for row in rows:
                session.add(row)
                session.flush()
            session.commit()

    def upsert(self, rows: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            for row in rows:
                session.merge(row)
                session.flush()
            session.commit()

    def get(self, keys: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            return [session.get(self.model, key) for key in keys]

    def update(self, changes: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            for key, values in changes:
                found = session.get(self.model, key)
                found.sqlmodel_update(values)
                session.add(found)
                session.flush()
            session.commit()

    def delete(self, keys: Any) -> Any:
        with sqlmodel.Session(self.engine) as session:
            for key in keys:
                session.delete(session.get(self.model, key))
                session.flush()
            session.commit()
