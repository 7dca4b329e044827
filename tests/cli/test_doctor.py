"""``dualschema doctor``: its lines, its document, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from dualschema.cli import main
from tests.cli.commands import Done
from tests.fixtures.projects import Project

Doctor = Callable[..., Done]

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"

NOTES = """\
import dualschema as ds


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    user_id: ds.Column[str] = ds.column(owner=True)


schema = ds.Schema(Note)
"""

SECTION = """\
[tool.dualschema]
schema = "healthy_notes:schema"
publication = true

[tool.dualschema.targets]
sync-streams = "sync.yaml"
publication = {{ path = "publication.sql", role = "{role}" }}
"""


@pytest.fixture
def doctor(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    """Give the command, in this process, in a project that was set up by the other commands."""
    importing.write("healthy_notes.py", NOTES)
    # The server's superuser may do all that PowerSync's role is to, and no role is left behind.
    importing.write("pyproject.toml", SECTION.format(role="postgres"))
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    assert (0, 0) == (main(["codegen"]), main(["push", "--yes"]))
    capsys.readouterr()

    def call(*arguments: str) -> Done:
        code = main(["doctor", *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


def test_in_a_healthy_project_it_exits_with_0(doctor: Doctor) -> None:
    lines = """\
ok      tables: as the definition says
ok      wal_level: logical
ok      publication: powersync holds the synced tables and no other
ok      replica identity: updates and deletes of the synced tables name the row
ok      grants: postgres may replicate, and read the synced tables
ok      sync config: sync.yaml has edition 3 and all synced tables
ok      generated files: up to date
skipped client file: none is named: --client FILE
"""
    assert Done(0, lines, "") == doctor()


def test_a_fault_is_one_line_with_its_fix(doctor: Doctor, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("ALTER TABLE notes REPLICA IDENTITY NOTHING")

    done = doctor()

    line = (
        "fault   replica identity: updates and deletes name no row of notes -- fix: "
        "ALTER TABLE notes REPLICA IDENTITY DEFAULT"
    )
    assert (1, "") == (done.code, done.err)
    assert [line] == [each for each in done.out.splitlines() if not each.startswith(("ok", "skip"))]


def test_the_page_shows_what_it_says(doctor: Doctor, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("ALTER PUBLICATION powersync DROP TABLE notes")
    shown = PAGE.read_text("utf-8").partition("$ dualschema doctor\n")[2].partition("```")[0]

    assert Done(1, shown.replace("powersync_role", "postgres"), "") == doctor()


def test_programs_get_a_document(doctor: Doctor, importing: Project) -> None:
    assert json.loads(doctor("--json").out)["healthy"] is True
    (importing.root / "sync.yaml").unlink()

    done = doctor("--json")

    document = json.loads(done.out)
    assert (1, False) == (done.code, document["healthy"])
    assert {
        "check": "sync config",
        "verdict": "fault",
        "text": "there is no sync.yaml",
        "fix": "`dualschema codegen sync-streams`",
    } in document["findings"]
    assert {
        "check": "client file",
        "verdict": "skipped",
        "text": "none is named: --client FILE",
        "fix": None,
    } in document["findings"]


def test_a_client_file_is_looked_at(doctor: Doctor, tmp_path: Path) -> None:
    done = doctor("--client", str(tmp_path / "no\nsuch.db"))

    assert 1 == done.code
    assert done.out.endswith(
        f"fault   client file: there is no file {tmp_path}/no\ufffdsuch.db -- fix: "
        "name the client's database\n"
    )


def test_without_a_database_the_files_are_looked_at(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")

    done = doctor()

    assert 0 == done.code
    verdicts = [line.split()[0] for line in done.out.splitlines()]
    assert [*["skipped"] * 5, "ok", "ok", "skipped"] == verdicts


def test_a_database_that_does_not_answer_is_a_fault(doctor: Doctor) -> None:
    done = doctor("--database", "postgresql://nobody:secret@127.0.0.1:1/none")

    first, *others = done.out.splitlines()
    assert 1 == done.code
    assert first.startswith("fault   database: the database cannot be used: ")
    assert first.endswith(
        "fix: see that the server runs, and that its address and password are right"
    )
    assert "secret" not in first
    assert 3 == len(others)


def test_a_mistake_is_told_in_a_sentence(doctor: Doctor) -> None:
    done = doctor("--database", "sqlite:///notes.db")

    assert (2, "") == (done.code, done.out)
    assert done.err.startswith("error: this is for Postgres: ")
    assert "Traceback" in doctor("--schema", "no_such:schema", "--debug").err
