"""Tables whose annotations are text that names what stands further down."""

from __future__ import annotations

from typing import Literal

import dualschema as ds

__all__ = ["Node", "schema"]


class Node(ds.Table, name="nodes"):
    """A node that names its parent and a kind defined below."""

    id: ds.Column[str] = ds.column(primary_key=True)
    kind: ds.Column[NodeKind]
    leaves: ds.Column[list[Leaf]] = ds.column(default_factory=list)
    parent_id: ds.Column[str | None] = ds.column(default=None, foreign_key="nodes.id")


class Leaf(ds.JsonModel):
    """A leaf, which may have leaves of its own."""

    leaf_name: str
    leaves: list[Leaf] = []


NodeKind = Literal["inner", "outer"]

schema = ds.Schema(Node)
