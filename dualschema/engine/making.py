"""Engines from URLs: names of drivers, pools, time limits, and what SQLite wants to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL

from dualschema.engine.connecting import with_patience
from dualschema.engine.hosting import POOLER, find_pooler, sleeps
from dualschema.engine.url import normalised
from dualschema.errors import MissingExtraError, StatementError
from dualschema.turns import Turns

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["EngineOptions", "make_async_engine", "make_engine"]

_SECRET: Final = ("password", "secret", "_key")
"""How the names end of libpq's options that nobody may see: ``sslpassword``, for one."""

_SCHEMAS: Final = ("currentSchema", "schema")
"""Options by which JDBC and Prisma name the schema to look for tables in."""
_SEARCH_PATH: Final = "options=-csearch_path%3DNAME"

_SLEEPERS_RECYCLE: Final = 240
"""Seconds; Neon stops a server after 300 (https://neon.com/docs/introduction/scale-to-zero)."""

_SLEEPERS_PATIENCE: Final = 15.0
"""Seconds, several times what Neon takes to start one."""


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
        pooler: whether a pooler that changes servers between transactions answers; None: the URL
            tells.
        patience: for how long to try again to connect, while what went wrong may pass, in seconds;
            None: 15 where the server sleeps, else 0.
    """

    pool_size: int
    max_overflow: int
    pool_timeout: float
    application_name: str | None
    statement_timeout: float | None
    others: Mapping[str, Any]
    pooler: bool | None = None
    patience: float | None = None


def make_engine(url: str | URL, options: EngineOptions) -> sa.Engine:
    """Return an engine of Postgres or SQLite.

    Raises:
        StatementError: it is no URL of either, it has an option that libpq does not know, or an
            option would not hold behind the pooler that it leads to.
    """
    wanted = normalised(url)
    if wanted.get_backend_name() == "sqlite":
        return _sqlite(wanted, options)
    shown, given = _of_postgres(url, options)
    engine = sa.create_engine(shown, **given)
    _prepare_postgres(engine, options)
    return engine


def make_async_engine(url: str | URL, options: EngineOptions) -> AsyncEngine:
    """Return an asynchronous engine of Postgres.

    Raises:
        StatementError: as of ``make_engine``.
        MissingExtraError: greenlet is not installed, which SQLAlchemy needs for it.
    """
    try:
        from sqlalchemy.ext.asyncio import create_async_engine
    except ImportError:
        raise MissingExtraError("an asynchronous database", "async") from None

    shown, given = _of_postgres(url, options)
    engine = create_async_engine(shown, **given)
    _prepare_postgres(engine.sync_engine, options)
    return engine


def _of_postgres(url: str | URL, options: EngineOptions) -> tuple[URL, dict[str, Any]]:
    """Return the URL that engines show, and what ``create_engine`` is told."""
    shown, secrets = _without_secrets(normalised(url))
    pooler = find_pooler(url, said=options.pooler)
    if pooler is not None and options.statement_timeout is not None:
        raise StatementError(
            pooler.refusal("statement_timeout and other settings of connections")
            + ", or set it for the user: ALTER ROLE ... SET statement_timeout = '10s'"
        )
    given: dict[str, Any] = {}
    if not options.others.keys() & {"pool", "poolclass"}:
        given = {"pool_size": options.pool_size, "max_overflow": options.max_overflow}
        given["pool_timeout"] = options.pool_timeout
    if sleeps(shown):
        given |= {"pool_pre_ping": True, "pool_recycle": _SLEEPERS_RECYCLE}
    given |= options.others
    without = {} if pooler is None else {"prepare_threshold": None}
    given["connect_args"] = {**secrets, **without, **given.get("connect_args", {})}
    given["execution_options"] = {**given.get("execution_options", {}), POOLER: pooler}
    return shown, given


def _without_secrets(url: URL) -> tuple[URL, dict[str, Any]]:
    """Take from a URL what it would show, and look whether libpq knows all of its options."""
    from psycopg import pq

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name in url.query:
        if name not in known:
            raise StatementError(
                f"the database's URL has the option {name!r}, which libpq does not know"
                + (f": {_SEARCH_PATH} says it to Postgres" if name in _SCHEMAS else "")
            )
        if not isinstance(url.query[name], str):
            raise StatementError(f"the database's URL has the option {name!r} twice")
    hidden = {name: url.query[name] for name in url.query if name.endswith(_SECRET)}
    return url.difference_update_query(hidden), hidden


def _prepare_postgres(engine: sa.Engine, options: EngineOptions) -> None:
    patience = options.patience
    if patience is None:
        patience = _SLEEPERS_PATIENCE if sleeps(engine.url) else 0
    if patience > 0:
        # No listener of `do_connect`: one that connects keeps those of users from being asked.
        dialect: Any = engine.dialect
        dialect.connect = with_patience(dialect.connect, patience, is_async=dialect.is_async)

    @event.listens_for(engine, "do_connect")
    def before(*given: Any) -> None:
        named: dict[str, Any] = given[-1]  # the driver's arguments
        named.setdefault("client_encoding", "utf8")
        if options.application_name:
            named.setdefault("application_name", options.application_name)

    @event.listens_for(engine, "connect")
    def after(connection: Any, record: Any) -> None:
        # Settings, not start-up options: a pooler in front of the server takes no options.
        wanted = dict(_missing_settings(record.driver_connection))
        if options.statement_timeout is not None:
            wanted["statement_timeout"] = f"{round(options.statement_timeout * 1000)}ms"
        if not wanted:
            return
        cursor = connection.cursor()
        for name, value in wanted.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        cursor.close()
        connection.commit()


def _missing_settings(connection: Any) -> Iterator[tuple[str, str]]:
    """Give what a connection is to be told, unless the server says that it is so."""
    for name, value in (("TimeZone", "UTC"), ("DateStyle", "ISO")):  # psycopg reads no other style
        said = connection.info.parameter_status(name) or ""
        if said.partition(",")[0] != value:
            yield name, value


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
