"""Statements about the row of one key: compiled once a table, and run without SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from dualschema.convert import Converter
from dualschema.convert.cells import encoder_of
from dualschema.convert.source import compile_function, inlined
from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.plan import Plan
from dualschema.crud.rows import rows_in
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.crud.wire import parameter_source, wire_value, written_form
from dualschema.declare.table import Table, binding_of
from dualschema.model import ColumnModel

__all__ = ["delete_by_key", "filling", "get_by_key", "update_by_key", "updates_by_key"]

RowT = TypeVar("RowT", bound=Table)


@dataclass(slots=True)
class _Keyed:
    """A statement about the row of a key."""

    plan: Plan
    fill: Callable[[Any, Mapping[str, Any]], Sequence[Any]]
    """Gives the parameters, of the key and of the values by the columns' names in Python."""
    decode: Callable[[Any], Any]


def get_by_key(session: Session, table: type[RowT], key: Any) -> RowT | None:
    """Return the row of a key, or None."""
    cache = binding_of(table).cache
    shape = ("get", session.kind)
    made = cache.get(shape)
    if made is None:
        made = cache[shape] = _compiled(table, session.kind, _select)
    rows = session.execute(made.plan, made.fill(key, {})).rows
    return made.decode(rows[0]) if rows else None


def update_by_key(session: Session, table: type[Table], key: Any, values: Mapping[str, Any]) -> int:
    """Set values of the row of a key; return how many rows that were."""
    cache = binding_of(table).cache
    shape = ("update", session.kind, *values)
    made = cache.get(shape)
    if made is None:
        made = cache[shape] = _compiled(table, session.kind, _update, tuple(values))
    return session.port.write(made.plan, made.fill(key, values))


def delete_by_key(session: Session, table: type[Table], key: Any) -> int:
    """Remove the row of a key; return how many rows that were."""
    cache = binding_of(table).cache
    shape = ("delete", session.kind)
    made = cache.get(shape)
    if made is None:
        made = cache[shape] = _compiled(table, session.kind, _delete)
    return session.port.write(made.plan, made.fill(key, {}))


def updates_by_key(
    session: Session,
    table: type[Table],
    names: tuple[str, ...],
    changes: Iterable[tuple[Any, Mapping[str, Any]]],
) -> int:
    """Set values of many rows, all of the same columns; return how many rows that were."""
    made = _compiled(table, session.kind, _update, names)
    filled = (made.fill(key, values) for key, values in changes)
    if made.plan.returns:
        return sum(session.port.write(made.plan, parameters) for parameters in filled)
    return session.port.execute_many(made.plan, filled)


_Build = Callable[[sa.Table, sa.Column[Any], Sequence[ColumnModel]], Any]


def _select(table: sa.Table, key: sa.Column[Any], _: Sequence[ColumnModel]) -> Any:
    return sa.select(table).where(key == _key_bind(key))


def _update(table: sa.Table, key: sa.Column[Any], columns: Sequence[ColumnModel]) -> Any:
    values = {c.name: sa.bindparam(f"v_{c.name}", type_=table.c[c.name].type) for c in columns}
    return sa.update(table).where(key == _key_bind(key)).values(values)


def _delete(table: sa.Table, key: sa.Column[Any], _: Sequence[ColumnModel]) -> Any:
    return sa.delete(table).where(key == _key_bind(key))


def _key_bind(key: sa.Column[Any]) -> Any:
    return sa.bindparam("key", type_=key.type)


def _compiled(table: type[Table], kind: Kind, build: _Build, names: tuple[str, ...] = ()) -> _Keyed:
    model = binding_of(table).model
    columns = [model.by_attribute[name] for name in names]
    target = table_of(table)
    key = target.c[model.key]
    statement = build(target, key, columns)
    if kind is Kind.POWERSYNC and build is not _select:
        statement = statement.returning(key)  # through a view no row counts as changed
    compiled = statement.compile(dialect=dialect_of(kind))
    steps = {f"v_{column.name}": column for column in columns}
    order = [steps.get(name, model.key_column) for name in compiled.positiontup]
    fill = filling(table, kind, order)

    returns = build is _select or kind is Kind.POWERSYNC
    plan = Plan(str(compiled), None if build is _select else model.name, returns)
    return _Keyed(plan, fill, rows_in(table, kind).decode_one)


def filling(
    table: type[Table], kind: Kind, order: Sequence[ColumnModel], *, as_text: bool = True
) -> Callable[[Any, Mapping[str, Any]], Sequence[Any]]:
    """Return the function that checks a key and values, and gives them as parameters, in order.

    Args:
        table: the table class.
        kind: the database.
        order: what the parameters are of; that of the key column is the key.
        as_text: have Postgres's as the text that is sent.
    """
    key = binding_of(table).model.key_column
    to_text = as_text and kind is Kind.POSTGRES
    converter = Converter(table, kind.side, form=written_form if kind is Kind.POSTGRES else None)
    scope: dict[str, Any] = {}
    lines, cells = [], []
    for number, column in enumerate(order):
        source = "key" if column is key else f"values[{column.attribute!r}]"
        form = converter.form(column)
        whole = encoder_of(column, form)
        coder = column.type.encoder(form)
        nullable = column.nullable
        cell = inlined(coder, number, scope, whole, nullable=nullable, guard=coder.unchecked)
        lines.append(f"v{number} = {source}")
        lines.append(f"c{number} = {cell}")
        cells.append(parameter_source(column, f"c{number}") if to_text else f"c{number}")
    lines.append(f"return [{', '.join(cells)}]")
    quick = compile_function("fill", "key, values", lines, scope)

    def fill(key_value: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        try:
            parameters: Sequence[Any] = quick(key_value, values)
        except Exception:  # noqa: BLE001  (a rare shape, or a fault: the slow way tells)
            slowly = [
                converter.encode_cell(c, key_value if c is key else values[c.attribute])
                for c in order
            ]
            return [wire_value(cell) for cell in slowly] if to_text else slowly
        return parameters

    return fill
