"""The kinds of columns as the definition's own column types."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal, cast
from uuid import UUID

from pydantic_core import SchemaValidator, ValidationError

from dualschema.column_type import ColumnType, TypeOptions
from dualschema.declare.resolve import resolve_type
from dualschema.pull.description import ColumnKind, FoundColumn
from dualschema.types.integer import BigInt, Int64

__all__ = ["sound_type", "takes", "type_of"]

_ANNOTATIONS: Final[dict[ColumnKind, Any]] = {
    ColumnKind.TEXT: str,
    ColumnKind.BOOLEAN: bool,
    ColumnKind.INTEGER: int,
    ColumnKind.BIG_INTEGER: BigInt,
    ColumnKind.LONG_INTEGER: Int64,
    ColumnKind.REAL: float,
    ColumnKind.DECIMAL: Decimal,
    ColumnKind.TIMESTAMP: datetime,
    ColumnKind.DATE: date,
    ColumnKind.TIME: time,
    ColumnKind.UUID: UUID,
    ColumnKind.BYTES: bytes,
    ColumnKind.JSON: Any,
}


def type_of(column: FoundColumn) -> ColumnType:
    """Return the type that the definition gives a column.

    Raises:
        ValueError: it gives none, since an option or a choice is wrong; the text says why.
    """
    if column.kind is ColumnKind.CHOICE:
        annotation = cast(Any, Literal)[column.choices]
    else:
        annotation = _ANNOTATIONS[column.kind]
    names = TypeOptions.__dataclass_fields__
    told = {name: value for name, value in column.options.items() if name in names}
    return resolve_type(annotation, TypeOptions(**told))


def sound_type(column: FoundColumn) -> ColumnType | None:
    """Return the type that the definition gives a column, or None where it will refuse it."""
    try:
        return type_of(column)
    except ValueError:
        return None


def takes(column: FoundColumn, value: Any) -> bool:
    """Whether a value is one of a column's."""
    kind = sound_type(column)
    if kind is None:
        return False
    try:
        SchemaValidator(kind.schema()).validate_python(value)
    except ValidationError:
        return False
    return True
