"""How many rows there are, without reading all of a large table: counted, estimated or at least."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dualschema.crud import Database, select
from dualschema.crud.dialects import Kind
from dualschema.crud.source import table_of
from dualschema.declare.table import Table, binding_of

__all__ = ["COUNTED", "counted", "exactly"]

COUNTED: Final = 100_000
"""So many rows are counted at most: to count a million takes longer than to show some of them."""

_CATALOG: Final = sa.table(
    "pg_class", sa.column("oid", sa.Integer), sa.column("reltuples", sa.Float)
)
_PREPARER: Final = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # SQLAlchemy's is not typed


def exactly(count: int) -> dict[str, Any]:
    """Return a size that is known."""
    return {"count": count, "is": "exact"}


def counted(
    database: Database, table: type[Table], *conditions: sa.ColumnElement[bool]
) -> dict[str, Any]:
    """Return how many rows of a table meet conditions.

    It ``is`` "exact"; else "about", by Postgres's own estimate of all rows; else "more" than the
    count.
    """
    key = getattr(table, binding_of(table).model.key_attribute)
    count = database.count(select(key).where(*conditions).limit(COUNTED + 1))
    if count <= COUNTED:
        return exactly(count)
    estimate = 0 if conditions or database.kind is not Kind.POSTGRES else _estimate(database, table)
    if estimate > COUNTED:
        return {"count": estimate, "is": "about"}
    return {"count": COUNTED, "is": "more"}


def _estimate(database: Database, table: type[Table]) -> int:
    """Return the rows of a table as of its last VACUUM or ANALYZE; -1 before the first."""
    name = _PREPARER.format_table(table_of(table))
    asked = select(_CATALOG.c.reltuples).where(_CATALOG.c.oid == sa.func.to_regclass(name))
    found = database.first(asked)
    return -1 if found is None else round(found[0])
