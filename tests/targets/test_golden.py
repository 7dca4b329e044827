"""What each target makes of each golden case, to the byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dualschema.targets import Target
from tests.targets.golden_cases import (
    CASES,
    FOLDER,
    every_case,
    every_target,
    expected,
    files_of,
    stale,
)

ROOT = Path(__file__).parents[2]


@every_case
@every_target
def test_a_target_makes_what_is_expected(case: str, target: Target[Any]) -> None:
    if target.name == "sql" and sa.__version__ < "2.1":
        pytest.skip("SQLAlchemy 2.0 writes the defaults of SQLite's columns in brackets")
    folder = expected(case, target)
    made = files_of(case, target)
    if os.environ.get("DUALSCHEMA_GOLDEN") == "write":
        write(folder, made)

    found = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert found == made, "python3 dev.py golden writes it anew"


@every_case
@every_target
def test_files_are_clean_text(case: str, target: Target[Any]) -> None:
    for path, text in files_of(case, target).items():
        lines = text.split("\n")
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert [] == [line for line in lines if line != line.rstrip()], path
        assert "\r" not in text, path
        assert "\t" not in text, path


def test_nothing_is_expected_that_no_target_makes() -> None:
    assert [] == [path for case in CASES for path in stale(FOLDER / case)]


@every_case
def test_another_process_makes_the_same(case: str) -> None:
    """The order of sets and the place in memory differ from process to process."""
    script = (
        "import sys; from tests.targets.golden_cases import *; from dualschema.targets import *\n"
        "for target in ALL_TARGETS:\n"
        "    for path, text in files_of(sys.argv[1], target).items(): print(path, text)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", script, case]
    found = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True
    )

    from dualschema.targets import ALL_TARGETS

    made = [files_of(case, target).items() for target in ALL_TARGETS]
    assert "".join(f"{path} {text}\n" for files in made for path, text in files) == found.stdout


def write(folder: Path, made: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in made.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
