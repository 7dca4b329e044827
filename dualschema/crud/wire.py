"""Postgres's text forms: parameters, lines of COPY and array literals, of rows and single values.

Text is what every version of the server reads alike, and it is the portable form as it stands:
Postgres reads an instant of a timestamptz, a boolean or a uuid from the text that SQLite stores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, Generic, TypeVar, assert_never
from uuid import UUID

from dualschema.column_type import ClientKind, Form, PostgresStyle, PostgresType
from dualschema.convert import Converter
from dualschema.convert.source import compile_function
from dualschema.declare.table import Table
from dualschema.model import ColumnModel, form_of

__all__ = ["PostgresRows", "wire_value", "written_form"]

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
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
_SPECIAL: Final = re.compile(r"[\\\t\n\r]").search
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


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
        self.is_text = False
        self.is_json = kind is PostgresType.JSONB
        match kind:
            case PostgresType.TEXT | PostgresType.JSONB:
                # What follows a fixed form has nothing to be escaped.
                self.is_text = column.type.client_kind not in _SAFE
                self.text = "{v}"
            case PostgresType.INTEGER | PostgresType.BIGINT | PostgresType.NUMERIC:
                self.text = "str({v})"
            case PostgresType.DOUBLE:
                self.text = "repr({v})"
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
        text = self.text.format(v=v)
        if self.is_json:
            # Its text holds no control characters.
            return f"({v} if '\\\\' not in {v} else escape({v}))"
        if self.is_text:
            return f"({v} if special({v}) is None else escape({v}))"
        return text.replace("'\\\\x'", "'\\\\\\\\x'")

    def element(self, v: str) -> str:
        return f"quote({self.text.format(v=v)})"


class PostgresRows(Generic[Row]):
    """A table's rows to and from Postgres, as text and as psycopg reads them."""

    def __init__(self, table: type[Row]) -> None:
        writer = Converter(table, "postgres", form=written_form)
        reader = Converter(table, "postgres", form=_read)
        self.encode_many, self.encode_one = writer.encode_many, writer.encode_one
        self.decode_many, self.decode_one = reader.decode_many, reader.decode_one
        self.columns = writer.columns

    @cached_property
    def parameters(self) -> Callable[[Texts], list[bytes | None]]:
        """Give one row's cells as the parameters of a statement."""
        cells = self._cells(lambda source, v: f"None if {v} is None else {source.parameter(v)}")
        body = [f"{self._targets} = row", f"return [{', '.join(cells)}]"]
        return compile_function("parameters", "row", body, {"str": str, "repr": repr})

    @cached_property
    def lines(self) -> Callable[[Iterable[Texts]], str]:
        """Give rows as the text of a COPY."""
        cells = self._cells(lambda source, v: f"'\\\\N' if {v} is None else {source.copied(v)}")
        line = r"f'{" + r"}\t{".join(f"c{number}" for number in range(len(cells))) + r"}\n'"
        body = [
            "out = []",
            "append = out.append",
            f"for {self._targets} in rows:",
            *(f"    c{number} = {cell}" for number, cell in enumerate(cells)),
            f"    append({line})",
            "return ''.join(out)",
        ]
        names = {"str": str, "repr": repr, "special": _SPECIAL, "escape": _escaped}
        return compile_function("lines", "rows", body, names)

    @cached_property
    def arrays(self) -> Callable[[Sequence[Texts]], list[bytes]]:
        """Give rows as one array literal a column."""
        cells = self._cells(lambda source, v: f"'NULL' if {v} is None else {source.element(v)}")
        count = len(cells)
        body = [
            *(f"a{number} = []" for number in range(count)),
            f"for {self._targets} in rows:",
            *(f"    a{number}.append({cell})" for number, cell in enumerate(cells)),
            "return ["
            + ", ".join(f"('{{' + ','.join(a{number}) + '}}').encode()" for number in range(count))
            + "]",
        ]
        return compile_function(
            "arrays", "rows", body, {"str": str, "repr": repr, "quote": _quoted}
        )

    @property
    def _targets(self) -> str:
        return "".join(f"v{number}, " for number in range(len(self.columns)))

    def _cells(self, write: Callable[[_Source, str], str]) -> list[str]:
        return [write(_Source(column), f"v{number}") for number, column in enumerate(self.columns)]
