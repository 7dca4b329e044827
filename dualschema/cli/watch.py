"""``--watch``: runs a command once, and again whenever a file changes that it read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dualschema.cli.report import ERR, Exit

__all__ = ["watch"]

_INTERVAL: Final = 0.3
"""Seconds from one look at the files to the next."""

_ROUNDING: Final = 20_000_000
"""Nanoseconds by which a file system's clock may be behind the system's."""

_PATIENCE: Final = 5.0
"""Seconds that a run is given to end by itself after Ctrl-C."""

_Stamp = tuple[int, int] | None


def watch(arguments: Sequence[str]) -> Exit:
    """Run a command until Ctrl-C, each time in a process of its own, which imports everything anew.

    A run that fails has said why, and its files are watched all the same.

    Args:
        arguments: those of the command; it also takes ``--sources FILE``, and writes there what it
            read.
    """
    seen: dict[str, _Stamp] = {}
    try:
        while True:
            before, began = {path: _stamp(path) for path in seen}, time.time_ns()
            sources = _run(arguments) or list(seen)
            if not sources:
                return Exit.MISTAKE
            seen = {
                path: before[path] if path in before else _settled(path, began) for path in sources
            }
            ERR.print(f"watching {len(seen)} files; Ctrl-C ends it")
            while all(_stamp(path) == stamp for path, stamp in seen.items()):
                time.sleep(_INTERVAL)
    except KeyboardInterrupt:
        return Exit.DONE


def _run(arguments: Sequence[str]) -> list[str]:
    """Run the command once and return the files that it read."""
    with tempfile.TemporaryDirectory(prefix="dualschema-") as folder:
        sources = Path(folder) / "sources.json"
        command = [sys.executable, "-m", "dualschema", arguments[0], f"--sources={sources}"]
        # Python takes a module's compiled form for current if its source has the same second and
        # size, as after two quick changes; so none is written.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        child = subprocess.Popen(  # noqa: S603  (this very command)
            [*command, *arguments[1:]], env=environment, **_apart()
        )
        try:
            child.wait()
        except KeyboardInterrupt:
            _end(child)
            raise
        return list(json.loads(sources.read_text("utf-8"))) if sources.is_file() else []


def _apart() -> dict[str, Any]:
    """Return what keeps Ctrl-C from a run, which might be writing: it ends by itself, and soon."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _end(child: subprocess.Popen[Any]) -> None:
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _settled(path: str, began: int) -> _Stamp:
    """Return a file's stamp, or one that none has if it may have changed since it was read."""
    stamp = _stamp(path)
    return (-1, -1) if stamp and stamp[0] > began - _ROUNDING else stamp


def _stamp(path: str) -> _Stamp:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
