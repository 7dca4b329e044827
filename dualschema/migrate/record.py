"""Which migrations a database has run: Alembic notes the last one alone.

So one that is put before the last, as when two branches are made one line, is seen to be still to
be run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.languages.sql import literal
from dualschema.migrate.ledger import is_there

__all__ = ["RECORD", "note_of_push", "noting_all", "noting_some", "recorded"]

RECORD: Final = "dualschema_migrations"
"""The table that names their revisions."""

_ALEMBICS: Final = ("alembic_version", "version_num")

# Another app's table may be shut to us, or have another form.
_CAN_BE_READ: Final = """
SELECT EXISTS (
    SELECT FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND c.relname = %s AND a.attname = %s AND NOT a.attisdropped
        AND has_column_privilege(c.oid, a.attnum, 'SELECT')
)
"""

_MADE: Final = f"CREATE TABLE IF NOT EXISTS {RECORD} (revision text PRIMARY KEY)"


def recorded(connection: sa.Connection) -> frozenset[str]:
    """Return the revisions that a database has run, as far as it was noted."""
    if not is_there(connection, RECORD):
        return frozenset()
    return frozenset(connection.exec_driver_sql(f"SELECT revision FROM {RECORD}").scalars())  # noqa: S608  (ours)


def note_of_push(connection: sa.Connection) -> str:
    """Return what is to be known of a push to a database that has run migrations; else nothing."""
    last, run = _read(connection, *_ALEMBICS), _read(connection, RECORD, "revision")
    if not last and not run:
        return ""
    which = f", the last one is {' and '.join(last)}," if last else ""
    return (
        f"this database has run migrations{which} and a push is none: for other databases "
        "`dualschema generate` then writes one, and here `dualschema migrate --stamp` notes it as "
        "run"
    )


def _read(connection: sa.Connection, table: str, column: str) -> list[str]:
    if not connection.exec_driver_sql(_CAN_BE_READ, (table, column)).scalar():
        return []
    asked = f"SELECT {column}::text FROM {table} ORDER BY 1"  # noqa: S608  (ours)
    return list(connection.exec_driver_sql(asked).scalars())


def noting_all(past: Collection[str]) -> Iterator[str]:
    """Yield the SQL that makes the record name these revisions and no other."""
    yield _MADE
    yield f"DELETE FROM {RECORD}"  # noqa: S608  (ours)
    if past:
        yield f"INSERT INTO {RECORD} VALUES {_rows(past)}"  # noqa: S608  (literals)


def noting_some(
    past: Collection[str], run: Collection[str], undone: Collection[str]
) -> Iterator[str]:
    """Yield the SQL that notes what was run and undone.

    Args:
        past: what a database has if all was run in its order: the record, where there is none yet.
        run: the revisions that were run.
        undone: those that were undone.
    """
    yield _MADE
    if past:
        first = f"SELECT * FROM (VALUES {_rows(past)}) AS past"  # noqa: S608  (literals)
        yield f"INSERT INTO {RECORD} {first} WHERE NOT EXISTS (SELECT FROM {RECORD})"
    if run:
        rows = _rows(run)
        yield f"INSERT INTO {RECORD} VALUES {rows} ON CONFLICT DO NOTHING"  # noqa: S608  (literals)
    if undone:
        named = ", ".join(literal(each) for each in sorted(undone))
        yield f"DELETE FROM {RECORD} WHERE revision IN ({named})"  # noqa: S608  (literals)


def _rows(revisions: Collection[str]) -> str:
    return ", ".join(f"({literal(each)})" for each in sorted(revisions))
