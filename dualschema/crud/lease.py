"""Where a session's connection comes from: an engine's pool, or a caller who holds one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from threading import RLock
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from dualschema.crud.dialects import Kind
from dualschema.crud.ports import Port, port_class, port_of
from dualschema.crud.session import Session
from dualschema.errors import ConnectionLostError, DatabaseError

__all__ = ["Lease", "Lent", "Pooled", "is_asynchronous", "is_orm_session", "lease_of"]

_PORT, _SESSIONS, _BEFORE = "dualschema_port", "dualschema_sessions", "dualschema_before"


class Lease(Protocol):
    """Gives sessions."""

    def session(self) -> Any:
        """Return a context manager that gives a session."""
        ...


class Pooled:
    """Takes a connection from an engine's pool and gives it back.

    Meanwhile the driver opens no transactions by itself: a statement alone is one exchange.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        taken = self._taken()
        try:
            port = self._port(taken)
            # Some pools of SQLite's give one connection to several: the first of us sets it up, the
            # last one leaves it as it was, in whatever order they go.
            shared = taken.info
            shared[_SESSIONS] = shared.get(_SESSIONS, 0) + 1
            try:
                if shared[_SESSIONS] == 1:
                    shared[_BEFORE] = None if port.is_taken else port.is_autocommit
                    if shared[_BEFORE] is False:
                        port.autocommit(True)
                yield Session(port)
            finally:
                left = shared[_SESSIONS] = shared.get(_SESSIONS, 1) - 1
                before = shared.get(_BEFORE)  # neither is there where the connection was lost
                if left == 0 and before is not None:
                    self._leave(taken, port, before)
        except ConnectionLostError:
            self._lose(taken)
            raise
        finally:
            taken.close()

    def _taken(self) -> Any:
        try:
            return self.engine.raw_connection()
        except PoolTimeoutError as error:
            raise ConnectionLostError(
                "no connection of the pool came free in time: it is too small, or connections are "
                "held too long",
                driver_error=error,
            ) from None
        except (DBAPIError, self.engine.dialect.loaded_dbapi.Error) as error:
            raise _unmade(getattr(error, "orig", None) or error) from None

    def _port(self, taken: Any) -> Port:
        try:
            return _port_of(taken)
        except self.engine.dialect.loaded_dbapi.Error as error:  # SQLite opens a file when asked
            raise _unmade(error) from None

    def _leave(self, taken: Any, port: Port, before: bool) -> None:
        """Leave a connection as it was, also where a transaction's begin or end was cut off."""
        if port.is_lost:
            self._lose(taken)
            return
        port.forget()
        try:
            if port.in_transaction:
                port.run("ROLLBACK")
            port.autocommit(before)
        except DatabaseError:
            taken.invalidate()
        except BaseException:
            taken.invalidate()
            raise

    def _lose(self, taken: Any) -> None:
        # As SQLAlchemy does: the others of that age were probably lost with it.
        self.engine.pool._invalidate(taken)


def _port_of(taken: Any) -> Port:
    port: Port | None = taken.info.get(_PORT)
    if port is None or port.connection is not taken.driver_connection:
        port = taken.info[_PORT] = port_of(taken.driver_connection)
    return port


def _unmade(error: BaseException) -> ConnectionLostError:
    why = str(error).partition("\n")[0]
    return ConnectionLostError(
        f"no connection to the database can be made: {why}", driver_error=error
    )


class Lent:
    """Runs on a caller's connection, in the caller's transaction."""

    def __init__(self, lender: Any) -> None:
        self._lender = lender
        self._port: Port | None = None
        self._lock = RLock()  # there is one connection, whichever thread comes

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._lock:
            yield self._session()

    def _session(self) -> Session:
        driver = self._driver()
        if self._port is None or self._port.connection is not driver:
            self._port = port_of(driver)
        port = self._port
        port.check()
        if port.kind is Kind.POSTGRES and not port.in_transaction and (begin := port.driver_begin):
            port.run(begin)  # the caller commits; SQLite's driver does it by itself, at a write
        return Session(port, is_lent=True)

    def _driver(self) -> Any:
        connection = self._lender
        if is_orm_session(connection):
            if connection.autoflush:
                connection.flush()  # as before its own statements
            connection = connection.connection()
        if not isinstance(connection, sa.Connection):
            return connection
        if not connection.in_transaction():
            connection.begin()  # as SQLAlchemy does at the first statement; the caller commits
        return connection.connection.driver_connection


def is_asynchronous(bind: Any) -> bool:
    """Return whether it is an engine or a connection that wants to be awaited."""
    in_sqlalchemy = type(bind).__module__.startswith("sqlalchemy.ext.asyncio")
    return in_sqlalchemy or iscoroutinefunction(getattr(bind, "execute", None))


def is_orm_session(bind: Any) -> bool:
    """Return whether it is a session of SQLAlchemy's ORM.

    Nobody has one who has not imported the ORM, which takes its time.
    """
    orm = sys.modules.get("sqlalchemy.orm")
    return orm is not None and isinstance(bind, orm.Session)


def lease_of(bind: Any) -> Lease:
    """Return where sessions come from: an engine, or a connection that the caller holds.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(bind, sa.Engine):
        return Pooled(bind)
    if not isinstance(bind, sa.Connection) and not is_orm_session(bind):
        port_class(bind)
    return Lent(bind)
