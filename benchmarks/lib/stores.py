"""The databases that ``crud`` works on: each can be filled before a run and read after it.

All contenders share one plain table, as a peer's user would make it: no checks, no indexes but the
key.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.schema import CreateTable

from benchmarks.lib.rows import COLUMNS, DOCUMENTS, Row, Stored, read_back, stored
from benchmarks.lib.tables import Engine, sqlalchemy_table
from dualschema.embedded import Cluster

__all__ = [
    "Store",
    "copy_rows",
    "open_postgres",
    "open_sqlite",
    "postgres_connection",
    "postgres_database",
    "postgres_version",
    "set_up_sqlite",
]

# Nothing outlives the run, and the table is to be in memory.
_SETTINGS = {"synchronous_commit": "off", "shared_buffers": "256MB"}
_NAMES = ", ".join(COLUMNS)


class Store(Protocol):
    """A database with the table of timers."""

    engine: Engine
    url: str
    version: str

    def fill(self, rows: list[Row]) -> None:
        """Bring the table to these rows."""

    def read(self) -> list[Row]:
        """Return what the table holds, by key."""


class _Sqlite:
    engine = Engine.SQLITE
    version = f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=NORMAL"

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self.connection = sqlite3.connect(path, isolation_level=None)
        set_up_sqlite(self.connection)
        self.connection.execute(_ddl(self.engine))
        self.source: tuple[list[Row], list[Stored]] = ([], [])

    def fill(self, rows: list[Row]) -> None:
        if self.source[0] is not rows:
            self.source = (rows, [stored(row) for row in rows])
        insert = f"INSERT INTO timers VALUES ({', '.join('?' * len(COLUMNS))})"
        self.connection.execute("BEGIN")
        self.connection.execute("DELETE FROM timers")
        self.connection.executemany(insert, self.source[1])
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def read(self) -> list[Row]:
        found = self.connection.execute(f"SELECT {_NAMES} FROM timers ORDER BY id")
        return [read_back(cells) for cells in found]


class _Postgres:
    engine = Engine.POSTGRES

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = postgres_connection(url)
        self.version = postgres_version(self.connection)
        # A vacuum would come into somebody's run.
        self.connection.execute(_ddl(self.engine) + " WITH (autovacuum_enabled = off)")
        self.connection.execute("CREATE UNLOGGED TABLE source (LIKE timers)")
        self.source: list[Row] | None = None

    def fill(self, rows: list[Row]) -> None:
        if self.source is not rows:
            self.source = rows
            self.connection.execute("TRUNCATE source")
            copy_rows(self.connection, "source", rows)
        self.connection.execute("TRUNCATE timers")
        self.connection.execute("INSERT INTO timers SELECT * FROM source")
        self.connection.execute("ANALYZE timers")

    def read(self) -> list[Row]:
        query = f'SELECT {_NAMES} FROM timers ORDER BY id COLLATE "C"'
        found = self.connection.execute(query.encode())
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in found]


@contextmanager
def open_sqlite() -> Iterator[Store]:
    """Give a database in a file, which is deleted after."""
    # Ours and the peers open their own connections; all are to have the same settings.
    sa.event.listen(sa.pool.Pool, "connect", set_up_sqlite)
    with TemporaryDirectory(prefix="dualschema-bench-") as folder:
        store = _Sqlite(Path(folder) / "timers.db")
        yield store
        store.connection.close()


@contextmanager
def open_postgres() -> Iterator[Store]:
    """Give a database with the table of timers."""
    with postgres_database() as url:
        store = _Postgres(url)
        with closing(store.connection):
            yield store


@contextmanager
def postgres_database() -> Iterator[str]:
    """Give a new database of the server that DATABASE_URL names, else of a throw-away one."""
    with ExitStack() as stack:
        server = os.environ.get("DATABASE_URL", "")
        if not server:
            server = stack.enter_context(Cluster(settings=_SETTINGS)).url()
        parts = urlsplit(server)._replace(scheme="postgresql")  # psycopg knows no +driver
        admin = stack.enter_context(psycopg.connect(urlunsplit(parts), autocommit=True))
        name = f"bench_{uuid.uuid4().hex}"
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        stack.callback(admin.execute, drop)
        yield urlunsplit(parts._replace(path=f"/{name}"))


def postgres_connection(url: str) -> psycopg.Connection[Any]:
    """Return a connection of a store's own, beside those of the contenders."""
    connection = psycopg.connect(url, autocommit=True)
    # A contender that failed may have left a transaction open.
    connection.execute("SET lock_timeout TO '20s'")
    return connection


def postgres_version(connection: psycopg.Connection[Any]) -> str:
    """Return the server's name and version."""
    number = connection.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


def set_up_sqlite(connection: Any, _record: Any = None) -> None:
    """Give a connection the settings of the benchmark."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # between runs, by `fill`


def copy_rows(
    connection: psycopg.Connection[Any],
    table: str,
    rows: Iterable[Row],
    *,
    columns: Sequence[str] = COLUMNS,
    documents: Collection[str] = DOCUMENTS,
) -> None:
    """Copy rows into a table of Postgres; by default they are timers.

    Args:
        connection: to the database.
        table: the table's name.
        rows: with their columns in this order.
        columns: the columns' names.
        documents: which of them are of the type jsonb.
    """
    copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copy.encode()) as stream:
        for row in rows:
            stream.write_row(
                [
                    Jsonb(value) if name in documents and value is not None else value
                    for name, value in row.items()
                ]
            )


def _ddl(engine: Engine) -> str:
    dialect = sa.make_url(f"{engine}://").get_dialect()()
    return str(CreateTable(sqlalchemy_table(engine)).compile(dialect=dialect)).strip()
