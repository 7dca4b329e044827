"""A client's values: read as their column has them, and made into what the database is sent.

Both are one function a column, written once: what the guards of the column's type vouch for takes
no further call. A cell for Postgres is an element of an array literal; for SQLite, the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dualschema.column_type import ClientKind, Coder, Form, Storage
from dualschema.convert.cells import MISSING, decoder_of, encoder_of
from dualschema.convert.source import compile_function, inlined
from dualschema.crud.dialects import Kind
from dualschema.crud.wire import element_source, written_form
from dualschema.model import ColumnModel

__all__ = [
    "BY_DATABASE",
    "NULL",
    "Cell",
    "cell_encoder",
    "cell_reader",
    "identity_of",
    "key_reader",
    "row_reader",
    "value_reader",
]

Cell = Any
"""What a database is sent for one value."""

BY_DATABASE: Final = object()
"""Stands for the cell of a column whose default only the database knows."""

NULL: Final = {Kind.POSTGRES: "NULL", Kind.SQLITE: None}
"""The cell of NULL."""


def value_reader(column: ColumnModel) -> Callable[[Any], Any]:
    """Return the function that reads what a client sent as Python's value.

    A document comes as text, or as the JSON itself from the SDKs that parse it: it is parsed once.
    It raises ``ValueError`` for what is no value of the column's.
    """
    read_text = decoder_of(column, Form.SQLITE)
    if column.type.client_kind is not ClientKind.JSON:
        return read_text
    read_document = decoder_of(column, Form.JSON)

    def read(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return read_text(value)
        return read_document(value)

    return read


def cell_reader(column: ColumnModel, kind: Kind) -> Callable[[Any], Cell]:
    """Return the function that reads what a client sent, and gives what the database is sent.

    It raises ``ValueError`` for what is no value of the column's.
    """
    read, write = value_reader(column), cell_encoder(column, kind)

    def whole(value: Any) -> Cell:
        return write(read(value))

    settled = _settled(column, kind)
    if settled is not None:
        names: dict[str, Any] = {}
        source = inlined(settled, 0, names, whole, nullable=False, guard=settled.guard)
        return compile_function("read_cell", "v0", _surely(source, "whole0(v0)"), names)
    form = _form(column, kind)
    decoder, encoder = column.type.decoder(Form.SQLITE), column.type.encoder(form)
    if decoder.guard is None or encoder.guard is None:
        return whole
    names = {"whole": whole}
    python = inlined(decoder, 0, names, read, nullable=False, guard=decoder.guard)
    encode = encoder_of(column, form)
    stored = inlined(encoder, 1, names, encode, nullable=False, guard=encoder.guard)
    finished = _finished(column, kind, "c", names)
    body = ["try:", f"    v1 = {python}", "    if v1 is not None:", f"        c = {stored}"]
    body += [f"        return {finished}", "except Exception: pass", "return whole(v0)"]
    return compile_function("read_cell", "v0", body, names)


def row_reader(
    columns: Sequence[tuple[ColumnModel, Callable[[Any], Cell], Callable[[], Cell] | None]],
    kind: Kind,
) -> Callable[[Mapping[str, Any]], tuple[dict[str, Cell], int]]:
    """Return the function that reads all of a row's columns from what a client sent.

    It gives the cells, and how many of the columns were sent. It raises an error of whatever kind
    where a value is none of its column's, or one is missing; each by itself then tells which.

    Args:
        columns: each with its ``cell_reader``, and what makes its cell where it is not sent; where
            that is None, the column is missing, or is left to the database's default.
        kind: the server's kind of database.
    """
    names: dict[str, Any] = {"MISSING": MISSING}
    lines = ["get, sent, cells = data.get, 0, {}"]
    for number, (column, read, fill) in enumerate(columns):
        source = f"read{number}(v{number})"
        names[f"read{number}"] = read
        if (settled := _settled(column, kind)) is not None:
            source = inlined(settled, number, names, read, nullable=False, guard=settled.guard)
        cell = f"cells[{column.name!r}]"
        lines += [
            f"v{number} = get({column.name!r}, MISSING)",
            f"if v{number} is not MISSING:",
            f"    sent += 1; {cell} = {source}",
        ]
        if fill is not None:
            names[f"fill{number}"] = fill
            lines.append(f"else: {cell} = fill{number}()")
        elif column.required:
            lines.append("else: raise LookupError")
    return compile_function("read_row", "data", [*lines, "return cells, sent"], names)


def key_reader(column: ColumnModel, kind: Kind) -> Callable[[Any], tuple[str, Cell]]:
    """Return the function that reads a value by which rows are told apart, and that is not NULL.

    It gives the value as text, and its cell. It raises ``ValueError`` for what is none of the
    column's.
    """
    read, identity, write = value_reader(column), identity_of(column), cell_encoder(column, kind)

    def whole(value: Any) -> tuple[str, Cell]:
        key = read(value)
        return identity(key), write(key)

    settled = _settled(column, kind)
    if settled is None or column.type.storage is not Storage.TEXT:
        return whole
    names: dict[str, Any] = {}
    pair = replace(settled, inline=f"(v, {settled.inline})")
    source = inlined(pair, 0, names, whole, nullable=False, guard=settled.guard)
    return compile_function("read_key", "v0", _surely(source, "whole0(v0)"), names)


def _settled(column: ColumnModel, kind: Kind) -> Coder | None:
    """Return the conversion of what a client sent where that may be stored as it came."""
    decoder = column.type.decoder(Form.SQLITE)
    if decoder.settled is None or _form(column, kind) is Form.NATIVE:
        return None
    names: dict[str, Any] = dict(decoder.names)
    return Coder(guard=decoder.settled, inline=_finished(column, kind, "v", names), names=names)


def _surely(source: str, whole: str) -> list[str]:
    """Return the lines of a function that goes the long way where the short one fails."""
    return ["try:", f"    return {source}", "except Exception:", f"    return {whole}"]


def cell_encoder(column: ColumnModel, kind: Kind) -> Callable[[Any], Cell]:
    """Return the function that gives what the database is sent for one of Python's values."""
    names: dict[str, Any] = {"encode": encoder_of(column, _form(column, kind)), "NULL": NULL[kind]}
    finished = _finished(column, kind, "c", names)
    body = ["c = encode(v)", f"return NULL if c is None else {finished}"]
    return compile_function("write_cell", "v", body, names)


def identity_of(column: ColumnModel) -> Callable[[Any], str]:
    """Return the function that gives a value of Python's as text by which two are told apart."""
    encode = encoder_of(column, Form.PORTABLE)
    return lambda value: str(encode(value))


def _form(column: ColumnModel, kind: Kind) -> Form:
    return written_form(column) if kind is Kind.POSTGRES else Form.SQLITE


def _finished(column: ColumnModel, kind: Kind, stored: str, names: dict[str, Any]) -> str:
    """Return the source of what becomes of a stored value, the local of a name."""
    if kind is not Kind.POSTGRES:
        return stored
    source, called = element_source(column, stored)
    names |= called
    return source
