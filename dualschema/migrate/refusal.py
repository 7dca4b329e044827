"""Why Postgres refuses a change, in one line, and what is to be done about it."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.exc import DBAPIError

__all__ = ["access_refusal", "reason", "refusal"]

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_ADVICE: Final = {
    "0A000": "drop that first, and make it again afterwards",
    "22": "change such values first",
    "23503": "rows name others that are not there: change them first",
    "23505": "rows are alike in it: change them first",
    "23514": "change such rows first",
    "25006": "connect to the primary, where one may write: default_transaction_read_only = off",
    "2BP01": "drop that first, and make it again afterwards",
    "3F000": "make the schema that its search path names, or let the role use it",
    "40P01": "another session did the like at the same time: do it again",
    "42501": "log in as a role that may do it, its owner for one",
    "42710": "drop or rename what is called so",
    "42804": "change or drop that first",
    "42P07": "drop or rename what is called so",
    "55P03": "another session uses it: end its transaction, and do it again",
}

_OF_ACCESS: Final = frozenset({"25006", "3F000", "42501"})
"""What is about the connection, whatever is done on it."""

_NAMES_ALONE: Final = frozenset({"0A000", "2BP01", "42804"})
"""Where the details name objects, and no values."""


def reason(error: DBAPIError) -> str:
    """Return what Postgres says, in one line and without the values that it names."""
    told = getattr(error.orig, "diag", None)
    said = str(getattr(told, "message_primary", None) or error.orig).splitlines()[0]
    return re.sub('".*"', "...", said) if _code(error).startswith("22") else said


def refusal(error: DBAPIError) -> str:
    """Return the same, with what stands in the way and what is to be done about it."""
    code, said = _code(error), reason(error)
    if code in _NAMES_ALONE:
        details = str(getattr(getattr(error.orig, "diag", None), "message_detail", None) or "")
        if not details and code != "2BP01":  # it means something else
            return said
        lines = [line.rstrip(".") for line in details.splitlines()]
        said = f"{said} ({', '.join(lines)})"
    advice = _ADVICE.get(code) or _ADVICE.get(code[:2])
    return said if advice is None else f"{said}; {advice}"


def access_refusal(error: DBAPIError) -> str:
    """Return what Postgres says, with what is to be done where nothing may be done at all."""
    return refusal(error) if _code(error) in _OF_ACCESS else reason(error)


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None))
