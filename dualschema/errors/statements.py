"""Statements that are wrong, and those that met another number of rows."""

from __future__ import annotations

from dualschema.errors.base import DualschemaError

__all__ = ["MultipleRowsError", "NotFoundError", "RowCountError", "StatementError"]


class StatementError(DualschemaError, ValueError):
    """A statement is wrong, and was not sent: a column that is none, an update of all rows, ..."""


class RowCountError(DualschemaError, LookupError):
    """A statement met another number of rows than it was to.

    Attributes:
        table: the table's name in the database, or None where a statement reads several.
    """

    def __init__(self, message: str, table: str | None = None) -> None:
        self.table = table
        super().__init__(message)


class NotFoundError(RowCountError):
    """There is no such row."""


class MultipleRowsError(RowCountError):
    """There are several rows where one was to be."""
