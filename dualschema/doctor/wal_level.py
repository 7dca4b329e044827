"""The server's ``wal_level``: without ``logical`` nobody can follow what is written.

https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LEVEL
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import Finding, Patient, fault, fine, skipped
from dualschema.targets.publication import published_tables

__all__ = ["WAL_LEVEL", "check_wal_level"]

WAL_LEVEL: Final = "wal_level"

_FIX: Final = "ALTER SYSTEM SET wal_level = logical, and restart the server"

# A hosted server refuses ALTER SYSTEM, and is known by a setting that it alone has; see each one's
# steps in https://docs.powersync.com/configuration/source-db/setup
_HOSTED: Final = {
    "neon.timeline_id": "enable Logical Replication in the Settings of Neon's project",
    "rds.logical_replication": (
        "set rds.logical_replication to 1 in the instance's parameter group, and reboot it"
    ),
    "cloudsql.logical_decoding": "set the instance's flag cloudsql.logical_decoding to on",
    "azure.extensions": "set the server's parameter wal_level to logical, and restart it",
}


def check_wal_level(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Ask the server."""
    if not published_tables(patient.schema.model):
        yield skipped(WAL_LEVEL, "no table is synced")
        return
    found = connection.exec_driver_sql("SHOW wal_level").scalar_one()
    if found == "logical":
        yield fine(WAL_LEVEL, "logical")
    else:
        yield fault(WAL_LEVEL, f"{found}, so that PowerSync can follow no change", _fix(connection))


def _fix(connection: sa.Connection) -> str:
    names = list(_HOSTED)
    asked = "SELECT name FROM unnest(%s::text[]) AS name WHERE current_setting(name, true) <> ''"
    there = set(connection.exec_driver_sql(asked, (names,)).scalars())
    return next((_HOSTED[name] for name in names if name in there), _FIX)
