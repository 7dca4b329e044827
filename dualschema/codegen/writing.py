"""Files put into place: all of them or none, and those alone that changed."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from dualschema.codegen.plan import PlannedFile, State
from dualschema.errors import ConfigurationError

__all__ = ["write_files"]


def write_files(files: Iterable[PlannedFile]) -> tuple[PlannedFile, ...]:
    """Write the files that are not as planned, and return them.

    Each is written beside its place and then moved there, so that no reader meets half a file. All
    are written before the first is moved; if one cannot be, the others stay as they were.

    Raises:
        ConfigurationError: a file or folder cannot be written; nothing is changed.
    """
    stale = tuple(file for file in files if file.state is not State.CURRENT)
    made: list[Path] = []
    moved: list[PlannedFile] = []
    try:
        ready = [(file, _written(file, file.data, made)) for file in stale]
        for file, beside in ready:
            beside.replace(file.path)
            moved.append(file)
    except BaseException as error:
        _take_back(moved, made)
        if not isinstance(error, OSError):
            raise
        raise ConfigurationError(f"{_blamed(error)} cannot be written: {error.strerror}") from error
    return stale


def _written(file: PlannedFile, data: bytes, made: list[Path]) -> Path:
    """Write a file beside its place, and return where."""
    _make_folder(file.path.parent, made)
    beside = file.path.with_name(f".{file.path.name[:40]}.{secrets.token_hex(4)}.tmp")
    made.append(beside)
    try:
        beside.write_bytes(data)
    except OSError as error:
        error.filename = os.fspath(file.path)  # which people know
        raise
    if file.path.exists():
        shutil.copymode(file.path, beside)
    return beside


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        made.append(each)


def _take_back(moved: list[PlannedFile], made: list[Path]) -> None:
    """Put everything back as it was, as far as the system lets us."""
    for file in moved:
        with contextlib.suppress(OSError):
            if file.found is None:
                file.path.unlink()
            else:
                _written(file, file.found, made).replace(file.path)
    for path in reversed(made):
        with contextlib.suppress(OSError):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)


def _blamed(error: OSError) -> str:
    """Return the path that an error names; of a move, where to."""
    name = error.filename2 or error.filename
    return os.fspath(name) if name else "a file"
