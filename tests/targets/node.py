"""The scripts in ``tests/node``: they read JSON and print JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.fixtures.node import link_packages, node_program

__all__ = ["run_node"]

FOLDER = Path(__file__).parents[1] / "node"


def run_node(script: str, given: Any) -> Any:
    """Run a script of the folder with JSON on its standard input; return the JSON it prints."""
    link_packages(FOLDER)
    done = subprocess.run(
        [str(node_program()), script],
        cwd=FOLDER,
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
