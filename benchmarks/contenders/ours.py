"""This library, on either engine."""

from __future__ import annotations

from typing import Any

import dualschema as ds
from benchmarks.lib.contender import Contender, Name, SkippedError
from benchmarks.lib.rows import Row
from benchmarks.lib.tables import Engine, NativeTimer, Timer

__all__ = ["Dualschema"]

_ds: Any = ds  # its statements may not be there yet


class Dualschema(Contender):
    """Rows are table objects, statements made anew for each, as an application makes them."""

    name = Name.OURS

    def __init__(self, engine: Engine, url: str) -> None:
        if not hasattr(ds, "connect"):
            raise SkippedError("there is no ds.connect yet")
        self.table: Any = NativeTimer if engine is Engine.POSTGRES else Timer
        self.db = _ds.connect(url)

    def close(self) -> None:
        self.db.close()

    def wrap(self, rows: list[Row]) -> Any:
        return [self.table(**row) for row in rows]

    def insert_bulk(self, rows: Any) -> Any:
        self.db.run(_ds.insert(rows))

    def upsert_bulk(self, rows: Any) -> Any:
        self.db.run(_ds.upsert(rows))

    def select_all(self) -> Any:
        return self.db.all(_ds.select(self.table))

    def insert(self, rows: Any) -> Any:
        db = self.db
        with db.transaction():
            for row in rows:
                db.run(_ds.insert(row))

    def upsert(self, rows: Any) -> Any:
        db = self.db
        with db.transaction():
            for row in rows:
                db.run(_ds.upsert(row))

    def get(self, keys: Any) -> Any:
        db, table = self.db, self.table
        with db.transaction():
            return [db.get(table, key) for key in keys]

    def update(self, changes: Any) -> Any:
        db, table = self.db, self.table
        with db.transaction():
            for key, values in changes:
                db.run(_ds.update(table, key).set(**values))

    def delete(self, keys: Any) -> Any:
        db, table = self.db, self.table
        with db.transaction():
            for key in keys:
                db.run(_ds.delete(table, key))
