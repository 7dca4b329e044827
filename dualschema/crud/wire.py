"""Postgres's text forms: parameters, lines of COPY and array literals, of rows and single values.

Text is what every version of the server reads alike, and it is the portable form as it stands:
Postgres reads an instant of a timestamptz, a boolean or a uuid from the text that SQLite stores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, assert_never
from uuid import UUID

from dualschema.column_type import ClientKind, Form, PostgresStyle, PostgresType
from dualschema.convert import Converter
from dualschema.convert.source import Finish, compile_function
from dualschema.declare.table import Table
from dualschema.model import ColumnModel, form_of

__all__ = [
    "COPIED",
    "PostgresRows",
    "copied_source",
    "element_source",
    "parameter_source",
    "wire_value",
    "written_form",
]

Row = TypeVar("Row", bound=Table)
Texts = Sequence[Any]


def wire_value(value: Any) -> bytes | None:
    """Return one stored value as the text of a parameter."""
    if value is None:
        return None
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, str):
        if "\0" in value:  # libpq would take it for the end
            raise ValueError("text may hold no NUL character, which Postgres cannot store")
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, Decimal, UUID)):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join("NULL" if v is None else _quoted(_text(v)) for v in value) + "}"
    raise TypeError(f"a value of {type(value).__name__} has no form in Postgres")


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


# https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
_SPECIAL: Final = re.compile(r"[\\\t\n\r]").search
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


COPIED: Final = {"str": str, "repr": repr, "special": _SPECIAL, "escape": _escaped}
"""What ``copied_source`` calls by name."""


def written_form(column: ColumnModel) -> Form:
    """Return the form in which Postgres is told a column's values."""
    is_native = column.style is PostgresStyle.NATIVE
    binary = column.type.client_kind is ClientKind.BYTES
    return Form.NATIVE if is_native and binary else Form.PORTABLE


def _read(column: ColumnModel) -> Form:
    """Return the form in which a column's values are read: documents come as text."""
    if column.type.client_kind is ClientKind.JSON:
        return Form.SQLITE
    return form_of(column, "postgres")


_SAFE: Final = (
    ClientKind.TIMESTAMP,
    ClientKind.DATE,
    ClientKind.TIME,
    ClientKind.UUID,
    ClientKind.BYTES,
)


class _Source:
    """How a column's cell, in the form that it is written in, becomes text, as source."""

    def __init__(self, column: ColumnModel) -> None:
        is_bytes = written_form(column) is Form.NATIVE
        kind = (
            PostgresType.BYTEA if is_bytes else column.type.postgres_type(PostgresStyle.PORTABLE)[0]
        )
        self.is_text = self.is_number = False
        self.is_json = kind is PostgresType.JSONB
        match kind:
            case PostgresType.TEXT | PostgresType.JSONB:
                # What follows a fixed form has nothing to be escaped.
                self.is_text = column.type.client_kind not in _SAFE
                self.text = "{v}"
            case PostgresType.INTEGER | PostgresType.BIGINT | PostgresType.NUMERIC:
                self.text = "str({v})"
                self.is_number = True
            case PostgresType.DOUBLE:
                self.text = "repr({v})"
                self.is_number = True
            case PostgresType.BYTEA:
                self.text = "'\\\\x' + {v}.hex()"
            case (
                PostgresType.BOOLEAN
                | PostgresType.TIMESTAMPTZ
                | PostgresType.DATE
                | PostgresType.TIME
                | PostgresType.UUID
            ):
                raise AssertionError(f"{column.name} has no portable form")
            case _:
                assert_never(kind)

    def parameter(self, v: str) -> str:
        return f"({self.text.format(v=v)}).encode()"

    def copied(self, v: str) -> str:
        """Return the source of the text of a cell that is not NULL, within a line of a COPY."""
        text = self.text.format(v=v)
        if self.is_json:
            # Its text holds no control characters.
            return f"({v} if '\\\\' not in {v} else escape({v}))"
        if self.is_text:
            return f"({v} if special({v}) is None else escape({v}))"
        return text.replace("'\\\\x'", "'\\\\\\\\x'")

    def element(self, v: str) -> str:
        text = self.text.format(v=v)
        if self.is_number:
            return text
        if self.is_text or self.is_json:
            return f"(f'\"{{{v}}}\"' if '\"' not in {v} and '\\\\' not in {v} else quote({v}))"
        return f"quote({text})" if "\\" in text else f"f'\"{{{v}}}\"'"


def parameter_source(column: ColumnModel, cell: str) -> str:
    """Return the source of what makes a parameter of a stored value, the local of a name."""
    return f"None if {cell} is None else {_Source(column).parameter(cell)}"


def copied_source(column: ColumnModel, cell: str) -> str:
    """Return the source of what makes a field of a COPY's line of a stored value."""
    return f"'\\\\N' if {cell} is None else {_Source(column).copied(cell)}"


def element_source(column: ColumnModel, cell: str) -> tuple[str, dict[str, Any]]:
    """Return the source of an array literal's element of a stored value, and what it calls.

    The value, the local of a name, is not None.
    """
    return _Source(column).element(cell), _ELEMENT


_ELEMENT: Final = {"str": str, "repr": repr, "quote": _quoted}


class PostgresRows(Generic[Row]):
    """A table's rows to and from Postgres, as text and as psycopg reads them."""

    def __init__(self, table: type[Row]) -> None:
        writer = Converter(table, "postgres", form=written_form)
        reader = Converter(table, "postgres", form=_read)
        self.encode_many, self.encode_one = writer.encode_many, writer.encode_one
        self.decode_many, self.decode_one = reader.decode_many, reader.decode_one
        self.decode_cell = reader.decode_cell
        self.columns = writer.columns
        self._table = table

    @cached_property
    def parameters(self) -> Callable[[Row], list[bytes | None]]:
        """Give a row as the parameters of a statement."""
        cells = (parameter_source(column, f"c{n}") for n, column in enumerate(self.columns))
        finish = Finish(f"[{', '.join(cells)}]", {"str": str, "repr": repr})
        return Converter(self._table, "postgres", form=written_form, finish=finish).encode_one

    @cached_property
    def arrays(self) -> Callable[[Sequence[Texts]], list[bytes]]:
        """Give rows as one array literal a column."""
        cells = [
            f"'NULL' if v{n} is None else {_Source(column).element(f'v{n}')}"
            for n, column in enumerate(self.columns)
        ]
        numbers = range(len(cells))
        body = [
            *(f"a{number} = []" for number in numbers),
            f"for {''.join(f'v{number}, ' for number in numbers)} in rows:",
            *(f"    a{number}.append({cell})" for number, cell in enumerate(cells)),
            "return ["
            + ", ".join(f"('{{' + ','.join(a{number}) + '}}').encode()" for number in numbers)
            + "]",
        ]
        return compile_function("arrays", "rows", body, dict(_ELEMENT))
