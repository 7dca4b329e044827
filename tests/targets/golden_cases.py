"""The folders in ``golden/``: a schema in each, and what every target is to make of it.

``python3 dev.py golden`` writes them anew; the difference then shows what a change does.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from dualschema.errors import GenerationError
from dualschema.schema import Schema
from dualschema.targets import ALL_TARGETS, Target, generate

__all__ = ["CASES", "FOLDER", "case_names", "every_case", "every_target", "expected", "files_of"]

FOLDER: Final = Path(__file__).parent / "golden"

ERROR: Final = "error.txt"
"""Where a target's refusal stands, where it cannot say what a case says."""


def case_names() -> list[str]:
    """Return the names of the cases: a folder with a schema is one."""
    return sorted(path.parent.name for path in FOLDER.glob("*/schema.py"))


CASES: Final = case_names()

every_case = pytest.mark.parametrize("case", CASES)
every_target = pytest.mark.parametrize("target", ALL_TARGETS, ids=lambda target: target.name)


def schema_of(case: str) -> Schema:
    """Return the schema of a case."""
    made: Schema = importlib.import_module(f"tests.targets.golden.{case}.schema").schema
    return made


def files_of(case: str, target: Target[Any]) -> dict[str, str]:
    """Return what a target makes of a case, by paths; a refusal is a text of its own."""
    try:
        made = generate(schema_of(case), target)
    except GenerationError as error:
        return {ERROR: f"{error}\n"}
    return {file.path: file.text for file in made}


def expected(case: str, target: Target[Any]) -> Path:
    """Return the folder of what a target is to make of a case."""
    return FOLDER / case / "expected" / target.name


def stale(root: Path) -> Iterator[Path]:
    """Yield the files of a case's folder that no target makes."""
    known = {target.name for target in ALL_TARGETS}
    yield from (path for path in (root / "expected").glob("*") if path.name not in known)
