"""A client's values: read as their column has them, and made into what the database is sent.

Both are one function a column, written once: what the guards of the column's type vouch for takes
no further call. A cell for Postgres is an element of an array literal; for SQLite, the value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from dualschema.column_type import ClientKind, Form, Storage
from dualschema.convert.cells import decoder_of, encoder_of
from dualschema.convert.source import compile_function, inlined
from dualschema.crud.dialects import Kind
from dualschema.crud.wire import element_source, written_form
from dualschema.model import ColumnModel

__all__ = [
    "NULL",
    "Cell",
    "cell_encoder",
    "cell_reader",
    "identity_of",
    "key_reader",
    "value_reader",
]

Cell = Any
"""What a database is sent for one value."""

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

    form, decoder = _form(column, kind), column.type.decoder(Form.SQLITE)
    encoder = column.type.encoder(form)
    names: dict[str, Any] = {"whole": whole}
    if decoder.settled is not None and form is not Form.NATIVE:
        sure = replace(decoder, inline="True")
        certain = inlined(sure, 0, names, _never, nullable=False, guard=decoder.settled)
        lines = [f"if {certain}:", "    c = v0", f"    return {_finished(column, kind, names)}"]
    elif decoder.guard is not None and encoder.guard is not None:
        python = inlined(decoder, 0, names, read, nullable=False, guard=decoder.guard)
        encode = encoder_of(column, form)
        stored = inlined(encoder, 1, names, encode, nullable=False, guard=encoder.guard)
        finished = _finished(column, kind, names)
        lines = [f"v1 = {python}", "if v1 is not None:", f"    c = {stored}"]
        lines.append(f"    return {finished}")
    else:
        return whole
    body = ["try:", *(f"    {line}" for line in lines), "except Exception: pass"]
    # What is rare, or NULL, or wrong: the long way tells.
    return compile_function("read_cell", "v0", [*body, "return whole(v0)"], names)


def _never(_: Any) -> bool:
    return False


def key_reader(column: ColumnModel, kind: Kind) -> Callable[[Any], tuple[str, Cell]]:
    """Return the function that reads a value by which rows are told apart, and that is not NULL.

    It gives the value as text, and its cell. It raises ``ValueError`` for what is none of the
    column's.
    """
    read, identity, write = value_reader(column), identity_of(column), cell_encoder(column, kind)

    def whole(value: Any) -> tuple[str, Cell]:
        key = read(value)
        return identity(key), write(key)

    decoder = column.type.decoder(Form.SQLITE)
    if decoder.settled is None or column.type.storage is not Storage.TEXT:
        return whole
    names: dict[str, Any] = {"whole": whole}
    sure = replace(decoder, inline="True")
    certain = inlined(sure, 0, names, _never, nullable=False, guard=decoder.settled)
    body = [f"c = v0 if ({certain}) else None", "if c is None: return whole(v0)"]
    body.append(f"return c, {_finished(column, kind, names)}")
    return compile_function("read_key", "v0", body, names)


def cell_encoder(column: ColumnModel, kind: Kind) -> Callable[[Any], Cell]:
    """Return the function that gives what the database is sent for one of Python's values."""
    names: dict[str, Any] = {"encode": encoder_of(column, _form(column, kind)), "NULL": NULL[kind]}
    finished = _finished(column, kind, names)
    body = ["c = encode(v)", f"return NULL if c is None else {finished}"]
    return compile_function("write_cell", "v", body, names)


def identity_of(column: ColumnModel) -> Callable[[Any], str]:
    """Return the function that gives a value of Python's as text by which two are told apart."""
    encode = encoder_of(column, Form.PORTABLE)
    return lambda value: str(encode(value))


def _form(column: ColumnModel, kind: Kind) -> Form:
    return written_form(column) if kind is Kind.POSTGRES else Form.SQLITE


def _finished(column: ColumnModel, kind: Kind, names: dict[str, Any]) -> str:
    """Return the source of what becomes of the stored value ``c``."""
    if kind is not Kind.POSTGRES:
        return "c"
    source, called = element_source(column, "c")
    names |= called
    return source
