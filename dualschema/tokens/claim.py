"""What the registered claims of a token must be: RFC 7519, and what PowerSync's service wants."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dualschema.errors import ConfigurationError

__all__ = ["is_user_id", "names_of"]


def is_user_id(value: Any) -> bool:
    """Tell whether a value can be a ``sub``: a text that is not empty, and that Postgres takes."""
    if not isinstance(value, str) or not value or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeError:  # half of a surrogate pair, which is in no UTF-8
        return False
    return True


def names_of(what: str, given: str | Collection[Any]) -> tuple[str, ...]:
    """Return names of audiences or issuers: one or several, none of them empty.

    Raises:
        ConfigurationError: there is none, or one is empty or no text.
    """
    names = (given,) if isinstance(given, str) else tuple(given)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ConfigurationError(f"{what} is a text that is not empty, or several of them")
    return names
