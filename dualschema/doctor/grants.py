"""The role that PowerSync's service logs in as: may it replicate, and read the synced tables?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from dualschema.doctor.finding import Finding, Patient, fault, few, fine, skipped
from dualschema.languages.sql import identifier
from dualschema.targets.publication import (
    PUBLICATION,
    PublicationOptions,
    published_tables,
    role_rights,
)

__all__ = ["GRANTS", "check_grants"]

GRANTS: Final = "grants"

# On Amazon's servers nobody is given REPLICATION, but membership in this role:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html
_ROLE: Final = """
SELECT r.rolcanlogin, r.rolsuper OR r.rolreplication OR EXISTS (
        SELECT FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid
        WHERE m.member = r.oid AND g.rolname = 'rds_replication'
    ),
    r.rolsuper OR r.rolbypassrls,
    has_database_privilege(r.oid, current_database(), 'CONNECT'),
    has_schema_privilege(r.oid, current_schema(), 'USAGE'),
    coalesce(r.rolvaliduntil <= now(), false),
    current_database(), current_schema()
FROM pg_roles AS r WHERE r.rolname = %s
"""

# The service selects all columns, which may be granted one by one. A policy that is for this very
# role was made for it.
_TABLES: Final = """
SELECT c.relname, has_table_privilege(r.oid, c.oid, 'SELECT') OR NOT EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND NOT has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
    ),
    c.relrowsecurity AND (c.relowner <> r.oid OR c.relforcerowsecurity) AND NOT EXISTS (
        SELECT FROM pg_policy AS p
        WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polpermissive
            AND r.oid = ANY (p.polroles)
    )
FROM pg_class AS c, pg_roles AS r
WHERE r.rolname = %s AND c.relkind IN ('r', 'p')
    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
"""


def check_grants(connection: sa.Connection, patient: Patient) -> Iterator[Finding]:
    """Look at each role that the target ``publication`` is told of, or at the usual one."""
    wanted = [table.name for table in published_tables(patient.schema.model)]
    if not wanted:
        yield skipped(GRANTS, "no table is synced")
        return
    outputs = patient.configuration.outputs
    given = [each.options for each in outputs if each.target == PUBLICATION.name] or [{}]
    for options in map(PUBLICATION.read_options, given):
        faults = list(_faults(connection, options, wanted))
        if faults:
            yield from faults
        else:
            text = f"{options.role} may replicate, and read the synced tables"
            yield fine(GRANTS, text)


def _faults(
    connection: sa.Connection, options: PublicationOptions, wanted: list[str]
) -> Iterator[Finding]:
    name, role = options.role, identifier(options.role)
    found = connection.exec_driver_sql(_ROLE, (name,)).one_or_none()
    if found is None:
        fix = (
            "run with psql what `dualschema codegen publication` writes, or name the role that "
            "PowerSync logs in as by the target's option `role`"
        )
        yield fault(GRANTS, f"there is no role {name}", fix)
        return
    may_login, may_replicate, sees_all, connects, uses, has_expired, database, space = found
    if not may_login or not may_replicate:
        verbs = [*([] if may_login else ["log in"]), *([] if may_replicate else ["replicate"])]
        fix = f"ALTER ROLE {role} {role_rights(options)}"
        yield fault(GRANTS, f"{name} may not {' and not '.join(verbs)}", fix)
    if has_expired:
        fix = f"ALTER ROLE {role} VALID UNTIL 'infinity'"
        yield fault(GRANTS, f"the password of {name} has expired", fix)
    if not connects:
        fix = f"GRANT CONNECT ON DATABASE {identifier(database)} TO {role}"
        yield fault(GRANTS, f"{name} may not connect to the database {database}", fix)
    if space is not None and not uses:
        fix = f"GRANT USAGE ON SCHEMA {identifier(space)} TO {role}"
        yield fault(GRANTS, f"{name} may not use the schema {space}", fix)
    yield from _of_tables(connection, name, wanted, sees_all=sees_all)


def _of_tables(
    connection: sa.Connection, name: str, wanted: list[str], *, sees_all: bool
) -> Iterator[Finding]:
    role = identifier(name)
    rights = {row[0]: row[1:] for row in connection.exec_driver_sql(_TABLES, (name,))}
    there = [table for table in wanted if table in rights]
    unread = [table for table in there if not rights[table][0]]
    hidden = [table for table in there if rights[table][1] and not sees_all]
    if unread:
        fix = f"GRANT SELECT ON TABLE {', '.join(map(identifier, unread))} TO {role}"
        yield fault(GRANTS, f"{name} may not read {few(unread)}", fix)
    if hidden:
        text = f"row-level security hides rows of {few(hidden)} from {name}"
        yield fault(GRANTS, text, f"ALTER ROLE {role} BYPASSRLS (the option `bypass_rls`)")
