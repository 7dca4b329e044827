"""Which database a command is for: as the line, the environment, or a file ``.env`` says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from dualschema.errors import ConfigurationError

__all__ = ["VARIABLE", "find_url", "named_url"]

VARIABLE: Final = "DATABASE_URL"

_DIRECT: Final = ("DIRECT_URL", "DATABASE_URL_UNPOOLED", VARIABLE)
"""Where the server itself answers, if the first is set: as ``ds.Settings`` has it."""


def named_url(given: str | None, *, direct: bool = False) -> str:
    """Return the URL of the database that a command is for.

    Args:
        given: by the command line.
        direct: whether it must be of the server itself, and of no pooler.

    Raises:
        ConfigurationError: nobody names one.
    """
    found = find_url(given, direct=direct)
    if found is None:
        raise ConfigurationError(f"no database is named: give --database URL, or set {VARIABLE}")
    return found


def find_url(given: str | None, *, direct: bool = False) -> str | None:
    """Return the URL of the database that a command is for; None if nobody names one."""
    if given:
        return given
    names = _DIRECT if direct else (VARIABLE,)
    places: list[Mapping[str, str | None]] = [os.environ, *_files()]
    return next((url for name in names for place in places if (url := place.get(name))), None)


def _files() -> list[Mapping[str, str | None]]:
    """Return what the files say, the first to count before the others: as ``ds.Settings`` does."""
    from dotenv import dotenv_values

    from dualschema.settings import FILES

    try:
        return [dotenv_values(file, encoding="utf-8") for file in reversed(FILES)]
    except UnicodeDecodeError:
        raise ConfigurationError(f"{' or '.join(FILES)} is no text in UTF-8") from None
