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

_OF_SCHEMAS: Final = """
SELECT EXISTS (
    SELECT FROM pg_publication_namespace AS s
        JOIN pg_publication AS p ON p.oid = s.pnpubid JOIN pg_namespace AS n ON n.oid = s.pnnspid
    WHERE p.pubname = %s AND n.nspname = current_schema()
)
"""

_NAMELESS: Final = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relreplident = 'n'
    AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""

_KEPT: Final = "dualschema_published"
"""The table that says what was published before a migration that would have made the publication.

It is there only where there was something. Each row is a table's name, as it was then: it is that
again when the migration is undone. That of an empty publication, or of one of all tables, is NULL.
"""

_IS_KEPT: Final = (
    "EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema()"
    f" AND tablename = {literal(_KEPT)})"
)


@dataclass(frozen=True, slots=True)
class Following:
    """What a database has published.

    Attributes:
        exists: whether there is the publication at all.
        all_tables: whether it holds every table of the database, those to come too.
        all_of_schema: whether it holds every table of the schema, those to come too.
        tables: those it holds, by name.
        nameless: tables whose updates and deletes name no row: ``REPLICA IDENTITY NOTHING``.
    """

    exists: bool
    all_tables: bool
    all_of_schema: bool
    tables: frozenset[str]
    nameless: frozenset[str]


def read_following(connection: sa.Connection) -> Following:
    """Ask a database."""
    members = connection.exec_driver_sql(_MEMBERS, (PUBLICATION_NAME,)).all()
    nameless = connection.exec_driver_sql(_NAMELESS).scalars()
    can_hold_schemas = (connection.dialect.server_version_info or ()) >= (15,)
    return Following(
        bool(members),
        any(of_all for of_all, _ in members),
        can_hold_schemas
        and bool(connection.exec_driver_sql(_OF_SCHEMAS, (PUBLICATION_NAME,)).scalar()),
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
        yield _create()
    if not (there.all_tables or there.all_of_schema):
        for name in sorted((there.tables & set(ours)) - set(wanted)):
            text = f"publish table {name} no more"
            yield Step(Phase.UNPUBLISH, _leave(name), _join(name), text)
        for name in wanted:
            if name not in there.tables:
                down = _leave(name, kept=not there.exists)
                yield Step(Phase.PUBLISH, _join(name), down, f"publish table {name}")
    for name in wanted:
        if name in there.nameless:
            text = f"let updates of {name} name the row"
            up, down = _identity(name, "n", "DEFAULT"), _identity(name, "d", "NOTHING")
            yield Step(Phase.PUBLISH, up, down, text)


def _create() -> Step:
    """Return what makes the publication, unless a database has it, and then keeps what it holds."""
    name = f"p.pubname = {_NAME}"
    up = block(
        f"IF EXISTS (SELECT FROM pg_publication AS p WHERE {name}) THEN",
        f"  CREATE TABLE {_KEPT} AS",
        "    SELECT r.prrelid::regclass::text AS name FROM pg_publication AS p",
        f"    LEFT JOIN pg_publication_rel AS r ON r.prpubid = p.oid WHERE {name};",
        "ELSE",
        f"  CREATE PUBLICATION {PUBLICATION_NAME};",
        "END IF;",
    )
    down = block(
        f"IF {_IS_KEPT} THEN",
        f"  DROP TABLE {_KEPT};",
        "ELSE",
        f"  DROP PUBLICATION IF EXISTS {PUBLICATION_NAME};",
        "END IF;",
    )
    text = f"create publication {PUBLICATION_NAME}"
    return Step(Phase.PUBLISH, statement("\n".join(up)), statement("\n".join(down)), text)


def _join(table: str) -> ops.ExecuteSQLOp:
    """Return what has a table join, unless it has: databases may differ in this."""
    return _if(
        # The view lists the tables of a publication of all tables, too.
        f"NOT EXISTS (SELECT FROM pg_publication_tables WHERE pubname = {_NAME}"
        f" AND schemaname = current_schema() AND tablename = {literal(table)})",
        f"ALTER PUBLICATION {PUBLICATION_NAME} ADD TABLE {identifier(table)}",
    )


def _leave(table: str, *, kept: bool = False) -> ops.ExecuteSQLOp:
    """Return what has a table leave, if it is named one by one.

    Args:
        table: its name.
        kept: leave it where it had joined before the migration that makes the publication.
    """
    place = f"{literal(identifier(table))}::regclass"
    condition = (
        "EXISTS (SELECT FROM pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid"
        f" WHERE pubname = {_NAME} AND r.prrelid = {place})"
    )
    sql = f"ALTER PUBLICATION {PUBLICATION_NAME} DROP TABLE {identifier(table)}"
    if not kept:
        return _if(condition, sql)
    lines = block(
        f"IF {_IS_KEPT} THEN",
        f"  IF {condition}",
        f"    AND NOT EXISTS (SELECT FROM {_KEPT} WHERE name = {place}::text) THEN",
        f"    {sql};",
        "  END IF;",
        f"ELSIF {condition} THEN",
        f"  {sql};",
        "END IF;",
    )
    return statement("\n".join(lines))


def _if(condition: str, sql: str) -> ops.ExecuteSQLOp:
    return statement("\n".join(block(f"IF {condition} THEN", f"  {sql};", "END IF;")))


def _identity(table: str, only_from: Literal["n", "d"], kind: str) -> ops.ExecuteSQLOp:
    """Return what gives a table a replica identity, unless it has another one, like ``FULL``."""
    place = f"{literal(identifier(table))}::regclass"
    return _if(
        f"EXISTS (SELECT FROM pg_class WHERE oid = {place} AND relreplident = '{only_from}')",
        f"ALTER TABLE {identifier(table)} REPLICA IDENTITY {kind}",
    )
