"""The databases that ``assert_round_trip`` knows, each behind the same three calls."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dualschema.column_type import ClientKind, Storage
from dualschema.convert import converter_of, decode, encode
from dualschema.model import ColumnModel, TableModel
from dualschema.types.json import JsonText

if TYPE_CHECKING:
    from dualschema.declare.table import Table
    from dualschema.testing.round_trip import Engine

__all__ = ["assert_same", "engine_of"]

Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def engine_of(connection: Any) -> Engine:
    """Return the engine of a connection.

    Raises:
        TypeError: the connection is of no kind that is known.
    """
    module = type(connection).__module__.partition(".")[0]
    if module == "sqlalchemy":
        return engine_of(connection.connection.driver_connection)
    if module == "psycopg":
        return _Postgres(connection)
    if module == "apsw":
        return _sqlite(lambda sql, values: list(connection.execute(sql, values)))
    if hasattr(connection, "execute") and hasattr(connection, "total_changes"):
        return _sqlite(lambda sql, values: connection.execute(sql, values).fetchall())
    raise TypeError(f"no connection to Postgres or SQLite: {type(connection).__qualname__}")


def assert_same(found: Any, written: Any, when: str) -> None:
    """Assert that a row came back as it was written, and say which column did not."""
    for name in type(written).model_fields:
        before, after = getattr(written, name), getattr(found, name)
        assert after == before, f"{name} {when}: {after!r} was read where {before!r} was written"


def _sqlite(execute: Execute) -> Engine:
    return _Sqlite(execute)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class _Postgres:
    """A temporary table in a transaction; documents are read as text, as ``JsonText``."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        from psycopg.rows import tuple_row

        with self.connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def prepare(self, model: TableModel) -> None:
        self.execute("BEGIN" if self.connection.autocommit else "SELECT 1")
        self.table = f"pg_temp.{_quoted(model.name)}"
        found = self.execute("SELECT to_regclass(%s)", [_quoted(model.name)])
        if found == [(None,)]:
            self.execute(temporary_table(model, "postgresql"))
        else:
            name = _quoted(model.name)
            self.execute(f"CREATE TEMP TABLE {name} (LIKE {name} INCLUDING ALL)")

    def check(self, table: type[Any], first: Any, second: Any) -> None:
        model = converter_of(table, "postgres").model
        names = [_quoted(column.name) for column in model.columns]
        marks = ", ".join(["%s"] * len(names))
        sets = ", ".join(f"{name} = %s" for name in names)
        with self.connection.transaction():  # a savepoint: a failure must not spoil the next row
            self.execute(f"DELETE FROM {self.table}")
            self.execute(
                f"INSERT INTO {self.table} ({', '.join(names)}) VALUES ({marks})",
                list(encode(first, "postgres").values()),
            )
            assert_same(self.read(table), first, "after INSERT")
            changed = list(encode(second, "postgres").values())
            self.execute(f"UPDATE {self.table} SET {sets}", changed)
            assert_same(self.read(table), second, "after UPDATE")

    def read(self, table: type[Table]) -> Table:
        model = converter_of(table, "postgres").model
        documents = [column.type.client_kind is ClientKind.JSON for column in model.columns]
        selected = ", ".join(
            f"{_quoted(column.name)}::text" if is_document else _quoted(column.name)
            for column, is_document in zip(model.columns, documents, strict=True)
        )
        [cells] = self.execute(f"SELECT {selected} FROM {self.table}")
        stored = {
            column.name: JsonText(cell) if is_document and cell is not None else cell
            for column, cell, is_document in zip(model.columns, cells, documents, strict=True)
        }
        return decode(table, stored, "postgres")

    def finish(self) -> None:
        self.execute("ROLLBACK")


class _Sqlite:
    """A temporary table, or the view of a PowerSync client if there is one, in a transaction."""

    def __init__(self, execute: Execute) -> None:
        self.execute = execute

    def prepare(self, model: TableModel) -> None:
        found = self.execute("SELECT type FROM sqlite_master WHERE name = ?", [model.view])
        self.is_view = found == [("view",)]
        self.table = _quoted(model.view) if self.is_view else f"temp.{_quoted(model.name)}"
        self.names = [
            "id" if self.is_view and column.name == model.key else column.name
            for column in model.columns
        ]
        self.execute("BEGIN", [])
        if not self.is_view:
            self.execute(temporary_table(model, "sqlite"), [])

    def check(self, table: type[Any], first: Any, second: Any) -> None:
        model = converter_of(table, "sqlite").model
        self.execute(f"DELETE FROM {self.table}", [])
        if self.is_view:
            self.execute("DELETE FROM ps_crud", [])
        names = ", ".join(map(_quoted, self.names))
        marks = ", ".join(["?"] * len(self.names))
        self.execute(
            f"INSERT INTO {self.table} ({names}) VALUES ({marks})",
            list(encode(first, "sqlite").values()),
        )
        assert_same(self.read(table, model), first, "after INSERT")
        given = [
            (_quoted(name), value)
            for name, value, column in zip(
                self.names, encode(second, "sqlite").values(), model.columns, strict=True
            )
            if column.name != model.key
        ]
        if given:
            sets = ", ".join(f"{name} = ?" for name, _ in given)
            self.execute(f"UPDATE {self.table} SET {sets}", [value for _, value in given])
            assert_same(self.read(table, model), second, "after UPDATE")
        if self.is_view:
            self.check_queue(table, first, second)

    def read(self, table: type[Table], model: TableModel) -> Table:
        quoted = [_quoted(name) for name in self.names]
        classes = ", ".join(f"typeof({name})" for name in quoted)
        [cells] = self.execute(f"SELECT {', '.join(quoted)}, {classes} FROM {self.table}", [])
        count = len(model.columns)
        for column, found in zip(model.columns, cells[count:], strict=True):
            assert found in ("null", _TYPEOF[column.type.storage]), (column.name, found)
        return decode(table, dict(zip(self.names, cells[:count], strict=True)), "sqlite")

    def check_queue(self, table: type[Table], first: Any, second: Any) -> None:
        """Assert that the uploads say the same: the PUT all but NULLs, the PATCH what changed."""
        converter = converter_of(table, "sqlite")
        model = converter.model
        entries = [
            json.loads(d) for (d,) in self.execute("SELECT data FROM ps_crud ORDER BY id", [])
        ]
        put = next(entry for entry in entries if entry["op"] == "PUT")
        nothing: dict[str, Any] = {column.name: None for column in model.columns}
        uploaded = nothing | put["data"] | {model.key: put["id"]}
        for column in model.columns:
            put_value = converter.decode_cell(column, uploaded[column.name])
            assert _arrived(column, put_value, getattr(first, column.attribute)), column.name
        for entry in entries:
            if entry["op"] == "PATCH":
                for name, value in entry["data"].items():
                    column = model.by_name[name]
                    patched = converter.decode_cell(column, value)
                    assert _arrived(column, patched, getattr(second, column.attribute)), name

    def finish(self) -> None:
        self.execute("ROLLBACK", [])


def _arrived(column: ColumnModel, uploaded: Any, written: Any) -> bool:
    """Whether an upload says what was written.

    PowerSync's core (0.5.3) parses a row's numbers with less than full precision when it makes the
    upload: a float may arrive with another last bit. The view, and text, give it back exactly.
    """
    if column.type.client_kind is ClientKind.REAL and isinstance(written, float):
        return bool(abs(uploaded - written) <= 2 * math.ulp(written))
    return bool(uploaded == written)


_TYPEOF = {Storage.TEXT: "text", Storage.INTEGER: "integer", Storage.REAL: "real"}


def temporary_table(model: TableModel, dialect: str) -> str:
    """Return the statement that makes a table of the model's columns and checks, for a while."""
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.schema import CreateTable

    from dualschema.metadata import build_metadata
    from dualschema.model import SchemaModel

    alone = TableModel(
        name=model.name,
        class_name=model.class_name,
        columns=model.columns,
        key=model.key,
        checks=model.checks,
    )
    made: sa.Table = build_metadata(SchemaModel((alone,))).tables[model.name]
    made._prefixes = ["TEMPORARY"]
    spoken: Any = postgresql if dialect == "postgresql" else sqlite
    return str(CreateTable(made).compile(dialect=spoken.dialect(paramstyle="named")))
