"""The definition: what a user writes, and how it is read into the model."""

from __future__ import annotations

from dualschema.declare.column import Check, Column, ColumnExpression, ForeignKey, Index, column
from dualschema.declare.factories import new_id, now
from dualschema.declare.json_model import JsonModel
from dualschema.declare.table import Table

__all__ = [
    "Check",
    "Column",
    "ColumnExpression",
    "ForeignKey",
    "Index",
    "JsonModel",
    "Table",
    "column",
    "new_id",
    "now",
]
