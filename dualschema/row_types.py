"""The types of a client's rows, for languages with a type for each: their names and members.

Closed sets of values are enums, which columns share.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dualschema.column_type import ClientKind, ColumnType
from dualschema.generator import ClientColumn, Names, client_columns, client_tables
from dualschema.model import SchemaModel, TableModel
from dualschema.naming import ascii_words, identifier_words
from dualschema.types.enum import Choice, IntegerChoice

__all__ = ["EnumType", "Member", "RowTypes", "ascii_label", "row_types"]


@dataclass(frozen=True, slots=True)
class EnumType:
    """A closed set of values as an enum.

    Attributes:
        name: what it is called.
        members: the name of each member, and the stored value, in declaration order.
        of: what documentation calls the set: the enum's class in Python, or ``timers.timer_type``.
    """

    name: str
    members: tuple[tuple[str, str | int], ...]
    of: str

    @property
    def is_text(self) -> bool:
        """Whether its values are stored as text; else they are whole numbers."""
        return isinstance(self.members[0][1], str)

    def member(self, value: str | int) -> str:
        """Return the name of the member with a stored value."""
        return next(name for name, each in self.members if each == value)


@dataclass(frozen=True, slots=True)
class Member:
    """A column as a member of the type of its table's rows.

    Attributes:
        of: the column.
        label: its name in the client's database, as a literal.
        name: the member's name, as it stands in code.
        plain_type: the type of its values, without a mark of null.
        choice: its enum, if its values are a closed set.
    """

    of: ClientColumn
    label: str
    name: str
    plain_type: str
    choice: EnumType | None

    @property
    def type(self) -> ColumnType:
        """The column's type."""
        return self.of.model.type

    @property
    def is_optional(self) -> bool:
        """Whether it may be NULL."""
        return self.of.may_be_null


@dataclass(frozen=True, slots=True)
class RowTypes:
    """The types of a file: one for the rows of each table, and the enums of their values.

    Attributes:
        names: what the type of a table's rows is called, by the table's name.
        enums: the closed sets, each once.
        by_column: the enum of a column, by the names of its table and of itself.
    """

    names: Mapping[str, str]
    enums: tuple[EnumType, ...]
    by_column: Mapping[tuple[str, str], EnumType]

    def columns(self, table: TableModel) -> Iterator[tuple[ClientColumn, EnumType | None]]:
        """Yield a table's columns, with their enums where their values are closed sets."""
        for column in client_columns(table):
            yield column, self.by_column.get((table.name, column.model.name))


def row_types(
    model: SchemaModel,
    names: Names,
    spelt: Callable[[str], str],
    choice: Callable[[str], str],
    *,
    reserved: Container[str] = (),
    no_choices: Iterable[str] = (),
) -> RowTypes:
    """Give every type of a file a name of its own: those of rows first, then the enums.

    Columns of one enum in Python have one between them.

    Args:
        model: the tables.
        names: gives the types' names out.
        spelt: returns a class's name as the language has it.
        choice: returns a choice's label as the name of an enum's member.
        reserved: what no type of ours is called; its name gets ``Row`` or ``Choice`` behind it.
        no_choices: what no member of an enum is called.
    """

    def free(name: str, suffix: str) -> str:
        made = spelt(name)
        return names.take(made + suffix if made in reserved else made)

    rows = {table.name: free(table.class_name, "Row") for table in client_tables(model)}
    enums: dict[_ClosedSet, EnumType] = {}
    by_column: dict[tuple[str, str], EnumType] = {}
    for place, closed in _closed_sets(model):
        if closed not in enums:
            name, of, labels = closed
            own = Names(no_choices)
            members = tuple((own.take(choice(label)), value) for label, value in labels)
            enums[closed] = EnumType(free(name, "Choice"), members, of)
        by_column[place] = enums[closed]
    return RowTypes(rows, tuple(enums.values()), by_column)


def ascii_label(label: str) -> tuple[str, ...]:
    """Return the words of a choice's label, of ASCII alone and at least one."""
    return ascii_words(label) or ("value" if label else "empty",)


_ClosedSet = tuple[str, str, tuple[tuple[str, str | int], ...]]
"""A closed set before its enum has a name: the one that it would have, what documentation calls
it, and a label and the stored value of each choice."""

_KINDS = (ClientKind.CHOICE, ClientKind.INTEGER_CHOICE)


def _closed_sets(model: SchemaModel) -> Iterator[tuple[tuple[str, str], _ClosedSet]]:
    """Yield the closed sets of a client's columns, by the names of the table and of the column."""
    for table in client_tables(model):
        for column in table.columns:
            if column.type.client_kind not in _KINDS:  # which is told sooner than the class
                continue
            if not isinstance(column.type, Choice | IntegerChoice):
                continue
            name, of = _choice_name(table.class_name, column.name), f"{table.name}.{column.name}"
            if isinstance(column.type.annotation, type):
                name = of = column.type.annotation.__name__
            yield (table.name, column.name), (name, of, _labels(column.type))


def _choice_name(table: str, column: str) -> str:
    """Return the table's and the column's name; a column `timer_type` names its table already."""
    own = identifier_words(table)
    is_named = identifier_words(column)[: len(own)] == own
    return column if is_named else f"{table} {column}"


def _labels(type_: Choice | IntegerChoice) -> tuple[tuple[str, str | int], ...]:
    return tuple(
        (member.name if isinstance(member, enum.Enum) else _label(value), value)
        for value, member in type_.members
    )


def _label(value: str | int) -> str:
    if isinstance(value, str):
        return value
    return f"value {value}" if value >= 0 else f"minus {-value}"
