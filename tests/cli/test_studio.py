"""``dualschema studio``: what it prints, what it serves, and how it ends."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.cli.commands import command, environment, run
from tests.cli.studios import ADDRESS, PATIENCE, asking, started
from tests.fixtures.projects import Project
from tests.fixtures.servers import held_port

pytestmark = pytest.mark.slow


@pytest.fixture
def notes(project: Project) -> str:
    """Give the URL of a database with a table of notes."""
    file = project.root / "client.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL)")
        connection.execute("INSERT INTO notes VALUES ('n1', 'buy tea')")
        connection.commit()
    project.configure("")
    return f"sqlite:///{file}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a process no Ctrl-C")
def test_it_reads_until_ctrl_c(project: Project, notes: str) -> None:
    with started(project, "--database", notes) as (address, line), asking(address) as client:
        found = client.get("/api/tables/notes/rows").json()
        refused = client.request("DELETE", "/api/tables/notes/row", params={"key": '"n1"'})

        base = address.partition("?")[0]
        assert "It only reads: --write lets it change rows.\n" == line
        assert [{"id": "n1", "text": "buy tea"}] == [row["values"] for row in found["rows"]]
        assert 403 == refused.status_code
        assert 403 == httpx.get(base + "api/schema", timeout=PATIENCE).status_code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a process no Ctrl-C")
def test_with_write_it_changes_rows(project: Project, notes: str) -> None:
    with started(project, "--write", DATABASE_URL=notes) as (address, line):
        with asking(address) as client:
            done = client.patch(
                "/api/tables/notes/row",
                params={"key": '"n1"'},
                json={"values": {"text": "buy milk"}},
            )

        assert ("It changes rows.\n", 200) == (line, done.status_code)
    with closing(sqlite3.connect(notes.removeprefix("sqlite:///"))) as connection:
        assert [("buy milk",)] == connection.execute("SELECT text FROM notes").fetchall()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a process no Ctrl-C")
def test_it_listens_where_it_is_told(project: Project, notes: str) -> None:
    with (
        held_port() as port,
        started(project, "--database", notes, "--port", str(port)) as (address, _),
    ):
        assert f"http://127.0.0.1:{port}/?token=" in address


UPLOADER = """\
import dualschema as ds
from dualschema.upload import Uploader
from notes_schema import Note, schema

db = ds.connect("sqlite:///server.db")
with db.engine.begin() as connection:
    schema.create_all(connection)
uploader = Uploader(db, schema, authorise={Note: lambda request: False})
uploader.create_tables()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends a process no Ctrl-C")
def test_dead_letters_are_those_of_the_projects_own_uploader(project: Project, notes: str) -> None:
    project.write("server.py", UPLOADER)
    text = (project.root / "pyproject.toml").read_text()
    project.write("pyproject.toml", text.replace("\n\n", '\nuploader = "server:uploader"\n\n', 1))

    with started(project, DATABASE_URL=notes) as (address, _), asking(address) as client:
        own = client.get("/api/schema").json()
    with started(project, "--database", notes) as (address, _), asking(address) as client:
        another = client.get("/api/schema").json()

    assert ("server.db", True) == (own["database"]["name"], own["letters"])
    assert ("client.db", False) == (another["database"]["name"], another["letters"])


def test_a_port_that_is_taken_is_told(project: Project, notes: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(project, "studio", "--no-open", "--database", notes, "--port", port)

    assert (2, "") == (done.code, done.out)
    assert f"error: port {port} cannot be had (Address already in use)" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: DATABASE_URL is empty: set it, or give --database URL\n"),
        (["--database", "mysql://x/y"], "error: a URL of Postgres or SQLite is wanted"),
        (["--database", "sqlite:///nowhere.db"], "error: there is no file nowhere.db\n"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told(
    project: Project, notes: str, arguments: list[str], message: str
) -> None:
    assert notes
    done = run(project, "studio", "--no-open", *arguments, DATABASE_URL="")

    assert (2, "") == (done.code, done.out)
    assert done.err.startswith(message)
    assert not (project.root / "nowhere.db").exists()


def test_a_server_that_does_not_answer_is_told(project: Project, notes: str) -> None:
    assert notes
    url = "postgresql://somebody:secret@127.0.0.1:1/none"
    done = run(project, "studio", "--no-open", "--database", url)

    assert (2, "") == (done.code, done.out)
    assert done.err.startswith("error: ")
    assert "secret" not in done.err
    assert "Traceback" not in done.err


def test_without_its_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "import dualschema as ds\n"
        "try:\n"
        "    import dualschema.studio\n"
        "except ds.MissingExtraError as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert 'the studio needs an extra: pip install "dualschema[studio]"\n' == done.stdout


def test_the_browser_is_opened_at_the_address(project: Project, notes: str, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no BROWSER")
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    child = subprocess.Popen(
        command("studio", "--database", notes),
        cwd=project.root,
        env=environment(project, BROWSER=str(browser)),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert child.stdout is not None
        found = ADDRESS.fullmatch(child.stdout.readline())
        assert found is not None
        until = time.monotonic() + PATIENCE
        while not seen.is_file() or not seen.read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
        assert f"{found[1]}\n" == seen.read_text()
    finally:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=PATIENCE)
