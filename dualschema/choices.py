"""The closed sets of values that a client's columns have, for languages with a type for each."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from dualschema.generator import client_tables
from dualschema.model import SchemaModel
from dualschema.naming import ascii_words, identifier_words
from dualschema.types.enum import Choice, IntegerChoice

__all__ = ["ChoiceSet", "choice_sets"]


@dataclass(frozen=True, slots=True)
class ChoiceSet:
    """A closed set of values, for a language that has a type for each.

    Attributes:
        name: the enum's class in Python, or the table's class and the column's name.
        members: a label and the stored value of each, in declaration order.
        of: what documentation calls it: the enum's class, or ``timers.timer_type``.
    """

    name: str
    members: tuple[tuple[str, str | int], ...]
    of: str

    @property
    def ascii_members(self) -> tuple[tuple[tuple[str, ...], str | int], ...]:
        """The words of each member's label, of ASCII alone and at least one, and its value."""
        return tuple(
            (ascii_words(label) or ("value" if label else "empty",), value)
            for label, value in self.members
        )


def choice_sets(model: SchemaModel) -> dict[str, dict[str, ChoiceSet]]:
    """Return the choices of a client's columns, by the names of the table, then of the column.

    Columns of one enum have one set between them.
    """
    found: dict[str, dict[str, ChoiceSet]] = {}
    enums: dict[Any, ChoiceSet] = {}
    for table in client_tables(model):
        of_table = found.setdefault(table.name, {})
        for column in table.columns:
            if not isinstance(column.type, Choice | IntegerChoice):
                continue
            if isinstance(column.type.annotation, type):
                shared = _choice_set(column.type, column.type.annotation.__name__)
                made = enums.setdefault(column.type.annotation, shared)
            else:
                name = _choice_name(table.class_name, column.name)
                made = _choice_set(column.type, name, f"{table.name}.{column.name}")
            of_table[column.name] = made
    return found


def _choice_name(table: str, column: str) -> str:
    """Return the table's and the column's name; a column `timer_type` names its table already."""
    own = identifier_words(table)
    is_named = identifier_words(column)[: len(own)] == own
    return column if is_named else f"{table} {column}"


def _choice_set(type_: Choice | IntegerChoice, name: str, of: str = "") -> ChoiceSet:
    labels = [
        (member.name if isinstance(member, enum.Enum) else _label(value), value)
        for value, member in type_.members
    ]
    return ChoiceSet(name, tuple(labels), of or name)


def _label(value: str | int) -> str:
    if isinstance(value, str):
        return value
    return f"value {value}" if value >= 0 else f"minus {-value}"
