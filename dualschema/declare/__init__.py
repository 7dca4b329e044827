"""The definition: what a user writes, and how it is read into the model."""

from __future__ import annotations

from dualschema.declare.column import Check, Column, ColumnExpression, ForeignKey, Index, column
from dualschema.declare.derived import InsertModel, PatchModel, insert_model, patch_model
from dualschema.declare.factories import new_id, now
from dualschema.declare.json_model import JsonModel
from dualschema.declare.table import Table
from dualschema.declare.unset import UNSET
from dualschema.declare.upload_rules import UploadRules

__all__ = [
    "UNSET",
    "Check",
    "Column",
    "ColumnExpression",
    "ForeignKey",
    "Index",
    "InsertModel",
    "JsonModel",
    "PatchModel",
    "Table",
    "UploadRules",
    "column",
    "insert_model",
    "new_id",
    "now",
    "patch_model",
]
