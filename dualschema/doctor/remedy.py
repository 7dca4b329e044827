"""What brings a database to the definition: a push, a migration that waits, or one to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Patient, few
from dualschema.errors import EmbeddedPostgresError, MigrationError
from dualschema.migrate import History, draft_migration, throw_away
from dualschema.migrate.ledger import made_tables

__all__ = ["Remedy", "remedies"]

_PUSH: Final = "`dualschema push`"
_GENERATE: Final = "`dualschema generate` and `dualschema migrate`"


@dataclass(frozen=True, slots=True)
class Remedy:
    """Some differences, and what puts them right.

    Attributes:
        about: what they have in common; empty, if nothing is known.
        differences: what is to be done, in words, a step each.
        fix: how.
    """

    about: str
    differences: tuple[str, ...]
    fix: str


def remedies(
    connection: sa.Connection, patient: Patient, differences: Sequence[str]
) -> Iterator[Remedy]:
    """Yield what is to be done, where a database differs from the definition.

    Only if the database has all of the project's migrations, they are run on a throw-away Postgres:
    what they lack is to be written, and the rest was done to this database alone.
    """
    every = tuple(differences)
    configured = patient.configuration
    try:
        history = History(configured.root / configured.migrations)
        if not history.revisions:
            yield Remedy("", every, BRING)
            return
        current = history.current(connection)
        if current is None and made_tables(connection):
            yield Remedy("", every, f"{_PUSH}: this database was pushed to, and not migrated")
            return
        _, waiting = history.state(connection)
        if waiting:
            files = few([each.file for each in waiting])
            yield Remedy("", every, f"`dualschema migrate`, for which {files} waits")
            return
        with throw_away(history) as scratch:
            draft = draft_migration(scratch, patient.schema, history)
    except EmbeddedPostgresError:
        fix = f"{_GENERATE} if the definition changed since, {_PUSH} if this database alone did"
        yield Remedy("", every, fix)
        return
    except MigrationError as error:
        yield Remedy("", every, f"put the migrations right: {error}")
        return
    unwritten = set() if draft is None else {step.text for step in draft.steps}
    written = tuple(each for each in every if each not in unwritten)
    if len(written) < len(every):
        yield Remedy(
            "in no migration yet", tuple(each for each in every if each in unwritten), _GENERATE
        )
    if written:
        yield Remedy("done to this database alone", written, _PUSH)
