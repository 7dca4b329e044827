"""What is wrong with a definition, or with how a table class is used."""

from __future__ import annotations

from dataclasses import dataclass

from dualschema.errors.base import DualschemaError

__all__ = ["DefinitionError", "Problem", "UnboundTableError"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a definition: the table's name, the column's (if it is about one), and why."""

    table: str
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = self.table if self.column is None else f"{self.table}.{self.column}"
        return f"{place}: {self.reason}"


class DefinitionError(DualschemaError):
    """A table or schema is defined wrongly.

    Attributes:
        problems: every fault that was found, in declaration order.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        head = "" if len(problems) == 1 else f"{len(problems)} problems:\n  "
        super().__init__(head + "\n  ".join(map(str, problems)))


class UnboundTableError(DualschemaError, AttributeError):
    """A table is used before it stands in a ``Schema``, which gives it its stored form.

    Attributes:
        table: the name of its class; with ``is_base``, that of a class that is only a base.
    """

    def __init__(self, table: str, *, is_base: bool = False) -> None:
        self.table = table
        advice = f"stands in no Schema yet: make one with ds.Schema({table})"
        if is_base:
            advice = "has no name=, so it is no table: use a table that inherits from it"
        super().__init__(f"{table} {advice}")
