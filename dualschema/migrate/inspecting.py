"""What Alembic is shown of a database: all but foreign keys.

Those the catalog has. SQLAlchemy reads them out of the text that Postgres makes of them, and fails
at names with a comma or a line feed: also at another app's, as it may read all tables together.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGInspector

__all__ = ["without_foreign_keys"]


class _Inspector(PGInspector):
    """Finds no foreign key."""

    def get_foreign_keys(self, *_: Any, **__: Any) -> list[Any]:
        return []

    def get_multi_foreign_keys(self, *_: Any, **__: Any) -> dict[Any, Any]:
        return {}


@contextmanager
def without_foreign_keys(connection: sa.Connection) -> Iterator[None]:
    """Have what is inspected on a connection, and on it alone, have no foreign keys."""
    given = connection.dialect
    ours: Any = copy.copy(given)  # the engine's other connections go on with theirs
    ours.inspector = _Inspector
    connection.dialect = ours
    try:
        yield
    finally:
        connection.dialect = given
