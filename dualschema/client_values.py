"""What every language must know of a column's values: their bits, digits and bounds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from dualschema.column_type import ColumnType, PostgresStyle, PostgresType
from dualschema.types.decimal import Numeric
from dualschema.types.real import Real
from dualschema.types.time import TimeOfDay
from dualschema.types.timestamp import Timestamp

__all__ = ["bounds", "has_32_bits", "second_digits"]


def has_32_bits(type_: ColumnType) -> bool:
    """Whether a column's whole numbers have 32 bits, on the server too."""
    return type_.postgres_type(PostgresStyle.PORTABLE)[0] is PostgresType.INTEGER


def second_digits(type_: ColumnType) -> int:
    """Return how many digits of a second an instant or a time of day has: 3 or 6."""
    return cast("Timestamp | TimeOfDay", type_).precision


def bounds(type_: Real | Numeric) -> Iterator[tuple[str, float | Decimal]]:
    """Yield what a number must be: ``>=``, ``>``, ``<=`` or ``<``, and the bound."""
    pairs = ((">=", type_.ge), (">", type_.gt), ("<=", type_.le), ("<", type_.lt))
    yield from ((sign, bound) for sign, bound in pairs if bound is not None)
