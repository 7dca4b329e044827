"""What names other tables, resolved: foreign keys, and the path to a row's owner."""

from __future__ import annotations

from collections.abc import Mapping

from dualschema.declare.column import ForeignKey
from dualschema.declare.read import Reading
from dualschema.declare.table import Table, options_of
from dualschema.errors import Problem
from dualschema.model import (
    Action,
    ColumnModel,
    Deferrable,
    ForeignKeyModel,
    OwnerModel,
    OwnerStep,
    TableModel,
)
from dualschema.naming import constraint_name

__all__ = ["foreign_keys", "owner_of"]


def foreign_keys(
    reading: Reading, tables: Mapping[str, TableModel]
) -> tuple[tuple[ForeignKeyModel, ...], list[Problem]]:
    """Return a table's foreign keys, each with the column that it refers to, and what is wrong."""
    found: list[ForeignKeyModel] = []
    problems: list[Problem] = []
    for column, key in reading.foreign_keys:
        try:
            found.append(_foreign_key(reading.table, column, key, tables))
        except ValueError as error:
            problems.append(Problem(reading.table.name, column, f"the foreign key {error}"))
    return tuple(found), problems


def _foreign_key(
    table: TableModel, column: str, key: ForeignKey, tables: Mapping[str, TableModel]
) -> ForeignKeyModel:
    name, _, target_column = _target(key.target).partition(".")
    target = tables.get(name)
    if target is None:
        raise ValueError(f"refers to {name!r}, which is no table of the schema")
    if target.dropped:
        raise ValueError(f"refers to {name!r}, which is dropped")
    to = target.by_name.get(target_column or target.key)
    if to is None:
        raise ValueError(f"refers to {target_column!r}, which is no column of {name}")
    if to.name != target.key and to.unique is None:
        raise ValueError(f"refers to {name}.{to.name}, which is neither key nor unique")
    own = table.by_name.get(column)
    if own is not None and own.type.postgres_type(own.style) != to.type.postgres_type(to.style):
        raise ValueError(f"has another type than {name}.{to.name}, to which it refers")
    return ForeignKeyModel(
        name=key.name or constraint_name(table.name, column, "fkey"),
        column=column,
        target_table=name,
        target_column=to.name,
        on_delete=_action(own, key.on_delete, "delete"),
        on_update=_action(own, key.on_update, "update"),
        deferrable=Deferrable(key.deferrable),
    )


def _action(own: ColumnModel | None, name: str, event: str) -> Action:
    action = Action(name.upper())
    if own is not None and action is Action.SET_NULL and not own.nullable:
        raise ValueError(f"sets NULL on {event}, but the column is not nullable")
    if own is not None and action is Action.SET_DEFAULT and not _has_stored_default(own):
        raise ValueError(f"sets the default on {event}, but the database knows no default")
    return action


def _has_stored_default(column: ColumnModel) -> bool:
    default = column.default
    if default is None:
        return False
    return default.in_ddl or default.server is not None or default.factory is None


def _target(target: str | type) -> str:
    if isinstance(target, str):
        return target
    named = options_of(target).name if issubclass(target, Table) else None
    return named or target.__name__


def owner_of(
    reading: Reading, tables: Mapping[str, TableModel]
) -> tuple[OwnerModel | None, list[Problem]]:
    """Follow ``category.user_id`` through the foreign keys to the column of the user's id."""
    name = reading.table.name
    if not reading.owners:
        return None, []
    declared, *others = reading.owners
    if others:
        return None, [Problem(name, None, f"{len(reading.owners)} owners are declared")]
    path = declared.split(".")
    steps: list[OwnerStep] = []
    here = tables[name]
    for part in path[:-1]:
        key = next(
            (k for k in here.foreign_keys if part in _step_names(here, k.column)),
            None,
        )
        if key is None:
            reason = f"the owner {declared!r}: {part!r} is no foreign key of {here.name}"
            return None, [Problem(name, None, reason)]
        steps.append(OwnerStep(here.name, key.column, key.target_table, key.target_column))
        here = tables[key.target_table]
    last = here.by_name.get(path[-1]) or here.by_attribute.get(path[-1])
    if last is None:
        reason = f"the owner {declared!r}: {path[-1]!r} is no column of {here.name}"
        return None, [Problem(name, None, reason)]
    if not last.type.can_be_owner:
        reason = (
            f"the owner {declared!r}: a user's id is text, a UUID or a whole number, and "
            f"{here.name}.{last.name} is of type {last.type.name}"
        )
        return None, [Problem(name, None, reason)]
    return OwnerModel(tuple(steps), here.name, last.name), []


def _step_names(table: TableModel, column: str) -> set[str]:
    names = {column, table.by_name[column].attribute} if column in table.by_name else {column}
    return names | {name.removesuffix("_id").removesuffix("Id") for name in names}
