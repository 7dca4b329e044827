"""Replica identity: do updates and deletes of the synced tables name the row?

https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Finding, Patient, fault, few, fine, skipped
from dualschema.languages.sql import identifier
from dualschema.migrate.publishing import read_following
from dualschema.targets.publication import published_tables

__all__ = ["IDENTITY", "check_identity"]

IDENTITY: Final = "replica identity"

# By default a row is named by the primary key, and by an index where one was said; either may have
# been dropped since.
_KEYLESS: Final = """
SELECT c.relname, c.relreplident::text = 'd' FROM pg_class AS c
WHERE c.relkind IN ('r', 'p')
    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND c.relreplident IN ('d', 'i')
    AND NOT EXISTS (
        SELECT FROM pg_index AS i WHERE i.indrelid = c.oid
            AND CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END
    )
"""


def check_identity(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Ask the catalog."""
    wanted = [table.name for table in published_tables(patient.schema.model)]
    if not wanted:
        yield skipped(IDENTITY, "no table is synced")
        return
    nameless = read_following(connection).nameless
    keyless = {row[0]: row[1] for row in connection.exec_driver_sql(_KEYLESS)}
    unnamed = [name for name in wanted if name in nameless or keyless.get(name) is False]
    without = [name for name in wanted if keyless.get(name) is True]
    if unnamed:
        sql = "; ".join(f"ALTER TABLE {identifier(n)} REPLICA IDENTITY DEFAULT" for n in unnamed)
        yield fault(IDENTITY, f"updates and deletes name no row of {few(unnamed)}", sql)
    if without:
        yield fault(IDENTITY, f"there is no primary key to name rows of {few(without)} by", BRING)
    if not unnamed and not without:
        yield fine(IDENTITY, "updates and deletes of the synced tables name the row")
