"""``Schema``: the set of tables, checked as a whole, and the schemas that follow from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic.errors import PydanticUndefinedAnnotation

from dualschema.column_type import PostgresStyle
from dualschema.declare.read import read_table
from dualschema.declare.table import Binding, Table, options_of
from dualschema.errors import DefinitionError, Problem
from dualschema.model import SchemaModel, TableModel
from dualschema.powersync import powersync_schema
from dualschema.schema.link import foreign_keys, owner_of
from dualschema.schema.rules import set_problems, table_problems

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dualschema.metadata import DialectName

__all__ = ["Schema"]


class Schema:
    """A set of tables, complete and checked: what everything else is made from.

    A table class belongs to one schema, which gives it its stored form; a second schema may hold
    it too if that form is the same.

    Args:
        tables: the table classes, in the order in which schemas are written.
        postgres: ``"portable"`` stores in Postgres what the client stores (integer booleans, text
            timestamps; JSON is jsonb); ``"native"`` uses Postgres's own types. A table or a column
            may say otherwise.

    Raises:
        DefinitionError: with every problem of every table at once.
    """

    def __init__(
        self,
        *tables: type[Table],
        postgres: Literal["portable", "native"] = "portable",
    ) -> None:
        self.tables = tables
        self.postgres = PostgresStyle(postgres)
        # What a class body could not see may be known where the schema is made.
        problems = list(_class_problems(tables, sys._getframe(1).f_locals))
        self.model = _read(tables, self.postgres, problems)
        _bind(self)

    def __repr__(self) -> str:
        return f"Schema({', '.join(table.__name__ for table in self.tables)})"

    @cached_property
    def metadata(self) -> sa.MetaData:
        """The tables as SQLAlchemy's, for both engines: types and defaults render per dialect."""
        from dualschema.metadata import build_metadata

        return build_metadata(self.model)

    def ddl(self, dialect: DialectName) -> str:
        """Return the SQL that makes the tables on ``"postgresql"`` or ``"sqlite"``.

        The same definition gives the same text.
        """
        from dualschema.metadata import render_ddl

        return render_ddl(self.model, dialect)[0]

    def create_all(self, connection: sa.Connection) -> None:
        """Make the tables that stand on the connection's engine, where they are not there yet.

        ``metadata.create_all`` makes all of them anywhere, also those of one side alone.
        """
        from dualschema.metadata import stands_in

        engine = connection.dialect.name
        names = [table.name for table in self.model.tables if stands_in(table, engine)]
        self.metadata.create_all(connection, tables=[self.metadata.tables[name] for name in names])

    def powersync(self) -> dict[str, Any]:
        """Return the client's schema as PowerSync's core takes it: ``powersync_replace_schema``."""
        return powersync_schema(self.model)


def _is_table(table: object) -> bool:
    return isinstance(table, type) and issubclass(table, Table)


def _name_of(table: type[Table]) -> str:
    name = None if table is Table else options_of(table).name
    return table.__name__ if name is None else name


def _class_problems(tables: tuple[Any, ...], names: Mapping[str, Any]) -> Iterator[Problem]:
    for table in tables:
        if not _is_table(table):
            yield Problem(repr(table), None, "this is no table class")
        elif table is Table or options_of(table).name is None:
            yield Problem(table.__name__, None, "the class has no name=, so it is no table")
        elif not table.__pydantic_complete__:
            known = {**(table.__pydantic_parent_namespace__ or {}), **names}
            try:
                table.model_rebuild(_types_namespace=known)
            except PydanticUndefinedAnnotation as error:
                reason = f"an annotation names {error.name!r}, which is not defined"
                yield Problem(_name_of(table), None, reason)


def _read(
    tables: tuple[type[Table], ...], style: PostgresStyle, problems: list[Problem]
) -> SchemaModel:
    """Read the tables whose classes are whole, and raise all problems there are."""
    unread = {problem.table for problem in problems}
    whole = [table for table in tables if _is_table(table) and _name_of(table) not in unread]
    readings = [read_table(table, style) for table in whole]
    problems += [problem for reading in readings for problem in reading.problems]
    by_name = {reading.table.name: reading.table for reading in readings}
    linked: list[TableModel] = []
    for reading in readings:
        keys, faults = foreign_keys(reading, by_name)
        problems += faults
        linked.append(replace(reading.table, foreign_keys=keys))
    by_name = {table.name: table for table in linked}
    finished: list[TableModel] = []
    for reading, table in zip(readings, linked, strict=True):
        owner, faults = owner_of(reading, by_name)
        problems += faults
        problems += table_problems(table)
        finished.append(replace(table, owner=owner))
    problems += set_problems(finished)
    if problems:
        raise DefinitionError(tuple(problems))
    return SchemaModel(tuple(finished))


def _bind(schema: Schema) -> None:
    """Give each table class its model, and its columns' expressions when they are asked for."""
    problems = [
        Problem(model.name, None, "the class stands in another Schema, with another stored form")
        for table, model in zip(schema.tables, schema.model.tables, strict=True)
        if (bound := table.__dict__.get("__dualschema_binding__")) and bound.model != model
    ]
    if problems:
        raise DefinitionError(tuple(problems))
    for table, model in zip(schema.tables, schema.model.tables, strict=True):
        if "__dualschema_binding__" not in table.__dict__:
            table.__dualschema_binding__ = Binding(table, model, _Expressions(schema, model))


class _Expressions:
    """A table's columns as SQL expressions, made when the first is asked for."""

    def __init__(self, schema: Schema, model: TableModel) -> None:
        self.schema = schema
        self.model = model
        self.made: dict[str, Any] | None = None

    def __call__(self) -> Mapping[str, Any]:
        if self.made is None:
            columns = self.schema.metadata.tables[self.model.name].columns
            self.made = {c.attribute: columns[c.name] for c in self.model.columns}
        return self.made
