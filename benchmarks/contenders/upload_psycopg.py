"""psycopg, as one writes an upload by hand: a statement for each operation."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.lib.contender import Name
from benchmarks.lib.rows import Row
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_tables import TABLES, documents_of, received
from benchmarks.lib.upload_work import USER

__all__ = ["UploadPsycopg"]

_DOCUMENTS = {table: documents_of(table) for table in TABLES}


class UploadPsycopg(UploadContender):
    """Texts are made once, parameters are typed; psycopg prepares what comes again."""

    name = Name.PSYCOPG

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        self.connection.close()

    def apply(self, bodies: Any) -> Any:
        for body in bodies:
            with self.connection.transaction():
                for transaction in json.loads(body)["transactions"]:
                    for entry in transaction["crud"]:
                        self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> None:
        table, key = entry["table"], entry["id"]
        if entry["op"] == "DELETE":
            self.connection.execute(_delete(table), (key, USER))
            return
        values = _parameters(table, entry["op_data"])
        if values.get("user_id", USER) != USER:
            raise PermissionError(key)
        if entry["op"] == "PUT":
            values["id"] = key
            row = [values.get(name) for name in TABLES[table]]
            self.connection.execute(_put(table), (*row, USER))
        else:
            self.connection.execute(_patch(table, tuple(values)), (*values.values(), key, USER))


def _parameters(table: str, sent: Row) -> Row:
    values = received(table, sent)
    for name in _DOCUMENTS[table]:
        if values.get(name) is not None:
            values[name] = Jsonb(values[name])
    return values


@cache
def _put(table: str) -> bytes:
    names = list(TABLES[table])
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))}) "
        f"ON CONFLICT (id) DO UPDATE SET {sets} WHERE {table}.user_id = %s"
    ).encode()


@cache
def _patch(table: str, names: tuple[str, ...]) -> bytes:
    sets = ", ".join(f"{name} = %s" for name in names)
    return f"UPDATE {table} SET {sets} WHERE id = %s AND user_id = %s".encode()


@cache
def _delete(table: str) -> bytes:
    return f"DELETE FROM {table} WHERE id = %s AND user_id = %s".encode()
