"""What kind of tables the synced ones are: PowerSync follows plain, logged tables in ``public``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Finding, Patient, fault, few, fine, skipped
from dualschema.languages.sql import identifier
from dualschema.targets.publication import published_tables

__all__ = ["KINDS", "check_kinds"]

KINDS: Final = "table kinds"

_SPACE: Final = "public"
"""Where the service looks for tables that a sync config names without a schema."""

_NOT_PLAIN: Final = {
    "p": "is partitioned",
    "v": "is a view",
    "m": "is a materialized view",
    "f": "is a foreign table",
}
"""What the service does not find, which asks for ``relkind = 'r'``, by its ``relkind``."""

_THERE: Final = """
SELECT relname, relkind::text, relpersistence::text = 'u' FROM pg_class
WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
    AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""


def check_kinds(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Ask the catalog."""
    names = [table.name for table in published_tables(patient.schema.model)]
    if not names:
        yield skipped(KINDS, "no table is synced")
        return
    rows = connection.exec_driver_sql(_THERE).all()
    there = {name: (kind, is_unlogged) for name, kind, is_unlogged in rows}
    wanted = [name for name in names if name in there]
    space = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    if space is None:
        fix = "take search_path out of the database's URL, or make the schema that it names"
        yield fault(KINDS, "the search_path names no schema that is there", fix)
        return
    if not wanted:
        yield skipped(KINDS, "no synced table is there")
        return
    faults = [
        *_elsewhere(space, wanted),
        *_not_plain({name: there[name][0] for name in wanted}),
        *_unlogged([name for name in wanted if there[name] == ("r", True)]),
    ]
    if faults:
        yield from faults
    else:
        yield fine(KINDS, f"the synced tables are plain, logged, and in {_SPACE}")


def _elsewhere(space: str, wanted: Sequence[str]) -> Iterator[Finding]:
    if space == _SPACE:
        return
    here = identifier(space)
    moved = [f"ALTER TABLE {here}.{identifier(n)} SET SCHEMA {_SPACE}" for n in wanted]
    text = f"{few(wanted)}: in the schema {space}, and PowerSync looks in {_SPACE}"
    yield fault(KINDS, text, f"{'; '.join(moved)}, and a search_path that begins with {_SPACE}")


def _not_plain(kinds: dict[str, str]) -> Iterator[Finding]:
    for name, kind in kinds.items():
        if kind in _NOT_PLAIN:
            # Into another schema, for its indexes would stand in the way of those to come.
            aside = f"CREATE SCHEMA IF NOT EXISTS aside; ALTER TABLE {identifier(name)}"
            fix = f"{aside} SET SCHEMA aside, then {BRING}, and copy its rows"
            yield fault(KINDS, f"{name} {_NOT_PLAIN[kind]}, which PowerSync does not follow", fix)


def _unlogged(names: Sequence[str]) -> Iterator[Finding]:
    if names:
        fix = "; ".join(f"ALTER TABLE {identifier(name)} SET LOGGED" for name in names)
        yield fault(KINDS, f"unlogged, so that nobody can follow them: {few(names)}", fix)
