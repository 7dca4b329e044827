"""Raw sqlite3, with rows that are ready: what is left when nothing is converted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.lib.contender import Change, Contender, Name
from benchmarks.lib.rows import COLUMNS, Row, read_back, stored, written
from benchmarks.lib.stores import set_up_sqlite
from benchmarks.lib.tables import Engine

__all__ = ["SqliteFloor"]

_NAMES = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO timers ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SETS = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
_UPSERT = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET {_SETS}"
_SELECT = f"SELECT {_NAMES} FROM timers"
_GET = f"{_SELECT} WHERE id = ?"
_UPDATE = (
    "UPDATE timers SET is_running = ?, elapsed_time = ?, laps = ?, updated_at = ? WHERE id = ?"
)
_DELETE = "DELETE FROM timers WHERE id = ?"


class SqliteFloor(Contender):
    """Rows are the tuples that SQLite stores."""

    name = Name.FLOOR

    def __init__(self, engine: Engine, url: str) -> None:
        path = url.removeprefix(f"{engine}:///")
        self.connection = sqlite3.connect(path, isolation_level=None)
        set_up_sqlite(self.connection)

    def close(self) -> None:
        self.connection.close()

    def wrap(self, rows: list[Row]) -> Any:
        return [stored(row) for row in rows]

    def wrap_changes(self, changes: list[Change]) -> Any:
        return [
            (
                int(values["is_running"]),
                values["elapsed_time"],
                json.dumps(values["laps"]),
                written(values["updated_at"]),
                key,
            )
            for key, values in changes
        ]

    def unwrap(self, found: Any) -> list[Row]:
        return [read_back(cells) for cells in found]

    def insert_bulk(self, rows: Any) -> Any:
        with self._transaction():
            self.connection.executemany(_INSERT, rows)

    def upsert_bulk(self, rows: Any) -> Any:
        with self._transaction():
            self.connection.executemany(_UPSERT, rows)

    def select_all(self) -> Any:
        return self.connection.execute(_SELECT).fetchall()

    def insert(self, rows: Any) -> Any:
        self._each(_INSERT, rows)

    def upsert(self, rows: Any) -> Any:
        self._each(_UPSERT, rows)

    def get(self, keys: Any) -> Any:
        execute = self.connection.execute
        with self._transaction():
            return [execute(_GET, (key,)).fetchone() for key in keys]

    def update(self, changes: Any) -> Any:
        self._each(_UPDATE, changes)

    def delete(self, keys: Any) -> Any:
        execute = self.connection.execute
        with self._transaction():
            for key in keys:
                execute(_DELETE, (key,))

    def _each(self, statement: str, rows: Any) -> None:
        execute = self.connection.execute
        with self._transaction():
            for row in rows:
                execute(statement, row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        yield
        self.connection.execute("COMMIT")
