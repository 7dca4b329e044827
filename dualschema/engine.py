"""Engines from URLs: names of drivers, pools, time limits, and what SQLite wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from dualschema.errors import MissingExtraError, StatementError
from dualschema.turns import Turns

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["EngineOptions", "make_async_engine", "make_engine", "normalised"]

_POSTGRES: Final = ("postgres", "postgresql")


def normalised(url: str | URL) -> URL:
    """Return a URL with the driver that is used: psycopg for Postgres, sqlite3 for SQLite.

    ``postgres://``, as hosters write it, and other drivers' names are taken.

    Raises:
        StatementError: it is no URL of either.
    """
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):  # the text of the latter may be a part of a password
        raise StatementError(
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db"
        ) from None
    backend = made.drivername.partition("+")[0]
    if backend in _POSTGRES:
        return made.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return made.set(drivername="sqlite")
    raise StatementError(f"a URL of Postgres or SQLite is wanted, not of {backend!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How connections are made, kept and limited.

    Attributes:
        pool_size: Postgres connections that are kept open.
        max_overflow: those beyond them, at times.
        pool_timeout: how long to wait for one, in seconds.
        application_name: what Postgres shows of the connections.
        statement_timeout: how long Postgres lets a statement run, in seconds.
        others: further ones of ``sqlalchemy.create_engine``.
    """

    pool_size: int
    max_overflow: int
    pool_timeout: float
    application_name: str | None
    statement_timeout: float | None
    others: Mapping[str, Any]

    @property
    def of_postgres(self) -> dict[str, Any]:
        """What ``create_engine`` is told."""
        pool = {"pool_size": self.pool_size, "max_overflow": self.max_overflow}
        return pool | {"pool_timeout": self.pool_timeout} | dict(self.others)


def make_engine(url: str | URL, options: EngineOptions) -> sa.Engine:
    """Return an engine of Postgres or SQLite."""
    wanted = normalised(url)
    if wanted.get_backend_name() == "sqlite":
        return _sqlite(wanted, options)
    engine = sa.create_engine(wanted, **options.of_postgres)
    _prepare_postgres(engine, options)
    return engine


def make_async_engine(url: str | URL, options: EngineOptions) -> AsyncEngine:
    """Return an asynchronous engine of Postgres.

    Raises:
        MissingExtraError: greenlet is not installed, which SQLAlchemy needs for it.
    """
    try:
        from sqlalchemy.ext.asyncio import create_async_engine
    except ImportError:
        raise MissingExtraError("an asynchronous database", "async") from None

    engine = create_async_engine(normalised(url), **options.of_postgres)
    _prepare_postgres(engine.sync_engine, options)
    return engine


def _prepare_postgres(engine: sa.Engine, options: EngineOptions) -> None:
    @event.listens_for(engine, "do_connect")
    def before(*given: Any) -> None:
        named: dict[str, Any] = given[-1]  # the driver's arguments
        named.setdefault("client_encoding", "utf8")
        if options.application_name:
            named.setdefault("application_name", options.application_name)

    @event.listens_for(engine, "connect")
    def after(connection: Any, _: Any) -> None:
        # Settings, not start-up options: a pooler in front of the server takes no options.
        # psycopg reads instants of no other style.
        wanted = {"TimeZone": "UTC", "DateStyle": "ISO"}
        if options.statement_timeout is not None:
            wanted["statement_timeout"] = f"{round(options.statement_timeout * 1000)}ms"
        cursor = connection.cursor()
        for name, value in wanted.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        cursor.close()
        connection.commit()


def _of_sqlite(url: URL, options: EngineOptions) -> dict[str, Any]:
    """Return what ``create_engine`` is told: in memory, all threads have one connection."""
    given = dict(options.others)
    if not _is_in_memory(url) or given.keys() & {"poolclass", "pool", "creator"}:
        return given
    arguments = {"check_same_thread": False, **given.pop("connect_args", {})}
    own = {"poolclass": Turns, "pool_timeout": options.pool_timeout, "connect_args": arguments}
    return own | given


def _is_in_memory(url: URL) -> bool:
    name = url.database or ":memory:"
    return name.startswith((":memory:", "file::memory:")) or url.query.get("mode") == "memory"


def _sqlite(url: URL, options: EngineOptions) -> sa.Engine:
    engine = sa.create_engine(url, **_of_sqlite(url, options))

    @event.listens_for(engine, "connect")
    def after(connection: Any, _: Any) -> None:
        # The driver then opens no transaction by itself, where it pleases: `begin` below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA case_sensitive_like = ON")  # as LIKE is in Postgres
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
