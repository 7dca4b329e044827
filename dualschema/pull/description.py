"""What was found: tables and columns in the definition's terms, and what it cannot say of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import Any

from dualschema.column_type import PostgresStyle

__all__ = [
    "ColumnKind",
    "FoundCheck",
    "FoundColumn",
    "FoundForeignKey",
    "FoundIndex",
    "FoundTable",
    "Name",
    "Note",
    "NoteKind",
]


class ColumnKind(enum.Enum):
    """What a column holds, by the annotation that is written for it."""

    TEXT = "str"
    BOOLEAN = "bool"
    INTEGER = "int"
    BIG_INTEGER = "ds.BigInt"
    LONG_INTEGER = "ds.Int64"
    REAL = "float"
    DECIMAL = "Decimal"
    TIMESTAMP = "datetime"
    DATE = "date"
    TIME = "time"
    UUID = "UUID"
    BYTES = "bytes"
    JSON = "Any"
    CHOICE = "Literal"


class NoteKind(enum.Enum):
    """What a note tells of."""

    LEFT_OUT = "left_out"
    """Something that does not stand in the definition: to the database, it would be dropped."""
    CHANGED = "changed"
    """Something that the definition says otherwise than the source."""
    HINT = "hint"
    """Something to know; the definition says what the source does."""


@dataclass(frozen=True, slots=True)
class Note:
    """What the definition cannot say as the source says it, in words.

    Attributes:
        table: the table's name in the source, or None where it is about none.
        column: the column's name in the source, or None where it is not about one.
    """

    kind: NoteKind
    table: str | None
    column: str | None
    text: str

    def __str__(self) -> str:
        place = ".".join(name for name in (self.table, self.column) if name is not None)
        said = f"{place}: {self.text}" if place else self.text
        return "".join(c if c.isprintable() else "\ufffd" for c in said)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Python, as the value of an option: ``ds.now``."""

    text: str


@dataclass(frozen=True, slots=True)
class FoundForeignKey:
    """The column that a column refers to; ``name`` is None where it is the definition's own."""

    table: str
    column: str
    on_delete: str = "no action"
    on_update: str = "no action"
    deferrable: str | bool = "immediate"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """An index; a column that descends has ``-`` before its name."""

    columns: tuple[str, ...]
    name: str | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class FoundCheck:
    """A condition in SQL."""

    sql: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundColumn:
    """A column.

    Attributes:
        name: its name in the database.
        kind: what it holds.
        choices: the values, where it is a choice.
        style: how Postgres stores it, where the two styles differ for its kind.
        nullable: whether NULL is a value of it.
        options: what ``ds.column()`` is told, but for its name and style; a ``Name`` is no text.
    """

    name: str
    kind: ColumnKind
    choices: tuple[str, ...] | tuple[int, ...] = ()
    style: PostgresStyle | None = None
    nullable: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    def told(self, **options: Any) -> FoundColumn:
        """Return the column with more options; None takes one away."""
        merged = {**self.options, **options}
        return replace(self, options={k: v for k, v in merged.items() if v is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTable:
    """A table.

    Attributes:
        name: its name in the database.
        columns: in the source's order.
        doc: what it means, in words.
        options: what the class line is told beside its name, indexes and checks.
        notes: what cannot be said of it.
    """

    name: str
    columns: tuple[FoundColumn, ...]
    doc: str | None = None
    indexes: tuple[FoundIndex, ...] = ()
    checks: tuple[FoundCheck, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def with_column(self, column: FoundColumn) -> FoundTable:
        """Return the table with a column in place of the one of its name."""
        columns = tuple(column if each.name == column.name else each for each in self.columns)
        return replace(self, columns=columns)

    def noted(self, *notes: Note) -> FoundTable:
        """Return the table with more notes."""
        return replace(self, notes=(*self.notes, *notes))
