"""The page on the workflow: its commands are run in order, and say what it says they do."""

from __future__ import annotations

import inspect
import re
import shlex
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from dualschema.cli.init import init
from tests.cli.commands import run
from tests.cli.studios import asking, started
from tests.fixtures.projects import Project

PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"
BLOCK = re.compile(r"^```(console|diff|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# Nobody is there to be asked, so `--yes` stands for what is typed.
QUESTION = re.compile(r"^.* \[y/N\]: y\n", re.MULTILINE)

ORDER = ["init", "codegen", "push", "generate", "migrate", "status", "rollback", "studio"]


def commands(block: str) -> Iterator[tuple[list[str], str]]:
    """Yield the commands of a block, with what stands below each."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
    for line, shown in zip(parts[::2], parts[1::2], strict=True):
        said = QUESTION.sub("", shown)
        yes = ["--yes"] if said != shown else []
        yield [*shlex.split(line), *yes], said


def edited(text: str, diff: str) -> str:
    """Return a text with a diff's one change made."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert 1 == text.count(before)
    return text.replace(before, after)


@pytest.fixture
def second_url(postgres_url: str) -> Iterator[str]:
    """Give the URL of one more empty database, which is dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a process no Ctrl-C")
def test_the_commands_of_the_page_do_as_it_says(
    tmp_path: Path, postgres_url: str, second_url: str
) -> None:
    project = Project((tmp_path / "todos").resolve(), tmp_path / "packages")
    project.root.mkdir()
    databases = iter([postgres_url, second_url])
    url, ran = "", list[str]()
    for kind, block in BLOCK.findall(PAGE.read_text("utf-8")):
        schema = project.root / "schema.py"
        if kind == "python":
            assert schema.read_text("utf-8") == block
        elif kind == "diff":
            assert block.startswith("--- schema.py\n")
            project.write("schema.py", edited(schema.read_text("utf-8"), block.split("\n", 1)[1]))
        else:
            for words, shown in commands(block):
                if words[0] == "pip":
                    continue
                if words[0] == "export":
                    url = next(databases)
                    continue
                assert "dualschema" == words[0]
                ran.append(words[1])
                if words[1] == "studio":
                    look(project, words[2:], shown, url)
                    continue
                done = run(project, *words[1:], DATABASE_URL=url)
                waits = words[1] == "status" and "waits " in shown
                assert (words, int(waits), shown, "") == (words, done.code, done.out, done.err)
    assert ORDER == list(dict.fromkeys(ran))
    assert [] == list(databases)


def look(project: Project, arguments: list[str], shown: str, url: str) -> None:
    """Start the studio, open its address, and end it."""
    first, second = shown.splitlines(keepends=True)
    assert first.startswith("studio: http://127.0.0.1:")
    with started(project, *arguments, DATABASE_URL=url) as (address, line), asking(address) as it:
        assert second == line
        assert [] == it.get("/api/tables/todos/rows").json()["rows"]


def test_every_option_of_init_is_described() -> None:
    page = PAGE.read_text("utf-8")
    options = {name.removeprefix("as_") for name in inspect.signature(init).parameters}
    assert {"out", "force", "json", "debug"} == options
    assert [] == [name for name in sorted(options) if f"\n| `--{name}" not in page]
