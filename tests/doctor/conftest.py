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


@dataclasses.dataclass(frozen=True, slots=True)
class Base:
    """A database that was made as the pages say, and the role for PowerSync."""

    engine: sa.Engine
    role: str

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the project generates."""
        return (
            Output("publication", "publication.sql", {"role": self.role}),
            Output("sync-streams", "sync.yaml"),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class SetUp:
    """A set-up: what is spoilt in it, the doctor is to find; all in one transaction."""

    base: Base
    connection: sa.Connection
    patient: Patient

    @property
    def role(self) -> str:
        return self.base.role

    def run(self, text: str) -> None:
        self.connection.exec_driver_sql(text, execution_options={"no_parameters": True})

    def examine(self, **changes: Any) -> tuple[Finding, ...]:
        return examine(dataclasses.replace(self.patient, **changes), self.connection)

    def faults(self, **changes: Any) -> list[tuple[str, str, str]]:
        """Return the faults: their checks, texts and fixes."""
        found = (each for each in self.examine(**changes) if each.verdict is Verdict.FAULT)
        return [(each.check, each.text, each.fix) for each in found]

    def follow(self, finding: tuple[str, str, str]) -> None:
        """Do what a fix says: its SQL, and where there is a choice, the last."""
        self.run(sql_of(finding[2]))

    def push(self) -> None:
        push(self.connection, SCHEMA, publication=True, allow_data_loss=True)

    def generate(self) -> None:
        configured = self.patient.configuration
        write_files(plan_files(SCHEMA, configured.outputs, configured.root))

    def run_publication(self) -> None:
        """Run what the target `publication` wrote, as psql does it, within the transaction."""
        text = (self.patient.configuration.root / "publication.sql").read_text("utf-8")
        self.run(re.sub(r"^(BEGIN|COMMIT);$", "", _with_password(text), flags=re.MULTILINE))


def _with_password(text: str) -> str:
    return text.replace(":'powersync_password'", "'secret'")


def sql_of(fix: str) -> str:
    """Return a fix's SQL without the words around it."""
    words_before, _, told = fix.rpartition("; or ")
    sql_alone = told if words_before else fix
    return re.split(r", (?:and|then) | \(the option", sql_alone)[0]


@pytest.fixture(scope="session")
def base(session_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """Give a database of these tests alone, and a role: roles belong to the whole server."""
    name = f"doctor_{uuid.uuid4().hex[:8]}"
    quoted = sql.Identifier(name)
    url = sa.make_url(session_postgres_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url.set(database=name))
    made = Base(engine, name)
    folder = tmp_path_factory.mktemp("base")
    with psycopg.connect(session_postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(quoted))
        try:
            write_files(plan_files(SCHEMA, made.outputs, folder))
            with engine.begin() as connection:
                push(connection, SCHEMA, publication=True)
            text = _with_password((folder / "publication.sql").read_text("utf-8"))
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(text, execution_options={"no_parameters": True})
            yield made
        finally:
            engine.dispose()
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(quoted))


@pytest.fixture
def healthy(base: Base, tmp_path: Path) -> Iterator[SetUp]:
    """Give a set-up in which nothing is wrong; what is done to its database is taken back."""
    configuration = Configuration(tmp_path, outputs=base.outputs)
    with base.engine.connect() as connection:
        made = SetUp(base, connection, Patient(SCHEMA, configuration))
        made.generate()
        yield made
        connection.rollback()
