"""``--watch``: a process that runs on, and ends when it is told."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.commands import command, environment
from tests.fixtures.projects import NOTES, Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal"),
]

PATIENCE = 120.0

HELD = """\
import time
from pathlib import Path

Path("began").touch()
while not Path("may_end").exists():
    time.sleep(0.01)
"""
"""The beginning of a module whose import is held up."""


class Watcher:
    """A watching process and what it says."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("codegen", "--watch", *arguments),
            cwd=project.root,
            env=environment(project, PYTHONUNBUFFERED="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until_it_waits(self) -> list[str]:
        """Return what it says until it watches again."""
        said: list[str] = []
        end = time.monotonic() + PATIENCE
        while not said or not said[-1].startswith("watching "):
            said.append(self._lines.get(timeout=max(0.1, end - time.monotonic())))
        return said[:-1]

    def press_ctrl_c(self) -> None:
        os.kill(self.process.pid, signal.SIGINT)

    def stop(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.press_ctrl_c()
        return self.process.wait(PATIENCE)


@pytest.fixture
def watcher(project: Project) -> Iterator[Watcher]:
    project.configure('lines = "out/lines.txt"')
    project.write("parts.py", 'NAME = "notes"\n')
    project.write("notes_schema.py", "from parts import NAME\n" + NOTES.replace('"notes"', "NAME"))
    made = Watcher(project)
    yield made
    made.process.kill()
    made.process.wait(PATIENCE)
    made.reader.join(PATIENCE)
    assert made.process.stdout is not None
    made.process.stdout.close()


def test_files_follow_the_schema_until_ctrl_c(watcher: Watcher, project: Project) -> None:
    assert [
        "wrote out/lines.txt (lines)",
        "1 file written, 0 already up to date",
    ] == watcher.until_it_waits()

    # Of one size, one after the other: Python would take the first one's compiled form.
    for name in ("chits", "slips", "cards"):
        project.write("parts.py", f'NAME = "{name}"\n')
        assert "wrote out/lines.txt (lines)" in watcher.until_it_waits()
        assert f"table {name}\n".encode() in project.contents()["out/lines.txt"]

    project.configure('lines = "out/other.txt"')
    assert "wrote out/other.txt (lines)" in watcher.until_it_waits()
    assert 0 == watcher.stop()


def test_an_error_is_told_and_watching_goes_on(watcher: Watcher, project: Project) -> None:
    watcher.until_it_waits()
    before = project.contents()["out/lines.txt"]

    project.write("parts.py", "NAME = = 1\n")
    (error,) = watcher.until_it_waits()
    assert error.startswith("error: notes_schema cannot be imported: SyntaxError: ")
    assert before == project.contents()["out/lines.txt"]

    (project.root / "parts.py").unlink()
    (error,) = watcher.until_it_waits()
    assert "No module named 'parts'" in error

    project.write("pyproject.toml", "[tool")
    assert "is no TOML" in watcher.until_it_waits()[0]

    project.configure('lines = "out/lines.txt"')
    project.write("parts.py", 'NAME = "mended"\n')
    said = watcher.until_it_waits()
    while "wrote out/lines.txt (lines)" not in said:  # it may have looked between the two
        said = watcher.until_it_waits()
    assert b"table mended\n" in project.contents()["out/lines.txt"]
    assert 0 == watcher.stop()


@contextmanager
def held(project: Project, parts: str) -> Iterator[None]:
    """Have a run held up, for the length of the block, in the module that it imports."""
    project.write("parts.py", parts)
    try:
        until = time.monotonic() + PATIENCE
        while not (project.root / "began").exists():
            assert time.monotonic() < until, "nothing is run"
            time.sleep(0.01)
        yield
    finally:
        (project.root / "may_end").touch()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    watcher: Watcher, project: Project
) -> None:
    watcher.until_it_waits()
    with held(project, f'{HELD}NAME = "first"\n'):
        project.write("parts.py", 'NAME = "second"\n')
    watcher.until_it_waits()

    watcher.until_it_waits()

    assert b"table second\n" in project.contents()["out/lines.txt"]
    assert 0 == watcher.stop()


def test_ctrl_c_during_a_run_lets_it_end(watcher: Watcher, project: Project) -> None:
    watcher.until_it_waits()
    with held(project, f'{HELD}NAME = "late"\n'):
        watcher.press_ctrl_c()

    assert 0 == watcher.process.wait(PATIENCE)
    assert b"table late\n" in project.contents()["out/lines.txt"]
    assert [] == [name for name in project.contents() if name.endswith(".tmp")]
