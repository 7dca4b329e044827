"""The publication's SQL: run by psql on a real Postgres, twice, with the rights that follow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import sql

import dualschema as ds
from dualschema.embedded import EmbeddedPostgresError, find_binaries
from dualschema.errors import GenerationError
from dualschema.targets import generate
from tests.fixtures.missing import fail_or_skip
from tests.targets.owned import schema

PASSWORD = 'it\'s \\ "$x" %'


@pytest.fixture
def role(postgres_url: str) -> Iterator[str]:
    """Give the name of a role that is not there yet, and drop it after the test."""
    name = f"test \"{uuid.uuid4().hex[:8]}' $do$"
    yield name
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


def text_of(model: ds.Schema, **options: Any) -> str:
    [file] = generate(model, "publication", options=options)
    return file.text


def psql(url: str, text: str, *, password: str | None = PASSWORD) -> str:
    """Run a text by Postgres's own client, as a user would; return what it prints."""
    program = shutil.which("psql")
    try:
        found = find_binaries() / ("psql.exe" if sys.platform == "win32" else "psql")
        program = str(found) if found.is_file() else program
    except EmbeddedPostgresError:
        pass
    if program is None:
        fail_or_skip("there is no psql")
    command = [program, "-X", "-q", "-v", "ON_ERROR_STOP=1", url]
    if password is not None:
        command += ["-v", f"powersync_password={password}"]
    environment = {**os.environ, "PGCLIENTENCODING": "UTF8"}
    done = subprocess.run(
        command, input=text, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def as_role(url: str, role: str, password: str = PASSWORD) -> str:
    parts = urlsplit(url)
    user = f"{quote(role, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.hostname}:{parts.port}"))


def published(admin: psycopg.Connection[Any]) -> set[str]:
    query = "SELECT tablename FROM pg_publication_tables WHERE pubname = 'powersync'"
    return {name for (name,) in admin.execute(query)}


REPLICATED = {
    *("select", "folders", "notes", "hidden", "by_bytes"),
    *("trees", "numbered", "small", "chosen"),
}


@pytest.mark.slow
def test_the_role_reads_the_published_tables_and_no_other(postgres_url: str, role: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(schema.ddl("postgresql").encode())
        admin.execute("CREATE TABLE secrets (id integer PRIMARY KEY)")
        text = text_of(schema, role=role)
        for _ in range(2):
            assert "logical" in psql(postgres_url, text)
            assert REPLICATED == published(admin)

        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        all_tables = [name for (name,) in admin.execute(query)]
        assert {"sent", "secrets"} == set(all_tables) - REPLICATED
        rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
        [found] = admin.execute(f"{rights} FROM pg_roles WHERE rolname = %s", [role])
        assert (False, False, False, False, True) == found

    with psycopg.connect(as_role(postgres_url, role), autocommit=True) as service:
        for name in all_tables:
            read = sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            if name in REPLICATED:
                service.execute(read)
                write = sql.SQL("DELETE FROM {}").format(sql.Identifier(name))
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    service.execute(write)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    service.execute(read)


@pytest.mark.slow
def test_a_later_run_takes_back_what_no_longer_holds(postgres_url: str, role: str) -> None:
    class Kept(ds.Table, name="kept"):
        id: ds.Column[str] = ds.column(primary_key=True)

    class Once(ds.Table, name="once"):
        id: ds.Column[str] = ds.column(primary_key=True)

    class Once2(ds.Table, name="once", sync=False):
        id: ds.Column[str] = ds.column(primary_key=True)

    before = ds.Schema(Kept, Once)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(before.ddl("postgresql").encode())
        admin.execute("ALTER TABLE kept REPLICA IDENTITY NOTHING")
        admin.execute("ALTER TABLE once REPLICA IDENTITY FULL")
        psql(postgres_url, text_of(before, role=role, bypass_rls=True))
        identity = "SELECT relname, relreplident FROM pg_class WHERE relname IN ('kept', 'once')"
        assert {("kept", "d"), ("once", "f")} == set(admin.execute(identity))
        [(bypass,)] = admin.execute("SELECT rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
        assert bypass

        psql(postgres_url, text_of(ds.Schema(Kept, Once2), role=role), password="other")
        assert {"kept"} == published(admin)
    with psycopg.connect(as_role(postgres_url, role, "other"), autocommit=True) as service:
        service.execute("SELECT * FROM kept")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute("SELECT * FROM once")


def test_nothing_happens_without_a_password(postgres_url: str) -> None:
    name = f"test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(schema.ddl("postgresql").encode())
        with pytest.raises(RuntimeError, match="syntax error"):
            psql(postgres_url, text_of(schema, role=name), password=None)
        assert [] == admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchall()
        assert set() == published(admin)


@pytest.mark.slow
def test_a_change_of_a_published_table_is_decoded(postgres_url: str, role: str) -> None:
    """What the service does: it reads the publication's changes through a slot, as the role."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        if admin.execute("SHOW wal_level").fetchone() != ("logical",):
            pytest.skip("wal_level is not logical on this server")
        admin.execute(schema.ddl("postgresql").encode())
        psql(postgres_url, text_of(schema, role=role))
        slot = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(as_role(postgres_url, role), autocommit=True) as service:
            make = "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')"
            service.execute(make, [slot])
            try:
                admin.execute("INSERT INTO small (id, user_id) VALUES ('a', 7)")
                admin.execute("INSERT INTO sent (id, user_id) VALUES ('secret', 'u')")
                read = (
                    "SELECT data FROM pg_logical_slot_get_binary_changes(%s, NULL, NULL,"
                    " 'proto_version', '1', 'publication_names', 'powersync')"
                )
                found = b"".join(data for (data,) in service.execute(read, [slot]))
            finally:
                service.execute("SELECT pg_drop_replication_slot(%s)", [slot])
    assert b"small" in found
    assert b"secret" not in found


@pytest.mark.parametrize("role", ["", "pg_read", "a" * 64, "a\nb"])
def test_a_role_that_postgres_cannot_have_is_refused(role: str) -> None:
    with pytest.raises(GenerationError, match="option role"):
        text_of(schema, role=role)


def test_a_schema_that_syncs_nothing_publishes_nothing() -> None:
    class Alone(ds.Table, name="alone", sync=False):
        id: ds.Column[str] = ds.column(primary_key=True)

    for target in ("publication", "sync-streams"):
        with pytest.raises(GenerationError, match="no table is synced"):
            generate(ds.Schema(Alone), target)


def test_no_password_stands_in_the_text() -> None:
    text = text_of(schema)
    assert "PASSWORD :'powersync_password';" in text
    assert 1 == text.count("PASSWORD")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15)


@example(name="notes", role="none")
@example(name="notes", role="public")
@given(name=NAMES, role=NAMES | st.sampled_from(["$do$", "a'b", 'a"b', ":'x'", "\\", "$do4$$do$"]))
def test_no_name_breaks_the_statements(
    name: str, role: str, postgres_connection: psycopg.Connection[Any]
) -> None:
    class Named(ds.Table, name=name):
        id: ds.Column[str] = ds.column(primary_key=True)

    try:
        made = ds.Schema(Named)
        text = text_of(made, role=role)
    except ds.DefinitionError:
        return
    except GenerationError:
        fits = role.isprintable() and len(role.encode()) <= 63 and not role.startswith("pg_")
        assert not fits or role in {"none", "public"}
        return
    statements = text.replace(":'powersync_password'", "'x'").replace("\nBEGIN;\n", "\n")
    with postgres_connection.transaction(force_rollback=True):
        postgres_connection.execute(made.ddl("postgresql").encode())
        postgres_connection.execute(statements.removesuffix("COMMIT;\n").encode())
        assert {name} == published(postgres_connection)
        query = "SELECT has_table_privilege(%s, format('public.%%I', %s::text), 'SELECT')"
        assert [(True,)] == postgres_connection.execute(query, [role, name]).fetchall()
