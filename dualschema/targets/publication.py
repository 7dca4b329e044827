"""``publication``: the SQL that lets PowerSync's service read the synced tables of Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dualschema.errors import GenerationError
from dualschema.generator import GeneratedFile, Target, replicated_tables
from dualschema.languages.sql import block, comment, header, identifier, literal
from dualschema.model import SchemaModel, TableModel
from dualschema.naming import MAX_IDENTIFIER_BYTES

__all__ = [
    "PUBLICATION",
    "PUBLICATION_NAME",
    "PublicationOptions",
    "published_tables",
    "role_rights",
]

PUBLICATION_NAME: Final = "powersync"
"""The one name that PowerSync's service looks for."""

_SCHEMA = "public"
"""Where PowerSync looks for tables that are named without a schema."""

_NO_ROLES: Final = frozenset({"none", "public"})
"""What no role is called, not in quotes either: Postgres refuses it as ``reserved_name``."""


@dataclass(frozen=True, slots=True)
class PublicationOptions:
    """What ``publication`` may be told.

    Attributes:
        role: the role that the service logs in as; its password is psql's variable
            ``powersync_password``.
        bypass_rls: let it read past row-level security, without which it would find no rows in a
            table that has some.
    """

    role: str = "powersync_role"
    bypass_rls: bool = False


def published_tables(model: SchemaModel) -> tuple[TableModel, ...]:
    """Return the tables that the publication is to hold.

    Raises:
        GenerationError: the way to the owner of one leads through a table that is on no server.
    """
    return replicated_tables(model, "publication")


def role_rights(options: PublicationOptions) -> str:
    """Return what the role is by itself, as SQL says it after ``CREATE ROLE`` and its name."""
    return "LOGIN REPLICATION BYPASSRLS" if options.bypass_rls else "LOGIN REPLICATION"


def _generate(
    model: SchemaModel, path: str, options: PublicationOptions
) -> tuple[GeneratedFile, ...]:
    _check_role(options.role)
    tables = [f"{_SCHEMA}.{identifier(t.name)}" for t in published_tables(model)]
    if not tables:
        raise GenerationError("publication", "no table is synced, and it would publish none")
    parts = (_top(), _role(options), _rights(options.role, tables), _published(tables), _identity())
    lines = [line for part in parts for line in (*part, "")]
    return (GeneratedFile(path, "\n".join([*lines, "COMMIT;"]) + "\n"),)


def _check_role(role: str) -> None:
    size = len(role.encode("utf-8", "replace"))
    is_reserved = role in _NO_ROLES or role[:3] == "pg_"
    if not role or not role.isprintable() or size > MAX_IDENTIFIER_BYTES or is_reserved:
        raise GenerationError("publication", "option role: Postgres has no role of this name")


def _top() -> list[str]:
    return [
        *header(
            "What PowerSync's service needs of Postgres: a role that reads the synced tables, and",
            "the publication `powersync`. It may be run again, and then says what holds now.",
            "",
            "  psql -v ON_ERROR_STOP=1 -v powersync_password=... -f THIS_FILE",
            "",
        ),
        *comment("This must say `logical`: ALTER SYSTEM SET wal_level = logical, and a restart."),
        "SHOW wal_level;",
        "",
        "BEGIN;",
    ]


def _role(options: PublicationOptions) -> list[str]:
    role = identifier(options.role)
    rights = role_rights(options)
    return [
        *comment("The role that the service logs in as."),
        *block(
            f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(options.role)}) THEN",
            f"  CREATE ROLE {role} {rights};",
            "END IF;",
        ),
        f"ALTER ROLE {role} {rights} PASSWORD :'powersync_password';",
    ]


def _rights(role: str, tables: Sequence[str]) -> list[str]:
    name = identifier(role)
    return [
        *comment("It reads these tables and no other; what it had before is taken back."),
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {_SCHEMA} FROM {name};",
        f"GRANT USAGE ON SCHEMA {_SCHEMA} TO {name};",
        "GRANT SELECT ON TABLE",
        *_listed(tables),
        f"TO {name};",
        *block(
            "EXECUTE format(",
            f"  'GRANT CONNECT ON DATABASE %I TO %I', current_database(), {literal(role)}",
            ");",
        ),
    ]


def _published(tables: Sequence[str]) -> list[str]:
    name = literal(PUBLICATION_NAME)
    return [
        *comment("What the service follows: these tables and no other."),
        *block(
            f"IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = {name}) THEN",
            f"  CREATE PUBLICATION {PUBLICATION_NAME};",
            "END IF;",
        ),
        f"ALTER PUBLICATION {PUBLICATION_NAME} SET TABLE",
        *_listed(tables)[:-1],
        f"  {tables[-1]};",
    ]


def _identity() -> list[str]:
    return [
        *comment(
            "Updates and deletes name a row by its replica identity: by default, the primary key.",
            "Only a table that was told to have none needs a change.",
        ),
        *block(
            "FOR found IN",
            "  SELECT c.oid::regclass AS name FROM pg_class AS c",
            "  JOIN pg_publication_rel AS r ON r.prrelid = c.oid",
            "  JOIN pg_publication AS p ON p.oid = r.prpubid",
            f"  WHERE p.pubname = {literal(PUBLICATION_NAME)} AND c.relreplident = 'n'",
            "LOOP",
            "  EXECUTE format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', found.name);",
            "END LOOP;",
            declares="found record;",
        ),
    ]


def _listed(items: Sequence[str]) -> list[str]:
    """Return items a line each, with commas between them."""
    return [*(f"  {item}," for item in items[:-1]), f"  {items[-1]}"]


PUBLICATION = Target(
    name="publication",
    title="the publication and the role that PowerSync's service needs in Postgres",
    path="publication.sql",
    generate=_generate,
    options=PublicationOptions,
)
