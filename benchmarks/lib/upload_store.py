"""The database that ``upload`` works on: all tables are filled before a run and read after it.

As with ``crud``, all contenders share plain tables: no checks, no indexes but the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from benchmarks.lib.stores import (
    copy_rows,
    postgres_connection,
    postgres_database,
    postgres_version,
)
from benchmarks.lib.upload_tables import OPTIONAL, TABLES, documents_of
from benchmarks.lib.upload_work import Content

__all__ = ["UploadStore", "open_upload_store"]


class UploadStore:
    """Postgres with the three tables."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = postgres_connection(url)
        self.version = postgres_version(self.connection)
        self.source: Content | None = None
        for table in TABLES:
            # A vacuum would come into somebody's run.
            ddl = f"CREATE TABLE {table} ({_columns(table)}) WITH (autovacuum_enabled = off)"
            self.connection.execute(ddl.encode())
            source = f"CREATE UNLOGGED TABLE {table}_source (LIKE {table})"
            self.connection.execute(source.encode())

    def fill(self, content: Content) -> None:
        """Bring the tables to this content."""
        if self.source is not content:
            self.source = content
            for table, rows in content.items():
                self.connection.execute(f"TRUNCATE {table}_source".encode())
                self._copy(f"{table}_source", table, rows)
        for table in TABLES:
            self.connection.execute(f"TRUNCATE {table}".encode())
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM {table}_source".encode())
            self.connection.execute(f"ANALYZE {table}".encode())

    def check(self, content: Content) -> None:
        """Compare what the tables hold with what they should."""
        for table, wanted in content.items():
            names = list(TABLES[table])
            query = f"SELECT {', '.join(names)} FROM {table}"
            cells = self.connection.execute(query.encode()).fetchall()
            rows = [dict(zip(names, each, strict=True)) for each in cells]
            found = {row["id"]: row for row in rows}
            counts = f"{table}: {len(found)} rows where there should be {len(wanted)}"
            assert len(found) == len(wanted), counts
            for key, right in wanted.items():
                assert key in found, f"{table}: {key} is missing"
                row = found[key]
                wrong = {name: row[name] for name in names if row[name] != right[name]}
                wanted_cells = {name: right[name] for name in wrong}
                assert not wrong, f"{table}: {wrong} in place of {wanted_cells}"

    def _copy(self, target: str, table: str, rows: dict[str, dict[str, object]]) -> None:
        names = list(TABLES[table])
        in_order = ({name: row[name] for name in names} for row in rows.values())
        documents = documents_of(table)
        copy_rows(self.connection, target, in_order, columns=names, documents=documents)


@contextmanager
def open_upload_store() -> Iterator[UploadStore]:
    """Give a database with the three tables."""
    with postgres_database() as url:
        store = UploadStore(url)
        with closing(store.connection):
            yield store


def _columns(table: str) -> str:
    required = {name: "" if name in OPTIONAL else " NOT NULL" for name in TABLES[table]}
    required["id"] = " PRIMARY KEY"
    return ", ".join(f"{name} {kind}{required[name]}" for name, kind in TABLES[table].items())
