"""The three kinds of database, and how SQLAlchemy renders for each: SQL text alone, no driver."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import (
    SQLiteCompiler,
    SQLiteDialect,
    SQLiteIdentifierPreparer,
)

from dualschema.metadata import quoting
from dualschema.model import Side, TableModel

__all__ = ["Kind", "dialect_of", "key_in", "name_in"]


class Kind(enum.Enum):
    """What runs a statement."""

    POSTGRES = "postgres"
    SQLITE = "sqlite"
    POWERSYNC = "powersync"
    """SQLite, whose tables are PowerSync's views: no ``ON CONFLICT``, and no counts of rows."""

    # A member is the only one of its value, so its identity will do; the enum's own hash is slower.
    __hash__ = object.__hash__

    @property
    def side(self) -> Side:
        """The side of the converters that has its stored form."""
        return "postgres" if self is Kind.POSTGRES else "sqlite"


def name_in(table: TableModel, kind: Kind) -> str:
    """Return what a table is called in a database."""
    return table.view if kind is Kind.POWERSYNC else table.name


def key_in(table: TableModel, kind: Kind) -> str:
    """Return what a table's key is called in a database: PowerSync calls every key ``id``."""
    return "id" if kind is Kind.POWERSYNC else table.key


def dialect_of(kind: Kind) -> sa.Dialect:
    """Return the dialect that renders a kind's SQL, with the driver's own placeholders."""
    return _DIALECTS[kind]


class _Float(sa.Float[Any]):
    """A parameter beside an integer is a float all the same: Postgres would take it for another."""

    render_bind_cast = True


def _postgres() -> sa.Dialect:
    # libpq's own placeholders, each with its type: `$1::TEXT`.
    dialect: Any = PGDialect_psycopg
    made: sa.Dialect = dialect(paramstyle="numeric_dollar")
    made.colspecs = {**made.colspecs, sa.Float: _Float}
    made._backslash_escapes = False  # type: ignore[attr-defined]  # as a connection finds out
    return made


def _model_of(table: Any) -> TableModel | None:
    named = table.element if isinstance(table, sa.Alias) else table
    return named.info.get("dualschema") if isinstance(named, sa.Table) else None


class _ViewPreparer(SQLiteIdentifierPreparer):
    """Writes the names of PowerSync's views."""

    def format_table(self, table: Any, use_schema: bool = True, name: str | None = None) -> str:
        if name is None and (model := _model_of(table)):
            name = name_in(model, Kind.POWERSYNC)
        return super().format_table(table, use_schema, name)

    def format_column(self, column: Any, *args: Any, **named: Any) -> str:
        if (model := _model_of(column.table)) and column.name == model.key:
            return self.quote(key_in(model, Kind.POWERSYNC))
        return super().format_column(column, *args, **named)


_Compiler: Any = SQLiteCompiler


class _ViewCompiler(_Compiler):  # type: ignore[misc]  # its base is not typed
    """Names views and their columns where a statement does."""

    def visit_table(self, table: Any, *args: Any, **named: Any) -> Any:
        return super().visit_table(_in_view(table), *args, **named)

    def visit_column(self, column: Any, *args: Any, **named: Any) -> Any:
        return super().visit_column(_in_view(column), *args, **named)


def _in_view(of: Any) -> Any:
    if isinstance(of, sa.Alias):
        return of  # it keeps its name; its columns have those of the view
    model = _model_of(of if isinstance(of, sa.Table) else of.table)
    return of if model is None else _Renamed(of, model)


class _Renamed:
    """A column, or its table, under the name that it has in a view."""

    def __init__(self, of: Any, model: TableModel) -> None:
        self._of = of
        self._model = model
        if isinstance(of, sa.Table):
            self.name = name_in(model, Kind.POWERSYNC)
        else:
            self.name = key_in(model, Kind.POWERSYNC) if of.name == model.key else of.name
            self.table = _in_view(of.table)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


def _views() -> sa.Dialect:
    made = SQLiteDialect(paramstyle="qmark")
    made.statement_compiler = _ViewCompiler
    made.preparer = _ViewPreparer
    made.identifier_preparer = _ViewPreparer(made)
    return made


_DIALECTS: dict[Kind, sa.Dialect] = {
    Kind.POSTGRES: quoting(_postgres()),
    Kind.SQLITE: quoting(SQLiteDialect(paramstyle="qmark")),
    Kind.POWERSYNC: quoting(_views()),
}
