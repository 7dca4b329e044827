"""DDL as text: the same schema gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import (
    AddConstraint,
    CreateColumn,
    CreateIndex,
    CreateTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)

from dualschema.metadata.tables import (
    ColumnTexts,
    OfType,
    TableTypes,
    build_table,
    column_kind,
    stands_in,
)
from dualschema.model import ColumnModel, SchemaModel, TableModel

__all__ = ["DialectName", "render_ddl", "spoken", "stands_in"]

DialectName = Literal["postgresql", "sqlite"]


def render_ddl(model: SchemaModel, *dialects: DialectName) -> tuple[str, ...]:
    """Return the statements that make the schema's tables on engines, each ended by ``;``.

    SQLAlchemy's tables are made one by one and let go: all at once, they are many objects.
    """
    scripts = [_Script(model, dialect) for dialect in dialects]
    types = TableTypes()
    for table in model.tables:
        on = [script for script in scripts if stands_in(table, script.name)]
        if on:
            of_types = types.of(table)
            made = build_table(model, table, of_types)
            kinds = [*map(column_kind, table.columns, of_types)]
            for script in on:
                script.add(table, made, list(zip(table.columns, of_types, kinds, strict=True)))
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
        # One for all statements: it keeps names in quotes, and the compiler of defaults.
        dialect: Any = spoken(name)
        self._compiler = dialect.ddl_compiler(dialect, None)
        self._columns = ColumnTexts(self._compiler)
        self._made: set[str] = set()
        self._statements: list[str] = []
        self._later: list[str] = []

    @property
    def text(self) -> str:
        """The statements; a key to a table that is yet to come comes last."""
        return "".join(f"{each}\n\n" for each in (*self._statements, *self._later))[:-1]

    def add(
        self,
        table: TableModel,
        made: sa.Table,
        of_columns: list[tuple[ColumnModel, OfType, object]],
    ) -> None:
        """Add what makes a table; of each column there is what its type and its kind share."""
        remarks = _remarks(made) if self.name == "sqlite" else ""
        columns: list[Any] = [
            CreateColumn(made.c[column.name])
            if column.name == table.key
            else _Column(self._columns.of(column, of_type, kind))
            for column, of_type, kind in of_columns
        ]
        elements = self._elements(table, made, columns)
        first, *others = [_text(each, self._compiler) for each in elements]
        self._statements += [remarks + first, *others]

    def _elements(
        self, table: TableModel, made: sa.Table, columns: list[Any]
    ) -> Iterator[ExecutableDDLElement]:
        is_server = self.name == "postgresql"
        keys = self._inline(table, made) if is_server else None
        create = CreateTable(made, include_foreign_key_constraints=keys)
        create.columns = columns
        yield create
        yield from map(CreateIndex, _indexes(made))
        if not is_server:
            return
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
                self._later.append(_text(AddConstraint(by_name[key.name]), self._compiler))
        return inline


class _Column:
    """A column within CREATE TABLE that is written already.

    Args:
        text: the column, as SQLAlchemy wrote it.
    """

    system = primary_key = False

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def element(self) -> _Column:
        """The column itself, by SQLAlchemy's name for it."""
        return self

    def _compiler_dispatch(self, _compiler: Any, **_options: Any) -> str:
        return self.text


def spoken(name: DialectName) -> Dialect:
    """Return a dialect that writes SQL for reading, not for a driver."""
    if name == "sqlite":
        return sqlite.dialect(paramstyle="named")
    spoken = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy's is not typed
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


def _text(element: ExecutableDDLElement, compiler: Any) -> str:
    """Return a statement as SQLAlchemy writes it, but for blanks outside of quotes."""
    raw: str = compiler.process(element).strip()
    parts = _QUOTED.split(raw)
    parts[::2] = [
        re.sub(r"[ \t]+\n", "\n", part).replace("\t", "    ").replace("\n\n", "\n")
        for part in parts[::2]
    ]
    parts[-1] = parts[-1].replace(")\n STRICT", ") STRICT")
    return "".join(parts) + ";"
