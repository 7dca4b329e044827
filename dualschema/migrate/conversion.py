"""How a column's values become those of another type, and whether each of them can."""

from __future__ import annotations

import re
from typing import Final

from dualschema.languages.sql import identifier

__all__ = ["conversion", "keeps_values"]

_NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "double precision", "real")
"""From the narrowest to the widest, but that floats do not hold each number exactly."""

_KIND = re.compile(r"(?P<base>[a-z ]+?)(?:\((?P<arguments>[\d,]+)\))?(?P<rest> with.*)?")


def _parts(kind: str) -> tuple[str, tuple[int, ...]]:
    """Return the type of ``timestamp(3) with time zone`` without its arguments, and these."""
    found = _KIND.fullmatch(kind)
    if found is None:
        return kind, ()
    arguments = tuple(int(each) for each in (found["arguments"] or "").split(",") if each)
    return found["base"] + (found["rest"] or ""), arguments


def conversion(column: str, old: str, new: str) -> str:
    """Return the SQL that gives a column's values in another type.

    Args:
        column: its name.
        old: its type as Postgres writes it, ``timestamp(3) with time zone``.
        new: the type that it is to have.

    What has no conversion of its own goes through its text, as far as the other type reads that.
    The texts of instants, times and bytes are those of the portable style.
    """
    name = identifier(column)
    before, after = _parts(old)[0], _parts(new)[0]
    if before == after or (before in _NUMBERS and after in _NUMBERS):
        return f"{name}::{new}"
    match before, after:
        case "timestamp with time zone", "text":
            form = f'YYYY-MM-DD"T"HH24:MI:SS.{_fraction(old)}"Z"'
            written = f"to_char({name} AT TIME ZONE 'UTC', '{form}')"
            return _in_form(name, written, "'0001-01-01Z' AND '9999-12-31 23:59:59.999999Z'")
        case "date", "text":
            written = f"to_char({name}, 'YYYY-MM-DD')"
            return _in_form(name, written, "'0001-01-01' AND '9999-12-31'")
        case "time without time zone", "text":
            return f"to_char({name}, 'HH24:MI:SS.{_fraction(old)}')"
        case "bytea", "text":
            return f"translate(encode({name}, 'base64'), E'\\n', '')"
        case "text", "bytea":
            return f"decode({name}, 'base64')"
        case "boolean", _ if after in _NUMBERS:
            return f"{name}::integer::{new}"
        case _, "text":
            return f"{name}::text"
        case _:
            return f"{name}::text::{new}"


def _fraction(kind: str) -> str:
    """Return how ``to_char`` writes the fraction of a type's seconds: six digits, or three."""
    return "MS" if _parts(kind)[1] in {(0,), (1,), (2,), (3,)} else "US"


def _in_form(name: str, written: str, bounds: str) -> str:
    """Return the text of a value; outside of bounds it has no such form, and `to_char` loses it.

    That does not happen in tables of a definition. Within them `DateStyle` makes no difference.
    """
    return f"CASE WHEN {name} BETWEEN {bounds} THEN {written} ELSE {name}::text END"


def keeps_values(old: str, new: str) -> bool:
    """Whether each value of one type has its like in another one, whole."""
    before, had = _parts(old)
    after, has = _parts(new)
    if after == "text":
        return True
    if before == after == "numeric":
        return not has or (
            len(had) == 2 and has[1] >= had[1] and has[0] - has[1] >= had[0] - had[1]
        )
    if before == after:
        return not has or (len(had) == 1 and has[0] >= had[0])
    match before, after:
        case "boolean", _:
            return after in {"smallint", "integer", "bigint"}
        case "integer", _:
            return after in {"bigint", "double precision"} or (after == "numeric" and not has)
        case "smallint", _:
            return after in {"integer", "bigint", "double precision"}
        case "bigint", "numeric":
            return not has
        case _:
            return False
