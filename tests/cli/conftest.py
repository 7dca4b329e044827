"""The server whose dead letters the command is told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.codegen import load_schema
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
