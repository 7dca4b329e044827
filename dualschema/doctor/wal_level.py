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


def check_wal_level(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Ask the server."""
    if not published_tables(patient.schema.model):
        yield skipped(WAL_LEVEL, "no table is synced")
        return
    found = connection.exec_driver_sql("SHOW wal_level").scalar_one()
    if found == "logical":
        yield fine(WAL_LEVEL, "logical")
    else:
        fix = "ALTER SYSTEM SET wal_level = logical, and restart the server"
        yield fault(WAL_LEVEL, f"{found}, so that PowerSync can follow no change", fix)
