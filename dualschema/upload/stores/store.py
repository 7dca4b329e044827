"""What an upload asks of a database, within a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from dualschema.crud.dialects import Kind
from dualschema.crud.session import Session
from dualschema.declare.table import Table
from dualschema.errors import StatementError
from dualschema.model import SchemaModel, TableModel
from dualschema.upload.cells import Cell
from dualschema.upload.receiver import Receiver

__all__ = ["Store", "parents_first", "store_of"]


class Store(Protocol):
    """A database's session, within a transaction.

    What is asked is sent together, in the order in which it was asked, at the latest when one of
    the functions that are returned is called for its answer.
    """

    @property
    def parents_first(self) -> Sequence[str]:
        """The tables' names, each behind those that its foreign keys name."""
        ...

    def lock(self, name: str) -> Callable[[], bool]:
        """Take a lock that ends with the transaction; give whether it was free."""
        ...

    def defer(self) -> None:
        """Put off the checks of foreign keys, which may name what is only to come."""
        ...

    def check(self) -> Callable[[], object]:
        """Have foreign keys checked, and put off again."""
        ...

    def rows(
        self, model: TableModel, table: type[Table] | None, keys: Mapping[str, Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None, Any]]]:
        """Read the stored rows of these keys: the key, the owner and the row.

        Args:
            model: the table.
            table: the class, where the row is wanted, which then nobody else changes before the
                transaction ends; without it there is None in its place.
            keys: their cells, by the keys as text.
        """
        ...

    def targets(
        self, model: TableModel, column: str, values: Sequence[Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None]]]:
        """Read which of these values a column has, as text, and the owners of the rows."""
        ...

    def insert(self, receiver: Receiver, rows: Sequence[Mapping[str, Cell]]) -> Callable[[], int]:
        """Insert rows of which none is there; give how many were inserted."""
        ...

    def update(
        self,
        receiver: Receiver,
        rows: Sequence[tuple[Cell, Mapping[str, Cell]]],
        owner: str | None,
    ) -> Callable[[], int]:
        """Set values of rows by their keys; give how many rows that were.

        Rows that are no longer an owner's are left alone, where a column of the table tells.
        """
        ...

    def reset(
        self, receiver: Receiver, names: Sequence[str], keys: Sequence[Cell]
    ) -> Callable[[], int]:
        """Set columns of rows to the database's own defaults; give how many rows that were."""
        ...

    def delete(
        self, receiver: Receiver, keys: Sequence[Cell], owner: str | None
    ) -> Callable[[], int]:
        """Delete rows by their keys, as ``update`` finds them; give how many that were."""
        ...


def store_of(session: Session, schema: SchemaModel, kept: dict[Any, Any]) -> Store:
    """Return a session as what an upload asks.

    Args:
        session: in a transaction.
        schema: the tables.
        kept: what is made once for the schema is put there.

    Raises:
        StatementError: it is of a client's database.
    """
    match session.kind:
        case Kind.POSTGRES:
            from dualschema.upload.stores.postgres import PostgresStore

            return PostgresStore(session, schema, kept)
        case Kind.SQLITE:
            from dualschema.upload.stores.sqlite import SqliteStore

            return SqliteStore(session, schema, kept)
        case Kind.POWERSYNC:
            raise StatementError("a client's own database takes no uploads")


def parents_first(schema: SchemaModel, kept: dict[Any, Any]) -> tuple[str, ...]:
    """Return the tables' names, each behind those that its foreign keys name, where that can be."""
    if "order" not in kept:
        kept["order"] = _parents_first(schema)
    found: tuple[str, ...] = kept["order"]
    return found


def _parents_first(schema: SchemaModel) -> tuple[str, ...]:
    left = {t.name: {k.target_table for k in t.foreign_keys} - {t.name} for t in schema.tables}
    order: list[str] = []
    while left:
        free = [name for name, parents in left.items() if not parents & left.keys()]
        for name in free or [next(iter(left))]:  # a circle, whose checks are put off
            order.append(name)
            del left[name]
    return tuple(order)
