"""``dualschema check``: what each part says, what a release writes, and the exit codes."""

from __future__ import annotations

import json
import re
import shlex
import time
from pathlib import Path
from typing import Any

import pytest

from dualschema.cli import main
from tests.cli.commands import Done, run
from tests.fixtures.projects import NOTES, Project

PAGE = Path(__file__).parents[2] / "docs" / "check.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)

SETTINGS = """\
[tool.dualschema]
schema = "notes_schema:schema"
released = "schema.released.json"

[tool.dualschema.targets]
lines = "out/lines.txt"
"""

PINNED = NOTES.replace(
    "    text: ds.Column[str]\n",
    "    text: ds.Column[str] = ds.column(max_length=80)\n    is_pinned: ds.Column[bool]\n",
)


@pytest.fixture
def notes(project: Project) -> Project:
    project.write("pyproject.toml", SETTINGS)
    return project


def parts(done: Done) -> dict[str, Any]:
    return {part["name"]: part for part in json.loads(done.out)["parts"]}


def test_what_may_be_released_passes(notes: Project) -> None:
    assert Done(0, "wrote schema.released.json\n", "") == run(notes, "check", "--release")
    assert 0 == run(notes, "codegen").code
    before = notes.contents()

    assert Done(
        0,
        "definition: ok: 1 table\n"
        "generated files: ok: 1 file up to date\n"
        "migrations: skipped: there is no folder migrations\n"
        "compatibility: ok: clients of the last release go on working\n",
        "",
    ) == run(notes, "check")
    assert before == notes.contents()
    assert Done(0, "schema.released.json is up to date\n", "") == run(notes, "check", "--release")


def test_what_old_clients_do_not_survive_fails(notes: Project) -> None:
    run(notes, "check", "--release")
    run(notes, "codegen")
    notes.write("notes_schema.py", PINNED)

    done = run(notes, "check")

    assert (1, "") == (done.code, done.err)
    assert [
        "compatibility: failed: 2 changes that clients of the last release do not survive",
        "  notes.text: max_length: none, now 80",
        "    old clients send values that are now refused",
    ] == done.out.splitlines()[3:6]
    found = parts(run(notes, "check", "--json"))["compatibility"]
    assert "failed" == found["state"]
    assert [("narrowed", "text"), ("column_required", "is_pinned")] == [
        (finding["kind"], finding["column"]) for finding in found["findings"]
    ]
    keys = {"kind", "severity", "table", "column", "change", "clients", "safe_way"}
    assert keys == set(found["findings"][0])


def test_warnings_are_told_and_fail_where_that_is_wanted(notes: Project) -> None:
    run(notes, "check", "--release")
    run(notes, "codegen")
    notes.write("notes_schema.py", NOTES.replace("Column[str]\n", "Column[str | None]\n"))

    done = run(notes, "check")

    assert (0, "") == (done.code, done.err)
    assert [
        "compatibility: ok: clients of the last release go on working; 1 warning",
        "  warning: notes.text: it had no NULL, and may have it now",
        "    old clients may find NULL in rows they get, where they know none",
        "    safe way: write none of it until the old clients are gone",
    ] == done.out.splitlines()[3:]
    strict = run(notes, "check", "--strict", "--json")
    found = parts(strict)["compatibility"]
    assert (1, "failed") == (strict.code, found["state"])
    assert [("null_added", "warning")] == [
        (finding["kind"], finding["severity"]) for finding in found["findings"]
    ]


def test_streams_that_come_no_more_by_themselves_fail(notes: Project) -> None:
    public = 'sync-streams = { path = "sync.yaml", without_owner = "everyone" }'
    notes.write("pyproject.toml", SETTINGS + public)
    run(notes, "check", "--release")
    asked = public.replace(" }", ", auto_subscribe = false }")
    notes.write("pyproject.toml", SETTINGS + asked)
    run(notes, "codegen")

    done = run(notes, "check", "--json")

    found = parts(done)["compatibility"]["findings"]
    assert (1, [("not_sent", "notes")]) == (done.code, [(f["kind"], f["table"]) for f in found])
    several = f"{SETTINGS}sync-streams = [{public.partition('= ')[2]}, {{ path = 'b.yaml' }}]"
    notes.write("pyproject.toml", several)
    assert [] == parts(run(notes, "check", "--json"))["compatibility"]["findings"]
    notes.write("pyproject.toml", f"{SETTINGS}sync-streams = {{ path = 'sync.yaml', no = 1 }}")
    refused = run(notes, "check", "--release")
    assert (2, "") == (refused.code, refused.out)
    assert refused.err.startswith("error: sync-streams: there is no option 'no'")
    assert "ok" == parts(run(notes, "check", "--json"))["compatibility"]["state"]


def test_stale_files_fail(notes: Project) -> None:
    done = run(notes, "check", "--json")

    assert 1 == done.code
    assert ["out/lines.txt"] == parts(done)["generated files"]["details"]
    assert "out/lines.txt" not in notes.contents()


def test_what_a_target_cannot_say_fails(notes: Project) -> None:
    refuses = 'lines = { path = "out/lines.txt", fails = "refuses" }'
    notes.write("pyproject.toml", SETTINGS.replace('lines = "out/lines.txt"', refuses))

    done = run(notes, "check", "--json")

    assert 1 == done.code
    assert ["lines: notes.text: cannot say it"] == parts(done)["generated files"]["details"]


def test_a_wrong_definition_fails_and_the_rest_is_skipped(notes: Project) -> None:
    notes.write("notes_schema.py", NOTES.replace("primary_key=True, ", ""))

    done = run(notes, "check", "--json")

    assert 1 == done.code
    assert ["failed", "skipped", "skipped", "skipped"] == [
        part["state"] for part in parts(done).values()
    ]
    assert any("notes" in line for line in parts(done)["definition"]["details"])


def test_what_is_not_configured_is_skipped_and_says_why(notes: Project) -> None:
    notes.write("pyproject.toml", '[tool.dualschema]\nschema = "notes_schema:schema"\n')

    done = run(notes, "check", "--json")

    assert 0 == done.code
    assert {
        "generated files": "none are configured in [tool.dualschema.targets]",
        "migrations": "there is no folder migrations",
        "compatibility": "no `released` file is named in [tool.dualschema]",
    } == {name: part["about"] for name, part in parts(done).items() if part["state"] == "skipped"}


@pytest.mark.slow
def test_migrations_are_complete_or_not(notes: Project) -> None:
    run(notes, "codegen")
    assert 0 == run(notes, "generate").code

    assert "complete" == parts(run(notes, "check", "--json"))["migrations"]["about"]

    notes.write("notes_schema.py", PINNED)
    found = parts(run(notes, "check", "--json"))["migrations"]

    assert ("failed", "incomplete: run `dualschema generate`") == (found["state"], found["about"])
    assert any("is_pinned" in step for step in found["details"])


def test_migrations_that_cannot_be_loaded_are_a_part_that_failed(notes: Project) -> None:
    notes.write("migrations/bad.py", "revision = (")

    found = parts(run(notes, "check", "--json"))["migrations"]

    fault = "bad.py fails in line 1: SyntaxError: '(' was never closed"
    assert ("failed", [fault]) == (found["state"], found["details"])


def test_without_a_postgres_migrations_are_skipped(notes: Project) -> None:
    (notes.root / "migrations").mkdir()

    found = parts(run(notes, "check", "--json", DUALSCHEMA_PG_BIN=str(notes.root)))["migrations"]

    assert "skipped" == found["state"]
    assert "does not hold initdb and postgres" in found["about"]


@pytest.mark.parametrize(
    ("arguments", "settings", "released", "said"),
    [
        (["--release"], '[tool.dualschema]\nschema = "notes_schema:schema"\n', None, "no file is"),
        ([], SETTINGS, "[]", "schema.released.json: this is no snapshot of a model"),
        ([], '[tool.dualschema]\nschema = "none:schema"\n', None, "there is no module 'none'"),
        ([], "[tool.dualschema]\nreleased = 1\n", None, "released is to be a file"),
    ],
)
def test_mistakes_are_told(
    notes: Project, arguments: list[str], settings: str, released: str | None, said: str
) -> None:
    notes.write("pyproject.toml", settings)
    if released is not None:
        notes.write("schema.released.json", released)

    done = run(notes, "check", *arguments)

    assert (2, "") == (done.code, done.out)
    assert said in done.err
    assert "Traceback" not in done.err


def test_the_traceback_of_a_mistake_is_shown_if_asked_for(notes: Project) -> None:
    notes.write("schema.released.json", "[]")

    assert "Traceback" in run(notes, "check", "--debug").err


def shown_on_the_page() -> list[tuple[list[str], str]]:
    """Return the commands that the page shows, each with what it is said to print."""
    return [
        (shlex.split(line), out)
        for block in CONSOLE.findall(PAGE.read_text("utf-8"))
        for line, out in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", block, re.MULTILINE)
        if line.startswith("dualschema ")
    ]


def test_the_page_shows_what_the_command_says(notes: Project) -> None:
    (released, written), (checked, shown), _ = shown_on_the_page()
    run(notes, "codegen")

    assert written == run(notes, *released[1:]).out

    notes.write("notes_schema.py", PINNED)
    run(notes, "codegen")

    assert shown == run(notes, *checked[1:]).out


@pytest.mark.slow
def test_the_timers_app_may_be_released_and_is_checked_within_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PAGE.parents[1])
    monkeypatch.setenv("NO_COLOR", "1")
    *_, (command, shown) = shown_on_the_page()
    assert 0 == main(command[1:])
    assert (shown, "") == capsys.readouterr()

    started = time.process_time()
    assert 0 == main(["check"])

    assert time.process_time() - started < 1
