"""Indexes: which go, which come, and which only change their name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from dualschema.migrate.catalog import Catalog
from dualschema.migrate.renames import rename_index
from dualschema.migrate.step import Phase, Step, statement

__all__ = ["index_steps"]


def index_steps(found: Iterable[Any], metadata: sa.MetaData, live: Catalog) -> Iterator[Step]:
    """Yield the steps for indexes; one that differs by its name alone is renamed.

    Args:
        found: Alembic's operations, those for indexes among them.
        metadata: the tables that are to be.
        live: what is there. Alembic does not see what makes an index an odd one, so one that it
            finds right may have to be made anew.
    """
    gone = [op for op in found if isinstance(op, ops.DropIndexOp)]
    come = [op for op in found if isinstance(op, ops.CreateIndexOp)]
    names = {op.index_name for op in gone}
    left = {_signature(op.to_index()): op for op in gone if _place(op) not in live.odd_indexes}
    for op in come:
        old = left.get(_signature(op.to_index()))
        if old is not None and old in gone and op.index_name not in names:
            gone.remove(old)
            yield rename_index(op.table_name, str(old.index_name), str(op.index_name))
        else:
            yield _create(op)
    for each in gone:
        made = live.odd_indexes.get(_place(each))
        yield _drop(each, ops.CreateIndexOp.from_index(each.to_index()) if made is None else made)
    for (table, name), made in live.odd_indexes.items():
        if table not in metadata.tables or name in names:
            continue
        yield _drop(ops.DropIndexOp(name, table), made)
        yield from (
            _create(ops.CreateIndexOp.from_index(index))
            for index in metadata.tables[table].indexes
            if index.name == name
        )


def _place(op: Any) -> tuple[str, str]:
    return str(op.table_name), str(op.index_name)


def _create(op: ops.CreateIndexOp) -> Step:
    text = f"add index {op.index_name} to {op.table_name}"
    down = ops.DropIndexOp(str(op.index_name), op.table_name)
    return Step(Phase.CREATE_INDEX, op, down, text)


def _drop(op: ops.DropIndexOp, down: ops.MigrateOperation | str) -> Step:
    up = ops.DropIndexOp(op.index_name, op.table_name)
    if isinstance(down, str):
        down = statement(down)
    return Step(Phase.DROP_INDEX, up, down, f"drop index {op.index_name} of {op.table_name}")


def _signature(index: sa.Index) -> tuple[Any, ...]:
    table = None if index.table is None else index.table.name
    return table, bool(index.unique), tuple(str(each) for each in index.expressions)
