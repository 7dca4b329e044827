"""PowerSync's publication, and the replica identity of what it holds, as steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa
from alembic.operations import ops

from dualschema.languages.sql import block, identifier, literal
from dualschema.migrate.step import Phase, Step, statement
from dualschema.model import SchemaModel
from dualschema.targets.publication import PUBLICATION_NAME, published_tables

__all__ = ["Following", "publication_steps", "read_following"]

_NAME: Final = literal(PUBLICATION_NAME)

_MEMBERS: Final = """
SELECT p.puballtables, c.relname FROM pg_publication AS p
    LEFT JOIN pg_publication_rel AS r ON r.prpubid = p.oid
    LEFT JOIN pg_class AS c ON c.oid = r.prrelid
        AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
WHERE p.pubname = %s
"""

_NAMELESS: Final = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relreplident = 'n'
    AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""


@dataclass(frozen=True, slots=True)
class Following:
    """What a database has published.

    Attributes:
        exists: whether there is the publication at all.
        all_tables: whether it holds every table, those to come too.
        tables: those it holds, by name.
        nameless: tables whose updates and deletes name no row: ``REPLICA IDENTITY NOTHING``.
    """

    exists: bool
    all_tables: bool
    tables: frozenset[str]
    nameless: frozenset[str]


def read_following(connection: sa.Connection) -> Following:
    """Ask a database."""
    members = connection.exec_driver_sql(_MEMBERS, (PUBLICATION_NAME,)).all()
    nameless = connection.exec_driver_sql(_NAMELESS).scalars()
    return Following(
        bool(members),
        any(of_all for of_all, _ in members),
        frozenset(name for _, name in members if name is not None),
        frozenset(nameless),
    )


def publication_steps(
    model: SchemaModel, there: Following, ours: Collection[str], *, make: bool
) -> Iterator[Step]:
    """Yield the steps for the publication.

    Args:
        model: the definition.
        there: what is published now.
        ours: the tables that the definition has, or had; others stay as they are.
        make: make the publication where there is none.
    """
    if not there.exists and not make:
        return
    wanted = [table.name for table in published_tables(model)]
    if not there.exists:
        up, down = (f"{verb} PUBLICATION {PUBLICATION_NAME}" for verb in ("CREATE", "DROP"))
        there_is = f"EXISTS (SELECT FROM pg_publication WHERE pubname = {_NAME})"
        text = f"create publication {PUBLICATION_NAME}"
        yield Step(Phase.PUBLISH, _if(f"NOT {there_is}", up), statement(down), text)
    if not there.all_tables:
        for name in sorted((there.tables & set(ours)) - set(wanted)):
            text = f"publish table {name} no more"
            yield Step(Phase.UNPUBLISH, _alter("DROP", name), _alter("ADD", name), text)
        for name in wanted:
            if name not in there.tables:
                text = f"publish table {name}"
                yield Step(Phase.PUBLISH, _alter("ADD", name), _alter("DROP", name), text)
    for name in wanted:
        if name in there.nameless:
            text = f"let updates of {name} name the row"
            yield Step(Phase.PUBLISH, _identity(name, "DEFAULT"), _identity(name, "NOTHING"), text)


def _alter(verb: Literal["ADD", "DROP"], table: str) -> ops.ExecuteSQLOp:
    """Return what has a table join or leave, unless it has: databases may differ in this."""
    # The view lists the tables of a publication of all tables, too, which none can leave.
    if verb == "ADD":
        found = f"pg_publication_tables WHERE pubname = {_NAME}"
        found += f" AND schemaname = current_schema() AND tablename = {literal(table)}"
        condition = f"NOT EXISTS (SELECT FROM {found})"
    else:
        found = "pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid"
        found += f" WHERE pubname = {_NAME}"
        found += f" AND r.prrelid = {literal(identifier(table))}::regclass"
        condition = f"EXISTS (SELECT FROM {found})"
    sql = f"ALTER PUBLICATION {PUBLICATION_NAME} {verb} TABLE {identifier(table)}"
    return _if(condition, sql)


def _if(condition: str, sql: str) -> ops.ExecuteSQLOp:
    return statement("\n".join(block(f"IF {condition} THEN", f"  {sql};", "END IF;")))


def _identity(table: str, kind: str) -> ops.ExecuteSQLOp:
    return statement(f"ALTER TABLE {identifier(table)} REPLICA IDENTITY {kind}")
