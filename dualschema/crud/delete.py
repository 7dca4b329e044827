"""``delete``: of the rows that meet a condition, of one, or of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from dualschema.crud.filtered import Filtered
from dualschema.crud.keyed import delete_by_key
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.crud.statement import Given, no_parameters
from dualschema.declare.table import Table

__all__ = ["Delete", "delete"]

RowT = TypeVar("RowT", bound=Table)


class Delete(Filtered[RowT]):
    """A removal of rows: ``delete(Timer).where(Timer.id == timer_id)``."""

    verb = "delete"

    def run(self, session: Session, given: Given) -> int:
        if self.is_keyed:
            if given:
                no_parameters(given)
            return delete_by_key(session, self.table, self.key_value)
        return super().run(session, given)

    def build(self) -> sa.Delete:
        made: sa.Delete = self.filtered(sa.delete(table_of(self.table)))
        return made

    def touched(self) -> Mapping[str, Any]:
        return {}


def delete(table: type[RowT], key: Any = None) -> Delete[RowT]:
    """Remove rows: those of ``where``, the one of a key, or ``all_rows()``.

    Args:
        table: the table class.
        key: the key of the one row to remove; a fast way to say ``where(Timer.id == key)``.
    """
    return Delete(table, key)
