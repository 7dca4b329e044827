"""Which tables the definition made in a database: only these go when it has them no more."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import sqlalchemy as sa
from psycopg.rows import tuple_row
from sqlalchemy.exc import DBAPIError

from dualschema.errors import MigrationError
from dualschema.languages.sql import literal

__all__ = [
    "LEDGER",
    "LOCKING",
    "STAMPING",
    "hold_lock",
    "is_there",
    "kept_lock",
    "made_tables",
    "note_tables",
    "noting",
    "own_space",
    "refuse_pushed",
]

LEDGER: Final = "dualschema_tables"
"""The table that names them."""

_LOCK: Final = 0x6475616C73636865
"""The key of the lock, of 64 bits: `dualsche` in ASCII."""

STAMPING: Final = "`dualschema migrate --stamp` notes them as run"
"""How a database goes on with migrations that has their tables already."""

LOCKING: Final = f"SELECT pg_advisory_xact_lock({_LOCK})"
"""What waits until no other push or migration runs in the database, in SQL that is printed."""

_TRYING: Final = f"SELECT pg_try_advisory_xact_lock({_LOCK})"

_PAUSE: Final = 0.1
"""Seconds between two looks at whether they are done."""

# By its name alone, one would be found that stands in a later schema of the search path.
_IS_THERE: Final = """
SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = %s)
"""

_ALL: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"

# A server goes on with a statement whose client is gone, and keeps the lock, unless it is told to
# look after it; as of Postgres 14, and not on each system.
_LOOK_AFTER_US: Final = """
DO $$
BEGIN
  PERFORM set_config('client_connection_check_interval', '1s', true);
EXCEPTION WHEN OTHERS THEN
  NULL;
END
$$
"""


def hold_lock(connection: sa.Connection) -> None:
    """Wait until no other push or migration runs in the database, until the transaction ends.

    If this process is killed, the server notices it within a second.
    """
    connection.exec_driver_sql(_LOOK_AFTER_US)
    # Who makes an index CONCURRENTLY under the lock waits for all snapshots to go. A statement that
    # waits has one, so it is asked again and again; and so has a prepared one until the next comes.
    driver: Any = connection.connection.driver_connection
    asking = driver.cursor(row_factory=tuple_row)
    while not asking.execute(_TRYING, prepare=False).fetchone()[0]:
        time.sleep(_PAUSE)


@contextmanager
def kept_lock(connection: sa.Connection) -> Iterator[None]:
    """Keep the lock while transactions end and begin; at the end, one must hold it."""
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    try:
        yield
    finally:
        with suppress(DBAPIError):  # it is lost, and the lock with it
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")


def own_space(connection: sa.Connection) -> str | None:
    """Return the schema that the tables stand in: the first of the search path."""
    found: str | None = connection.exec_driver_sql("SELECT current_schema()").scalar()
    return found


def is_there(connection: sa.Connection, table: str) -> bool:
    """Whether a table of ours stands in the schema that the tables stand in."""
    return bool(connection.exec_driver_sql(_IS_THERE, (table,)).scalar())


def made_tables(connection: sa.Connection) -> frozenset[str]:
    """Return the names of the tables that pushes and migrations have made."""
    if not is_there(connection, LEDGER):
        return frozenset()
    return frozenset(connection.exec_driver_sql(f"SELECT name FROM {LEDGER}").scalars())  # noqa: S608  (ours)


def refuse_pushed(
    connection: sa.Connection, known: Collection[str], coming: Collection[str], advice: str
) -> None:
    """Refuse a database whose tables are there already, since it was pushed to.

    Args:
        connection: to the database.
        known: the tables that its migrations made.
        coming: those that there are to be.
        advice: what is to be done then, in words.

    Raises:
        MigrationError: a push made one of them.
    """
    pushed = (made_tables(connection) & frozenset(coming)) - frozenset(known)
    if pushed and (found := sorted(pushed & frozenset(connection.exec_driver_sql(_ALL).scalars()))):
        raise MigrationError(
            f"the database was pushed to, so {found[0]} is there, which no migration made: {advice}"
        )


def note_tables(connection: sa.Connection, names: Collection[str]) -> None:
    """Make the ledger name these tables and no other."""
    if made_tables(connection) != frozenset(names):
        for sql in noting(names):
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def noting(names: Collection[str]) -> Iterator[str]:
    """Yield the SQL that makes the ledger name these tables and no other."""
    yield f"CREATE TABLE IF NOT EXISTS {LEDGER} (name text PRIMARY KEY)"
    yield f"DELETE FROM {LEDGER}"  # noqa: S608  (ours)
    if names:
        rows = ", ".join(f"({literal(name)})" for name in sorted(names))
        yield f"INSERT INTO {LEDGER} VALUES {rows}"  # noqa: S608  (literals)
