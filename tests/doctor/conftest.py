"""A set-up in which nothing is wrong, to be spoilt: a database, its role, and a project's files."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

import dualschema as ds
from dualschema.codegen import Configuration, Output, plan_files, write_files
from dualschema.doctor import Finding, Patient, Verdict, examine
from dualschema.migrate import push


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    text: ds.Column[str] = ds.column(max_length=80)
    stars: ds.Column[int]
    user_id: ds.Column[str] = ds.column(owner=True, index=True)


class Draft(ds.Table, name="drafts", sync="local_only"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    text: ds.Column[str]


class Audit(ds.Table, name="audits", sync=False):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)


SCHEMA = ds.Schema(Note, Draft, Audit)

PUSH = "`dualschema push`, or `dualschema generate` and `dualschema migrate`"
"""What brings a database to the definition, in a project without migrations."""


@dataclasses.dataclass
class SetUp:
    """A set-up: what is spoilt in it, the doctor is to find."""

    engine: sa.Engine
    role: str
    patient: Patient

    def run(self, text: str) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(text)

    def examine(self, **changes: Any) -> tuple[Finding, ...]:
        with self.engine.begin() as connection:
            return examine(dataclasses.replace(self.patient, **changes), connection)

    def faults(self, **changes: Any) -> list[tuple[str, str, str]]:
        """Return the faults: their checks, texts and fixes."""
        found = (each for each in self.examine(**changes) if each.verdict is Verdict.FAULT)
        return [(each.check, each.text, each.fix) for each in found]

    def follow(self, finding: tuple[str, str, str]) -> None:
        """Do what a fix says: its SQL, and where there is a choice, the last."""
        self.run(sql_of(finding[2]))

    def push(self) -> None:
        with self.engine.begin() as connection:
            push(connection, SCHEMA, publication=True, allow_data_loss=True)

    def generate(self) -> None:
        configured = self.patient.configuration
        write_files(plan_files(SCHEMA, configured.outputs, configured.root))


def sql_of(fix: str) -> str:
    """Return a fix's SQL without the words around it."""
    words_before, _, told = fix.rpartition("; or ")
    sql_alone = told if words_before else fix
    return re.split(r", (?:and|then) | \(the option", sql_alone)[0]


@pytest.fixture
def role(postgres_url: str) -> Iterator[str]:
    """Give the name of a role that is no other test's; roles belong to the whole server."""
    name = f"doctor_{uuid.uuid4().hex[:8]}"
    yield name
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,))
        if found.fetchone() is not None:
            connection.execute(
                sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name))
            )


def run_publication(url: str, file: Path) -> None:
    """Run what the target `publication` wrote, as psql does it."""
    text = file.read_text("utf-8").replace(":'powersync_password'", "'secret'")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text.encode())


@pytest.fixture
def healthy(postgres_url: str, role: str, tmp_path: Path) -> Iterator[SetUp]:
    """Give a set-up that was made as the pages say."""
    outputs = (
        Output("publication", "publication.sql", {"role": role}),
        Output("sync-streams", "sync.yaml"),
    )
    configuration = Configuration(tmp_path, outputs=outputs)
    write_files(plan_files(SCHEMA, outputs, tmp_path))
    engine = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        push(connection, SCHEMA, publication=True)
    run_publication(postgres_url, tmp_path / "publication.sql")
    yield SetUp(engine, role, Patient(SCHEMA, configuration))
    engine.dispose()
