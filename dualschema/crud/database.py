"""``Database``: runs statements, on an engine or on a connection that somebody holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from dualschema.crud import reading
from dualschema.crud.dialects import Kind
from dualschema.crud.keyed import get_by_key
from dualschema.crud.lease import Pooled, is_asynchronous, lease_of
from dualschema.crud.select import Select, select
from dualschema.crud.session import Isolation, Session, TransactionOptions
from dualschema.crud.statement import Query, Statement
from dualschema.declare.table import Table
from dualschema.engine import EngineOptions, make_engine, pause_before
from dualschema.errors import SerializationError, StatementError

if TYPE_CHECKING:  # it takes its time to load
    from sqlalchemy import orm

__all__ = ["Database", "check_attempts", "connect", "select_of"]

R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")
P = ParamSpec("P")
RowT = TypeVar("RowT", bound=Table)


class Database:
    """Runs statements, each in a transaction of its own or all of a block in one.

    It may be shared by threads: a thread that is in a transaction has a connection to itself.

    Args:
        bind: an ``sqlalchemy.Engine``; or a connection that the caller holds and whose transactions
            are the caller's: SQLAlchemy's ``Connection`` or ``Session``, or a driver's own, of
            ``psycopg``, ``sqlite3``, ``pysqlite3`` or ``apsw``.
    """

    def __init__(self, bind: sa.Engine | sa.Connection | orm.Session | Any) -> None:
        if is_asynchronous(bind):
            raise StatementError("an asynchronous engine or connection is for AsyncDatabase")
        self._lease = lease_of(bind)
        self._local = threading.local()

    def all(self, query: Query[R], /, **given: Any) -> list[R]:
        """Return all rows; ``given`` are the values of its parameters."""
        return self._use(reading.fetch, query, given)

    def first(self, query: Query[R], /, **given: Any) -> R | None:
        """Return the first row, or None."""
        return self._use(reading.first, query, given)

    def one(self, query: Query[R], /, **given: Any) -> R:
        """Return the only row.

        Raises:
            NotFoundError: there is none.
            MultipleRowsError: there are several.
        """
        return self._use(reading.one, query, given)

    def scalars(self, query: Query[tuple[A]], /, **given: Any) -> list[A]:
        """Return the values of a query of one column."""
        return self._use(reading.scalars, query, given)

    def scalar(self, query: Query[tuple[A]], /, **given: Any) -> A:
        """Return the only row's only value.

        Raises:
            NotFoundError: there is no row.
            MultipleRowsError: there are several.
        """
        return self._use(reading.one, query, given)[0]

    def get(self, table: type[RowT], key: Any) -> RowT:
        """Return the row of a key.

        Raises:
            NotFoundError: there is none.
        """
        return self._use(reading.get, table, key)

    def get_or_none(self, table: type[RowT], key: Any) -> RowT | None:
        """Return the row of a key, or None."""
        return self._use(get_by_key, table, key)

    def count(self, query: Select[Any] | type[Table], /, **given: Any) -> int:
        """Return how many rows there are, of a table or of a select."""
        return self._use(select_of(query).count, given)

    def exists(self, query: Select[Any] | type[Table], /, **given: Any) -> bool:
        """Return whether there is a row, of a table or of a select."""
        return self._use(select_of(query).exists, given)

    def run(self, statement: Statement, /, **given: Any) -> int:
        """Do a write; return how many rows it wrote."""
        return self._use(statement.run, given)

    def stream(
        self, query: Query[R], /, *, size: int = 1_000, **given: Any
    ) -> Generator[R, None, None]:
        """Yield rows as the database gives them, ``size`` at a time: memory stays bounded.

        Outside a transaction it holds one, which only reads, until it ends.
        """
        with (
            self._session() as session,
            closing(reading.stream(session, query, given, size)) as parts,
        ):
            for part in parts:
                yield from part

    @contextmanager
    def transaction(
        self, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> Iterator[Self]:
        """Do all statements of a block, or none; inside another one it is a savepoint.

        Args:
            isolation: Postgres's level; SQLite has only ``"serializable"``.
            read_only: nothing can be written.
        """
        options = TransactionOptions(isolation, read_only)
        inside = self._current
        with self._session() as session:
            self._local.session = session
            try:
                with session.transaction(options):
                    yield self
            finally:
                self._local.session = inside

    def retry(
        self,
        work: Callable[[], T],
        *,
        attempts: int = 5,
        isolation: Isolation | None = "serializable",
    ) -> T:
        """Do ``work`` in a transaction, and again when another one was in the way.

        Args:
            work: is called with nothing; it may run several times, so what it does outside the
                database should bear that.
            attempts: how often, at most; between them it waits a little, longer each time.
            isolation: as in ``transaction``.

        Raises:
            SerializationError: the last attempt failed, too.
        """
        if self._current is not None:
            raise StatementError("retry() opens its own transaction: call it outside of one")
        check_attempts(attempts)
        for attempt in range(1, attempts):
            try:
                with self.transaction(isolation=isolation):
                    return work()
            except SerializationError:
                time.sleep(pause_before(attempt))
        with self.transaction(isolation=isolation):
            return work()

    def after_commit(self, work: Callable[[], object]) -> None:
        """Have work done after this thread's transaction has committed; at once outside of one.

        It is not done if the transaction, or the block that it was asked for in, is undone.

        Args:
            work: is called with nothing. What it raises reaches the caller of the transaction, who
                cannot undo it any more.

        Raises:
            StatementError: this database runs on a connection whose holder commits.
        """
        current = self._current
        if current is not None:
            current.after_commit(work)
            return
        if not isinstance(self._lease, Pooled):
            raise StatementError("this database runs on a connection, whose holder commits")
        work()

    @property
    def engine(self) -> sa.Engine:
        """SQLAlchemy's engine, for whatever is not wrapped here.

        Raises:
            StatementError: this database runs on a connection that somebody holds.
        """
        if isinstance(self._lease, Pooled):
            return self._lease.engine
        raise StatementError("this database runs on a connection, not on an engine")

    @property
    def kind(self) -> Kind:
        """The kind of database behind it; of Postgres it is known without a connection."""
        if isinstance(self._lease, Pooled) and self._lease.engine.dialect.name == "postgresql":
            return Kind.POSTGRES
        return self._use(lambda session: session.kind)

    def close(self) -> None:
        """Close all connections of its engine."""
        if isinstance(self._lease, Pooled):
            self._lease.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _current(self) -> Session | None:
        """The session of the transaction that this thread is in."""
        return getattr(self._local, "session", None)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        current = self._current
        if current is not None:
            yield current
            return
        with self._lease.session() as session:
            yield session

    def on_session(self, work: Callable[[Session], T]) -> T:
        """Do work on the session of this thread's transaction, or on one for it alone.

        It is for the floors above, which send a database what no statement says.
        """
        return self._use(work)

    def _use(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Do work on this thread's session, or on one for it alone."""
        current: Session | None = getattr(self._local, "session", None)
        if current is not None:
            return work(current, *args, **named)
        with self._lease.session() as session:
            return work(session, *args, **named)


def check_attempts(attempts: int) -> None:
    """Refuse a number of attempts that is none."""
    if attempts < 1:
        raise StatementError("attempts is a whole number from 1")


def select_of(query: Select[Any] | type[Table]) -> Select[Any]:
    """Return the select of all rows, where a table is given."""
    return query if isinstance(query, Select) else select(query)


def connect(
    url: str | URL,
    *,
    pool_size: int = 5,
    max_overflow: int = 10,
    pool_timeout: float = 30,
    application_name: str | None = None,
    statement_timeout: float | None = None,
    pooler: bool | None = None,
    patience: float | None = None,
    **options: Any,
) -> Database:
    """Return a database; connections are made when they are needed.

    Args:
        url: ``postgresql://user@host/name`` or ``sqlite:///file.db``.
        pool_size: Postgres connections that are kept open.
        max_overflow: those beyond them, at times.
        pool_timeout: how long to wait for one, in seconds.
        application_name: what Postgres shows of the connections.
        statement_timeout: how long Postgres lets a statement run, in seconds; not behind a pooler.
        pooler: whether the URL leads to a pooler that changes servers between transactions, which
            turns prepared statements off. None: the URL tells, as hosters have them.
        patience: for how many seconds to try again to connect where a server starts, stops or is
            not there. None: 15 on hosts that stop when nobody asks (Neon), else 0.
        options: further ones of ``sqlalchemy.create_engine``.

    Raises:
        StatementError: the URL is none of Postgres or SQLite, has an option that libpq does not
            know, or leads to a pooler behind which an option would not hold.
    """
    return Database(
        make_engine(
            url,
            EngineOptions(
                pool_size=pool_size,
                max_overflow=max_overflow,
                pool_timeout=pool_timeout,
                application_name=application_name,
                statement_timeout=statement_timeout,
                pooler=pooler,
                patience=patience,
                others=options,
            ),
        )
    )
