"""What all commands have in common: options, mistakes, and exit codes as they are documented."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from dualschema.cli import main
from dualschema.cli.app import _APP
from dualschema.cli.report import Exit
from tests.cli.commands import Done
from tests.fixtures.projects import Project

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def _leaves(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(command, (*before, name))
        else:
            yield (*before, name), command


COMMANDS = dict(_leaves(typer.main.get_command(_APP)))
"""Every command, by its words."""

every_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)

ARGUMENTS: dict[tuple[str, ...], list[str]] = {
    ("dead-letters", "show"): ["1"],
    ("dead-letters", "discard"): ["1"],
}
"""What a command cannot be called without."""


@pytest.fixture
def call(
    importing: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Give the command in this process, in a project whose settings and keys cannot be read."""
    importing.write("pyproject.toml", "[tool.dualschema\n")
    importing.write("keys.json", "{")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("DATABASE_URL", "DIRECT_URL", "DATABASE_URL_UNPOOLED", "DATABASE_POOLER"):
        monkeypatch.delenv(name, raising=False)

    def called(words: Sequence[str], *more: str) -> Done:
        code = main([*words, *ARGUMENTS.get(tuple(words), []), *more])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return called


def mistake(words: Sequence[str]) -> list[str]:
    """Return what makes a command meet a mistake in this project, if not its settings do."""
    return ["--from-drizzle", "nowhere.ts"] if words == ("pull",) else []


@every_command
def test_a_mistake_is_a_line_or_two(call: Any, words: tuple[str, ...]) -> None:
    done = call(words, *mistake(words))

    assert (2, "") == (done.code, done.out)
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) <= 2
    assert "Traceback" not in done.err


@every_command
def test_programs_are_told_of_it(call: Any, words: tuple[str, ...]) -> None:
    done = call(words, *mistake(words), "--json")

    [line] = done.out.splitlines()
    assert f"error: {json.loads(line)['error']}\n" == done.err


@every_command
def test_debug_shows_the_traceback(call: Any, words: tuple[str, ...]) -> None:
    done = call(words, *mistake(words), "--debug")

    assert 2 == done.code
    assert done.err.startswith("Traceback (most recent call last):\n")
    assert done.err.splitlines()[-1].startswith("error: ")


@every_command
def test_its_help_says_how_it_ends(words: tuple[str, ...]) -> None:
    help_text = COMMANDS[words].help
    codes = {int(code) for code in re.findall(r"(?:: |[;,] )(\d) ", _of_codes(help_text))}
    name = " ".join(words)

    ones = re.findall(r"^\| `([a-z -]+?)(?: --check)?` \| ", PAGE.partition("end with 1:")[2], re.M)
    assert ({0, 1, 2} if name in ones else {0, 2}) == codes
    assert f"`{name}`" in PAGE


def _of_codes(text: str) -> str:
    return " ".join(text.split("Exit codes", 1)[1].split())


@pytest.mark.parametrize("group", ["", "keys", "dead-letters"])
def test_the_list_of_commands_says_whole_sentences(call: Any, group: str) -> None:
    said = call([*group.split(), "--help"])

    assert (0, "") == (said.code, said.err)
    assert "..." not in said.out.partition("Commands:")[2]


def test_the_page_has_every_exit_code() -> None:
    assert [str(code.value) for code in Exit] == re.findall(r"^\| (\d+) \| ", PAGE, re.M)


SECRET = "postgres://ada:SECRET@127.0.0.1:1/d"


@pytest.mark.parametrize(
    "line",
    [
        ["push", SECRET],
        [SECRET],
        ["push", "host=h password=SECRET"],
        ["push", f"--databse={SECRET}"],
        ["rollback", "--steps", SECRET],
        ["rollback", f"--steps={SECRET}"],
        ["dead-letters", "list", "--state", SECRET],
        ["keys", SECRET, "--json"],
        ["check", "--database", SECRET],
        ["status", "--database", SECRET, "--debug"],
        ["pull", "--database", SECRET, "--debug"],
        ["dead-letters", "list", "--database", SECRET, "--debug"],
        ["doctor", "--database", SECRET, "--debug"],
        ["push", "--database", "postgres://ada:SECRET@h:x/d", "--debug"],
        ["push", "--database", "mysql://ada:SECRET@h/d", "--debug"],
        ["push", "--database", "postgres://ada:SECRET@h/d?nothing=SECRET", "--debug"],
    ],
    ids=lambda line: " ".join(line).replace(SECRET, "URL"),
)
def test_no_secret_of_the_line_is_told(call: Any, importing: Project, line: list[str]) -> None:
    importing.configure("")

    done = call(line)

    assert done.code in {1, 2}
    assert "SECRET" not in done.out + done.err


def test_a_mistake_on_the_line_is_told_to_programs(call: Any) -> None:
    done = call(["status", "--nothing", "--json"])

    assert 2 == done.code
    told = json.loads(done.out)["error"]  # in the words of the typer that is installed
    assert told.startswith("No such option")
    assert "--nothing" in told


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        (["dead-letters", "list", "--database", "sqlite:///junk.db"], ""),
        (["studio", "--no-open", "--database", "sqlite:///junk.db"], ""),
        (["codegen"], 'powersync-json = "folder"'),
        (["codegen", "--out", "sql=notes_schema.py/x.sql"], ""),
        (["codegen", "--out", r"sql=C:\nowhere\x.sql", "--schema", r"C:\notes.py:schema"], ""),
        (["keys", "new", "--file", "nowhere/keys.json"], ""),
        (["keys", "list", "--file", "folder"], ""),
        (["pull", "--from-drizzle", "folder"], ""),
        (["pull", "--from-powersync", "notes_schema.py"], ""),
        (["generate", "--schema", "notes_schema:nothing"], ""),
        (["check", "--schema", "raises.py:schema"], ""),
        (["push", "--schema", "leaves.py:schema"], ""),
        (["doctor", "--schema", "imports.py:schema"], ""),
        (["codegen", "--schema", "broken.py:schema"], ""),
        (["migrate", "--to", "nothing", "--sql"], ""),
        (["rollback", "--steps", "0"], ""),
        (["studio", "--port", "99999"], ""),
        (["init", "--out", "../schema.py"], ""),
        (["push", "--database", ""], ""),
        (["status", "--database", "sqlite://"], ""),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_what_goes_wrong_is_told_in_a_line_or_two(
    call: Any, importing: Project, words: list[str], targets: str
) -> None:
    importing.configure(targets)
    importing.write("junk.db", "junk" * 400)
    importing.write("folder/x.txt", "")
    importing.write("raises.py", "1 / 0\n")
    importing.write("leaves.py", "import sys\n\nsys.exit(7)\n")
    importing.write("imports.py", "import a_package_that_nobody_has\n")
    importing.write("broken.py", "schema = (\n")

    done = call(words)

    assert 2 == done.code, done
    assert "" == done.out
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) <= 2


def test_a_command_loads_no_more_than_it_needs() -> None:
    """Each loads what stands behind the others' only where it runs them: it begins sooner so."""
    names = ("alembic", "dualschema.doctor", "dualschema.migrate", "dualschema.pull", "starlette")
    code = f"import sys, dualschema.cli; print([n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "[]\n" == done.stdout
