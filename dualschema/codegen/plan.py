"""The files that outputs come to, each with its place and what stands there now."""

from __future__ import annotations

import enum
import os
import posixpath
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualschema.codegen.configuration import Output
from dualschema.codegen.plugins import find_target
from dualschema.errors import ConfigurationError, DualschemaError, GenerationError
from dualschema.generator import GeneratedFile, Target
from dualschema.model import SchemaModel
from dualschema.schema import Schema

__all__ = ["PlannedFile", "State", "plan_files"]


class State(enum.Enum):
    """How a file stands to what is generated."""

    NEW = "new"
    """It is not there."""
    CHANGED = "changed"
    CURRENT = "current"
    """It is the same, but for line ends: those of a checkout are the version control's choice."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    r"""A file that is to be.

    Attributes:
        target: the name of the target that makes it.
        name: the path as users are told it: relative to the project, with ``/``, or absolute.
        path: where it is, absolute, links followed.
        data: what is to stand in it: UTF-8, with ``\n`` at the end of each line.
        found: what stands in it, or None.
    """

    target: str
    name: str
    path: Path
    data: bytes
    found: bytes | None

    @property
    def state(self) -> State:
        """How what is there stands to what is to be."""
        if self.found is None:
            return State.NEW
        same = self.found.replace(b"\r\n", b"\n") == self.data
        return State.CURRENT if same else State.CHANGED


def plan_files(schema: Schema, outputs: Iterable[Output], root: Path) -> tuple[PlannedFile, ...]:
    """Return all files that the outputs come to; none is written.

    Args:
        schema: the tables.
        outputs: what to make of them.
        root: the project's folder; a relative path must stay in it, links followed.

    Raises:
        GenerationError: there is no such target or option, or a target cannot say something.
        ConfigurationError: a path leads out of the project, is a folder's, or is claimed twice.
    """
    root = root.resolve()
    files = [file for output in outputs for file in _planned(schema.model, output, root)]
    _require_apart(files)
    return tuple(files)


def _planned(model: SchemaModel, output: Output, root: Path) -> Iterator[PlannedFile]:
    target = find_target(output.target)
    base, path = _place(target, output.path, root)
    for file in _run(target, model, path, output):
        name = file.path if base == root else str(base / file.path)
        found = _resolved(base / file.path, target)
        within = root if base == root else _resolved(base / path.rpartition("/")[0], target)
        if not found.is_relative_to(within):
            raise ConfigurationError(
                f"{name} ({target.name}) is outside of {within}: if that is meant, "
                "give the target an absolute path"
            )
        yield PlannedFile(target.name, name, found, _data(target, file), _read(found, name))


def _place(target: Target[Any], given: str | None, root: Path) -> tuple[Path, str]:
    """Return the folder that a target's paths are relative to, and the target's path."""
    wanted = given or target.path
    if os.name == "nt":
        wanted = wanted.replace("\\", "/")
    is_folder = wanted.endswith("/") or target.path.endswith("/")
    if wanted.endswith("/") and not target.path.endswith("/"):
        wanted, is_folder = wanted + posixpath.basename(target.path), False
    base, path = root, wanted
    if Path(wanted).is_absolute():
        base = Path(Path(wanted).anchor)
        path = Path(wanted).relative_to(base).as_posix()
    return base, posixpath.normpath(path) + ("/" if is_folder else "")


def _resolved(path: Path, target: Target[Any]) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError) as error:  # links in a circle, a NUL
        raise ConfigurationError(f"the path of {target.name} cannot be one: {error}") from error


def _run(
    target: Target[Any], model: SchemaModel, path: str, output: Output
) -> tuple[GeneratedFile, ...]:
    try:
        made = tuple(target.run(model, path, output.options))
    except DualschemaError:
        raise
    # Anybody's code: which target it was is worth more than the bare error, which is the cause.
    except Exception as error:
        kind = type(error).__name__
        raise GenerationError(target.name, f"the target failed: {kind}: {error}") from error
    if not all(map(_is_whole, made)):
        raise GenerationError(target.name, "the target failed: it made what is no GeneratedFile")
    return made


def _is_whole(file: Any) -> bool:
    """Whether a file is one: a target may be anybody's code."""
    texts = (file.path, file.text) if isinstance(file, GeneratedFile) else (None,)
    return all(isinstance(text, str) for text in texts)


def _data(target: Target[Any], file: GeneratedFile) -> bytes:
    try:
        return file.text.encode()
    except UnicodeEncodeError as error:
        reason = f"{file.path} would hold half of a surrogate pair, which is no text"
        raise GenerationError(target.name, reason) from error


def _read(path: Path, name: str) -> bytes | None:
    if path.is_dir():
        raise ConfigurationError(f"{name} is a folder: name a file, or end the path with /")
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read: {error.strerror}") from error


def _require_apart(files: list[PlannedFile]) -> None:
    """Refuse two files of one path; on many systems names that differ in case are one."""
    claimed: dict[str, PlannedFile] = {}
    for file in files:
        other = claimed.setdefault(_key(file.path), file)
        if other is not file:
            alike = "" if other.path == file.path else ", which many systems take for one"
            raise ConfigurationError(
                f"{_told(other)} and {_told(file)} claim one path{alike}: give each its own"
            )
    for file in files:
        for folder in file.path.parents:
            if (above := claimed.get(_key(folder))) is not None:
                raise ConfigurationError(
                    f"{_told(above)} is a file, and {_told(file)} wants a folder there"
                )


def _told(file: PlannedFile) -> str:
    return f"{file.name} ({file.target})"


def _key(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
