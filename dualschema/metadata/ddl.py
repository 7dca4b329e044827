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
    sort_tables_and_constraints,
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
        statements = [_text(element, spoken) for element in _postgres_elements(tables)]
    return "".join(f"{statement}\n\n" for statement in statements)[:-1]


def _postgres_elements(tables: list[sa.Table]) -> Iterator[ExecutableDDLElement]:
    in_order: Any = sort_tables_and_constraints(tables)  # type: ignore[no-untyped-call]
    for table, keys in in_order:
        if table is None:  # foreign keys that go round in a circle come last
            yield from (AddConstraint(key) for key in keys)
            continue
        yield CreateTable(table, include_foreign_key_constraints=list(keys))
        yield from (CreateIndex(index) for index in _indexes(table))
        if table.comment:
            yield SetTableComment(table)
        yield from (SetColumnComment(column) for column in table.columns if column.comment)


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
    return "".join(parts).replace(")\n STRICT", ") STRICT") + ";"
