"""The tables of the database, with columns, constraints and indexes: as the definition says?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import Finding, Patient, fault, few, fine
from dualschema.doctor.remedy import remedies
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
    if not texts:
        yield fine(TABLES, "as the definition says")
        return
    for each in remedies(connection, patient, texts):
        about = f", {each.about}" if each.about else ""
        text = f"not as the definition says{about}: {few(each.differences, '; ')}"
        yield fault(TABLES, text, each.fix)
