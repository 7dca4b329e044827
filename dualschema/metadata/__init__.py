"""The two SQL schemas: one ``sqlalchemy.MetaData`` that serves both engines, and its DDL."""

from __future__ import annotations

from dualschema.metadata.ddl import DialectName, render_ddl, spoken, stands_in
from dualschema.metadata.quoting import quoting, spelt
from dualschema.metadata.stored_type import StoredColumn, StoredType
from dualschema.metadata.tables import build_metadata

__all__ = [
    "DialectName",
    "StoredColumn",
    "StoredType",
    "build_metadata",
    "quoting",
    "render_ddl",
    "spelt",
    "spoken",
    "stands_in",
]
