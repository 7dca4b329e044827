"""What is asked at a terminal, and what becomes of each answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from dualschema.cli import main
from tests.cli.commands import Done
from tests.fixtures.projects import Project

pty = pytest.importorskip("pty", reason="there are no terminals of POSIX here")

Answered = Callable[..., Done]


@pytest.fixture
def answered(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Answered]:
    """Give the command at a terminal where somebody types an answer."""
    importing.configure("")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    main_end, command_end = pty.openpty()

    def answered(answer: str, *words: str) -> Done:
        os.write(main_end, answer.encode())
        with os.fdopen(os.dup(command_end)) as terminal, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", terminal)
            code = main(words)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    yield answered
    os.close(main_end)
    os.close(command_end)


NO = Done(2, "nothing was changed\n", "")
STEP = "create table notes\n"


def test_push_asks(answered: Answered) -> None:
    asked = "Do this? [y/N]: "
    for answer in ("n\n", "\n"):
        assert Done(2, f"{STEP}nothing was changed\n", asked) == answered(answer, "push")
    assert Done(130, STEP, f"{asked}\n") == answered("\x04", "push")  # Ctrl-D
    assert Done(0, f"{STEP}done\n", asked) == answered("y\n", "push")
    assert 0 == answered("", "push").code  # nothing to ask


def test_to_programs_a_no_is_a_no(answered: Answered) -> None:
    done = answered("n\n", "push", "--json")

    assert 2 == done.code
    assert '"done": false' in done.out


def test_rollback_asks(answered: Answered) -> None:
    assert 0 == answered("", "generate").code
    assert 0 == answered("", "migrate").code
    file = "0001_create_table_notes.py"
    asked = f"Undo {file}, and lose what they added? [y/N]: "

    assert Done(2, NO.out, asked) == answered("n\n", "rollback")
    assert Done(0, f"undid {file}: create table notes\n", asked) == answered("y\n", "rollback")
