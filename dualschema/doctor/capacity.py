"""Whether the server has room for PowerSync's service: slots, senders and connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped
from dualschema.languages.sql import literal
from dualschema.targets.publication import published_tables

__all__ = ["CAPACITY", "check_capacity"]

CAPACITY: Final = "capacity"

# The service holds a slot and a sender, and takes one more of each while a new sync config is
# deployed: https://docs.powersync.com/configuration/source-db/postgres-maintenance
_ROOM: Final = """
SELECT current_setting('max_replication_slots')::int,
    (SELECT count(*) FROM pg_replication_slots),
    current_setting('max_wal_senders')::int,
    (SELECT count(*) FROM pg_stat_replication),
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int,
    (
        SELECT count(*) FROM pg_stat_activity AS a
        WHERE a.pid <> pg_backend_pid() AND CASE
            WHEN a.backend_type IS NOT NULL THEN a.backend_type = 'client backend'
            ELSE a.usesysid IS NOT NULL
                AND NOT EXISTS (SELECT FROM pg_stat_replication AS r WHERE r.pid = a.pid)
        END
    )
"""

_UNUSED: Final = "SELECT slot_name FROM pg_replication_slots WHERE NOT active ORDER BY 1"


def check_capacity(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Compare the server's limits with what is taken of them just now."""
    if not published_tables(patient.schema.model):
        yield skipped(CAPACITY, "no table is synced")
        return
    slots, held, senders, sending, connections, connected = connection.exec_driver_sql(_ROOM).one()
    is_full = False
    if held >= slots:
        is_full = True
        text = (
            f"all {slots} replication slots are taken, and PowerSync needs one to begin or deploy"
        )
        yield fault(CAPACITY, text, _more_slots(connection, slots))
    if sending >= senders:
        is_full = True
        text = f"all {senders} senders of WAL are taken, and PowerSync needs one to begin or deploy"
        yield fault(CAPACITY, text, _raised("max_wal_senders", senders))
    if connected >= connections:
        is_full = True
        text = f"all {connections} connections are taken, and PowerSync cannot connect"
        yield fault(CAPACITY, text, f"close some; or {_raised('max_connections', connections)}")
    if not is_full:
        yield fine(CAPACITY, "there are slots, senders and connections left for PowerSync")


def _raised(setting: str, limit: int) -> str:
    return f"ALTER SYSTEM SET {setting} = {limit + 10}, and restart the server"


def _more_slots(connection: sa.Connection, slots: int) -> str:
    unused = [
        f"SELECT pg_drop_replication_slot({literal(name)})"
        for name in connection.exec_driver_sql(_UNUSED).scalars()
    ]
    more = _raised("max_replication_slots", slots)
    return f"drop what nobody uses any more, {few(unused, ' or ')}; or {more}" if unused else more
