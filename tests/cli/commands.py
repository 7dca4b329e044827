"""The command as users start it, and how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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


def run(project: Project, *arguments: str, cwd: Path | None = None, **more: str) -> Done:
    """Run the command in a project, in a process of its own, and wait."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd or project.root,
        env=environment(project, **more),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    root = str(project.root)
    return Done(
        done.returncode, done.stdout.replace(root, "ROOT"), done.stderr.replace(root, "ROOT")
    )
