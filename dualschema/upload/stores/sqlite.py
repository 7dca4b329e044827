"""SQLite: one prepared statement for all rows of the same columns, and JSON for lists of keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from dualschema.convert.cells import decoder_of
from dualschema.crud.dialects import Kind
from dualschema.crud.plan import Plan
from dualschema.crud.rows import rows_in
from dualschema.crud.session import Session
from dualschema.declare.table import Table
from dualschema.model import SchemaModel, TableModel, form_of
from dualschema.upload.cells import Cell, identity_of
from dualschema.upload.receiver import Receiver
from dualschema.upload.stores.sql import Quoting
from dualschema.upload.stores.store import parents_first

__all__ = ["SqliteStore"]

_SQL: Final = Quoting(Kind.SQLITE)


class SqliteStore:
    """SQLite, in a transaction: it is the only one that writes."""

    def __init__(self, session: Session, schema: SchemaModel, kept: dict[Any, Any]) -> None:
        self._session = session
        self.parents_first = parents_first(schema, kept)

    def lock(self, name: str) -> Callable[[], bool]:
        return lambda: True

    def defer(self) -> None:
        self._session.port.run("PRAGMA defer_foreign_keys = ON")  # until the transaction ends

    def check(self) -> Callable[[], object]:
        # A foreign key that is still broken is refused by COMMIT, and by nothing before.
        return lambda: None

    def rows(
        self, model: TableModel, table: type[Table] | None, keys: Mapping[str, Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None, Any]]]:
        key = _SQL.name(model.key)
        whole = "" if table is None else f", {_columns(model)}"
        found = self._listed(
            f"SELECT CAST(t.{key} AS TEXT), {_SQL.owner(model, 't')}{whole} "  # noqa: S608  (names, quoted)
            f"FROM {_SQL.name(model.name)} AS t WHERE t.{key} IN (SELECT value FROM json_each(?))",
            list(keys.values()),
        )
        if table is None:
            return lambda: ((name, owner, None) for name, owner in found)
        decode = rows_in(table, Kind.SQLITE).decode_one
        return lambda: ((row[0], row[1], decode(row[2:])) for row in found)

    def targets(
        self, model: TableModel, column: str, values: Sequence[Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None]]]:
        of = model.by_name[column]
        name = _SQL.name(column)
        found = self._listed(
            f"SELECT t.{name}, {_SQL.owner(model, 't')} FROM {_SQL.name(model.name)} AS t "  # noqa: S608  (names, quoted)
            f"WHERE t.{name} IN (SELECT value FROM json_each(?))",
            values,
        )
        read, identity = decoder_of(of, form_of(of, "sqlite")), identity_of(of)
        return lambda: ((identity(read(value)), owner) for value, owner in found)

    def insert(self, receiver: Receiver, rows: Sequence[Mapping[str, Cell]]) -> Callable[[], int]:
        for row in rows:
            places = ", ".join("?" for _ in row)
            sql = (
                f"INSERT INTO {_SQL.name(receiver.name)} ({_SQL.names(tuple(row))}) "  # noqa: S608  (names, quoted)
                f"VALUES ({places})"
            )
            self._session.port.write(Plan(sql, receiver.name), list(row.values()))
        return lambda: len(rows)

    def update(
        self,
        receiver: Receiver,
        rows: Sequence[tuple[Cell, Mapping[str, Cell]]],
        owner: str | None,
    ) -> Callable[[], int]:
        written = 0
        for key, cells in rows:
            sets = ", ".join(f"{_SQL.name(name)} = ?" for name in cells)
            sql = (
                f"UPDATE {_SQL.name(receiver.name)} SET {sets} "  # noqa: S608  (names, quoted)
                f"WHERE {_SQL.name(receiver.key.name)} = ?"
            )
            written += self._session.port.write(Plan(sql, receiver.name), [*cells.values(), key])
        return lambda: written

    def reset(
        self, receiver: Receiver, names: Sequence[str], keys: Sequence[Cell]
    ) -> Callable[[], int]:
        sql = (
            f"UPDATE {_SQL.name(receiver.name)} "  # noqa: S608  (names, quoted)
            f"SET {_SQL.defaults(receiver.model, names)} WHERE {_SQL.name(receiver.key.name)} = ?"
        )
        return self._each(Plan(sql, receiver.name), keys)

    def delete(
        self, receiver: Receiver, keys: Sequence[Cell], owner: str | None
    ) -> Callable[[], int]:
        sql = (
            f"DELETE FROM {_SQL.name(receiver.name)} "  # noqa: S608  (names, quoted)
            f"WHERE {_SQL.name(receiver.key.name)} = ?"
        )
        return self._each(Plan(sql, receiver.name), keys)

    def _each(self, plan: Plan, keys: Sequence[Cell]) -> Callable[[], int]:
        written = sum(self._session.port.write(plan, [key]) for key in keys)
        return lambda: written

    def _listed(self, sql: str, values: Sequence[Cell]) -> Sequence[tuple[Any, ...]]:
        rows: Sequence[tuple[Any, ...]] = self._session.execute(
            Plan(sql, returns=True), [json.dumps(list(values))]
        ).rows
        return rows


def _columns(model: TableModel) -> str:
    return ", ".join(f"t.{_SQL.name(column.name)}" for column in model.columns)
