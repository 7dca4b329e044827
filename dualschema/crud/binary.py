"""Postgres's binary form of values, as the rows of a COPY, put together in the converter's loop.

It costs the server less than text, which it would have to parse, and here no more than text does.
Forms: https://www.postgresql.org/docs/current/sql-copy.html and the server's own ``*recv``
functions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from struct import Struct
from typing import Final, assert_never

from dualschema.column_type import ClientKind, Form, PostgresType
from dualschema.convert.source import Finish
from dualschema.json_text import with_fractions
from dualschema.model import ColumnModel, TableModel, form_of

__all__ = ["HEADER", "TRAILER", "binary_form", "binary_rows", "oid_of"]

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"

_length = Struct(">i").pack


def binary_rows(table: TableModel) -> Finish:
    """Return what makes a row of a COPY of a row's cells, in the forms of Postgres's own types."""
    names = dict(_NAMES)
    names["HEAD"] = Struct(">h").pack(len(table.columns))
    if any(_type_of(column) is PostgresType.NUMERIC for column in table.columns):
        names["numeric"] = _numeric()
    parts = ["HEAD"]
    for number, column in enumerate(table.columns):
        cell = f"c{number}"
        first, *others = (part.format(c=cell) for part in _parts(_type_of(column)))
        if column.nullable:
            first = f"{first} if {cell} is not None else NULL"
            others = [f"{other} if {cell} is not None else b''" for other in others]
        parts += [first, *others]
    return Finish(f"join(({', '.join(parts)}))", names)


def binary_form(column: ColumnModel) -> Form:
    """Return the form that a column's cells have: of documents their text alone is needed."""
    if column.type.client_kind is ClientKind.JSON:
        return Form.SQLITE
    return form_of(column, "postgres")


def oid_of(column: ColumnModel) -> int:
    """Return the number of the Postgres type whose binary form a column's cells have."""
    return _OIDS[_type_of(column)]


def _type_of(column: ColumnModel) -> PostgresType:
    return column.type.postgres_type(column.style)[0]


def _sized(size: str) -> str:
    return f"(LENGTHS[n] if (n := {size}) < 1024 else length(n))"


def _parts(kind: PostgresType) -> tuple[str, ...]:  # noqa: PLR0912  (a line a type)
    """Return the source of the parts of a cell ``{c}`` that is not NULL: its length, its bytes."""
    match kind:
        case PostgresType.TEXT:
            return _sized("len(b := {c}.encode())"), "b"
        case PostgresType.JSONB:
            return _sized("len(b := full({c}).encode()) + 1"), "VERSION", "b"
        case PostgresType.INTEGER:
            return ("int4(4, {c})",)
        case PostgresType.BIGINT:
            return ("int8(8, {c})",)
        case PostgresType.DOUBLE:
            return ("float8(8, {c})",)
        case PostgresType.NUMERIC:
            return _sized("len(b := numeric({c}))"), "b"
        case PostgresType.BOOLEAN:
            return ("(TRUE if {c} else FALSE)",)
        case PostgresType.TIMESTAMPTZ:
            seconds = "((d := {c} - EPOCH).days * 86400 + d.seconds)"
            return (f"int8(8, {seconds} * 1000000 + d.microseconds)",)
        case PostgresType.DATE:
            return ("int4(4, {c}.toordinal() - DAY_ZERO)",)
        case PostgresType.TIME:
            seconds = "({c}.hour * 60 + {c}.minute) * 60 + {c}.second"
            return (f"int8(8, ({seconds}) * 1000000 + {{c}}.microsecond)",)
        case PostgresType.UUID:
            return "SIXTEEN", "{c}.bytes"
        case PostgresType.BYTEA:
            return _sized("len({c})"), "{c}"
        case _:
            assert_never(kind)


def _numeric() -> Callable[[Decimal], bytes]:
    from psycopg.types.numeric import DecimalBinaryDumper

    dump = DecimalBinaryDumper(Decimal).dump
    # numeric has no sign of zero.
    return lambda value: bytes(dump(value or abs(value)) or b"")


_NAMES: Final[dict[str, object]] = {
    "join": b"".join,
    "LENGTHS": tuple(map(_length, range(1024))),  # to look one up costs less than to pack it
    "length": _length,
    "full": with_fractions,
    "NULL": _length(-1),
    "VERSION": b"\1",  # jsonb's own
    "int4": Struct(">ii").pack,
    "int8": Struct(">iq").pack,
    "float8": Struct(">id").pack,
    "TRUE": _length(1) + b"\1",
    "FALSE": _length(1) + b"\0",
    "SIXTEEN": _length(16),
    "EPOCH": datetime(2000, 1, 1, tzinfo=UTC),
    "DAY_ZERO": date(2000, 1, 1).toordinal(),
}

# https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat; they are fixed.
_OIDS: Final = {
    PostgresType.BOOLEAN: 16,
    PostgresType.BYTEA: 17,
    PostgresType.BIGINT: 20,
    PostgresType.INTEGER: 23,
    PostgresType.TEXT: 25,
    PostgresType.DOUBLE: 701,
    PostgresType.DATE: 1082,
    PostgresType.TIME: 1083,
    PostgresType.TIMESTAMPTZ: 1184,
    PostgresType.NUMERIC: 1700,
    PostgresType.UUID: 2950,
    PostgresType.JSONB: 3802,
}
