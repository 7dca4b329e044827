"""``Schema``: the set of tables, checked as a whole, and the schemas that follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic.errors import PydanticUndefinedAnnotation

from dualschema.column_type import PostgresStyle
from dualschema.declare.read import Reading, action_of, read_table
from dualschema.declare.table import Binding, Table, options_of
from dualschema.errors import DefinitionError, Problem
from dualschema.model import (
    ForeignKeyModel,
    OwnerModel,
    OwnerStep,
    SchemaModel,
    Sync,
    TableModel,
)
from dualschema.naming import constraint_name, identifier_fault, table_name_fault
from dualschema.powersync import MAX_COLUMNS, powersync_schema

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dualschema.metadata import DialectName

__all__ = ["Schema"]

_POSTGRES_MAX_COLUMNS = 1600
"""https://www.postgresql.org/docs/current/limits.html"""


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
        self.model = _read(tables, self.postgres)
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

        return render_ddl(self.metadata, self.model, dialect)

    def powersync(self) -> dict[str, Any]:
        """Return the client's schema as PowerSync's core takes it (``powersync_replace_schema``)."""
        return powersync_schema(self.model)


def _read(tables: Iterable[type[Table]], style: PostgresStyle) -> SchemaModel:
    complete = tuple(tables)
    problems = list(_class_problems(complete))
    if problems:
        raise DefinitionError(tuple(problems))
    readings = [read_table(table, style) for table in complete]
    by_name = {reading.table.name: reading.table for reading in readings}
    models: list[TableModel] = []
    for reading in readings:
        problems += reading.problems
        keys, faults = _foreign_keys(reading, by_name)
        problems += faults
        models.append(replace(reading.table, foreign_keys=keys))
    linked = {model.name: model for model in models}
    finished: list[TableModel] = []
    for reading, model in zip(readings, models, strict=True):
        owner, faults = _owner(reading, linked)
        problems += faults
        finished.append(replace(model, owner=owner))
        problems += _table_problems(model)
    problems += _set_problems(finished)
    if problems:
        raise DefinitionError(tuple(problems))
    return SchemaModel(tuple(finished))


def _class_problems(tables: tuple[type[Table], ...]) -> Iterator[Problem]:
    for table in tables:
        if not (isinstance(table, type) and issubclass(table, Table)):
            yield Problem(repr(table), None, "this is no table class")
        elif options_of(table).name is None or "__dualschema_options__" not in table.__dict__:
            yield Problem(table.__name__, None, "the class has no name=, so it is no table")
        else:
            try:
                table.model_rebuild()
            except PydanticUndefinedAnnotation as error:
                yield Problem(
                    options_of(table).name or "", None, f"the name {error.name!r} is not defined"
                )


def _foreign_keys(
    reading: Reading, tables: Mapping[str, TableModel]
) -> tuple[tuple[ForeignKeyModel, ...], list[Problem]]:
    found: list[ForeignKeyModel] = []
    problems: list[Problem] = []
    table = reading.table
    for column, key in reading.foreign_keys:
        name, _, target_column = _target(key.target).partition(".")
        target = tables.get(name)
        if target is None:
            reason = f"the foreign key refers to {name!r}, which is no table of the schema"
            problems.append(Problem(table.name, column, reason))
            continue
        to = target.by_name.get(target_column or target.key)
        own = table.by_name.get(column)
        if to is None:
            reason = f"the foreign key refers to {target_column!r}, which is no column of {name}"
            problems.append(Problem(table.name, column, reason))
            continue
        if to.name != target.key and to.unique is None:
            reason = f"the foreign key refers to {name}.{to.name}, which is neither key nor unique"
            problems.append(Problem(table.name, column, reason))
        if own is not None and (own.type.postgres_type(own.style) != to.type.postgres_type(to.style)):
            reason = f"the foreign key's type is not that of {name}.{to.name}"
            problems.append(Problem(table.name, column, reason))
        try:
            action = action_of(key)
        except ValueError:
            problems.append(Problem(table.name, column, f"no such action: {key.on_delete!r}"))
            continue
        made = key.name or constraint_name(table.name, column, "fkey")
        found.append(ForeignKeyModel(made, column, name, to.name, action))
    return tuple(found), problems


def _target(target: str | type) -> str:
    if isinstance(target, str):
        return target
    return (options_of(target).name or target.__name__) if issubclass(target, Table) else repr(target)


def _owner(
    reading: Reading, tables: Mapping[str, TableModel]
) -> tuple[OwnerModel | None, list[Problem]]:
    """Follow ``category.user_id`` through the foreign keys to the column that holds the user's id."""
    name = reading.table.name
    if not reading.owners:
        return None, []
    if len(reading.owners) > 1:
        return None, [Problem(name, None, f"{len(reading.owners)} owners are declared")]
    path = reading.owners[0].split(".")
    steps: list[OwnerStep] = []
    here = tables[name]
    for part in path[:-1]:
        key = next(
            (k for k in here.foreign_keys if part in _step_names(here, k.column)),
            None,
        )
        if key is None:
            reason = f"the owner's path {reading.owners[0]!r}: {part!r} is no foreign key of {here.name}"
            return None, [Problem(name, None, reason)]
        steps.append(OwnerStep(here.name, key.column, key.target_table, key.target_column))
        here = tables[key.target_table]
    last = here.by_name.get(path[-1]) or here.by_attribute.get(path[-1])
    if last is None:
        reason = f"the owner {reading.owners[0]!r}: {path[-1]!r} is no column of {here.name}"
        return None, [Problem(name, None, reason)]
    return OwnerModel(tuple(steps), here.name, last.name), []


def _step_names(table: TableModel, column: str) -> set[str]:
    names = {column, table.by_name[column].attribute} if column in table.by_name else {column}
    return names | {name.removesuffix("_id").removesuffix("Id") for name in names}


def _table_problems(table: TableModel) -> Iterator[Problem]:
    if fault := table_name_fault(table.name):
        yield Problem(table.name, None, fault)
    if table.view_name is not None and (fault := identifier_fault(table.view_name)):
        yield Problem(table.name, None, f"view_name: {fault}")
    for name, count in Counter(c.name.lower() for c in table.columns).items():
        if count > 1:
            yield Problem(table.name, name, "two columns have this name (case does not count)")
    for name, count in Counter(c.json_name for c in table.columns).items():
        if count > 1:
            yield Problem(table.name, None, f"two columns are {name!r} in JSON: say json_name=")
    for each in (*table.indexes, *table.checks, *table.foreign_keys):
        if fault := identifier_fault(each.name):
            yield Problem(table.name, None, fault)
    beside_key = len(table.columns) - 1
    if table.sync is not Sync.SERVER_ONLY and beside_key > MAX_COLUMNS:
        reason = f"{beside_key} columns beside the key; a synced table has at most {MAX_COLUMNS:,}"
        yield Problem(table.name, None, reason)
    if table.sync is not Sync.LOCAL_ONLY and len(table.columns) > _POSTGRES_MAX_COLUMNS:
        reason = f"{len(table.columns)} columns; Postgres takes at most {_POSTGRES_MAX_COLUMNS:,}"
        yield Problem(table.name, None, reason)
    if table.sync is Sync.LOCAL_ONLY and (table.track_metadata or table.track_previous):
        reason = "a local-only table is never uploaded: it tracks no metadata and no previous values"
        yield Problem(table.name, None, reason)
    if table.track_metadata:
        for taken in {"_metadata", "_deleted"} & table.by_name.keys():
            yield Problem(table.name, taken, "PowerSync adds a column of this name for the metadata")


def _set_problems(tables: list[TableModel]) -> Iterator[Problem]:
    yield from _twice(((t.name, t) for t in tables), "two tables have this name")
    views = [(t.view_name or t.name, t) for t in tables if t.sync is not Sync.SERVER_ONLY]
    yield from _twice(views, "two tables have this name on the client", but=_same_names(tables))
    indexes = [(index.name, t) for t in tables for index in t.indexes]
    indexes += [(c.unique, t) for t in tables for c in t.columns if c.unique]
    yield from _twice(indexes, "two indexes have this name, and both databases keep one of a name")


def _same_names(tables: list[TableModel]) -> frozenset[str]:
    counts = Counter(table.name.lower() for table in tables)
    return frozenset(name for name, count in counts.items() if count > 1)


def _twice(
    names: Iterable[tuple[str, TableModel]], reason: str, *, but: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, table in names:
        if name.lower() in seen and name.lower() not in but:
            yield Problem(table.name, None, f"{name!r}: {reason} (case does not count)")
        seen.add(name.lower())


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
            table.__dualschema_binding__ = Binding(model, _Expressions(schema, model))


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
