"""The tables of the database, with columns, constraints and indexes: as the definition says?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Finding, Patient, fault, few, fine
from dualschema.migrate import Phase
from dualschema.migrate.compare import compare
from dualschema.migrate.ledger import made_tables

__all__ = ["TABLES", "check_tables"]

TABLES: Final = "tables"

_OF_THE_PUBLICATION: Final = (Phase.UNPUBLISH, Phase.PUBLISH)


def check_tables(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Compare the database with the definition, as a push does."""
    steps = compare(connection, patient.schema, ours=made_tables(connection))
    texts = [step.text for step in steps if step.phase not in _OF_THE_PUBLICATION]
    if texts:
        yield fault(TABLES, f"not as the definition says: {few(texts, '; ')}", BRING)
    else:
        yield fine(TABLES, "as the definition says")
