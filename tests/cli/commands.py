"""The command as users start it, and how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cli.forked import run_forked
from tests.fixtures.projects import Project

__all__ = ["Call", "Done", "command", "environment", "run"]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Done]
"""The command, with its arguments, in this process."""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dualschema", *arguments]


def environment(project: Project, **more: str) -> Mapping[str, str]:
    """Return an environment in which the project's packages are installed."""
    plain = {"NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONPATH": str(project.packages)}
    return {**os.environ, **plain, **more}


def run(
    project: Project, *arguments: str, cwd: Path | None = None, anew: bool = False, **more: str
) -> Done:
    """Run the command in a project, in a process of its own, and wait.

    Args:
        project: whose root it runs in.
        arguments: the command's.
        cwd: another place to run in.
        anew: to start Python, which alone reads some variables.
        more: variables of the environment.
    """
    where, variables = cwd or project.root, environment(project, **more)
    with tempfile.TemporaryDirectory() as folder:
        if anew or sys.platform == "win32":  # which cannot fork
            done = _started(arguments, where, variables)
        else:
            done = run_forked(arguments, where, variables, Path(folder))
    code, *said = done
    out, err = (text.replace(str(project.root), "ROOT") for text in said)
    return Done(code, out, err)


def _started(
    arguments: Sequence[str], cwd: Path, variables: Mapping[str, str]
) -> tuple[int, str, str]:
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr
