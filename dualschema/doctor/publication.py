"""The publication: does it hold the synced tables and no other, and all that happens to them?

What the service refuses stands in its ``checkSourceConfiguration``:
https://github.com/powersync-ja/powersync-service/blob/main/modules/module-postgres/src/replication/replication-utils.ts
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import BRING, Finding, Patient, fault, few, fine, skipped
from dualschema.doctor.published_rows import check_published_rows
from dualschema.languages.sql import identifier
from dualschema.migrate.publishing import Following, read_following
from dualschema.targets.publication import PUBLICATION_NAME, published_tables

__all__ = ["PUBLICATION", "check_publication"]

PUBLICATION: Final = "publication"

# The view also lists what a publication holds by its schema, or because it holds everything.
_HELD: Final = """
SELECT tablename FROM pg_publication_tables WHERE pubname = %s AND schemaname = current_schema()
"""

_THERE: Final = """
SELECT relname, relkind IN ('r', 'p') AND relpersistence = 'p' FROM pg_class
WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""

# Those alone that it names one by one.
_NAMED: Final = """
SELECT CASE WHEN n.nspname <> current_schema() THEN n.nspname END, c.relname
FROM pg_publication_rel AS r
    JOIN pg_publication AS p ON p.oid = r.prpubid
    JOIN pg_class AS c ON c.oid = r.prrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE p.pubname = %s ORDER BY 1 NULLS FIRST, 2
"""

_OPERATIONS: Final = ("insert", "update", "delete", "truncate")

_PUBLISHES: Final = """
SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot
FROM pg_publication WHERE pubname = %s
"""


def check_publication(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Compare what is published with what is synced."""
    wanted = [table.name for table in published_tables(patient.schema.model)]
    there = read_following(connection)
    if not wanted and not there.exists:
        yield skipped(PUBLICATION, "no table is synced")
        return
    if not there.exists:
        fix = (
            f"`publication = true` in [tool.dualschema] and {BRING}; or run with psql what "
            "`dualschema codegen publication` writes"
        )
        yield fault(PUBLICATION, f"there is none of the name {PUBLICATION_NAME}", fix)
        return
    faults = [
        *_missing(connection, wanted, there),
        *_others(connection, wanted),
        *_left_out(connection),
        *check_published_rows(connection, patient, PUBLICATION),
    ]
    if faults:
        yield from faults
    else:
        yield fine(PUBLICATION, _holds(there))


def _holds(there: Following) -> str:
    if there.all_tables:
        return f"{PUBLICATION_NAME} holds all tables, those to come too"
    if there.all_of_schema:
        return f"{PUBLICATION_NAME} holds the synced tables, by their schema"
    return f"{PUBLICATION_NAME} holds the synced tables and no other"


def _missing(
    connection: sa.Connection, wanted: Sequence[str], there: Following
) -> Iterator[Finding]:
    """Yield what is to be added; what a publication of all will hold by itself is not."""
    held = set(connection.exec_driver_sql(_HELD, (PUBLICATION_NAME,)).scalars())
    # Of a partitioned table the view lists the partitions in its place.
    lacking = [name for name in wanted if name not in held and name not in there.tables]
    if not lacking or there.all_tables or there.all_of_schema:
        return
    rows = connection.exec_driver_sql(_THERE).all()
    can_join = {name for name, can_join in rows if can_join}
    fix = BRING
    if can_join.issuperset(lacking):
        fix += f"; or ALTER PUBLICATION {PUBLICATION_NAME} ADD TABLE {_listed(lacking)}"
    yield fault(PUBLICATION, f"{PUBLICATION_NAME} lacks what is synced: {few(lacking)}", fix)


def _others(connection: sa.Connection, wanted: Sequence[str]) -> Iterator[Finding]:
    named = connection.exec_driver_sql(_NAMED, (PUBLICATION_NAME,)).all()
    others = [(space, name) for space, name in named if space is not None or name not in wanted]
    if others:
        told = [name if space is None else f"{space}.{name}" for space, name in others]
        gone = (_spelled(space, name) for space, name in others)
        fix = f"ALTER PUBLICATION {PUBLICATION_NAME} DROP TABLE {', '.join(gone)}"
        text = f"{PUBLICATION_NAME} holds what the definition does not sync: {few(told)}"
        yield fault(PUBLICATION, text, fix)


def _left_out(connection: sa.Connection) -> Iterator[Finding]:
    *flags, is_by_root = connection.exec_driver_sql(_PUBLISHES, (PUBLICATION_NAME,)).one()
    left_out = [what for what, is_told in zip(_OPERATIONS, flags, strict=True) if not is_told]
    if left_out:
        publishes = ", ".join(_OPERATIONS)
        fix = f"ALTER PUBLICATION {PUBLICATION_NAME} SET (publish = '{publishes}')"
        yield fault(PUBLICATION, f"{PUBLICATION_NAME} does not tell of {few(left_out)}", fix)
    if is_by_root:
        text = f"{PUBLICATION_NAME} has publish_via_partition_root, which PowerSync refuses"
        fix = f"ALTER PUBLICATION {PUBLICATION_NAME} SET (publish_via_partition_root = false)"
        yield fault(PUBLICATION, text, fix)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(identifier, names))


def _spelled(space: str | None, name: str) -> str:
    return identifier(name) if space is None else f"{identifier(space)}.{identifier(name)}"
