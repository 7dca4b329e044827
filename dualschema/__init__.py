"""One definition of a table for Postgres and for the client's SQLite, and all that follows from it.

The names here are the public ones; modules below this one may move.
"""

from __future__ import annotations

from dualschema.convert import decode, decode_many, encode, encode_many
from dualschema.declare import (
    Check,
    Column,
    ColumnExpression,
    ForeignKey,
    Index,
    JsonModel,
    Table,
    column,
    new_id,
    now,
)
from dualschema.errors import (
    ConversionError,
    DecodeError,
    DefinitionError,
    DualschemaError,
    EmbeddedPostgresError,
    EncodeError,
    MissingExtraError,
    Problem,
    UnboundTableError,
)
from dualschema.schema import Schema
from dualschema.types.integer import BigInt, Int64
from dualschema.types.json import JSON_NULL, JsonNull, JsonText

__all__ = [
    "JSON_NULL",
    "BigInt",
    "Check",
    "Column",
    "ColumnExpression",
    "ConversionError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "ForeignKey",
    "Index",
    "Int64",
    "JsonModel",
    "JsonNull",
    "JsonText",
    "MissingExtraError",
    "Problem",
    "Schema",
    "Table",
    "UnboundTableError",
    "column",
    "decode",
    "decode_many",
    "encode",
    "encode_many",
    "new_id",
    "now",
]

__version__ = "0.1.0"
