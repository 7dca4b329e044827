"""The ids of users and of client databases: texts that every place that keeps them can hold."""

from __future__ import annotations

from typing import Any, Final

from dualschema.errors import RequestError

__all__ = ["LONGEST_IDENTITY", "checked_identity"]

LONGEST_IDENTITY: Final = 200


def checked_identity(value: Any, place: str) -> str:
    """Return an id of a user or of a client database.

    Args:
        value: what is to be one.
        place: what the error names.

    Raises:
        RequestError: it is no text of 1 to 200 characters that Postgres can hold.
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_IDENTITY:
        raise RequestError(f"it is no text of 1 to {LONGEST_IDENTITY} characters", place=place)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RequestError("it holds half of a surrogate pair", place=place) from None
    if "\0" in value:
        raise RequestError("it holds a character NUL", place=place)
    return value
