"""DDL as text: the same schema gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)

from dualschema.metadata.tables import StoredTypes, build_table, stands_in
from dualschema.model import SchemaModel, TableModel

__all__ = ["DialectName", "render_ddl", "spoken", "stands_in"]

DialectName = Literal["postgresql", "sqlite"]


def render_ddl(model: SchemaModel, *dialects: DialectName) -> tuple[str, ...]:
    """Return the statements that make the schema's tables on engines, each ended by ``;``.

    SQLAlchemy's tables are made one by one and let go: all at once, they are many objects.
    """
    scripts = [_Script(model, dialect) for dialect in dialects]
    types = StoredTypes()
    for table in model.tables:
        on = [script for script in scripts if stands_in(table, script.name)]
        if on:
            made = build_table(model, table, types)
            for script in on:
                script.add(table, made)
    return tuple(script.text for script in scripts)


class _Script:
    """The statements for one engine.

    Args:
        model: the tables.
        name: of the engine's dialect.
    """

    def __init__(self, model: SchemaModel, name: DialectName) -> None:
        self.name = name
        self._model = model
        self._dialect: Dialect = spoken(name)
        self._made: set[str] = set()
        self._statements: list[str] = []
        self._later: list[str] = []

    @property
    def text(self) -> str:
        """The statements; a key to a table that is yet to come comes last."""
        return "".join(f"{each}\n\n" for each in (*self._statements, *self._later))[:-1]

    def add(self, table: TableModel, made: sa.Table) -> None:
        """Add what makes a table."""
        remarks = _remarks(made) if self.name == "sqlite" else ""
        first, *others = [_text(each, self._dialect) for each in self._elements(table, made)]
        self._statements += [remarks + first, *others]

    def _elements(self, table: TableModel, made: sa.Table) -> Iterator[ExecutableDDLElement]:
        if self.name == "sqlite":
            yield CreateTable(made)
            yield from map(CreateIndex, _indexes(made))
            return
        yield CreateTable(made, include_foreign_key_constraints=self._inline(table, made))
        yield from map(CreateIndex, _indexes(made))
        if made.comment:
            yield SetTableComment(made)
        yield from (SetColumnComment(column) for column in made.columns if column.comment)

    def _inline(self, table: TableModel, made: sa.Table) -> list[sa.ForeignKeyConstraint]:
        """Return the keys to tables that are there already; those to others are put off."""
        self._made.add(table.name)
        by_name = {str(each.name): each for each in made.foreign_key_constraints}
        inline = []
        for key in table.foreign_keys:
            if key.target_table in self._made:
                inline.append(by_name[key.name])
            elif stands_in(self._model.by_name[key.target_table], self.name):
                self._later.append(_text(AddConstraint(by_name[key.name]), self._dialect))
        return inline


def spoken(name: DialectName) -> Dialect:
    """Return a dialect that writes SQL for reading, not for a driver."""
    if name == "sqlite":
        return sqlite.dialect(paramstyle="named")
    spoken = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    # What a connection would find out: backslashes stand for themselves in quotes.
    spoken._backslash_escapes = False
    return spoken


def _indexes(table: sa.Table) -> list[sa.Index]:
    """Return the indexes in declaration order; SQLAlchemy keeps them in a set."""
    order = [index.name for index in table.info["dualschema"].indexes]
    return sorted(table.indexes, key=lambda index: order.index(str(index.name)))


def _remarks(table: sa.Table) -> str:
    """Return the comments as remarks: SQLite has no others."""
    lines = (table.comment or "").splitlines()
    for column in table.columns:
        lines += [f"{column.name}: {line}" for line in (column.comment or "").splitlines()]
    return "".join(f"-- {line}".rstrip() + "\n" for line in lines)


_QUOTED = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")


def _text(element: ExecutableDDLElement, dialect: Dialect) -> str:
    """Return a statement as SQLAlchemy writes it, but for blanks outside of quotes."""
    raw = str(element.compile(dialect=dialect)).strip()
    parts = _QUOTED.split(raw)
    parts[::2] = [
        re.sub(r"[ \t]+\n", "\n", part).replace("\t", "    ").replace("\n\n", "\n")
        for part in parts[::2]
    ]
    parts[-1] = parts[-1].replace(")\n STRICT", ") STRICT")
    return "".join(parts) + ";"
