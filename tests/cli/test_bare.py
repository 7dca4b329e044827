"""The command where its extra is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys

missing = sys.argv.pop(1)

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from dualschema.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("missing", ["typer", "rich"])
@pytest.mark.parametrize("arguments", [["--help"], ["codegen", "--check"]])
def test_one_sentence_says_what_to_install(missing: str, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, missing, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (2, "") == (done.returncode, done.stdout)
    assert 'error: the command line needs an extra: pip install "dualschema[cli]"\n' == done.stderr


def test_another_missing_module_is_no_missing_extra() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, "tomllib", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "ModuleNotFoundError: No module named 'tomllib'" in done.stderr
