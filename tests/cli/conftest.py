"""Projects with a database, for the command: an empty one, and a server that has dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.codegen import load_schema
from tests.cli.commands import Call, Done
from tests.cli.letters import SCHEMA, Server
from tests.fixtures.projects import Project


@pytest.fixture(params=["postgres", "sqlite"])
def server(
    request: pytest.FixtureRequest,
    importing: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Iterator[Server]:
    """Give a server on each kind of database, which the environment names."""
    url = f"sqlite:///{tmp_path / 'server.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    importing.write("letters_schema.py", SCHEMA)
    importing.configure("", "letters_schema:schema")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("NO_COLOR", "1")
    with ds.connect(url) as db:
        schema = load_schema("letters_schema:schema", importing.root)
        yield Server(importing, url, capsys, db, schema)


@pytest.fixture
def call(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Give the command, in this process, in a project whose database is empty."""
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("DATABASE_URL", postgres_url)

    def called(*arguments: str) -> Done:
        code = main(arguments)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return called
