"""``AsyncDatabase``: the same statements for asyncio; what they do is written in one place."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from dualschema.crud import reading
from dualschema.crud.database import check_attempts, select_of
from dualschema.crud.keyed import get_by_key
from dualschema.crud.lease import Lease, Pooled, is_asynchronous, is_orm_session, lease_of
from dualschema.crud.runner import Greenlets, OneThread, Runner, entered
from dualschema.crud.select import Select
from dualschema.crud.session import Isolation, Session, TransactionOptions
from dualschema.crud.statement import Query, Statement
from dualschema.declare.table import Table
from dualschema.engine import (
    EngineOptions,
    make_async_engine,
    make_engine,
    normalised,
    pause_before,
)
from dualschema.errors import SerializationError, StatementError

__all__ = ["AsyncDatabase", "connect_async"]

R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")
P = ParamSpec("P")
RowT = TypeVar("RowT", bound=Table)


class AsyncDatabase:
    """Runs statements as ``Database`` does, for asyncio.

    It may be shared by tasks: a task that is in a transaction has a connection to itself, and the
    tasks that it starts have others.

    Args:
        bind: an ``AsyncEngine`` of Postgres; or a connection that the caller holds and whose
            transactions are the caller's: ``AsyncConnection``, ``AsyncSession`` or psycopg's own.
            Of SQLite a synchronous engine or connection, which works in a thread of its own.
    """

    def __init__(self, bind: Any) -> None:
        self._runner, self._lease = _runner_of(bind)
        self._bind = bind
        self._sessions: weakref.WeakKeyDictionary[asyncio.Task[Any], Session] = (
            weakref.WeakKeyDictionary()
        )

    async def all(self, query: Query[R], /, **given: Any) -> list[R]:
        """Return all rows; ``given`` are the values of its parameters."""
        return await self._use(reading.fetch, query, given)

    async def first(self, query: Query[R], /, **given: Any) -> R | None:
        """Return the first row, or None."""
        return await self._use(reading.first, query, given)

    async def one(self, query: Query[R], /, **given: Any) -> R:
        """Return the only row.

        Raises:
            NotFoundError: there is none.
            MultipleRowsError: there are several.
        """
        return await self._use(reading.one, query, given)

    async def scalars(self, query: Query[tuple[A]], /, **given: Any) -> list[A]:
        """Return the values of a query of one column."""
        return await self._use(reading.scalars, query, given)

    async def scalar(self, query: Query[tuple[A]], /, **given: Any) -> A:
        """Return the only row's only value.

        Raises:
            NotFoundError: there is no row.
            MultipleRowsError: there are several.
        """
        return (await self._use(reading.one, query, given))[0]

    async def get(self, table: type[RowT], key: Any) -> RowT:
        """Return the row of a key.

        Raises:
            NotFoundError: there is none.
        """
        return await self._use(reading.get, table, key)

    async def get_or_none(self, table: type[RowT], key: Any) -> RowT | None:
        """Return the row of a key, or None."""
        return await self._use(get_by_key, table, key)

    async def count(self, query: Select[Any] | type[Table], /, **given: Any) -> int:
        """Return how many rows there are, of a table or of a select."""
        return await self._use(select_of(query).count, given)

    async def exists(self, query: Select[Any] | type[Table], /, **given: Any) -> bool:
        """Return whether there is a row, of a table or of a select."""
        return await self._use(select_of(query).exists, given)

    async def run(self, statement: Statement, /, **given: Any) -> int:
        """Do a write; return how many rows it wrote."""
        return await self._use(statement.run, given)

    async def stream(
        self, query: Query[R], /, *, size: int = 1_000, **given: Any
    ) -> AsyncGenerator[R, None]:
        """Yield rows as the database gives them, ``size`` at a time: memory stays bounded.

        Outside a transaction it holds one, which only reads, until it ends.
        """
        async with self._session() as session:
            parts = reading.stream(session, query, given, size)

            def following() -> list[R] | None:
                return next(parts, None)

            try:
                while (part := await self._runner.call(following)) is not None:
                    for row in part:
                        yield row
            finally:
                await self._runner.call(parts.close)

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> AsyncIterator[Self]:
        """Do all statements of a block, or none; inside another one it is a savepoint.

        Args:
            isolation: Postgres's level; SQLite has only ``"serializable"``.
            read_only: nothing can be written.
        """
        options = TransactionOptions(isolation, read_only)
        async with self._session() as session:
            task, before = _task(), self._current()
            self._sessions[task] = session
            try:
                async with entered(self._runner, session.transaction(options)):
                    yield self
            finally:
                if before is None:
                    del self._sessions[task]

    async def retry(
        self,
        work: Callable[[], Awaitable[T]],
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
        if self._current() is not None:
            raise StatementError("retry() opens its own transaction: call it outside of one")
        check_attempts(attempts)
        for attempt in range(1, attempts):
            try:
                async with self.transaction(isolation=isolation):
                    return await work()
            except SerializationError:
                await asyncio.sleep(pause_before(attempt))
        async with self.transaction(isolation=isolation):
            return await work()

    async def run_sync(self, work: Callable[[sa.Connection], T]) -> T:
        """Do work that wants SQLAlchemy's connection, in a transaction: ``schema.create_all``.

        Raises:
            StatementError: this database runs on a connection that somebody holds.
        """
        lease = self._lease
        if self._current() is not None:
            raise StatementError("run_sync() opens its own transaction: call it outside of one")
        if not isinstance(lease, Pooled):
            raise StatementError("this database runs on a connection, not on an engine")

        def with_connection() -> T:
            with lease.engine.begin() as connection:
                return work(connection)

        async with self._runner.alone():
            return await self._runner.call(with_connection)

    def after_commit(self, work: Callable[[], object]) -> None:
        """Have work done after this task's transaction has committed; at once outside of one.

        It is not done if the transaction, or the block that it was asked for in, is undone.

        Args:
            work: is called with nothing, on SQLite in the database's thread, and must not wait.
                What it raises reaches the caller of the transaction, who cannot undo it any more.

        Raises:
            StatementError: this database runs on a connection whose holder commits.
        """
        current = self._current()
        if current is not None:
            current.after_commit(work)
            return
        if not isinstance(self._lease, Pooled):
            raise StatementError("this database runs on a connection, whose holder commits")
        work()

    @property
    def engine(self) -> Any:
        """SQLAlchemy's engine (of Postgres an ``AsyncEngine``), for whatever is not wrapped here.

        Raises:
            StatementError: this database runs on a connection that somebody holds.
        """
        if isinstance(self._lease, Pooled):
            return self._bind
        raise StatementError("this database runs on a connection, not on an engine")

    async def close(self) -> None:
        """Close all connections of its engine."""
        async with self._runner.alone():
            if isinstance(self._lease, Pooled):
                await self._runner.call(self._lease.engine.dispose)
        self._runner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _current(self) -> Session | None:
        return self._sessions.get(_task())

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        session = self._current()
        if session is not None:
            yield session
            return
        async with self._runner.alone(), entered(self._runner, self._lease.session()) as session:
            yield session

    async def _use(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Do work on this task's session, or on one for it alone."""
        async with self._session() as session:
            return await self._runner.call(work, session, *args, **named)


def _task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  (these are coroutines)
    return task


def _runner_of(bind: Any) -> tuple[Runner, Lease]:
    module = type(bind).__module__
    if module.startswith("sqlalchemy.ext.asyncio"):  # which cannot be imported without greenlet
        lease = lease_of(_sync_of(bind))
        return Greenlets(is_lent=not isinstance(lease, Pooled)), lease
    if is_asynchronous(bind):
        return Greenlets(is_lent=True), lease_of(bind)
    is_engine = isinstance(bind, sa.Engine)
    if (
        (is_engine and bind.dialect.name != "sqlite")
        or isinstance(bind, sa.Connection)
        or is_orm_session(bind)
        or module.partition(".")[0] == "psycopg"
    ):
        raise StatementError("a synchronous engine or connection of Postgres is for Database")
    return OneThread(), lease_of(bind)


def _sync_of(bind: Any) -> Any:
    """Return what an asynchronous engine, connection or session of SQLAlchemy's stands on."""
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    if isinstance(bind, AsyncEngine):
        if bind.dialect.name != "postgresql" or not bind.driver.startswith("psycopg"):
            raise StatementError(
                "an asynchronous engine is one of psycopg; of SQLite give a synchronous one"
            )
        return bind.sync_engine
    if not isinstance(bind, AsyncConnection):
        return bind.sync_session
    if bind.sync_connection is None:
        raise StatementError("the connection is not open yet: await it, or enter it")
    return bind.sync_connection


def connect_async(
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
) -> AsyncDatabase:
    """Return an asynchronous database; connections are made when they are needed.

    The arguments are those of ``connect``.

    Raises:
        StatementError: as of ``connect``.
        MissingExtraError: greenlet is not installed, which SQLAlchemy needs for asyncio.
    """
    is_sqlite = normalised(url).get_backend_name() == "sqlite"
    make: Callable[..., Any] = make_engine if is_sqlite else make_async_engine
    return AsyncDatabase(
        make(
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
