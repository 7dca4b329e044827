"""What the methods of a database do with a session, written once for both of its faces."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

from dualschema.crud.dialects import Kind
from dualschema.crud.keyed import get_by_key
from dualschema.crud.session import Session, TransactionOptions
from dualschema.crud.statement import Given, Query
from dualschema.declare.table import Table, binding_of
from dualschema.errors import MultipleRowsError, NotFoundError, StatementError

__all__ = ["fetch", "first", "get", "one", "scalars", "stream"]

R = TypeVar("R")
A = TypeVar("A")
RowT = TypeVar("RowT", bound=Table)


def fetch(session: Session, query: Query[R], given: Given) -> list[R]:
    """Return all rows."""
    asked: Any = query
    if not isinstance(asked, Query):
        raise StatementError(
            f"{type(asked).__name__} gives no rows: read a ds.select(...), or a write with "
            "returning()"
        )
    return query.fetch(session, given)


def first(session: Session, query: Query[R], given: Given) -> R | None:
    """Return the first row, or None."""
    rows = fetch(session, _limited(query, 1), given)
    return rows[0] if rows else None


def one(session: Session, query: Query[R], given: Given) -> R:
    """Return the only row."""
    rows = fetch(session, _limited(query, 2), given)
    if not rows:
        raise NotFoundError("the statement gave no row, where one was to be")
    if len(rows) > 1:
        raise MultipleRowsError("the statement gave several rows, where one was to be")
    return rows[0]


def _limited(query: Query[R], count: int) -> Query[R]:
    given: Any = query
    limited: Query[R] = given.at_most(count) if isinstance(given, Query) else given
    return limited


def scalars(session: Session, query: Query[tuple[A]], given: Given) -> list[A]:
    """Return the values of a query of one column."""
    return [row[0] for row in fetch(session, query, given)]


def get(session: Session, table: type[RowT], key: Any) -> RowT:
    """Return the row of a key."""
    row = get_by_key(session, table, key)
    if row is None:
        name = binding_of(table).model.name
        raise NotFoundError(f"{name} has no row of this key", name)
    return row


def stream(
    session: Session, query: Query[R], given: Given, size: int
) -> Generator[list[R], None, None]:
    """Yield rows by parts; on Postgres this takes a transaction."""
    if query.is_write:
        raise StatementError("stream() is for queries: a write gives its rows to all()")
    if size < 1:
        raise StatementError("size is a whole number from 1")
    if session.kind is not Kind.POSTGRES or session.port.in_transaction:
        yield from query.stream(session, given, size)
        return
    with session.transaction(TransactionOptions(read_only=True)):
        yield from query.stream(session, given, size)
