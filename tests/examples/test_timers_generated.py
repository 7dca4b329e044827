"""The client code of the timers example, which pyproject.toml asks for, follows the definition."""

from __future__ import annotations

import os
from pathlib import Path

from dualschema.codegen import (
    PlannedFile,
    leftovers,
    load_schema,
    plan_files,
    read_configuration,
    write_files,
)

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "examples" / "timers" / "generated"


def planned() -> tuple[PlannedFile, ...]:
    wanted = read_configuration(ROOT)
    return plan_files(load_schema(wanted.schema, wanted.root), wanted.outputs, wanted.root)


def test_the_files_are_as_they_would_be_generated() -> None:
    if os.environ.get("DUALSCHEMA_GOLDEN") == "write":
        write_files(planned())

    assert [] == [file.name for file in planned() if file.data != file.found], (
        "python3 dev.py golden writes them anew"
    )


def test_there_are_no_others() -> None:
    files = planned()

    assert () == leftovers(files)
    assert {file.path for file in files} == {
        path for path in GENERATED.rglob("*") if path.is_file()
    }
