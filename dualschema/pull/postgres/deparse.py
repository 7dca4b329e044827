"""SQL as Postgres writes it back: what becomes of the definition's conditions and defaults.

Postgres keeps no SQL but what it parsed. A condition or default is the definition's own only if
what comes back is, to the letter, what comes back of the definition's
(``get_const_expr`` in PostgreSQL's src/backend/utils/adt/ruleutils.c).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, assert_never

from dualschema.column_type import Constraint, Length, Matches, OneOf, PostgresType, Range

__all__ = ["condition_of", "number_of", "text_of", "written_number"]

_QUOTED = r"'((?:[^']|'')*)'"


def text_of(text: str) -> str:
    """Return a constant of text."""
    return "'" + text.replace("'", "''") + "'::text"


def written_number(number: str) -> tuple[str, PostgresType]:
    """Return a number of SQL as Postgres writes it, and the type it took the number for."""
    value = Decimal(number)
    is_whole = set(number) <= set("-0123456789")
    digits = format(value, "f")
    if is_whole and -(2**31) <= value < 2**31:
        return (digits if value >= 0 else f"'{digits}'::integer"), PostgresType.INTEGER
    if is_whole and -(2**63) <= value < 2**63:
        return f"'{digits}'::bigint", PostgresType.BIGINT
    is_bare = digits[0].isdigit() and "." in digits
    return (digits if is_bare else f"'{digits}'::numeric"), PostgresType.NUMERIC


def number_of(written: str) -> str | None:
    """Return the number that a constant is, as its digits; None where it is no such constant."""
    found = re.fullmatch(r"'?(-?[0-9]+(?:\.[0-9]+)?)(?:'::[a-z ]+)?", written)
    return found[1] if found else None


def condition_of(column: str, kind: PostgresType, constraint: Constraint) -> str:
    """Return the condition of a CHECK.

    Args:
        column: its name as SQL has it.
        kind: its type.
        constraint: what the definition says.
    """
    parts = list(_conditions(column, kind, constraint))
    if len(parts) == 1:
        return parts[0]
    return f"({' AND '.join(parts)})"


def _conditions(column: str, kind: PostgresType, constraint: Constraint) -> list[str]:
    match constraint:
        case OneOf(values):
            written = [_value(value) for value in values]
            if len(written) == 1:
                return [f"({column} = {written[0]})"]
            return [f"({column} = ANY (ARRAY[{', '.join(written)}]))"]
        case Length(minimum, maximum):
            bounds = ((">=", minimum), ("<=", maximum))
            return [f"(length({column}) {sign} {n})" for sign, n in bounds if n is not None]
        case Range(ge, gt, le, lt):
            signs = ((">=", ge), (">", gt), ("<=", le), ("<", lt))
            return [_bound(column, kind, sign, b) for sign, b in signs if b is not None]
        case Matches(pattern):
            return [f"({column} ~ {text_of(pattern)})"]
        case _:
            assert_never(constraint)


def _value(value: Any) -> str:
    return text_of(value) if isinstance(value, str) else written_number(str(value))[0]


_RANKS = (PostgresType.INTEGER, PostgresType.BIGINT, PostgresType.NUMERIC, PostgresType.DOUBLE)


def _bound(column: str, kind: PostgresType, sign: str, bound: Any) -> str:
    written, of = written_number(bound if isinstance(bound, str) else repr(bound))
    # Whole numbers of either size are compared as they are; else the lesser type becomes the other.
    if {kind, of} <= set(_RANKS[:2]) or kind is of:
        return f"({column} {sign} {written})"
    if _RANKS.index(of) < _RANKS.index(kind):
        return f"({column} {sign} ({written})::{kind.value})"
    return f"(({column})::{of.value} {sign} {written})"
