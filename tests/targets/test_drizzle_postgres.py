"""`drizzle-postgres`: its tables are those that the schema's own DDL makes."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest
from psycopg import sql

from dualschema.targets import generate
from tests.fixtures.node import Node
from tests.targets.golden_cases import every_case, schema_of

PUSH = """
import { pushSchema } from 'drizzle-kit/api';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './postgres.ts';

const pool = new pg.Pool({ connectionString: process.argv[2] });
const { statementsToExecute } = await pushSchema(schema, drizzle(pool));
await pool.end();
console.log('\\n' + JSON.stringify(statementsToExecute));
"""

MIGRATION = """
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as schema from './postgres.ts';

const made = await generateMigration(generateDrizzleJson({}), generateDrizzleJson(schema));
console.log(JSON.stringify(made));
"""

CONFIG = """
import { defineConfig } from 'drizzle-kit';
export default defineConfig({
  dialect: 'postgresql', schema: './postgres.ts', dbCredentials: { url: process.env.TEST_URL! },
});
"""


@pytest.mark.slow
@every_case
def test_pushing_it_onto_our_ddl_changes_nothing(node: Node, postgres_url: str, case: str) -> None:
    schema = schema_of(case)
    execute(postgres_url, schema.ddl("postgresql"))
    node.write({file.path: file.text for file in generate(schema, "drizzle-postgres")})
    node.write({"push.ts": PUSH})

    assert [] == last_line(node.run("push.ts", postgres_url))


@pytest.mark.slow
def test_so_says_the_command_line(node: Node, postgres_url: str) -> None:
    schema = schema_of("everything")
    execute(postgres_url, schema.ddl("postgresql"))
    node.write({file.path: file.text for file in generate(schema, "drizzle-postgres")})
    node.write({"drizzle.config.ts": CONFIG})
    node.environment["TEST_URL"] = postgres_url

    assert "No changes detected" in node.run_package("drizzle-kit/bin.cjs", "push")


@pytest.mark.slow
@every_case
def test_its_migration_makes_what_our_ddl_makes(node: Node, postgres_url: str, case: str) -> None:
    """CHECKs too, which `push` does not compare."""
    schema = schema_of(case)
    node.write({file.path: file.text for file in generate(schema, "drizzle-postgres")})
    node.write({"migration.ts": MIGRATION})
    statements = last_line(node.run("migration.ts"))

    execute(postgres_url, "CREATE SCHEMA ours; SET search_path = ours;" + schema.ddl("postgresql"))
    execute(postgres_url, ";".join(statements))

    assert catalog(postgres_url, "ours") == catalog(postgres_url, "public")


def execute(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements.encode())


def last_line(printed: str) -> Any:
    return json.loads(printed.strip().split("\n")[-1])


def catalog(url: str, space: str) -> list[tuple[str, ...]]:
    """Return all that stands in a Postgres schema, as Postgres says it."""
    query = """
        SELECT 'column', c.relname::text, a.attnum::text, a.attname::text,
            format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
            coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %(space)s::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid),
            '', '', ''
        FROM pg_constraint WHERE connamespace = %(space)s::regnamespace
        UNION ALL
        SELECT 'index', tablename::text, indexname::text, indexdef, '', '', ''
        FROM pg_indexes WHERE schemaname = %(space)s::text
    """
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(space)))
        rows = connection.execute(query, {"space": space}).fetchall()
    kept = [tuple(re.sub(rf"\b{space}\.", "", cell) for cell in row) for row in rows]
    # Drizzle has no word for DEFERRABLE, nor for comments.
    return sorted(tuple(cell.replace(" DEFERRABLE", "") for cell in row) for row in kept)
