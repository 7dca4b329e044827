"""One definition of a table for Postgres and for the client's SQLite, and all that follows from it.

The names here are the public ones; modules below this one may move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dualschema.convert import decode, decode_many, encode, encode_many
from dualschema.crud import (
    AsyncDatabase,
    Database,
    alias,
    connect,
    connect_async,
    count,
    delete,
    excluded,
    exists,
    insert,
    optional,
    param,
    select,
    update,
    update_many,
    upsert,
)
from dualschema.declare import (
    UNSET,
    Check,
    Column,
    ColumnExpression,
    ForeignKey,
    Index,
    InsertModel,
    JsonModel,
    PatchModel,
    Table,
    UploadRules,
    column,
    insert_model,
    new_id,
    now,
    patch_model,
)
from dualschema.errors import (
    CheckViolation,
    ClaimError,
    ConfigurationError,
    ConnectionLostError,
    ConstraintViolation,
    ConversionError,
    DatabaseError,
    DecodeError,
    DefinitionError,
    DualschemaError,
    EmbeddedPostgresError,
    EncodeError,
    EventError,
    ForeignKeyViolation,
    GenerationError,
    KeysUnavailableError,
    MigrationError,
    MissingExtraError,
    MultipleRowsError,
    NotFoundError,
    NotListeningError,
    NotNullViolation,
    Problem,
    RefusedError,
    RequestError,
    RowCountError,
    SerializationError,
    StatementError,
    SubscriberDroppedError,
    TokenError,
    UnboundTableError,
    UniqueViolation,
)
from dualschema.schema import Schema
from dualschema.types.integer import BigInt, Int64
from dualschema.types.json import JSON_NULL, JsonNull, JsonText

if TYPE_CHECKING:
    from dualschema.settings import Settings as Settings

# `Settings` is not in it: `from dualschema import *` is to work without the extra that it needs.
__all__ = [
    "JSON_NULL",
    "UNSET",
    "AsyncDatabase",
    "BigInt",
    "Check",
    "CheckViolation",
    "ClaimError",
    "Column",
    "ColumnExpression",
    "ConfigurationError",
    "ConnectionLostError",
    "ConstraintViolation",
    "ConversionError",
    "Database",
    "DatabaseError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "EventError",
    "ForeignKey",
    "ForeignKeyViolation",
    "GenerationError",
    "Index",
    "InsertModel",
    "Int64",
    "JsonModel",
    "JsonNull",
    "JsonText",
    "KeysUnavailableError",
    "MigrationError",
    "MissingExtraError",
    "MultipleRowsError",
    "NotFoundError",
    "NotListeningError",
    "NotNullViolation",
    "PatchModel",
    "Problem",
    "RefusedError",
    "RequestError",
    "RowCountError",
    "Schema",
    "SerializationError",
    "StatementError",
    "SubscriberDroppedError",
    "Table",
    "TokenError",
    "UnboundTableError",
    "UniqueViolation",
    "UploadRules",
    "alias",
    "column",
    "connect",
    "connect_async",
    "count",
    "decode",
    "decode_many",
    "delete",
    "encode",
    "encode_many",
    "excluded",
    "exists",
    "insert",
    "insert_model",
    "new_id",
    "now",
    "optional",
    "param",
    "patch_model",
    "select",
    "update",
    "update_many",
    "upsert",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return ``Settings``, which needs an extra, when somebody asks for it."""
    if name != "Settings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from dualschema.settings import Settings

    return Settings
