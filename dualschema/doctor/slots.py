"""The replication slots: none has lost what it needs, and none keeps WAL for nobody.

https://docs.powersync.com/configuration/source-db/postgres-maintenance
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import Finding, Patient, fault, fine, skipped
from dualschema.languages.sql import literal
from dualschema.targets.publication import published_tables

__all__ = ["SLOTS", "check_slots"]

SLOTS: Final = "replication slots"

# A physical slot belongs to no database, and keeps WAL as well. What a slot keeps is `extended`
# once it is more than `max_wal_size`:
# https://www.postgresql.org/docs/current/view-pg-replication-slots.html
_SLOTS: Final = """
SELECT slot_name, active, wal_status, coalesce(database = current_database(), false),
    pg_size_pretty(kept), ceil(kept / 1048576.0)::bigint
FROM pg_replication_slots, LATERAL (
    SELECT pg_wal_lsn_diff(CASE
        WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn()
    END, restart_lsn)
) AS k (kept)
ORDER BY slot_name
"""


def check_slots(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Look at this database's slots, and at those of the whole server that fill its disk."""
    if not published_tables(patient.schema.model):
        yield skipped(SLOTS, "no table is synced")
        return
    is_well = True
    for name, is_active, status, is_ours, size, megabytes in connection.exec_driver_sql(_SLOTS):
        drop = f"SELECT pg_drop_replication_slot({literal(name)})"
        found: Finding | None = None
        if status == "lost" and is_ours:
            fix = f"{drop}, and raise max_slot_wal_keep_size; PowerSync then begins anew"
            found = fault(SLOTS, f"{name} has lost WAL that it needs", fix)
        elif status == "unreserved" and is_ours:
            text = f"{name} is {size} behind, and about to lose WAL that it needs"
            size_now = f"ALTER SYSTEM SET max_slot_wal_keep_size = '{2 * megabytes}MB'"
            found = fault(SLOTS, text, f"{size_now}; SELECT pg_reload_conf()")
        elif status == "extended" and not is_active:
            text = f"nobody uses {name}, for which the server keeps {size} of WAL"
            found = fault(SLOTS, text, f"start who uses it; or {drop}")
        if found is not None:
            is_well = False
            yield found
    if is_well:
        yield fine(SLOTS, "none has lost WAL, or keeps it for nobody")
