"""The closed sets of values that a client's columns have, for languages with a type for each."""

from __future__ import annotations

import enum
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from dualschema.column_type import ClientKind
from dualschema.generator import Names, client_tables
from dualschema.model import SchemaModel
from dualschema.naming import ascii_words, identifier_words
from dualschema.types.enum import Choice, IntegerChoice

__all__ = ["ChoiceSet", "NamedChoices", "TypeNames", "choice_sets", "type_names"]


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


_KINDS = (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE)


def choice_sets(model: SchemaModel) -> dict[str, dict[str, ChoiceSet]]:
    """Return the choices of a client's columns, by the names of the table, then of the column.

    Columns of one enum have one set between them.
    """
    found: dict[str, dict[str, ChoiceSet]] = {}
    enums: dict[Any, ChoiceSet] = {}
    for table in client_tables(model):
        of_table = found.setdefault(table.name, {})
        for column in table.columns:
            if column.type.client_kind not in _KINDS:  # which is told sooner than the class
                continue
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


@dataclass(frozen=True, slots=True)
class NamedChoices:
    """A closed set of values as an enum.

    Attributes:
        name: what it is called.
        members: the name of each member, as it stands in code or before it is escaped, and the
            stored value.
    """

    name: str
    members: tuple[tuple[str, str | int], ...]

    def member(self, value: str | int) -> str:
        """Return the name of the member with a stored value."""
        return next(name for name, each in self.members if each == value)


@dataclass(frozen=True, slots=True)
class TypeNames:
    """What the types of a file are called.

    Attributes:
        rows: the type of each table's rows, by the table's name.
        choices: the type of each closed set.
        sets: the closed sets of each table, by its name and the column's.
    """

    rows: Mapping[str, str]
    choices: Mapping[ChoiceSet, str]
    sets: Mapping[str, Mapping[str, ChoiceSet]]


def type_names(
    model: SchemaModel, names: Names, spelt: Callable[[str], str], reserved: Container[str] = ()
) -> TypeNames:
    """Give every type of a file a name of its own: those of rows first, then those of choices.

    Args:
        model: the tables.
        names: gives the names out.
        spelt: returns a class's name as the language has it.
        reserved: what no type of ours is called; its name gets ``Row`` or ``Choice`` behind it.
    """

    def free(name: str, suffix: str) -> str:
        made = spelt(name)
        return names.take(made + suffix if made in reserved else made)

    rows = {table.name: free(table.class_name, "Row") for table in client_tables(model)}
    sets = choice_sets(model)
    every = dict.fromkeys(each for some in sets.values() for each in some.values())
    return TypeNames(rows, {each: free(each.name, "Choice") for each in every}, sets)


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
