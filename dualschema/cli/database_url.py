"""Which database a command is for: as the line, the environment, or a file ``.env`` says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dualschema.errors import ConfigurationError

__all__ = ["VARIABLE", "NamedDatabase", "find_database", "named_database", "named_url"]

VARIABLE: Final = "DATABASE_URL"

_DIRECT: Final = ("DIRECT_URL", "DATABASE_URL_UNPOOLED")
"""Where the server itself answers, if one of them is set: as ``ds.Settings`` has it."""

_POOLER: Final = "DATABASE_POOLER"

_Place = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class NamedDatabase:
    """A database that somebody named.

    Attributes:
        url: the database's.
        source: what named it: an option of the command line, or a variable.
        pooler: whether a pooler answers there, by ``DATABASE_POOLER``; None: the URL tells.
    """

    url: str
    source: str
    pooler: bool | None = None

    def direct_url(self, what: str) -> str:
        """Return the URL, which must be of the server itself.

        Args:
            what: what it is wanted for, in the plural: a sentence's subject.

        Raises:
            ConfigurationError: a pooler answers there; the message names the server's own host,
                where that can be told.
        """
        from dualschema.engine import find_pooler

        found = find_pooler(self.url, said=self.pooler)
        if found is not None:
            where = "" if self.source.startswith("-") else f", as {_DIRECT[0]}"
            raise ConfigurationError(f"{self.source}: {found.refusal(what)}{where}")
        return self.url


def named_url(given: str | None) -> str:
    """Return the URL of the database that a command is for.

    Args:
        given: by the command line.

    Raises:
        ConfigurationError: nobody names one.
    """
    return named_database(given).url


def named_database(given: str | None, *, direct: bool = False) -> NamedDatabase:
    """Return the database that a command is for.

    Args:
        given: the URL on the command line.
        direct: whether the server itself is wanted, where the environment names it.

    Raises:
        ConfigurationError: nobody names one.
    """
    found = find_database(given, direct=direct)
    if found is not None:
        return found
    if _said(VARIABLE, _places()) is not None:
        raise ConfigurationError(f"{VARIABLE} is empty: set it, or give --database URL")
    raise ConfigurationError(f"no database is named: give --database URL, or set {VARIABLE}")


def find_database(given: str | None, *, direct: bool = False) -> NamedDatabase | None:
    """Return the database that a command is for; None if nobody names one.

    Args:
        given: the URL on the command line.
        direct: whether the server itself is wanted, where the environment names it.

    Raises:
        ConfigurationError: the command line names an empty one: another one is not meant.
    """
    if given is not None:
        if not given.strip():
            raise ConfigurationError("--database is empty: is a variable not set?")
        return NamedDatabase(given, "--database")
    places = _places()
    for name in (*_DIRECT, VARIABLE) if direct else (VARIABLE,):
        url = _said(name, places)
        if url:
            return NamedDatabase(url, name, _pooler(places) if name == VARIABLE else None)
    return None


def _said(name: str, places: list[_Place]) -> str | None:
    """Return what the first place that has a variable says, without blanks around it."""
    found = next((value for place in places if (value := place.get(name)) is not None), None)
    return None if found is None else found.strip()


def _pooler(places: list[_Place]) -> bool | None:
    from pydantic import TypeAdapter, ValidationError

    said = _said(_POOLER, places)
    try:
        return TypeAdapter(bool).validate_python(said) if said else None
    except ValidationError:
        raise ConfigurationError(f"{_POOLER} must be true or false") from None


def _places() -> list[_Place]:
    """Return the environment, and what the files say: the first counts, as of ``ds.Settings``."""
    from dotenv import dotenv_values

    from dualschema.settings import ENCODING, FILES, unreadable

    try:
        files = [dotenv_values(file, encoding=ENCODING) for file in reversed(FILES)]
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(unreadable(FILES, error)) from None
    return [os.environ, *files]
