"""libpq, with rows that are ready: what is left when nothing is converted.

In bulk, rows are binary COPY's own bytes; for an upsert they go through a temporary table. Single
operations are prepared statements whose parameters are text. What is read is left unparsed.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from benchmarks.lib.contender import Change, Contender, Name
from benchmarks.lib.rows import (
    BOOLEANS,
    COLUMNS,
    DOCUMENTS,
    INSTANTS,
    INTEGERS,
    Row,
    stored,
    written,
)
from benchmarks.lib.stores import copy_rows
from benchmarks.lib.tables import Engine

__all__ = ["PostgresFloor"]

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
_SETS = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
_CONFLICT = f"ON CONFLICT (id) DO UPDATE SET {_SETS}"
_SELECT = f"SELECT {_NAMES} FROM timers"
_STATEMENTS = {
    b"insert": f"INSERT INTO timers ({_NAMES}) VALUES ({_MARKS})",
    b"upsert": f"INSERT INTO timers ({_NAMES}) VALUES ({_MARKS}) {_CONFLICT}",
    b"get": f"{_SELECT} WHERE id = $1",
    b"update": "UPDATE timers SET is_running = $1, elapsed_time = $2, laps = $3, updated_at = $4 "
    "WHERE id = $5",
    b"delete": "DELETE FROM timers WHERE id = $1",
}


class PostgresFloor(Contender):
    """Rows in bulk are bytes, rows for single operations lists of parameters."""

    name = Name.FLOOR

    def __init__(self, engine: Engine, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET timezone TO 'UTC'")
        for name, statement in _STATEMENTS.items():
            result = self.connection.pgconn.prepare(name, statement.encode())
            assert result.status == ExecStatus.COMMAND_OK, result.error_message

    def close(self) -> None:
        self.connection.close()

    def wrap(self, rows: list[Row]) -> Any:
        return [[_parameter(cell) for cell in stored(row)] for row in rows]

    def wrap_bulk(self, rows: list[Row]) -> Any:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE ready (LIKE timers) ON COMMIT DROP")
            copy_rows(self.connection, "ready", rows)
            with cursor.copy("COPY ready TO STDOUT (FORMAT BINARY)") as stream:
                return b"".join(stream)

    def wrap_changes(self, changes: list[Change]) -> Any:
        return [
            [
                _parameter(int(values["is_running"])),
                _parameter(values["elapsed_time"]),
                _parameter(json.dumps(values["laps"])),
                _parameter(written(values["updated_at"])),
                _parameter(key),
            ]
            for key, values in changes
        ]

    def unwrap(self, found: Any) -> list[Row]:
        return [
            {name: _parsed(name, result.get_value(row, n)) for n, name in enumerate(COLUMNS)}
            for result in found
            for row in range(result.ntuples)
        ]

    def insert_bulk(self, rows: Any) -> Any:
        self._copy("timers", rows)

    def upsert_bulk(self, rows: Any) -> Any:
        with self.connection.transaction():
            self.connection.execute("CREATE TEMP TABLE incoming (LIKE timers) ON COMMIT DROP")
            self._copy("incoming", rows)
            insert = f"INSERT INTO timers ({_NAMES}) SELECT {_NAMES} FROM incoming {_CONFLICT}"
            self.connection.execute(insert.encode())

    def select_all(self) -> Any:
        return [self.connection.pgconn.exec_(_SELECT.encode())]

    def insert(self, rows: Any) -> Any:
        self._each(b"insert", rows)

    def upsert(self, rows: Any) -> Any:
        self._each(b"upsert", rows)

    def get(self, keys: Any) -> Any:
        return self._each(b"get", [[key.encode()] for key in keys])

    def update(self, changes: Any) -> Any:
        self._each(b"update", changes)

    def delete(self, keys: Any) -> Any:
        self._each(b"delete", [[key.encode()] for key in keys])

    def _copy(self, table: str, rows: bytes) -> None:
        copy = f"COPY {table} ({_NAMES}) FROM STDIN (FORMAT BINARY)"
        with self.connection.cursor() as cursor, cursor.copy(copy.encode()) as stream:
            stream.write(rows)

    def _each(self, statement: bytes, parameters: list[list[Any]]) -> list[PGresult]:
        execute = self.connection.pgconn.exec_prepared
        with self.connection.transaction():
            return [execute(statement, each) for each in parameters]


def _parameter(cell: Any) -> bytes | None:
    return None if cell is None else str(cell).encode()


def _parsed(name: str, cell: bytes | None) -> Any:
    if cell is None:
        return None
    text = cell.decode()
    if name in BOOLEANS:
        return {"t": True, "f": False}[text]
    if name in INTEGERS:
        return int(text)
    if name in INSTANTS:
        return datetime.fromisoformat(text)
    return json.loads(text) if name in DOCUMENTS else text
