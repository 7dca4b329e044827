"""CHECKs of Postgres in the definition's terms: options of a column where they are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from dualschema.column_type import Form, PostgresStyle
from dualschema.model import check_name
from dualschema.naming import constraint_name
from dualschema.pull.description import ColumnKind, FoundColumn
from dualschema.pull.kinds import type_of
from dualschema.pull.postgres.deparse import condition_of

__all__ = ["portable_sql", "with_check"]

_TEXT: Final = re.compile(r"'((?:[^']|'')*)'::text")
_WHOLE: Final = re.compile(r"-?[0-9]+")
_LENGTH: Final = re.compile(r"(>=|<=) ([0-9]+)")
_BOUND: Final = re.compile(r"(>=|>|<=|<) [(']*(-?[0-9]+(?:\.[0-9]+)?)")
_SIGNS: Final = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
_NUMBERS: Final = (
    *(ColumnKind.INTEGER, ColumnKind.BIG_INTEGER, ColumnKind.LONG_INTEGER),
    *(ColumnKind.REAL, ColumnKind.DECIMAL),
)


def with_check(
    table: str, column: FoundColumn, quoted: str, name: str, condition: str
) -> FoundColumn | None:
    """Return a column that makes a CHECK by itself; None where it makes none like it.

    Args:
        table: the table's name.
        column: the column as far as it is known.
        quoted: its name as SQL has it.
        name: the CHECK's name.
        condition: its SQL, as Postgres writes it.
    """
    for tried in _tries(column, quoted, condition):
        form = Form.NATIVE if tried.style is PostgresStyle.NATIVE else Form.PORTABLE
        style = tried.style or PostgresStyle.PORTABLE
        try:
            kind = type_of(tried)
        except ValueError:
            continue
        of = kind.postgres_type(style)[0]
        for constraint in kind.constraints(form):
            is_named_so = name == check_name(table, column.name, constraint)
            if is_named_so and condition == condition_of(quoted, of, constraint):
                return tried
    if name == constraint_name(table, column.name, "user", "check"):
        return column.told(check=portable_sql(condition))
    return None


def _tries(column: FoundColumn, quoted: str, condition: str) -> Iterator[FoundColumn]:
    """Yield columns whose own CHECK the condition may be."""
    is_bare = not column.options
    values = condition.removeprefix(f"({quoted} = ANY (ARRAY[").removeprefix(f"({quoted} = ")
    is_choice = is_bare and values != condition
    if column.kind is ColumnKind.TEXT:
        texts = tuple(each.replace("''", "'") for each in _TEXT.findall(condition))
        if is_choice and texts:
            yield replace(column, kind=ColumnKind.CHOICE, choices=tuple(dict.fromkeys(texts)))
        if bounds := dict(_LENGTH.findall(condition)):
            names = {">=": "min_length", "<=": "max_length"}
            yield column.told(**{names[sign]: int(n) for sign, n in bounds.items()})
        if len(texts) == 1 and condition.startswith(f"({quoted} ~ "):
            yield column.told(pattern=texts[0])
    if column.kind is ColumnKind.INTEGER and is_choice:
        numbers = tuple(dict.fromkeys(map(int, _WHOLE.findall(values))))
        if numbers == (0, 1):
            yield replace(column, kind=ColumnKind.BOOLEAN, style=PostgresStyle.PORTABLE)
        if numbers:
            yield replace(column, kind=ColumnKind.CHOICE, choices=numbers)
    if column.kind in _NUMBERS and (bounds := dict(_BOUND.findall(condition))):
        yield column.told(**{_SIGNS[sign]: _number(column.kind, n) for sign, n in bounds.items()})


def _number(kind: ColumnKind, digits: str) -> Any:
    if kind is ColumnKind.REAL:
        return float(digits)
    if kind is ColumnKind.DECIMAL:
        return Decimal(digits) if "." in digits else int(digits)
    return int(Decimal(digits))


_PARTS: Final = re.compile(r"""('(?:[^']|'')*'(?:::text)?|"(?:[^"]|"")*")""")
_ANY_OF: Final = re.compile(r" = ANY \(ARRAY\[([^\[\]():]*,[^\[\]():]*)\]\)")


def portable_sql(condition: str) -> str:
    """Return a condition in SQL that both databases take, where that comes back as it was."""
    parts = _PARTS.split(_unwrapped(condition))
    bare = [part.removesuffix("::text") if part.startswith("'") else part for part in parts]
    if "::" in "".join(parts[::2]):
        return _unwrapped(condition)
    # Texts are put aside, so that no bracket within one is taken for SQL's.
    held = bare[1::2]
    outside = "\0".join(bare[::2])
    pieces = _ANY_OF.sub(r" IN (\1)", outside).split("\0")
    return "".join(a + b for a, b in zip(pieces, [*held, ""], strict=True))


def _unwrapped(condition: str) -> str:
    """Return a condition without the brackets around all of it."""
    return condition[1:-1] if _closes_last(condition) else condition


def _closes_last(condition: str) -> bool:
    """Whether the first bracket is closed by the last."""
    if not condition.startswith("("):
        return False
    depth = 0
    outside = _PARTS.sub(lambda found: "." * len(found[0]), condition)
    for at, char in enumerate(outside):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return at == len(outside) - 1
    return False
