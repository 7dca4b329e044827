"""Upserts on PowerSync's views, which know no ``ON CONFLICT``: look, then insert or update.

A client's database has one writer, so nobody comes in between: the caller's transaction holds the
write lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from dualschema.crud.bulk import Progress, insert_and_read, insert_one
from dualschema.crud.conflict import Conflict
from dualschema.crud.dialects import Kind
from dualschema.crud.plan import plan_of
from dualschema.crud.rows import rows_in
from dualschema.crud.session import Session
from dualschema.crud.source import Source, read_rows, table_of
from dualschema.declare.table import Table, binding_of

__all__ = ["upsert_and_read", "upsert_through_views"]


def upsert_through_views(
    session: Session,
    table: type[Table],
    rows: Iterable[Table],
    conflict: Conflict,
    progress: Progress | None,
) -> int:
    """Insert rows, or update those that are there, in order; return how many were written."""
    written = 0
    for number, row in enumerate(rows, 1):
        if not _is_there(session, row, conflict):
            written += insert_one(session, row, None)
        elif not conflict.does_nothing:
            key = table_of(table).c[binding_of(table).model.key]
            written += len(_send(session, _update_of(row, conflict).returning(key), table)[1])
        if progress:
            progress(number)
    return written


def upsert_and_read(
    session: Session, row: Table, conflict: Conflict, returning: Sequence[Source]
) -> list[Any]:
    """Do so with one row; return what it gives, or nothing where it was left alone."""
    if not _is_there(session, row, conflict):
        return insert_and_read(session, row, None, returning)
    if conflict.does_nothing:
        return []
    selected = (source.selectable for source in returning)
    types, rows = _send(session, _update_of(row, conflict).returning(*selected), type(row))
    return read_rows(returning, session.kind, types, None)(rows)


def _is_there(session: Session, row: Table, conflict: Conflict) -> bool:
    table = table_of(type(row))
    values = {column.name: getattr(row, column.attribute) for column in conflict.target}
    if None in values.values():
        return False  # a unique column may be NULL as often as it likes
    found = (table.c[name] == value for name, value in values.items())
    asked: Any = sa.select(sa.literal_column("1")).select_from(table).where(*found)
    return bool(_send(session, asked, type(row))[1])


def _update_of(row: Table, conflict: Conflict) -> sa.Update:
    rows_in(type(row), Kind.POWERSYNC).encode_one(row)  # refuses what an insert would refuse
    new = {c.name: getattr(row, c.attribute) for c in binding_of(type(row)).model.columns}
    return conflict.update(table_of(type(row)), new)


def _send(session: Session, statement: Any, table: type[Table]) -> tuple[list[Any], list[Any]]:
    name = binding_of(table).model.name
    key = statement._generate_cache_key()
    plan = plan_of(statement, key, session.kind, name)
    return plan.result_types, list(session.execute(*plan.bound(key, {})).rows)
