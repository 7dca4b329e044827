"""Which tables the definition made in a database: only these go when it has them no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

__all__ = ["LEDGER", "hold_lock", "made_tables", "note_tables"]

LEDGER: Final = "dualschema_tables"
"""The table that names them."""

_LOCK: Final = 0x6475616C73636865
"""The key of the lock, of 64 bits: `dualsche` in ASCII."""


def hold_lock(connection: sa.Connection) -> None:
    """Wait until no other push or migration runs in the database, until the transaction ends."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def made_tables(connection: sa.Connection) -> frozenset[str]:
    """Return the names of the tables that pushes and migrations have made."""
    if connection.exec_driver_sql("SELECT to_regclass(%s)", (LEDGER,)).scalar() is None:
        return frozenset()
    return frozenset(connection.exec_driver_sql(f"SELECT name FROM {LEDGER}").scalars())  # noqa: S608  (ours)


def note_tables(connection: sa.Connection, names: Collection[str]) -> None:
    """Make the ledger name these tables and no other."""
    if made_tables(connection) == frozenset(names):
        return
    connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {LEDGER} (name text PRIMARY KEY)")
    connection.exec_driver_sql(f"DELETE FROM {LEDGER}")  # noqa: S608  (ours)
    rows = [(name,) for name in sorted(names)]
    if rows:
        connection.exec_driver_sql(f"INSERT INTO {LEDGER} VALUES (%s)", rows)  # noqa: S608  (ours)
