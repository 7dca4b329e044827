"""Tokens where the extra is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_one_sentence_says_what_to_install(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import dualschema as ds\n"
        "try:\n"
        "    import dualschema.tokens\n"
        "except ds.MissingExtraError as error:\n"
        "    print(error, error.extra)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    wanted = 'dualschema.tokens needs an extra: pip install "dualschema[server]" server\n'
    assert wanted == done.stdout
