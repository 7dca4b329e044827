"""The routes where the extra is not installed."""

from __future__ import annotations

import subprocess
import sys


def test_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['starlette'] = None\n"
        "import dualschema as ds, dualschema.upload.wire\n"
        "try:\n"
        "    import dualschema.asgi\n"
        "except ds.MissingExtraError as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert 'dualschema.asgi needs an extra: pip install "dualschema[server]"\n' == done.stdout
