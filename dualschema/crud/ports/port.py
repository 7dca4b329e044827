"""What every port can do, and which one belongs to a driver's connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from dualschema.crud.dialects import Kind
from dualschema.crud.plan import Plan, Result

__all__ = ["Port", "port_class", "port_of"]


class Port(Protocol):
    """A driver's open connection.

    Attributes:
        kind: the kind of database behind it.
        connection: the driver's own.
    """

    kind: Kind
    connection: Any

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    @property
    def is_lost(self) -> bool:
        """Whether the connection broke, and is good for nothing any more."""
        ...

    @property
    def is_autocommit(self) -> bool:
        """Whether a statement outside a transaction is one of its own."""
        ...

    @property
    def is_taken(self) -> bool:
        """Whether somebody else, who shares it, is in a transaction on it."""
        ...

    @property
    def driver_begin(self) -> str | None:
        """The command by which the driver opens a transaction by itself; None if it does not."""
        ...

    def check(self) -> None:
        """Refuse a caller's connection that is in no state to take a statement.

        Raises:
            StatementError: what it is in the middle of.
        """
        ...

    def begin(self, isolation: str | None, *, read_only: bool) -> str:
        """Return the command that opens a transaction."""
        ...

    def execute(self, plan: Plan, parameters: Sequence[Any]) -> Result:
        """Run one statement.

        Raises:
            DatabaseError: the database refused it.
        """
        ...

    def write(self, plan: Plan, parameters: Sequence[Any]) -> int:
        """Run one statement, and return no more than how many rows it changed, or gave."""
        ...

    def ahead(self, plan: Plan, parameters: Sequence[Any]) -> Callable[[], Result]:
        """Have a statement run before the next one: with it in one exchange, if there is a server.

        Returns:
            What gives its answer, and has it run if nothing else did yet. If the database refuses a
            statement, whoever caused the exchange gets the error, and none behind it is run.
        """
        ...

    def forget(self) -> None:
        """Have nothing run of what waits for the next statement."""
        ...

    def parts(self, plan: Plan, parameters: Sequence[Any]) -> Iterator[Result]:
        """Run one statement and give its rows by parts, which cost less memory to work on.

        The last one may have no rows. Nothing else may run before they are read.
        """
        ...

    def execute_many(self, plan: Plan, batches: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each list of parameters; return how many rows were changed."""
        ...

    def run(self, sql: str) -> None:
        """Run a command without parameters or rows: ``BEGIN``, ``SAVEPOINT a``."""
        ...

    def stream(self, plan: Plan, parameters: Sequence[Any], size: int) -> Iterator[Result]:
        """Read a query's rows a part at a time, so that memory stays bounded."""
        ...

    def copy(self, plan: Plan, blocks: Iterable[str | bytes]) -> int:
        """Send what a COPY reads; return how many rows it made.

        Raises:
            StatementError: the database has no COPY.
        """
        ...

    def autocommit(self, wanted: bool) -> None:
        """Have the driver open transactions by itself, or leave them to explicit commands."""
        ...


def port_of(connection: Any) -> Port:
    """Return the port of a driver's connection.

    Raises:
        TypeError: it is of no driver that is known.
    """
    return port_class(connection)(connection)


def port_class(connection: Any) -> Callable[[Any], Port]:
    """Return what makes the port of a driver's connection.

    Raises:
        TypeError: it is of no driver that is known.
    """
    module = type(connection).__module__.partition(".")[0]
    if module == "psycopg":
        from dualschema.crud.ports.postgres import PostgresPort

        return PostgresPort
    if module == "apsw":
        from dualschema.crud.ports.apsw import ApswPort

        return ApswPort
    if hasattr(connection, "executemany") and hasattr(connection, "total_changes"):
        from dualschema.crud.ports.sqlite import SqlitePort

        return SqlitePort
    raise TypeError(
        "no engine, and no connection of psycopg, sqlite3, pysqlite3 or apsw: "
        f"{type(connection).__qualname__} (connect() takes a URL)"
    )
