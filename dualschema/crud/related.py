"""The rows that belong to rows: one query for all of them together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dualschema.crud.keyset import as_order
from dualschema.crud.session import Session
from dualschema.crud.source import Source, source_of, table_of
from dualschema.crud.statement import Query
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError
from dualschema.model import TableModel

__all__ = ["Related", "related_to"]


@dataclass(frozen=True)
class Related:
    """A table whose rows name those of another.

    Attributes:
        child: the table class.
        parent_key: the attribute of the other table that is named.
        column: the child's column that names it.
        attribute: that column's name in Python.
        order: what each list is sorted by.
    """

    child: type[Table]
    parent_key: str
    column: Any
    attribute: str
    order: Any

    def fetch(self, session: Session, parents: list[Any]) -> list[list[Any]]:
        """Return the children of each parent."""
        keys = list(dict.fromkeys(getattr(parent, self.parent_key) for parent in parents))
        found: defaultdict[Any, list[Any]] = defaultdict(list)
        if keys:
            for row in _Children(self, keys).fetch(session, {}):
                found[getattr(row, self.attribute)].append(row)
        return [found[getattr(parent, self.parent_key)] for parent in parents]


class _Children(Query[Any]):
    def __init__(self, related: Related, keys: list[Any]) -> None:
        self._related = related
        self._keys = keys

    def build(self) -> Any:
        related = self._related
        table = table_of(related.child)
        key = table.c[binding_of(related.child).model.key]
        order = [] if related.order is None else [as_order(related.order).clause]
        return sa.select(table).where(related.column.in_(self._keys)).order_by(*order, key)

    def sources(self) -> tuple[Source, ...]:
        return (source_of(self._related.child),)


def related_to(parent: type[Table], child: type[Table], on: Any, order: Any) -> Related:
    """Return how a child's rows name those of a parent."""
    parent_model, child_model = binding_of(parent).model, binding_of(child).model
    if on is None:
        name, target = _only_key(parent_model, child_model)
    else:
        name, target = getattr(on, "name", ""), parent_model.key
        if name not in child_model.by_name or table_of(child).c[name] is not on:
            raise StatementError(f"on= is a column of {child_model.name}")
    return Related(
        child,
        parent_model.by_name[target].attribute,
        table_of(child).c[name],
        child_model.by_name[name].attribute,
        order,
    )


def _only_key(parent: TableModel, child: TableModel) -> tuple[str, str]:
    keys = [key for key in child.foreign_keys if key.target_table == parent.name]
    if len(keys) != 1:
        many = "several foreign keys" if keys else "no foreign key"
        raise StatementError(
            f"{child.name} has {many} to {parent.name}: say which column names it, with on="
        )
    return keys[0].column, keys[0].target_column
