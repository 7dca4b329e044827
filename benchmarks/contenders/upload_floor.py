"""The least that a server can be asked: the operations merged beforehand, as ready statements.

At most three statements a table, each with one JSON text: an insert or update of whole rows, an
update of some columns of each row, told by a mask, and a delete. What is timed is the server and
the way there, a pipeline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks.lib.contender import Name
from benchmarks.lib.rows import Row
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_tables import TABLES, Kind
from benchmarks.lib.upload_work import USER

__all__ = ["UploadFloor"]

Statement = tuple[bytes, tuple[str, str]]  # the text, and the rows and the user that it takes


@dataclass(slots=True)
class _Merged:
    """What a request makes of a table's rows, by key."""

    puts: dict[str, Row] = field(default_factory=dict)
    patches: dict[str, Row] = field(default_factory=dict)
    deletes: dict[str, None] = field(default_factory=dict)

    def add(self, op: str, key: str, values: Row) -> None:
        if op == "PATCH":
            if key in self.puts:
                self.puts[key] |= values
            elif key not in self.deletes:
                self.patches.setdefault(key, {}).update(values)
            return
        for rows in (self.puts, self.patches, self.deletes):
            rows.pop(key, None)
        if op == "PUT":
            self.puts[key] = dict(values)
        else:
            self.deletes[key] = None


class UploadFloor(UploadContender):
    """It reads nothing, checks nothing and keeps no answers; the ownership is in its statements."""

    name = Name.FLOOR

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.texts = {table: _Texts(table) for table in TABLES}

    def close(self) -> None:
        self.connection.close()

    def wrap(self, bodies: list[bytes]) -> Any:
        return [self._statements(json.loads(body)) for body in bodies]

    def apply(self, bodies: Any) -> Any:
        execute = self.connection.execute
        for statements in bodies:
            with self.connection.pipeline(), self.connection.transaction():
                for text, parameters in statements:
                    execute(text, parameters, prepare=True)

    def _statements(self, request: Any) -> list[Statement]:
        merged = {table: _Merged() for table in TABLES}
        for transaction in request["transactions"]:
            for entry in transaction["crud"]:
                values = entry.get("op_data", {})
                merged[entry["table"]].add(entry["op"], entry["id"], values)
        made: list[Statement] = []
        for table, rows in merged.items():
            texts = self.texts[table]
            if rows.puts:
                made.append((texts.put, _parameters(rows.puts)))
            if rows.patches:
                made.append((texts.patch, _parameters(texts.masked(rows.patches))))
            if rows.deletes:
                made.append((texts.delete, (json.dumps(list(rows.deletes)), USER)))
        return made


class _Texts:
    """A table's statements."""

    def __init__(self, table: str) -> None:
        kinds = TABLES[table]
        settable = {name: kind for name, kind in kinds.items() if name not in {"id", "user_id"}}
        self.bits = {name: 1 << number for number, name in enumerate(settable)}
        sets = ", ".join(f"{name} = excluded.{name}" for name in kinds if name != "id")
        self.put = (
            f"INSERT INTO {table} ({', '.join(kinds)}) SELECT {_values(kinds)} "
            f"FROM {_recordset(kinds)} ON CONFLICT (id) DO UPDATE SET {sets} "
            f"WHERE {table}.user_id = %s"
        ).encode()
        masked = ", ".join(
            f"{name} = CASE WHEN d.mask & {self.bits[name]} <> 0 "
            f"THEN {_value(name, kind)} ELSE {table}.{name} END"
            for name, kind in settable.items()
        )
        source = _recordset({"id": Kind.TEXT, **settable, "mask": Kind.INTEGER})
        self.patch = (
            f"UPDATE {table} SET {masked} FROM {source} "
            f"WHERE {table}.id = d.id AND {table}.user_id = %s"
        ).encode()
        self.delete = (
            f"DELETE FROM {table} USING json_array_elements_text(%s::json) AS d(id) "
            f"WHERE {table}.id = d.id AND {table}.user_id = %s"
        ).encode()

    def masked(self, patches: dict[str, Row]) -> dict[str, Row]:
        bits = self.bits
        return {
            key: values | {"mask": sum(bits[name] for name in values)}
            for key, values in patches.items()
        }


def _parameters(rows: dict[str, Row]) -> tuple[str, str]:
    listed = [{"id": key} | values for key, values in rows.items()]
    return json.dumps(listed, separators=(",", ":"), ensure_ascii=False), USER


def _recordset(kinds: Mapping[str, Kind]) -> str:
    # A document comes as text, which as jsonb would be a JSON string.
    read = {name: "text" if kind is Kind.DOCUMENT else str(kind) for name, kind in kinds.items()}
    columns = ", ".join(f"{name} {kind}" for name, kind in read.items())
    return f"json_to_recordset(%s::json) AS d({columns})"


def _values(kinds: Mapping[str, Kind]) -> str:
    return ", ".join(_value(name, kind) for name, kind in kinds.items())


def _value(name: str, kind: Kind) -> str:
    return f"d.{name}::jsonb" if kind is Kind.DOCUMENT else f"d.{name}"
