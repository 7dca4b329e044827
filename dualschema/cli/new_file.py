"""A file that a command writes for a project to begin with."""

from __future__ import annotations

from pathlib import Path

from dualschema.codegen import PlannedFile, State
from dualschema.errors import ConfigurationError

__all__ = ["new_file", "standing"]


def standing(name: str) -> bytes | None:
    """Return what stands in a file, or None if it is not there."""
    file = Path(name)
    try:
        return file.read_bytes() if file.exists() else None
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read: {error.strerror}") from None


def new_file(command: str, name: str, text: str, *, force: bool) -> PlannedFile:
    """Plan a file.

    Args:
        command: who writes it.
        name: its path, as users are told it.
        text: what is to stand in it.
        force: whether it may replace another.

    Raises:
        ConfigurationError: another is there, and may not be replaced.
    """
    planned = PlannedFile(command, name, Path(name).resolve(), text.encode(), standing(name))
    if planned.state is State.CHANGED and not force:
        raise ConfigurationError(
            f"{name} is there already: name another with --out, or say --force to replace it"
        )
    return planned
