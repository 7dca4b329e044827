"""In a project with migrations, each difference is told with the command that puts it right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.codegen import Configuration
from dualschema.doctor import Patient, examine_database
from dualschema.migrate import History, draft_migration, push, throw_away
from tests.schema.define import define

A, B = ds.Schema(define("a")), ds.Schema(define("a"), define("b"))
PUSH = "`dualschema push`"
WRITE = "`dualschema generate` and `dualschema migrate`"


class Project:
    """A project with migrations, and its database."""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    def generate(self, schema: ds.Schema, *, aside: bool = False) -> str:
        """Write a migration, as the project's database differs, or one aside that has them all."""
        history = History(self.folder / "migrations")
        with throw_away(history) if aside else self.engine.connect() as connection:
            draft = draft_migration(connection, schema, history)
        assert draft is not None
        draft.write()
        return draft.file.name

    def migrate(self) -> None:
        with self.engine.begin() as connection:
            History(self.folder / "migrations").upgrade(connection)

    def push(self, schema: ds.Schema) -> None:
        with self.engine.begin() as connection:
            push(connection, schema, allow_data_loss=True)

    def run(self, text: str) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(text)

    def tables(self, schema: ds.Schema) -> list[tuple[str, str]]:
        """Return what is found of the tables, with its fixes."""
        patient = Patient(schema, Configuration(self.folder))
        with self.engine.connect() as connection:
            found = examine_database(patient, connection)
        return [(each.text, each.fix) for each in found if each.check == "tables"]


@pytest.fixture
def project(postgres_url: str, tmp_path: Path) -> Iterator[Project]:
    """Give one that has a migration, which its database has."""
    engine = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    made = Project(engine, tmp_path)
    made.generate(A)
    made.migrate()
    yield made
    engine.dispose()


WELL = [("as the definition says", "")]


def test_what_waits_is_to_be_run_and_what_no_migration_has_is_to_be_written(
    project: Project,
) -> None:
    assert WELL == project.tables(A)

    new = "not as the definition says, in no migration yet: create table b"
    assert [(new, WRITE)] == project.tables(B)
    file = project.generate(B)

    waits = "not as the definition says: create table b"
    assert [(waits, f"`dualschema migrate`, for which {file} waits")] == project.tables(B)
    project.migrate()
    assert WELL == project.tables(B)


def test_what_was_done_by_hand_is_told_apart(project: Project) -> None:
    project.run("ALTER TABLE a ADD extra text")

    drift = "not as the definition says, done to this database alone: drop column a.extra"
    new = "not as the definition says, in no migration yet: create table b"
    assert [(new, WRITE), (drift, PUSH)] == project.tables(B)
    project.generate(B, aside=True)
    project.migrate()
    assert [(drift, PUSH)] == project.tables(B)
    project.push(B)
    assert WELL == project.tables(B)


def test_a_database_that_was_pushed_to_is_pushed_to_again(project: Project) -> None:
    project.run("DROP TABLE a, alembic_version, dualschema_tables")
    project.push(A)

    text = "not as the definition says: create table b"
    fix = f"{PUSH}: this database was pushed to, and not migrated"
    assert [(text, fix)] == project.tables(B)
    project.push(B)
    assert WELL == project.tables(B)


def test_migrations_that_cannot_be_read(project: Project) -> None:
    project.run("UPDATE alembic_version SET version_num = 'abc'")

    [(text, fix)] = project.tables(B)

    assert "not as the definition says: create table b" == text
    assert fix.startswith("put the migrations right: the database has the migration abc, of which ")


def test_without_programs_of_postgres_both_ways_are_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUALSCHEMA_PG_BIN", str(project.folder))

    fix = f"{WRITE} if the definition changed since, {PUSH} if this database alone did"
    assert [("not as the definition says: create table b", fix)] == project.tables(B)
