"""The column types. This list is the registry: a type that stands in it exists, everywhere."""

from __future__ import annotations

from dualschema.column_type import ColumnType
from dualschema.types.binary import Binary
from dualschema.types.boolean import Boolean
from dualschema.types.date import Date
from dualschema.types.decimal import Numeric
from dualschema.types.duration import Duration
from dualschema.types.enum import Choice, IntegerChoice
from dualschema.types.integer import BigInteger, Integer, LongInteger
from dualschema.types.json import Json
from dualschema.types.real import Real
from dualschema.types.text import Text
from dualschema.types.time import TimeOfDay
from dualschema.types.timestamp import Timestamp
from dualschema.types.uuid import Uuid

__all__ = [
    "ALL_TYPES",
    "BigInteger",
    "Binary",
    "Boolean",
    "Choice",
    "Date",
    "Duration",
    "Integer",
    "IntegerChoice",
    "Json",
    "LongInteger",
    "Numeric",
    "Real",
    "Text",
    "TimeOfDay",
    "Timestamp",
    "Uuid",
]

ALL_TYPES: tuple[type[ColumnType], ...] = (
    Text,
    Boolean,
    Integer,
    BigInteger,
    LongInteger,
    Real,
    Numeric,
    Timestamp,
    Date,
    TimeOfDay,
    Duration,
    Uuid,
    Choice,
    IntegerChoice,
    Binary,
    Json,
)
"""In the order in which documentation lists them; no annotation is claimed by two."""
