"""The samples of all registered types, as test cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Optional

import pytest

from dualschema.column_type import ColumnType, TypeOptions
from dualschema.declare.resolve import resolve_type
from dualschema.declare.table import Table, binding_of
from dualschema.schema import Schema
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES

__all__ = [
    "CASES",
    "STYLES",
    "Case",
    "Style",
    "both_columns",
    "every_case",
    "every_style",
    "schema_of",
]

Style = Literal["portable", "native"]

STYLES: Final[tuple[Literal["portable", "native"], ...]] = ("portable", "native")


@dataclass(frozen=True)
class Case:
    """One sample of a type."""

    kind: type[ColumnType]
    annotation: Any
    options: dict[str, Any]
    number: int

    def __str__(self) -> str:
        return f"{self.kind.__name__}{self.number}"

    @property
    def type_options(self) -> TypeOptions:
        return TypeOptions(**self.options)

    @property
    def made(self) -> ColumnType:
        return resolve_type(self.annotation, self.type_options)


CASES: Final = [
    Case(kind, annotation, options, number)
    for kind in ALL_TYPES
    for number, (annotation, options) in enumerate(kind.samples, start=1)
]


def schema_of(table: type[Table]) -> Schema:
    """Return a schema of the table alone, as the one that it is in."""
    style: Any = binding_of(table).model.columns[0].style.value
    return Schema(table, postgres=style)


every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_style = pytest.mark.parametrize("style", STYLES)


def both_columns(case: Case, style: Style) -> type[Table]:
    """Make a table of the case: one column that is never NULL, and one that may be."""
    annotation: Any = case.annotation
    return make_table(
        "drawn",
        {
            "value": (annotation, case.options),
            "nullable": (Optional[annotation], case.options),  # noqa: UP045  (known only here)
        },
        postgres=style,
    )
