"""asyncpg by hand: ``executemany`` in bulk, prepared statements for single operations."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from operator import itemgetter
from typing import Any, TypeVar

import asyncpg
import orjson

from benchmarks.lib.contender import Contender, Name
from benchmarks.lib.rows import COLUMNS, Row
from benchmarks.lib.tables import Engine

__all__ = ["AsyncpgDriver"]

Result = TypeVar("Result")

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
_SETS = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
_INSERT = f"INSERT INTO timers ({_NAMES}) VALUES ({_MARKS})"
_UPSERT = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET {_SETS}"
_SELECT = f"SELECT {_NAMES} FROM timers"
_UPDATE = (
    "UPDATE timers SET is_running = $2, elapsed_time = $3, laps = $4, updated_at = $5 WHERE id = $1"
)
_DELETE = "DELETE FROM timers WHERE id = $1"

_values = itemgetter(*COLUMNS)
_changed = itemgetter("is_running", "elapsed_time", "laps", "updated_at")


class AsyncpgDriver(Contender):
    """Rows are dicts; documents go through orjson, in the binary form."""

    name = Name.ASYNCPG

    def __init__(self, engine: Engine, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.connection = self._wait(_connect(url))

    def close(self) -> None:
        self._wait(self.connection.close())
        self.loop.close()

    def unwrap(self, found: Any) -> list[Row]:
        return list(found)

    def insert_bulk(self, rows: Any) -> Any:
        self._wait(self._many(_INSERT, [_values(row) for row in rows]))

    def upsert_bulk(self, rows: Any) -> Any:
        self._wait(self._many(_UPSERT, [_values(row) for row in rows]))

    def select_all(self) -> Any:
        return [dict(record) for record in self._wait(self.connection.fetch(_SELECT))]

    def insert(self, rows: Any) -> Any:
        self._wait(self._each(_INSERT, map(_values, rows)))

    def upsert(self, rows: Any) -> Any:
        self._wait(self._each(_UPSERT, map(_values, rows)))

    def get(self, keys: Any) -> Any:
        return self._wait(self._get(keys))

    def update(self, changes: Any) -> Any:
        self._wait(self._each(_UPDATE, ((key, *_changed(values)) for key, values in changes)))

    def delete(self, keys: Any) -> Any:
        self._wait(self._each(_DELETE, ((key,) for key in keys)))

    def _wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(coroutine)

    async def _many(self, statement: str, parameters: list[Any]) -> None:
        async with self.connection.transaction():
            await self.connection.executemany(statement, parameters)

    async def _each(self, statement: str, parameters: Iterable[Any]) -> None:
        async with self.connection.transaction():
            prepared = await self.connection.prepare(statement)
            for each in parameters:
                await prepared.fetch(*each)

    async def _get(self, keys: list[str]) -> list[Row]:
        async with self.connection.transaction():
            prepared = await self.connection.prepare(f"{_SELECT} WHERE id = $1")
            return [dict(await prepared.fetchrow(key)) for key in keys]


async def _connect(url: str) -> Any:
    connection = await asyncpg.connect(url)
    await connection.set_type_codec(
        "jsonb",
        encoder=lambda value: b"\x01" + orjson.dumps(value),  # the version of jsonb's wire form
        decoder=lambda data: orjson.loads(data[1:]),
        schema="pg_catalog",
        format="binary",
    )
    return connection
