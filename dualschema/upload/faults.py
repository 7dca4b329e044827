"""Whether a database's refusal passes, told by its code: one table, and nothing else decides.

SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html. SQLite's codes:
https://www.sqlite.org/rescode.html.
"""

from __future__ import annotations

import enum
from typing import Final

from dualschema.errors import (
    CheckViolation,
    ConnectionLostError,
    ConversionError,
    DatabaseError,
    ForeignKeyViolation,
    NotNullViolation,
    RefusedError,
    SerializationError,
    UniqueViolation,
)
from dualschema.upload.error_code import ErrorCode

__all__ = ["SQLITE_FAMILIES", "SQLSTATE_CLASSES", "Fault", "fault_of", "refusal_of"]


class Fault(enum.Enum):
    """What to do about an error."""

    RETRY = "retry"
    """It passes: another transaction was in the way, the server starts, a connection broke."""
    FATAL = "fatal"
    """It does not pass: the values or the statement are wrong."""
    UNKNOWN = "unknown"
    """Nobody knows: try some times, then put the transaction aside."""


SQLSTATE_CLASSES: Final = {
    "08": Fault.RETRY,  # connection exception
    "22": Fault.FATAL,  # data exception
    "23": Fault.FATAL,  # integrity constraint violation
    "40": Fault.RETRY,  # transaction rollback: serialization failure, deadlock
    "42": Fault.FATAL,  # syntax error or access rule violation
    "53": Fault.RETRY,  # insufficient resources
    "55": Fault.RETRY,  # object not in prerequisite state: a lock was not free in time
    "57": Fault.RETRY,  # operator intervention: shutdown, cancelled
    "58": Fault.RETRY,  # system error outside Postgres
}

SQLITE_FAMILIES: Final = {
    "SQLITE_BUSY": Fault.RETRY,
    "SQLITE_LOCKED": Fault.RETRY,
    "SQLITE_IOERR": Fault.RETRY,
    "SQLITE_FULL": Fault.RETRY,
    "SQLITE_CANTOPEN": Fault.RETRY,
    "SQLITE_CONSTRAINT": Fault.FATAL,
    "SQLITE_MISMATCH": Fault.FATAL,
    "SQLITE_TOOBIG": Fault.FATAL,
    "SQLITE_ERROR": Fault.FATAL,
}


def fault_of(error: BaseException) -> Fault:
    """Return what to do about an error."""
    if isinstance(error, (SerializationError, ConnectionLostError)):
        return Fault.RETRY
    if isinstance(error, ConversionError):
        return Fault.FATAL
    if not isinstance(error, DatabaseError):
        return Fault.UNKNOWN
    code = error.code or ""
    if code.startswith("SQLITE_"):
        found = (fault for family, fault in SQLITE_FAMILIES.items() if code.startswith(family))
        return next(found, Fault.UNKNOWN)
    return SQLSTATE_CLASSES.get(code[:2], Fault.UNKNOWN)


_CODES: Final[dict[type[Exception], tuple[ErrorCode, str]]] = {
    UniqueViolation: (ErrorCode.UNIQUE_VIOLATION, "another row has this value"),
    ForeignKeyViolation: (
        ErrorCode.FOREIGN_KEY_VIOLATION,
        "it names a row that is not there, or other rows name it",
    ),
    NotNullViolation: (ErrorCode.NOT_NULL_VIOLATION, "it may not be NULL"),
    CheckViolation: (ErrorCode.CHECK_VIOLATION, "it breaks a rule of the table"),
}


def refusal_of(error: Exception) -> RefusedError:
    """Return why a client's operation is refused, where an error does not pass.

    It says what the client must know, and nothing of what the database said beside it.
    """
    for kind, (code, reason) in _CODES.items():
        if isinstance(error, kind):
            named = getattr(error, "column", None)
            return RefusedError(f"{named}: {reason}" if named else reason, code=code, column=named)
    if isinstance(error, ConversionError):
        return RefusedError(error.reason, code=ErrorCode.INVALID_DATA, column=error.column)
    state = str(getattr(error, "code", "") or "")
    if state == "42501":
        return RefusedError("the database does not allow it", code=ErrorCode.UNAUTHORIZED)
    match state[:2]:
        case "22":
            return RefusedError(
                "a value is none that its column takes", code=ErrorCode.INVALID_DATA
            )
        case "23" | "SQ":
            reason = "it breaks a rule of the table"
            return RefusedError(reason, code=ErrorCode.CONSTRAINT_VIOLATION)
        case _:
            reason = "the server cannot apply it"
            return RefusedError(reason, code=ErrorCode.UNCLASSIFIED_ERROR)
