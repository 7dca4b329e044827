"""``dualschema dead-letters``: whose uploader replays, and on which database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.upload import DeadLetter, Operation
from tests.cli.commands import Done
from tests.cli.letters import Server
from tests.fixtures.projects import Project

SERVER = """\
import os

import dualschema as ds
from dualschema.upload import Uploader
from letters_schema import Page, schema

print("this is said as it is imported")


def allows(user, request, row):
    print("asked")
    if "bad" in request.values.get("text", ""):
        raise ds.RefusedError("mind your words", code="RUDE", column="text")
    return True


def make():
    return Uploader(ds.connect(os.environ["APP_DATABASE"]), schema, authorise={Page: allows})


number = 3


def failing():
    raise KeyError("secret")
"""


def configure(server: Server, monkeypatch: pytest.MonkeyPatch, uploader: str) -> None:
    """Have the project name an uploader, with a database of its own."""
    text = SERVER + "\n\nuploader = make()\n" if uploader.endswith(":uploader") else SERVER
    server.project.write("letters_server.py", text)
    server.project.write(
        "pyproject.toml",
        f'[tool.dualschema]\nschema = "letters_schema:schema"\nuploader = "{uploader}"\n',
    )
    monkeypatch.setenv("APP_DATABASE", server.url)
    monkeypatch.delenv("DATABASE_URL")


@pytest.mark.parametrize("name", ["uploader", "make"])
def test_the_projects_own_uploader_has_its_rules(
    server: Server, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server.db.run(ds.insert(server.table("Folder")(id="f1", slug="a", user_id="ann")))
    configure(server, monkeypatch, f"letters_server:{name}")
    letter = server.refused(
        Operation("PUT", "pages", "p1", {"folder_id": "f1", "text": "bad", "stars": 1}),
        Operation("PATCH", "pages", "p1", {"stars": -1}),
    )
    entries = json.dumps(json.loads(server.up.letters.get(letter).entries)[:1])
    server.db.run(ds.update(DeadLetter, letter).set(entries=entries))  # the cause is gone

    listed = json.loads(server("list", "--json").out)["letters"]
    assert [letter] == [each["id"] for each in listed]
    done = server("replay", letter)

    assert (1, f"{letter}  refused again, RUDE: mind your words\n") == (done.code, done.out)
    assert "asked" in done.err


@pytest.mark.parametrize(
    ("uploader", "arguments", "reason"),
    [
        (
            "letters_server:make",
            ("--database", "sqlite://"),
            (
                "letters_server:make, the uploader of [tool.dualschema], has its own database: "
                "leave --database out"
            ),
        ),
        (
            "letters_server:number",
            (),
            "letters_server:number is no Uploader, nor a function that makes one, but gives a int",
        ),
        (
            "letters_server:failing",
            (),
            "letters_server:failing failed by KeyError: --debug shows where",
        ),
        ("letters_server:lost", (), "letters_server has no 'lost'"),
        (
            "letters_server",
            (),
            (
                "'letters_server' names no uploader: write uploader = "
                '"package.module:attribute" or "folder/file.py:attribute"'
            ),
        ),
    ],
)
def test_an_uploader_that_cannot_be_had_is_a_mistake(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    uploader: str,
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    configure(server, monkeypatch, uploader)

    done = server("list", *arguments)

    assert (2, "") == (done.code, done.out)
    assert done.err.endswith(f"error: {reason}\n")


# The database.


@pytest.fixture
def bare(
    importing: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Give the command in a project, where no database is named."""
    monkeypatch.chdir(importing.root)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def call(*arguments: str) -> Done:
        code = main(["dead-letters", *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call


@pytest.mark.parametrize(
    "arguments", [["list"], ["show", "a"], ["replay", "--all"], ["discard", "a"]]
)
def test_a_database_must_be_named(bare: Callable[..., Done], arguments: list[str]) -> None:
    wanted = "error: no database is named: give --database URL, or set DATABASE_URL\n"
    assert Done(2, "", wanted) == bare(*arguments)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "postgresql://me:secret@localhost:secret/a",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        ("mysql://me:secret@localhost/a", "a URL of Postgres or SQLite is wanted, not of 'mysql'"),
        ("sqlite:///nowhere.db", "there is no file nowhere.db"),
        (
            "sqlite://",
            "the database has no table dualschema_dead_letters: Uploader.create_tables() makes it",
        ),
        (
            "postgresql://me:secret@127.0.0.1:1/a",
            "no connection to the database can be made: ",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    bare: Callable[..., Done], tmp_path: Path, url: str, reason: str
) -> None:
    for option in ([], ["--debug"]):
        done = bare("list", "--database", url, *option)
        assert (2, "") == (done.code, done.out)
        assert f"error: {reason}" in done.err
        assert "secret" not in done.err
    assert not Path("nowhere.db").exists()


def test_a_named_database_is_before_the_environments(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = server.a_family()[0]
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nowhere.db")

    assert letter in server("list", "--database", server.url).out


def test_only_a_replay_needs_the_schema(server: Server) -> None:
    letter = server.a_family()[0]
    server.project.write("pyproject.toml", "[tool.dualschema]\n")

    assert 0 == server("list").code
    done = server("replay", letter)
    assert (2, True) == (done.code, done.err.startswith("error: no schema is named: put schema ="))
    assert 0 == server("discard", letter).code


def test_help_names_the_commands(bare: Callable[..., Done]) -> None:
    assert bare() == bare("--help")
    for name in ("list", "show", "replay", "discard"):
        assert f"\n  {name} " in bare().out
    assert "`dualschema dead-letters replay --help` shows" in bare("replay", "--al").err
