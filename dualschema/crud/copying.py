"""COPY, Postgres's way for many rows: in the types' binary form, or as text.

The binary form is for the very types that the definition stands for. A table whose columns are of
others, a ``bigint`` where the definition says ``int``, takes text, which Postgres reads for any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, TypeVar

from dualschema.convert import Converter
from dualschema.convert.source import Finish
from dualschema.crud.binary import HEADER, TRAILER, binary_form, binary_rows, oid_of
from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.plan import Plan
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.crud.wire import COPIED, copied_source, wire_value, written_form
from dualschema.declare.table import Table, binding_of

__all__ = ["copy_rows", "parts_of", "table_name"]

T = TypeVar("T")

_BLOCK: Final = 500
"""How many rows are sent together."""

# Names alone are asked for, which takes no right to the table.
_TYPES: Final = (
    "SELECT attname::text, atttypid FROM pg_catalog.pg_attribute "
    "WHERE attrelid = CAST($1 AS regclass) AND attnum > 0 AND NOT attisdropped"
)


def copy_rows(session: Session, table: type[Table], into: str, rows: Sequence[Table]) -> int:
    """Write rows into the table of a name, which has the columns of theirs; return their number."""
    is_binary = _takes_binary(session, table)
    encode = _converter(table, is_binary=is_binary).encode_many
    blocks: Iterator[str | bytes]
    if is_binary:
        blocks = chain((HEADER,), (b"".join(encode(part)) for part in parts_of(rows, _BLOCK)))
        blocks = chain(blocks, (TRAILER,))
    else:
        blocks = ("".join(encode(part)) for part in parts_of(rows, _BLOCK))
    quote = dialect_of(Kind.POSTGRES).identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in binding_of(table).model.columns)
    options = " (FORMAT BINARY)" if is_binary else ""
    sql = f"COPY {into} ({columns}) FROM STDIN{options}"
    return session.port.copy(Plan(sql, binding_of(table).model.name), blocks)


def table_name(table: type[Table]) -> str:
    """Return the name of a table as Postgres's SQL has it."""
    return dialect_of(Kind.POSTGRES).identifier_preparer.format_table(table_of(table))


def parts_of(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield rows by parts of so many."""
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _takes_binary(session: Session, table: type[Table]) -> bool:
    """Whether the columns in this database are of the types that the definition says."""
    model = binding_of(table).model
    wanted = {(column.name, oid_of(column)) for column in model.columns}
    asked = session.execute(Plan(_TYPES, returns=True), [wire_value(table_name(table))])
    return wanted <= set(asked.rows)


def _converter(table: type[Table], *, is_binary: bool) -> Converter[Any]:
    cache, key = binding_of(table).cache, ("copied", is_binary)
    found: Converter[Any] | None = cache.get(key)
    if found is None:
        if is_binary:
            finish = binary_rows(binding_of(table).model)
            found = Converter(table, "postgres", form=binary_form, finish=finish)
        else:
            found = Converter(table, "postgres", form=written_form, finish=_lines(table))
        cache[key] = found
    return found


def _lines(table: type[Table]) -> Finish:
    columns = binding_of(table).model.columns
    fields = (f"({copied_source(column, f'c{n}')})" for n, column in enumerate(columns))
    return Finish(r"'\t'.join((" + ", ".join(fields) + r",)) + '\n'", COPIED)
