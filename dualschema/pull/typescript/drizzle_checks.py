"""CHECKs of Drizzle's in the definition's terms: options of a column where they are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from dualschema.column_type import Form, PostgresStyle
from dualschema.metadata.condition import conditions
from dualschema.model import check_name
from dualschema.pull.description import ColumnKind, FoundColumn, FoundTable
from dualschema.pull.kinds import sound_type

__all__ = ["implied_checks", "with_own_check"]

_LENGTH: Final = re.compile(r"(>=|<=) ([0-9]+)")
_BOUND: Final = re.compile(r"(>=|>|<=|<) (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")
_SIGNS: Final = {">=": "ge", ">": "gt", "<=": "le", "<": "lt"}
_REAL: Final = ColumnKind.REAL


def implied_checks(table: FoundTable) -> dict[str, str]:
    """Return the names of the CHECKs that a table's columns make by themselves, and the columns."""
    return {
        name: column.name for column in table.columns for name, _ in _own_checks(table.name, column)
    }


def with_own_check(table: FoundTable, name: str, sql: str) -> FoundTable | None:
    """Return a table whose columns make a CHECK by themselves; None where none does."""
    for column in table.columns:
        for tried in (column, *_tries(column, sql)):
            if (name, sql) in _own_checks(table.name, tried):
                return table.with_column(tried)
    return None


def _own_checks(table: str, column: FoundColumn) -> list[tuple[str, str]]:
    form = Form.NATIVE if column.style is PostgresStyle.NATIVE else Form.PORTABLE
    quoted = '"' + column.name + '"'
    kind = sound_type(column)
    return [
        (check_name(table, column.name, each), " AND ".join(conditions(quoted, each)))
        for each in (kind.constraints(form) if kind else ())
    ]


def _tries(column: FoundColumn, sql: str) -> Iterator[FoundColumn]:
    """Yield columns whose own CHECK the SQL may be."""
    if column.kind is ColumnKind.TEXT:
        if bounds := dict(_LENGTH.findall(sql)):
            names = {">=": "min_length", "<=": "max_length"}
            yield column.told(**{names[sign]: int(number) for sign, number in bounds.items()})
        if found := re.search(r" ~ '((?:[^']|'')*)'$", sql):
            yield column.told(pattern=found[1].replace("''", "'"))
    elif bounds := dict(_BOUND.findall(sql)):
        made = {_SIGNS[sign]: _number(column.kind, number) for sign, number in bounds.items()}
        if None not in made.values():
            yield column.told(**made)


def _number(kind: ColumnKind, digits: str) -> Any:
    try:
        if kind is _REAL:
            return float(digits)
        return Decimal(digits) if "." in digits else int(digits)
    except ValueError:
        return None
