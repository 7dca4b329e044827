"""Values that cannot be converted."""

from __future__ import annotations

from dualschema.errors.base import DualschemaError

__all__ = ["ConversionError", "DecodeError", "EncodeError"]


class ConversionError(DualschemaError, ValueError):
    """A value cannot be converted.

    Attributes:
        table: the table's name in the database.
        column: the column's name in the database.
        side: ``"postgres"``, ``"sqlite"`` or ``"json"``.
        value_type: the name of the value's Python type; never the value.
        reason: why, in words.
        row: the row's place in the batch, from 0; None for a single row.
    """

    def __init__(
        self,
        table: str,
        column: str,
        side: str,
        *,
        value_type: str,
        reason: str,
        row: int | None = None,
    ) -> None:
        self.table = table
        self.column = column
        self.side = side
        self.value_type = value_type
        self.reason = reason
        self.row = row
        place = f"{table}.{column}" if row is None else f"{table}.{column} (row {row})"
        super().__init__(f"{place}: {reason}")


class EncodeError(ConversionError):
    """A Python value has no stored form in its column."""


class DecodeError(ConversionError):
    """A stored or uploaded value is none that its column can hold."""
