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
    CreateIndex,
    CreateTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)

from dualschema.metadata.tables import stands_in
from dualschema.model import SchemaModel

__all__ = ["DialectName", "render_ddl", "stands_in"]

DialectName = Literal["postgresql", "sqlite"]


def render_ddl(metadata: sa.MetaData, model: SchemaModel, dialect: DialectName) -> str:
    """Return the statements that make the schema's tables on one engine, each ended by ``;``."""
    tables = [metadata.tables[t.name] for t in model.tables if stands_in(t, dialect)]
    if dialect == "sqlite":
        spoken: Any = sqlite.dialect(paramstyle="named")
        statements = list(_sqlite_statements(tables, spoken))
    else:
        spoken = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        # What a connection would find out: backslashes stand for themselves in quotes.
        spoken._backslash_escapes = False
        statements = [_text(element, spoken) for element in _postgres_elements(tables)]
    return "".join(f"{statement}\n\n" for statement in statements)[:-1]


def _postgres_elements(tables: list[sa.Table]) -> Iterator[ExecutableDDLElement]:
    """Yield the tables in declaration order; a key to a table that is yet to come comes last."""
    made: set[sa.Table] = set()
    later: list[sa.ForeignKeyConstraint] = []
    for table in tables:
        made.add(table)
        keys = _foreign_keys(table, tables)
        later += [key for key in keys if key.referred_table not in made]
        inline = [key for key in keys if key.referred_table in made]
        yield CreateTable(table, include_foreign_key_constraints=inline)
        yield from (CreateIndex(index) for index in _indexes(table))
        if table.comment:
            yield SetTableComment(table)
        yield from (SetColumnComment(column) for column in table.columns if column.comment)
    yield from (AddConstraint(key) for key in later)


def _foreign_keys(table: sa.Table, tables: list[sa.Table]) -> list[sa.ForeignKeyConstraint]:
    """Return the keys to tables that stand there, in declaration order."""
    order = [key.name for key in table.info["dualschema"].foreign_keys]
    keys = [key for key in table.foreign_key_constraints if key.referred_table in tables]
    return sorted(keys, key=lambda key: order.index(str(key.name)))


def _sqlite_statements(tables: list[sa.Table], dialect: Dialect) -> Iterator[str]:
    for table in tables:
        yield _remarks(table) + _text(CreateTable(table), dialect)
        yield from (_text(CreateIndex(index), dialect) for index in _indexes(table))


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
