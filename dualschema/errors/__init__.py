"""Every error of the library, and nothing else: the bottom floor, so that anything may raise them.

    DualschemaError
    ├── DefinitionError          a table or schema is defined wrongly (all problems at once)
    ├── UnboundTableError        a table is used before it stands in a Schema  (also AttributeError)
    ├── ConversionError          a value cannot be converted                   (also ValueError)
    │   ├── EncodeError          … from Python to its stored form
    │   └── DecodeError          … from its stored form to Python
    ├── StatementError           a statement is wrong, and was not sent        (also ValueError)
    ├── RowCountError            a statement met another number of rows        (also LookupError)
    │   ├── NotFoundError        … none, where one was to be
    │   └── MultipleRowsError    … several, where one was to be
    ├── DatabaseError            the database refused a statement
    │   ├── ConstraintViolation  … since the rows would break a rule of the schema
    │   │   ├── UniqueViolation
    │   │   ├── ForeignKeyViolation
    │   │   ├── NotNullViolation
    │   │   └── CheckViolation
    │   ├── SerializationError   … since another transaction was in its way; try again
    │   └── ConnectionLostError  … since the connection broke         (also ConnectionError)
    ├── RefusedError             a client's write is refused for good
    ├── RequestError             a client's request is malformed, or too much  (also ValueError)
    ├── EventError               events cannot be heard
    │   ├── NotListeningError    … since no notification arrives: a pooler is in between
    │   └── SubscriberDroppedError … since the subscriber does not keep up; it resumes
    ├── ConfigurationError       what a project sets is wrong, or cannot be used (also ValueError)
    ├── GenerationError          a target cannot say what the definition says  (also ValueError)
    ├── MigrationError           a database cannot be brought to the definition
    ├── TokenError               a token is refused; its code says why
    ├── ClaimError               a token cannot be issued with such claims     (also ValueError)
    ├── KeysUnavailableError     the public keys of others' tokens cannot be fetched
    ├── MissingExtraError        an optional package is not installed          (also ImportError)
    └── EmbeddedPostgresError    no throw-away Postgres can be started         (also RuntimeError)

Errors carry data, not only text. The text names table, column and reason; it never holds the value.
"""

from __future__ import annotations

from dualschema.errors.base import DualschemaError
from dualschema.errors.database import (
    CheckViolation,
    ConnectionLostError,
    ConstraintViolation,
    DatabaseError,
    ForeignKeyViolation,
    NotNullViolation,
    SerializationError,
    UniqueViolation,
)
from dualschema.errors.definition import DefinitionError, Problem, UnboundTableError
from dualschema.errors.project import (
    ConfigurationError,
    EmbeddedPostgresError,
    GenerationError,
    MigrationError,
    MissingExtraError,
)
from dualschema.errors.server import (
    ClaimError,
    EventError,
    KeysUnavailableError,
    NotListeningError,
    RefusedError,
    RequestError,
    SubscriberDroppedError,
    TokenError,
)
from dualschema.errors.statements import (
    MultipleRowsError,
    NotFoundError,
    RowCountError,
    StatementError,
)
from dualschema.errors.values import ConversionError, DecodeError, EncodeError

__all__ = [
    "CheckViolation",
    "ClaimError",
    "ConfigurationError",
    "ConnectionLostError",
    "ConstraintViolation",
    "ConversionError",
    "DatabaseError",
    "DecodeError",
    "DefinitionError",
    "DualschemaError",
    "EmbeddedPostgresError",
    "EncodeError",
    "EventError",
    "ForeignKeyViolation",
    "GenerationError",
    "KeysUnavailableError",
    "MigrationError",
    "MissingExtraError",
    "MultipleRowsError",
    "NotFoundError",
    "NotListeningError",
    "NotNullViolation",
    "Problem",
    "RefusedError",
    "RequestError",
    "RowCountError",
    "SerializationError",
    "StatementError",
    "SubscriberDroppedError",
    "TokenError",
    "UnboundTableError",
    "UniqueViolation",
]


def _call_by_public_names() -> None:
    """Have tracebacks call them as users do, whatever file they stand in."""
    for name in __all__:
        globals()[name].__module__ = __name__


_call_by_public_names()
