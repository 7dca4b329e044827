"""The data folder of a new server: where it lies, and how it is filled faster than by initdb."""

import contextlib
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from dualschema.embedded.programs import Programs
from dualschema.errors import EmbeddedPostgresError

_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
_ENOUGH_MEMORY = 2 << 30


def data_parent() -> Path:
    """Return the folder to make data folders in: memory where there is plenty, else the usual one.

    A new cluster is 25 MB in a thousand files, which a busy disk takes up to a second to accept.
    """
    with contextlib.suppress(OSError):
        if "TMPDIR" not in os.environ and shutil.disk_usage(_MEMORY).free >= _ENOUGH_MEMORY:
            return _MEMORY
    return Path(tempfile.gettempdir())


def make_data(programs: Programs, data: Path, password: str) -> None:
    """Fill the empty folder `data` with a cluster whose superuser has this password.

    initdb's result is kept as a template in the user's cache folder: a copy takes 0.1 s, initdb
    0.7 s. The template holds no password. Each copy gets its own, in single-user mode, before
    anybody can connect.
    """
    version = programs.run("postgres", "--version", cwd=data)
    options = _initdb_options(version)
    template = _template(f"{version} {platform.machine()} {options}")
    if template is not None and template.is_dir():
        try:
            _copy(template, data)
            programs.give(data)
            _set_password(programs, data, password)
        except (EmbeddedPostgresError, OSError):  # a damaged template: make it anew
            shutil.rmtree(template, ignore_errors=True)
            _clear(data)
        else:
            return
    programs.run("initdb", "-D", str(data), *options, cwd=data)
    if template is not None:
        _save_template(data, template)
    _set_password(programs, data, password)


def _initdb_options(version: str) -> list[str]:
    # PostgreSQL's own locale provider treats letters outside ASCII alike on every system.
    if int(version.split()[2].partition(".")[0]) >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        locale = ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
    access = ["--auth-local=trust", "--auth-host=scram-sha-256"]
    speed = ["--no-sync", "--wal-segsize=1"]
    return ["-U", "postgres", "-E", "UTF8", *access, *locale, *speed, "--no-instructions"]


def _set_password(programs: Programs, data: Path, password: str) -> None:
    single_user = ("--single", "-D", str(data), "-c", "fsync=off", "-c", "exit_on_error=on")
    statement = f"ALTER ROLE postgres PASSWORD '{password}'\n"
    programs.run("postgres", *single_user, "postgres", cwd=data, stdin=statement)


def _template(key: str) -> Path | None:
    """Return the path of the template for a key, or None where there is no safe place for it."""
    try:
        folder = _cache_folder() / "dualschema"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):  # RuntimeError: there is no home folder
        return None
    # Whoever may write here decides what the server trusts.
    if sys.platform != "win32" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
        return None
    return folder / f"postgres-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _cache_folder() -> Path:
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _save_template(data: Path, template: Path) -> None:
    """Copy the data folder to the cache, whole or not at all."""
    with (
        contextlib.suppress(OSError),  # not writable, full, or another process was first
        tempfile.TemporaryDirectory(dir=template.parent, prefix="new-") as folder,
    ):
        copy = Path(folder, "data")
        _copy(data, copy)
        copy.rename(template)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=shutil.copyfile, dirs_exist_ok=True)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
