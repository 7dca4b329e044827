"""Every command through the exit codes that its help names; 2 is in ``test_every_command``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.codegen import load_schema
from tests.cli.letters import SCHEMA, Server
from tests.cli.studios import ADDRESS, started
from tests.cli.test_every_command import COMMANDS
from tests.fixtures.projects import Project

SECTION = """\
[tool.dualschema]
schema = "coded_letters.py:schema"
publication = true

[tool.dualschema.targets]
sync-streams = "sync.yaml"
publication = { path = "publication.sql", role = "postgres" }
"""

LIFE = [
    ("codegen", 0),
    ("codegen --check", 0),
    ("check", 0),
    ("doctor", 1),
    ("generate", 0),
    ("status", 1),
    ("migrate", 0),
    ("status", 0),
    ("doctor", 0),
    ("pull --out pulled.py", 0),
    ("rollback --yes", 0),
    ("push --yes", 0),
    ("keys new", 0),
    ("keys rotate", 0),
    ("keys list", 0),
    ("keys public", 0),
    ("dead-letters list", 0),
    ("dead-letters show {0}", 0),
    ("dead-letters replay {0}", 1),
    ("dead-letters discard {2}", 0),
    ("dead-letters replay --all", 1),
]
"""What a project runs, one after the other, and how it ends; then something is broken."""

BROKEN = [("codegen --check", 1), ("check", 1)]
FREED = [("dead-letters replay {0}", 0)]


def test_every_command_ends_as_its_help_says(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    seen = {("init", main(["init", "--out", "app/schema.py"])), ("studio", 0)}  # test_studio's
    importing.write("coded_letters.py", SCHEMA)
    importing.write("pyproject.toml", SECTION)
    letters: tuple[str, ...] = ()

    def run(steps: list[tuple[str, int]]) -> None:
        for line, code in steps:
            words = line.format(*letters).split()
            assert code == main([*words, "--json"]), capsys.readouterr()
            said = capsys.readouterr()
            [document] = said.out.splitlines()
            assert "error" not in json.loads(document), document
            name = " ".join(words[:2]) if words[0] in {"keys", "dead-letters"} else words[0]
            seen.add((name, code))

    capsys.readouterr()
    before = LIFE.index(("dead-letters list", 0))
    run(LIFE[:before])
    with ds.connect(postgres_url) as db:
        schema = load_schema("coded_letters.py:schema", importing.root)
        server = Server(importing, postgres_url, capsys, db, schema)
        letters = server.a_family()
        run(LIFE[before:])
        server.free_slug()
        run(FREED)
    importing.write("sync.yaml", Path("sync.yaml").read_text() + "# changed\n")
    run(BROKEN)

    wanted = {
        (" ".join(words), int(code))
        for words, command in COMMANDS.items()
        for code in re.findall(r"(?:: |[;,] )([01]) ", command.help.partition("Exit codes")[2])
    }
    assert wanted == seen


def test_a_studio_that_tells_programs_ends_by_ctrl_c(project: Project, tmp_path: Path) -> None:
    project.configure("")
    (tmp_path / "a.db").touch()
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with started(project, "--database", url, "--json") as (address, _):
        assert ADDRESS.fullmatch(f"studio: {address}\n")
