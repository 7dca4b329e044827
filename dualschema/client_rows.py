"""What every language must know of a client's rows: their columns, and the values of those."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never, cast

from dualschema.column_type import ColumnType, PostgresStyle, PostgresType
from dualschema.generator import words
from dualschema.model import ColumnModel, Sync, TableModel, Writable
from dualschema.types.decimal import Numeric
from dualschema.types.real import Real
from dualschema.types.time import TimeOfDay
from dualschema.types.timestamp import Timestamp

__all__ = [
    "bounds",
    "column_doc",
    "decimal_size",
    "has_32_bits",
    "insert_into",
    "second_digits",
    "table_doc",
    "view_of",
    "written_columns",
]


def written_columns(table: TableModel) -> list[ColumnModel]:
    """Return the columns that PowerSync's schema names: all but the key, as they were declared."""
    return [column for column in table.columns if column.name != table.key]


def view_of(table: TableModel) -> str:
    """Return what a table is called in statements."""
    return table.view_name or table.name


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
    return f'INSERT INTO "{view_of(table)}" ({columns}) VALUES ({marks})'  # noqa: S608  (names, quoted)


def has_32_bits(type_: ColumnType) -> bool:
    """Whether a column's whole numbers have 32 bits, on the server too."""
    return type_.postgres_type(PostgresStyle.PORTABLE)[0] is PostgresType.INTEGER


def second_digits(type_: ColumnType) -> int:
    """Return how many digits of a second an instant or a time of day has: 3 or 6."""
    return cast("Timestamp | TimeOfDay", type_).precision


def decimal_size(type_: ColumnType) -> tuple[int, int]:
    """Return a decimal column's precision and scale; both are 0 where it has neither."""
    numeric = cast("Numeric", type_)
    return numeric.precision or 0, numeric.scale or 0


def bounds(type_: Real | Numeric) -> Iterator[tuple[str, float | Decimal]]:
    """Yield what a number must be: ``>=``, ``>``, ``<=`` or ``<``, and the bound."""
    pairs = ((">=", type_.ge), (">", type_.gt), ("<=", type_.le), ("<", type_.lt))
    yield from ((sign, bound) for sign, bound in pairs if bound is not None)
