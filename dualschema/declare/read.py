"""Reading a table class into the model, with every fault that the class alone shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from annotated_types import BaseMetadata
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, SchemaValidator, ValidationError

from dualschema.column_type import ColumnType, PostgresStyle, TypeMark
from dualschema.declare.column import Check, ColumnMark, ColumnOptions, ForeignKey, Index
from dualschema.declare.options import option_faults, text_fault
from dualschema.declare.resolve import resolve_type, without_none
from dualschema.declare.table import Table, TableOptions, column_options, options_of
from dualschema.declare.upload_rules import read_upload_rules
from dualschema.errors import Problem
from dualschema.model import (
    CheckModel,
    ColumnModel,
    Default,
    IndexModel,
    Sync,
    TableModel,
    TrackPrevious,
    Writable,
)
from dualschema.naming import camel_case, column_name_fault, constraint_name, snake_case

__all__ = ["Reading", "read_table"]

_IN_DDL = (list, dict, str, int, float, bool)
"""Factories that make the same value each time, so that it may stand in the DDL."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A table as its class alone tells it; what names other tables is still to be resolved.

    Attributes:
        table: the model, without foreign keys and owner.
        foreign_keys: each column's name and what it refers to.
        owners: each declared path to the owner, as text, and the column that declares it.
        problems: what is wrong.
    """

    table: TableModel
    foreign_keys: tuple[tuple[str, ForeignKey], ...]
    owners: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_table(cls: type[Table], style: PostgresStyle) -> Reading:
    """Read a table class whose schema has the given Postgres style."""
    return _Reader(cls, style).read()


class _Reader:
    def __init__(self, cls: type[Table], style: PostgresStyle) -> None:
        self.cls = cls
        self.options: TableOptions = options_of(cls)
        self.table = cls.__name__ if self.options.name is None else self.options.name
        self.problems = [Problem(self.table, None, fault) for fault in self.options.faults]
        self.style = PostgresStyle(self.options.postgres) if self.options.postgres else style
        self.names: dict[str, str] = {}

    def fault(self, column: str | None, reason: str) -> None:
        self.problems.append(Problem(self.table, column, reason))

    def is_sound(self, column: str | None, what: str, given: Check | ForeignKey | Index) -> bool:
        """Whether all that it says is right; report what is not."""
        faults = option_faults(given)
        for fault in faults.values():
            self.fault(column, f"{what}: {fault}")
        return not faults

    def read(self) -> Reading:
        fields = self.cls.__pydantic_fields__
        said = {attribute: column_options(self.cls, attribute) for attribute in fields}
        self.names = {
            attribute: options.name or snake_case(attribute) for attribute, options in said.items()
        }
        columns: list[ColumnModel] = []
        dropped: list[ColumnModel] = []
        for attribute, info in fields.items():
            if made := self.column(attribute, info, said[attribute]):
                (dropped if said[attribute].dropped else columns).append(made)
        keys = [self.names[attribute] for attribute in said if said[attribute].primary_key]
        live = {a: o for a, o in said.items() if not o.dropped}
        doc = _clean(self.cls.__dict__.get("__doc__"))
        if doc and (fault := text_fault("the docstring", doc)):
            self.fault(None, fault)
        table = TableModel(
            name=self.table,
            class_name=self.cls.__name__,
            columns=tuple(columns),
            dropped_columns=tuple(dropped),
            key=keys[0] if keys else "",
            doc=doc,
            indexes=self.indexes(live),
            checks=self.checks(live),
            sync=self.sync(),
            view_name=None if self.options.view_name == self.table else self.options.view_name,
            track_previous=self.track_previous(),
            track_metadata=self.options.track_metadata,
            ignore_empty_updates=self.options.ignore_empty_updates,
            was=self.options.was,
            dropped=self.options.dropped,
        )
        if self.options.uploads is not None:
            rules = read_upload_rules(
                self.options.uploads, table, lambda given: self.named(given, live), self.fault
            )
            table = replace(table, uploads=rules)
        self.key_problems(keys, table)
        return Reading(table, self.foreign_keys(live), self.owners(live), tuple(self.problems))

    def column(self, attribute: str, info: FieldInfo, said: ColumnOptions) -> ColumnModel | None:
        name = self.names[attribute]
        for each in said.faults:
            self.fault(name, each)
        if fault := column_name_fault(name):
            self.fault(name, fault)
        if not any(isinstance(item, ColumnMark) for item in info.metadata):
            self.fault(name, f"the annotation is no column: write {attribute}: ds.Column[...]")
            return None
        annotation, nullable = without_none(info.annotation)
        for item in info.metadata:
            if isinstance(item, TypeMark) or _constrains(item):
                annotation = Annotated[annotation, item]
        try:
            found = resolve_type(annotation, said.type_options)
        except ValueError as error:
            self.fault(name, str(error))
            return None
        if said.dropped and said.primary_key:
            self.fault(name, "the key is dropped")
        if said.dropped and info.is_required() and not nullable:
            self.fault(name, "a dropped column needs a default, or to be nullable")
        return ColumnModel(
            attribute=attribute,
            name=name,
            json_name=info.alias or camel_case(name),
            type=found,
            style=PostgresStyle(said.postgres) if said.postgres else self.style,
            nullable=nullable,
            default=self.default(name, info, said, found, nullable=nullable),
            on_update=said.on_update,
            doc=_clean(info.description),
            unique=self.unique(name, said),
            writable=Writable(said.writable),
            was=said.was,
        )

    def default(
        self,
        name: str,
        info: FieldInfo,
        said: ColumnOptions,
        found: ColumnType,
        *,
        nullable: bool,
    ) -> Default | None:
        factory: Callable[[], Any] | None = info.default_factory  # type: ignore[assignment]  # one that takes no row
        has_value = info.default is not PydanticUndefined
        value = info.default if has_value else factory() if factory in _IN_DDL else None
        if not has_value and factory is None:
            return Default(server=said.server_default) if said.server_default else None
        in_ddl = value is not None and (has_value or factory in _IN_DDL)
        if value is None and has_value and not nullable:
            self.fault(name, "the default is None, but the column is not nullable")
            return None
        if in_ddl:
            try:
                value = SchemaValidator(found.schema()).validate_python(value)
            except ValidationError as error:
                reason = error.errors(include_input=False, include_url=False)[0]["msg"]
                self.fault(name, f"the default is no value of the column: {reason}")
                return None
        return Default(factory=factory, value=value, in_ddl=in_ddl, server=said.server_default)

    def unique(self, name: str, said: ColumnOptions) -> str | None:
        if not said.unique:
            return None
        if isinstance(said.unique, str):
            return said.unique
        return constraint_name(self.table, name, "key")

    def indexes(self, said: dict[str, ColumnOptions]) -> tuple[IndexModel, ...]:
        found: list[IndexModel] = []
        for attribute, options in said.items():
            if options.index:
                column = self.names[attribute]
                name = options.index if isinstance(options.index, str) else None
                name = name or constraint_name(self.table, column, "idx")
                found.append(IndexModel(name, (column,), (False,)))
        for index in self.options.indexes:
            if not self.is_sound(None, "an index", index):
                continue
            if not index.columns:
                self.fault(None, "an index has no columns")
                continue
            columns: list[str] = []
            for given in index.columns:
                bare = given.removeprefix("-")
                found_column = self.named(bare, said)
                if found_column is None:
                    self.fault(None, f"an index is over {bare!r}, which is no column")
                columns.append(found_column or bare)
            name = index.name or constraint_name(self.table, *columns, "idx")
            descending = tuple(given.startswith("-") for given in index.columns)
            found.append(IndexModel(name, tuple(columns), descending, index.unique))
        return tuple(found)

    def named(self, given: str, said: dict[str, ColumnOptions]) -> str | None:
        """Return the database name of a column named as in Python or as in the database."""
        if given in said:
            return self.names[given]
        live = (self.names[attribute] for attribute in said)
        return given if given in live else None

    def checks(self, said: dict[str, ColumnOptions]) -> tuple[CheckModel, ...]:
        found = [
            CheckModel(constraint_name(self.table, self.names[attribute], "user", "check"), o.check)
            for attribute, o in said.items()
            if o.check is not None
        ]
        found += [
            CheckModel(check.name or constraint_name(self.table, str(number), "check"), check.sql)
            for number, check in enumerate(self.options.checks, start=1)
            if self.is_sound(None, "a check", check)
        ]
        return tuple(found)

    def sync(self) -> Sync:
        match self.options.sync:
            case True:
                return Sync.BOTH
            case False:
                return Sync.SERVER_ONLY
            case name:
                return Sync(name)

    def track_previous(self) -> TrackPrevious | None:
        given = self.options.track_previous
        if given is False:
            return None
        when_changed = self.options.track_previous_when_changed
        if given is True:
            return TrackPrevious(None, when_changed)
        fields = self.cls.__pydantic_fields__
        said = {attribute: column_options(self.cls, attribute) for attribute in fields}
        columns = []
        for each in given:
            column = self.named(each, said)
            if column is None:
                self.fault(None, f"track_previous names {each!r}, which is no column")
            columns.append(column or each)
        return TrackPrevious(tuple(columns), when_changed)

    def foreign_keys(self, said: dict[str, ColumnOptions]) -> tuple[tuple[str, ForeignKey], ...]:
        found = []
        for attribute, options in said.items():
            given = options.foreign_key
            if given is None:
                continue
            key = given if isinstance(given, ForeignKey) else ForeignKey(given)
            if self.is_sound(self.names[attribute], "the foreign key", key):
                found.append((self.names[attribute], key))
        return tuple(found)

    def owners(self, said: dict[str, ColumnOptions]) -> tuple[str, ...]:
        found = [] if self.options.owner is None else [self.options.owner]
        for attribute, options in said.items():
            if options.owner is True:
                found.append(self.names[attribute])
            elif isinstance(options.owner, str):
                found.append(options.owner)
        return tuple(found)

    def key_problems(self, keys: list[str], table: TableModel) -> None:
        if not keys:
            self.fault(None, "no column is the key: say column(primary_key=True)")
            return
        if len(keys) > 1:
            self.fault(None, f"{len(keys)} columns are keys ({', '.join(keys)}); a table has one")
        key = table.by_name.get(keys[0])
        if key is None:
            return
        if key.nullable:
            self.fault(key.name, "the key is nullable")
        if table.sync is Sync.SERVER_ONLY:  # the rest is what a client wants
            return
        if not key.type.can_be_key:
            self.fault(
                key.name,
                f"a client's id is text, and a column of type {key.type.name} can be no key of a "
                f"synced table: use str, UUID or Int64, or sync=False",
            )
        if "id" in table.by_name and "id" not in keys:
            self.fault("id", "a column called id is not the key, and a client's key is called id")


def _constrains(item: Any) -> bool:
    """Whether pydantic checks values by what an annotation carries; notes for others it ignores."""
    is_column = isinstance(item, ColumnMark | ColumnOptions | TypeMark)
    checks = isinstance(item, BaseMetadata) or hasattr(item, "__get_pydantic_core_schema__")
    return checks and not is_column


def _clean(text: str | None) -> str | None:
    if not text:
        return None
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines)
