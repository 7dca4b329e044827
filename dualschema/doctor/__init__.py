"""Is everything as the definition says: the database, what PowerSync needs of it, and the files?

It only looks. What ``dualschema doctor`` does::

    from dualschema.doctor import Patient, examine

    findings = examine(Patient(schema, read_configuration()), connection)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dualschema.doctor.capacity import CAPACITY, check_capacity
from dualschema.doctor.client_file import CLIENT, check_client
from dualschema.doctor.finding import Finding, Patient, Verdict, fault, skipped
from dualschema.doctor.generated import GENERATED, check_generated
from dualschema.doctor.grants import GRANTS, check_grants
from dualschema.doctor.identity import IDENTITY, check_identity
from dualschema.doctor.kinds import KINDS, check_kinds
from dualschema.doctor.publication import PUBLICATION, check_publication
from dualschema.doctor.slots import SLOTS, check_slots
from dualschema.doctor.sync_config import SYNC_CONFIG, check_sync_config
from dualschema.doctor.tables import TABLES, check_tables
from dualschema.doctor.wal_level import WAL_LEVEL, check_wal_level
from dualschema.errors import GenerationError
from dualschema.migrate.push import reason

__all__ = ["Finding", "Patient", "Verdict", "examine", "examine_database", "examine_files"]

_OF_DATABASE: Final[dict[str, Callable[[sa.Connection, Patient], Iterator[Finding]]]] = {
    TABLES: check_tables,
    KINDS: check_kinds,
    WAL_LEVEL: check_wal_level,
    CAPACITY: check_capacity,
    SLOTS: check_slots,
    PUBLICATION: check_publication,
    IDENTITY: check_identity,
    GRANTS: check_grants,
}

_OF_FILES: Final[dict[str, Callable[[Patient], Iterator[Finding]]]] = {
    SYNC_CONFIG: check_sync_config,
    GENERATED: check_generated,
    CLIENT: check_client,
}


_PATIENCE: Final = "SET LOCAL lock_timeout = '3s'"
"""To look at renames, they are done and taken back: nobody is to queue behind that for long."""

_READ_ONLY: Final = "25006"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def examine(patient: Patient, connection: sa.Connection | None = None) -> tuple[Finding, ...]:
    """Return what all checks find, in their order; nothing is changed.

    Args:
        patient: what is looked at.
        connection: to Postgres, within a transaction; the tables are those of the schema that comes
            first on its search path. Without one, the checks of the database are skipped.
    """
    return (*examine_database(patient, connection), *examine_files(patient))


def examine_database(patient: Patient, connection: sa.Connection | None) -> tuple[Finding, ...]:
    """Return what the checks of the database find: see ``examine``."""
    if connection is None:
        return tuple(skipped(name, "no database is named") for name in _OF_DATABASE)
    found: list[Finding] = []
    for name, check in _OF_DATABASE.items():
        try:
            with connection.begin_nested() as within:  # what fails spoils none of the others
                connection.exec_driver_sql(_PATIENCE)
                found += check(connection, patient)
                within.rollback()
        except GenerationError as error:
            found.append(fault(name, str(error), "change the definition"))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            found.append(fault(name, f"the database refuses: {reason(error)}", _admission(error)))
    return tuple(found)


def _admission(error: DBAPIError) -> str:
    """Return how to be let in."""
    if getattr(error.orig, "sqlstate", None) == _READ_ONLY:
        return "connect to the primary, where one may write: default_transaction_read_only = off"
    return "connect as the owner of the tables, at a time when nobody locks them for long"


def examine_files(patient: Patient) -> tuple[Finding, ...]:
    """Return what the checks of the project's and a client's files find: see ``examine``."""
    found: list[Finding] = []
    for name, check in _OF_FILES.items():
        try:
            found += check(patient)
        except GenerationError as error:
            found.append(fault(name, str(error), "change the definition or the target's options"))
    return tuple(found)
