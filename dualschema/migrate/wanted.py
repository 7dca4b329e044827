"""The server's tables as plain SQLAlchemy ones: Postgres's types, and all SQL as its text.

Alembic writes what it is given into files, and there is to stand nothing in them but SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from dualschema.metadata import StoredType, spoken, stands_in

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["DIALECT", "scratch_script", "server_metadata"]

DIALECT: Final = spoken("postgresql")


def server_metadata(schema: Schema) -> sa.MetaData:
    """Return the tables that stand in Postgres, but for their foreign keys, which come last."""
    made = sa.MetaData()
    for model in schema.model.tables:
        if stands_in(model, "postgresql"):
            table = schema.metadata.tables[model.name]
            copy = sa.Table(table.name, made, *_parts(table), comment=table.comment)
            _add_indexes(table, copy)
    return made


def scratch_script(metadata: sa.MetaData) -> str:
    """Return the SQL of temporary tables with the same columns, defaults and checks.

    They have no index, which would take most of the time.
    """
    return "".join(f"{CreateTable(each).compile(dialect=DIALECT)};\n" for each in _bare(metadata))


def _bare(metadata: sa.MetaData) -> Iterator[sa.Table]:
    for table in metadata.tables.values():
        columns = [_column(column, counted=False) for column in table.columns]
        yield sa.Table(table.name, sa.MetaData(), *columns, *_checks(table), prefixes=["TEMPORARY"])


def _parts(table: sa.Table) -> Iterator[Any]:
    for column in table.columns:
        # SQLAlchemy's own rule, by which `create_all` makes it a SERIAL.
        yield _column(
            column, counted=column is table.autoincrement_column and column.default is None
        )
    key = table.primary_key
    yield sa.PrimaryKeyConstraint(*(column.name for column in key.columns), name=str(key.name))
    for each in table.constraints:
        if isinstance(each, sa.UniqueConstraint):
            yield sa.UniqueConstraint(*(column.name for column in each.columns), name=each.name)
    yield from _checks(table)


def _column(column: sa.Column[Any], *, counted: bool) -> sa.Column[Any]:
    default, kind = column.server_default, column.type
    if isinstance(kind, StoredType):
        kind = kind.load_dialect_impl(DIALECT)
    can_count = column.primary_key and isinstance(kind, sa.Integer)
    return sa.Column(
        column.name,
        kind,
        nullable=column.nullable,
        comment=column.comment,
        # SQLAlchemy makes a SERIAL of each key that is a whole number, unless it is told not to.
        autoincrement=False if can_count and not counted else "auto",
        server_default=sa.literal_column(_sql(default.arg))
        if isinstance(default, sa.DefaultClause)
        else None,
    )


def _checks(table: sa.Table) -> Iterator[sa.CheckConstraint]:
    for each in table.constraints:
        if isinstance(each, sa.CheckConstraint) and _is_of_postgres(each):
            yield sa.CheckConstraint(sa.literal_column(_sql(each.sqltext)), name=each.name)


def _is_of_postgres(constraint: sa.CheckConstraint) -> bool:
    return constraint._ddl_if is None or constraint._ddl_if.dialect == "postgresql"


def _sql(element: Any) -> str:
    if isinstance(element, str):
        return element
    return str(element.compile(dialect=DIALECT, compile_kwargs={"include_table": False}))


def _add_indexes(table: sa.Table, copy: sa.Table) -> None:
    for index in sorted(table.indexes, key=lambda each: str(each.name)):
        model = next(i for i in table.info["dualschema"].indexes if i.name == index.name)
        columns = [
            copy.c[name].desc() if descending else copy.c[name] for name, descending in model.parts
        ]
        sa.Index(index.name, *columns, unique=bool(index.unique))
