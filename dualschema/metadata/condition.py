"""What a database must check of a column's values, as SQL that both engines read."""

from __future__ import annotations

from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from dualschema.column_type import Constraint, Length, Matches, OneOf, Range
from dualschema.metadata.literal import escaped, literal_of
from dualschema.metadata.quoting import spelt

__all__ = ["Condition", "conditions"]


class Condition(sa.sql.expression.ColumnElement[bool]):
    """The condition of a CHECK: one element for all its text, of which only the name is quoted."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: str, constraint: Constraint) -> None:
        self.column = column
        self.constraint = constraint


@compiles(Condition)
def _text(element: Condition, compiler: Any, **_options: Any) -> str:
    column = compiler.preparer.quote(spelt(element.column))
    parts = conditions(column, element.constraint)
    text = parts[0] if len(parts) == 1 else " AND ".join(f"({part})" for part in parts)
    return escaped(text, compiler)


def conditions(column: str, constraint: Constraint) -> list[str]:
    """Return conditions that must all hold of a column, whose name is given as SQL has it."""
    match constraint:
        case OneOf(values):
            return [f"{column} IN ({', '.join(map(literal_of, values))})"]
        case Length(minimum, maximum):
            return _bounds(f"length({column})", Range(ge=minimum, le=maximum))
        case Range():
            return _bounds(column, constraint)
        case Matches(pattern):
            return [f"{column} ~ {literal_of(pattern)}"]
        case _:
            assert_never(constraint)


def _bounds(value: str, limits: Range) -> list[str]:
    # A decimal's bound comes as its digits.
    return [
        f"{value} {sign} {bound if isinstance(bound, str) else repr(bound)}"
        for sign, bound in limits.bounds()
    ]
