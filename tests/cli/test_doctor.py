"""``dualschema doctor``: its lines, its document, and its exit codes."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from dualschema.cli import main
from tests.cli.commands import Done
from tests.fixtures.projects import Project, install

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
ok      table kinds: the synced tables are plain, logged, and in public
ok      wal_level: logical
ok      capacity: there are slots, senders and connections left for PowerSync
ok      replication slots: none has lost WAL, or keeps it for nobody
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
    assert [*["skipped"] * 8, "ok", "ok", "skipped"] == verdicts


ADMISSION = (
    " -- fix: see that the server runs and has connections left, and that its address, database, "
    "user and password are right"
)


def test_a_database_that_does_not_answer_is_a_fault(doctor: Doctor) -> None:
    done = doctor("--database", "postgresql://nobody:secret@127.0.0.1:1/none")

    first, *others = done.out.splitlines()
    assert 1 == done.code
    assert first.startswith("fault   database: the database cannot be used: ")
    assert first.endswith(ADMISSION)
    assert "secret" not in first
    assert ["ok", "ok", "skipped"] == [line.split()[0] for line in others]


def test_a_host_that_is_silent_is_not_waited_for_long(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dualschema.cli.postgres._PATIENCE", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = time.monotonic()
        done = doctor("--database", f"postgresql://u@127.0.0.1:{port}/none")
        took = time.monotonic() - begun

    first, *others = done.out.splitlines()
    assert first.startswith("fault   database: the database cannot be used: ")
    assert "timeout" in first
    assert ["ok", "ok", "skipped"] == [line.split()[0] for line in others]
    assert 30 > took  # by itself, psycopg waits for 130 seconds


def test_a_role_without_connections_left_is_told_so(doctor: Doctor, postgres_url: str) -> None:
    name = f"doctor_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        made = f"CREATE ROLE {name} LOGIN PASSWORD 'secret' CONNECTION LIMIT 0"
        connection.execute(made.encode())
        url = urlsplit(postgres_url)
        given = url._replace(netloc=f"{name}:secret@{url.hostname}:{url.port}")
        done = doctor("--database", urlunsplit(given))
        connection.execute(f"DROP ROLE {name}".encode())

    first = done.out.splitlines()[0]
    assert f'FATAL:  too many connections for role "{name}"{ADMISSION}' in first


def test_what_a_target_of_the_projects_own_prints_stands_in_no_document(
    doctor: Doctor, importing: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "from dualschema.targets import GeneratedFile, Target\n"
        "from dualschema.generator import NoOptions\n\n\n"
        "def generate(model, path, options):\n"
        "    print('made')\n"
        "    return (GeneratedFile(path, 'text'),)\n\n\n"
        "PRINTING = Target('printing', 'prints', 'printed.txt', generate, NoOptions)\n"
    )
    folder = importing.root.parent / "more"
    install(folder, "printing_target", text, "printing = printing_target:PRINTING")
    monkeypatch.syspath_prepend(folder)
    section = SECTION.format(role="postgres") + 'printing = "printed.txt"\n'
    importing.write("pyproject.toml", section)

    done = doctor("--json")

    assert json.loads(done.out)["healthy"] is False
    assert "made" in done.err


def test_a_sync_config_that_is_written_by_hand_is_looked_at(doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("config: {edition: 2}\nstreams:\n  notes: {query: SELECT * FROM notes}\n")

    done = doctor("--sync-config", str(file))

    fix = " -- fix: write it as `dualschema codegen sync-streams` does"
    assert [
        f"fault   sync config: {file} has edition 2, and 3 is wanted{fix}",
        f"fault   sync config: {file} sends everybody all rows of notes, which have an owner{fix}",
    ] == [line for line in done.out.splitlines() if line.startswith("fault")]


def test_each_check_has_its_place_in_the_document(doctor: Doctor) -> None:
    document = json.loads(doctor("--json").out)

    names = [each["check"] for each in document["findings"]]
    described = re.findall(r"^\| `([a-z_ ]+)` \| ", PAGE.read_text("utf-8"), re.MULTILINE)
    assert names == described
    assert {("check", "verdict", "text", "fix")} == {tuple(each) for each in document["findings"]}


def test_a_mistake_is_told_in_a_sentence(doctor: Doctor) -> None:
    done = doctor("--database", "sqlite:///notes.db")

    assert (2, "") == (done.code, done.out)
    assert done.err.startswith("error: this is for Postgres: ")
    assert "Traceback" in doctor("--schema", "no_such:schema", "--debug").err
