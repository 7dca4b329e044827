"""Why an operation is refused, in the write API's terms."""

from __future__ import annotations

import enum

__all__ = ["ErrorCode"]


class ErrorCode(enum.StrEnum):
    """Why an operation is refused.

    The first four are the write API's, others are ours. What an application gives is any text.
    """

    CONSTRAINT_VIOLATION = "CONSTRAINT_VIOLATION"
    INVALID_DATA = "INVALID_DATA"
    """A value is none of its column's, or one is missing."""
    UNAUTHORIZED = "UNAUTHORIZED"
    """The row is not the user's, or would not be, or the application says no."""
    UNCLASSIFIED_ERROR = "UNCLASSIFIED_ERROR"
    BLOCKED = "BLOCKED"
    """It needs a row whose own write was refused before, and waits beside it."""
    CHECK_VIOLATION = "CHECK_VIOLATION"
    CONFLICT = "CONFLICT"
    """The row is not as the client saw it."""
    FOREIGN_KEY_VIOLATION = "FOREIGN_KEY_VIOLATION"
    NOT_NULL_VIOLATION = "NOT_NULL_VIOLATION"
    READ_ONLY = "READ_ONLY"
    """A client may not set the column, or change the table so."""
    UNIQUE_VIOLATION = "UNIQUE_VIOLATION"
    UNKNOWN_TABLE = "UNKNOWN_TABLE"
