"""``dualschema push``: what it shows, what it asks for, and what it answers mistakes with."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import time
from collections.abc import Callable

import psycopg
import pytest

from dualschema.cli import main
from tests.cli.commands import Done, command, environment, run
from tests.fixtures.projects import Project

Push = Callable[..., Done]

TWO = """\
import dualschema as ds


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    body: ds.Column[str] = ds.column(was="text")


schema = ds.Schema(Note)
"""

EMPTY = """\
import dualschema as ds

schema = ds.Schema()
"""

WAITING = "SELECT FROM pg_locks WHERE relation = 'notes'::regclass AND NOT granted"


@pytest.fixture
def push(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Push:
    """Give the command, in this process, in a project whose database is empty."""
    importing.configure("")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    importing.write("two.py", TWO)
    importing.write("empty.py", EMPTY)

    def call(*arguments: str) -> Done:
        code = main(["push", *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


def test_it_makes_the_tables_and_has_nothing_to_do_then(push: Push) -> None:
    nothing = "the database is as the definition says: nothing to do\n"

    assert Done(0, "create table notes\n", "") == push("--dry-run")
    assert Done(0, "create table notes\ndone\n", "") == push("--yes")
    assert Done(0, nothing, "") == push()
    assert Done(0, nothing, "") == push("--dry-run")


def test_where_nobody_can_be_asked_it_wants_yes(push: Push) -> None:
    message = "error: nobody can be asked here, and nothing was changed: --yes does it\n"

    assert Done(2, "create table notes\n", message) == push()
    assert "create table notes\n" == push("--dry-run").out


def test_what_would_be_lost_is_named_and_needs_a_word(push: Push, postgres_url: str) -> None:
    push("--yes")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO notes VALUES ('n', 'hello')")
    shown = "drop table notes (lost: table notes and its rows)\n"

    done = push("--schema", "empty:schema", "--yes")

    message = (
        "error: this would be lost: table notes and its rows\n"
        "nothing was changed; --allow-data-loss does it\n"
    )
    assert Done(2, shown, message) == done
    done = push("--schema", "empty:schema", "--yes", "--allow-data-loss")
    assert Done(0, f"{shown}done\n", "") == done


def test_a_column_is_renamed(push: Push) -> None:
    push("--yes")

    done = push("--schema", "two:schema", "--yes")

    assert Done(0, "rename column notes.text to body\ndone\n", "") == done


def test_programs_get_a_document(push: Push) -> None:
    step = {"text": "create table notes", "loses": None, "refused": None}

    done = push("--json", "--dry-run")
    assert ({"steps": [step], "notes": [], "done": False}, "") == (json.loads(done.out), done.err)
    assert {"steps": [step], "notes": [], "done": True} == json.loads(push("--json", "--yes").out)
    assert {"steps": [], "notes": [], "done": True} == json.loads(push("--json").out)
    failed = push("--json", "--schema", "no_such:schema")
    assert (2, ["error"]) == (failed.code, list(json.loads(failed.out)))


def test_mistakes_are_told_in_a_sentence(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "postgresql://nobody:secret@127.0.0.1:1/none"
    unreachable = push("--database", wrong)
    assert 2 == unreachable.code
    assert unreachable.err.startswith("error: the database cannot be used: ")
    assert 1 == unreachable.err.count("\n")
    assert "secret" not in unreachable.err
    assert "Traceback" in push("--database", wrong, "--debug").err
    assert (
        "error: this is for Postgres: the tables of a client are made by PowerSync, or "
        "`Schema.ddl`\n"
    ) == push("--database", "sqlite:///a.db").err
    pooled = "postgresql://me@ep-a-b-pooler.eu-west-2.aws.neon.tech/db"
    refused = push("--database", pooled).err
    assert refused.startswith("error: --database: migrations do not work through a pooler")
    monkeypatch.delenv("DATABASE_URL")
    unnamed = "error: no database is named: give --database URL, or set DATABASE_URL\n"
    assert unnamed == push().err


@pytest.mark.slow
def test_it_runs_as_a_command(push: Push, project: Project, postgres_url: str) -> None:
    done = run(project, "push", "--yes", DATABASE_URL=postgres_url)

    assert Done(0, "create table notes\ndone\n", "") == done


def test_the_publication_is_made_where_the_project_says_so(push: Push, project: Project) -> None:
    project.write(
        "pyproject.toml",
        '[tool.dualschema]\nschema = "notes_schema:schema"\npublication = true\n',
    )
    shown = "create table notes\ncreate publication powersync\npublish table notes\n"

    assert shown == push("--dry-run").out


class Somebody(io.StringIO):
    """A terminal where somebody answers, having done something before."""

    def __init__(self, answer: str, before: Callable[[], object] = lambda: None) -> None:
        super().__init__(answer)
        self.before = before

    def isatty(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # of text, not bytes
        self.before()
        return super().readline(size)


def test_somebody_is_asked(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Somebody("n\n"))
    refused = push()
    monkeypatch.setattr("sys.stdin", Somebody("y\n"))
    done = push()

    assert (2, ["create", "table", "notes", "nothing", "was", "changed"]) == (
        refused.code,
        refused.out.split(),
    )
    assert (0, ["create", "table", "notes", "done"]) == (done.code, done.out.split())
    assert done.err.startswith("Do this? [y/N]:")


def test_while_somebody_is_asked_nobody_waits_and_what_changes_is_seen(
    push: Push, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    push("--yes")

    def other() -> None:
        assert 0 == push("--yes").code  # it would wait for the lock that pushes hold
        with psycopg.connect(postgres_url) as connection:
            connection.execute("SET lock_timeout = '1s'")
            connection.execute("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE")
            connection.execute("INSERT INTO notes VALUES ('n', 'hello')")

    monkeypatch.setattr("sys.stdin", Somebody("y\n", other))
    done = push("--schema", "empty:schema")

    assert 2 == done.code
    assert done.err.endswith("error: the database has changed meanwhile: push again\n")
    assert "lost: table notes and its rows" in push("--schema", "empty:schema", "--yes").err


@pytest.mark.slow
def test_ctrl_c_leaves_all_as_it_was(push: Push, project: Project, postgres_url: str) -> None:
    push("--yes")
    with psycopg.connect(postgres_url) as holder, psycopg.connect(postgres_url) as other:
        holder.execute("SELECT FROM notes")
        running = subprocess.Popen(
            command("push", "--yes", "--schema", "two:schema"),
            cwd=project.root,
            env=environment(project, DATABASE_URL=postgres_url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 30
        while not other.execute(WAITING).fetchall() and time.monotonic() < until:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
        holder.rollback()
        [columns] = other.execute(
            "SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'notes'::regclass AND attnum > 0"
        ).fetchall()

    assert (130, "") == (running.returncode, out)
    assert "Traceback" not in err
    assert (["id", "text"],) == columns
