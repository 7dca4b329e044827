"""What every language must know of a client's rows: their columns, and the values of those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never, cast

from dualschema.column_type import (
    ClientKind,
    ColumnType,
    Form,
    Length,
    Matches,
    OneOf,
    PostgresStyle,
    PostgresType,
    Range,
)
from dualschema.generator import words
from dualschema.model import ColumnModel, Sync, TableModel, Writable
from dualschema.types.decimal import Numeric

__all__ = [
    "Limit",
    "column_doc",
    "decimal_size",
    "epoch_micros",
    "has_32_bits",
    "insert_into",
    "is_to_the_millisecond",
    "limits",
    "plain_form",
    "second_digits",
    "table_doc",
    "written_columns",
]


def written_columns(table: TableModel) -> list[ColumnModel]:
    """Return the columns that PowerSync's schema names: all but the key, as they were declared."""
    return [column for column in table.columns if column.name != table.key]


def table_doc(table: TableModel) -> list[str]:
    """Return what is to be said of a table, as lines."""
    lines = words(table.doc) or [f"A row of `{table.name}`."]
    if table.sync is Sync.INSERT_ONLY:
        lines += ["", "The client writes such rows and never reads them back."]
    return lines


def column_doc(column: ColumnModel) -> list[str]:
    """Return what is to be said of a column, as lines."""
    match column.writable:
        case Writable.CLIENT:
            return words(column.doc)
        case Writable.CREATE:
            return [*words(column.doc), "The server takes it with a new row only."]
        case Writable.SERVER:
            return [*words(column.doc), "The server alone sets it."]
        case _:
            assert_never(column.writable)


def insert_into(table: TableModel) -> str:
    """Return the statement that inserts a row: a parameter for each of ``client_columns``."""
    names = ["id", *(column.name for column in written_columns(table))]
    columns = ", ".join([f'"{name}"' for name in names])
    marks = ", ".join("?" * len(names))
    return f'INSERT INTO "{table.view}" ({columns}) VALUES ({marks})'  # noqa: S608  (names, quoted)


def has_32_bits(type_: ColumnType) -> bool:
    """Whether a column's whole numbers have 32 bits, on the server too."""
    return type_.postgres_type(PostgresStyle.PORTABLE)[0] is PostgresType.INTEGER


def second_digits(type_: ColumnType) -> int:
    """Return how many digits of a second an instant or a time of day has: 3 or 6."""
    return int(getattr(type_, "precision", 3))


def is_to_the_millisecond(type_: ColumnType) -> bool:
    """Whether an instant or a time of day has no digits of a second but milliseconds."""
    return second_digits(type_) == 3


def epoch_micros(instant: str) -> int:
    """Return an instant, given as an API's JSON has it, as microseconds since 1970."""
    return (datetime.fromisoformat(instant) - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def decimal_size(type_: ColumnType) -> tuple[int, int]:
    """Return a decimal column's precision and scale; both are 0 where it has neither."""
    numeric = cast("Numeric", type_)
    return numeric.precision or 0, numeric.scale or 0


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number must be: a value, or how many characters a text has.

    Attributes:
        sign: ``>=``, ``>``, ``<=`` or ``<``.
        bound: the bound, in digits.
        reason: what is said of a value that is not so.
    """

    sign: str
    bound: str
    reason: str


def limits(type_: ColumnType) -> Iterator[Limit]:
    """Yield what a column's numbers must be, or how many characters its texts must have."""
    for constraint in type_.constraints(Form.PORTABLE):
        match constraint:
            case Range():
                for sign, bound in constraint.bounds():
                    digits = bound if isinstance(bound, str) else repr(bound)
                    yield Limit(sign, digits, f"is not {sign} {digits}")
            case Length(minimum, maximum):
                if minimum:
                    yield Limit(">=", str(minimum), f"has less than {minimum} characters")
                if maximum is not None:
                    yield Limit("<=", str(maximum), f"has more than {maximum} characters")
            case OneOf() | Matches():
                pass
            case _:
                assert_never(constraint)


def plain_form(type_: ColumnType) -> str | None:
    """Return in words what the values of a column are for which a language has no type.

    They are plain text or plain numbers then. None: that is what they are in every language, or
    there is a type for them.
    """
    kind = type_.client_kind
    match kind:
        case ClientKind.DECIMAL:
            return "A decimal number as text, exact: `-12.50`."
        case ClientKind.UUID:
            return "A UUID, in lower case."
        case ClientKind.DATE:
            return "A day: `2024-02-29`."
        case ClientKind.TIME:
            return "A time of day: `23:59:59.000`."
        case ClientKind.TIMESTAMP:
            return "An instant in UTC: `2024-02-29T12:00:00.000000Z`."
        case ClientKind.DURATION:
            return "Milliseconds."
        case ClientKind.JSON:
            return "The text of a JSON document."
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.INTEGER
            | ClientKind.INT64
            | ClientKind.REAL
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
            | ClientKind.BYTES
        ):
            return None
        case _:
            assert_never(kind)
