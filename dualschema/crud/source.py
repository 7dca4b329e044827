"""What stands in a select: table classes, aliases, optional tables, columns and expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import sqlalchemy as sa

from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.rows import rows_in
from dualschema.declare.table import Table, binding_of
from dualschema.errors import DecodeError, StatementError

__all__ = ["Optional", "Source", "alias", "optional", "read_rows", "source_of", "table_of"]

T = TypeVar("T")
RowT = TypeVar("RowT", bound=Table)
Cells = Sequence[Any]


class Alias:
    """A table under another name, to join it twice; its attributes are its columns."""

    def __init__(self, table: type[Table], name: str | None) -> None:
        self._table = table
        self._selectable = table_of(table).alias(name)

    def __getattr__(self, attribute: str) -> Any:
        column = binding_of(self._table).model.by_attribute.get(attribute)
        if column is None:
            raise AttributeError(f"{self._table.__name__} has no column {attribute!r}")
        return self._selectable.c[column.name]

    def __clause_element__(self) -> Any:
        return self._selectable


class Optional(Generic[T]):
    """A table that an outer join may find no row of."""

    def __init__(self, of: Any) -> None:
        self.of = of


def alias(table: type[RowT], name: str | None = None) -> type[RowT]:
    """Return the table under another name, so that a statement may hold it twice.

    ``parent = ds.alias(Category)``, then ``parent.id`` and so on.
    """
    return cast("type[RowT]", Alias(table, name))


def optional(table: type[RowT]) -> Optional[RowT | None]:
    """Return the table as one that an outer join may find no row of: ``Row | None``.

    ``ds.select(Timer, ds.optional(Log)).join(Log, left=True)``
    """
    return Optional(table)


class Source:
    """One element of a select list.

    Attributes:
        selectable: what SQLAlchemy selects.
        table: the table class whose rows it gives, or None for a column or an expression.
        optional: whether there may be no row.
    """

    __slots__ = ("optional", "selectable", "table")

    def __init__(self, element: Any) -> None:
        self.optional = isinstance(element, Optional)
        element = element.of if isinstance(element, Optional) else element
        self.table: type[Table] | None = None
        if isinstance(element, Alias):
            self.table, self.selectable = element._table, element._selectable
        elif isinstance(element, type) and issubclass(element, Table):
            self.table, self.selectable = element, table_of(element)
        elif isinstance(element, sa.sql.ClauseElement):
            self.selectable = cast("Any", element)
        else:
            raise StatementError(
                f"a select takes tables, columns and expressions, not {type(element).__name__}"
            )

    @property
    def signature(self) -> Any:
        """What tells how it is read, where the SQL is the same."""
        return (self.table, self.optional)


def source_of(element: Any) -> Source:
    """Return what a select list's element stands for."""
    return Source(element)


def table_of(table: type[Table]) -> sa.Table:
    """Return SQLAlchemy's table of a table class.

    Raises:
        UnboundTableError: it stands in no schema.
    """
    first = next(iter(binding_of(table).expressions().values()))
    return cast("sa.Table", first.table)


Reader = Callable[[Sequence[Cells]], list[Any]]


def read_rows(
    sources: Sequence[Source],
    kind: Kind,
    types: Sequence[sa.types.TypeEngine[Any]],
    oids: Sequence[int] | None,
) -> Reader:
    """Return the function that makes a statement's result of a driver's rows.

    One table alone gives its rows; anything else gives tuples.
    """
    readers: list[tuple[Reader, slice]] = []
    at = 0
    for source in sources:
        if source.table is None:
            oid = oids[at] if oids else None
            size, reader = 1, _column_reader(source.selectable, types[at], kind, oid)
        else:
            size = len(binding_of(source.table).model.columns)
            reader = _table_reader(source.table, kind, optional=source.optional)
        readers.append((reader, slice(at, at + size)))
        at += size
    if len(readers) == 1 and sources[0].table is not None:
        return readers[0][0]

    def read(rows: Sequence[Cells]) -> list[Any]:
        return list(
            zip(*(reader([row[part] for row in rows]) for reader, part in readers), strict=True)
        )

    return read


def _table_reader(table: type[Table], kind: Kind, *, optional: bool) -> Reader:
    decode = rows_in(table, kind).decode_many
    if not optional:
        return decode
    model = binding_of(table).model
    key = model.columns.index(model.key_column)

    def read(rows: Sequence[Cells]) -> list[Any]:
        there = iter(decode([row for row in rows if row[key] is not None]))
        return [None if row[key] is None else next(there) for row in rows]

    return read


def _column_reader(
    column: Any, kind_of: sa.types.TypeEngine[Any], kind: Kind, oid: int | None
) -> Reader:
    process = kind_of._cached_result_processor(dialect_of(kind), oid)
    if process is None:
        return lambda rows: [cell for (cell,) in rows]

    def read(rows: Sequence[Cells]) -> list[Any]:
        cell: Any = None
        try:
            return [process(cell := row[0]) for row in rows]
        except (ValueError, TypeError, ArithmeticError) as error:
            of = getattr(column, "table", None)
            raise DecodeError(
                str(getattr(of, "name", "select")),
                str(getattr(column, "name", None) or "expression"),
                kind.side,
                value_type=type(cell).__name__,
                reason=f"what the database gives is no value of its type: {error}",
            ) from None

    return read
