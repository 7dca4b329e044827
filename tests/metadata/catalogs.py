"""What a definition makes in each database, by whichever way it is made."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

import dualschema as ds
from tests.metadata.world import postgres_engine

__all__ = ["Postgres", "assert_one_catalog", "fresh_space"]

Postgres = psycopg.Connection[tuple[Any, ...]]

_PARTS = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|;)""")


def statements(text: str) -> list[str]:
    """Split DDL into its statements, at each ``;`` outside of quotes and remarks."""
    found = [""]
    for part in _PARTS.split(text):
        found[-1] += part
        if part == ";":
            found.append("")
    assert found.pop().strip() == ""
    return found


@contextmanager
def fresh_space(postgres: Postgres) -> Iterator[str]:
    """Give a new Postgres schema, on the search path of the connection."""
    name = f"ddl_{uuid.uuid4().hex[:8]}"
    postgres.execute(
        sql.SQL("CREATE SCHEMA {0}; SET search_path = {0}").format(sql.Identifier(name))
    )
    try:
        yield name
    finally:
        postgres.execute(
            sql.SQL("DROP SCHEMA {} CASCADE; RESET search_path").format(sql.Identifier(name))
        )


def postgres_catalog(postgres: Postgres, space: str) -> list[list[tuple[Any, ...]]]:
    """Return all that the definition makes in a Postgres schema."""
    queries = [
        """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), a.attidentity::text || a.attgenerated::text,
            (SELECT collname FROM pg_collation AS o WHERE o.oid = a.attcollation),
            col_description(c.oid, a.attnum), obj_description(c.oid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum
        """,
        """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = %s::regnamespace AND contype <> 'n' ORDER BY conrelid::text, conname
        """,
        "SELECT indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY indexdef",
        """
        SELECT s.relname, format_type(q.seqtypid, NULL), q.seqincrement, q.seqmin, q.seqmax,
            q.seqcycle, d.refobjid::regclass::text, a.attname
        FROM pg_sequence AS q JOIN pg_class AS s ON s.oid = q.seqrelid
            LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
                AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
            LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE s.relnamespace = %s::regnamespace ORDER BY s.relname
        """,
    ]
    found = [postgres.execute(query, [space]).fetchall() for query in queries]
    return [
        [
            tuple(cell.replace(space, "space") if isinstance(cell, str) else cell for cell in row)
            for row in rows
        ]
        for rows in found
    ]


def sqlite_catalog(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return all that the definition makes in SQLite, blanks and remarks apart."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return [(kind, name, re.sub(r"\s+", "", sql or "")) for kind, name, sql in found]


def assert_one_catalog(schema: ds.Schema, postgres: Postgres) -> None:
    """Assert that script, statements and ``create_all`` make the same, on both engines."""
    text = schema.ddl("postgresql")
    made: list[Any] = []
    with fresh_space(postgres) as space:
        postgres.execute(text)
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    with fresh_space(postgres) as space:
        for statement in statements(text):
            postgres.execute(statement)
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    with fresh_space(postgres) as space:
        engine = postgres_engine(postgres, space)
        schema.metadata.create_all(engine)
        engine.dispose()
        made.append([sorted(part, key=str) for part in postgres_catalog(postgres, space)])
    assert made[0] == made[1]
    assert made[0] == made[2]

    text = schema.ddl("sqlite")
    found: list[Any] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        found.append(sqlite_catalog(connection))
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements(text):
            connection.execute(statement)
        found.append(sqlite_catalog(connection))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connected:
        schema.metadata.create_all(connected)
        found.append(sqlite_catalog(connected.connection.driver_connection))  # type: ignore[arg-type]  # sqlite3's own
    engine.dispose()
    assert found[0] == found[1]
    assert found[0] == found[2]
