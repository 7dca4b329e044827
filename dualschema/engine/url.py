"""URLs of databases as people paste them: read without a driver, and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from dualschema.engine.pasted import (
    POSTGRES,
    is_of_libpq,
    places_as_options,
    readable,
    unwrapped,
)
from dualschema.errors import StatementError

__all__ = ["is_said_to_be_pooled", "normalised", "read_url"]

_UNREADABLE: Final = (
    "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db"
)

_POOLED: Final = "pgbouncer"
_OF_OTHER_DRIVERS: Final = frozenset(
    {
        _POOLED,
        "connection_limit",
        "pool_timeout",
        "prepareThreshold",
        "prepared_statement_cache_size",
        "socket_timeout",
        "statement_cache_size",
        "supa",
        "uselibpqcompat",
        "workaround",
    }
)
"""Options that tell other drivers how to work, and nothing of the database.

Prisma's (https://www.prisma.io/docs/orm/overview/databases/postgresql), node-postgres's
(https://node-postgres.com/features/ssl), those that Vercel adds to Supabase's strings, JDBC's, and
those of SQLAlchemy for asyncpg.
"""

_SSL_MODES: Final = {
    "true": "require",
    "1": "require",
    "false": "disable",
    "0": "disable",
    "no-verify": "require",  # node-postgres's: what libpq means by `require`
}
"""``ssl=``, as the drivers of JavaScript and Java have it, in libpq's terms."""

_PLACEHOLDER: Final = "[YOUR-PASSWORD]"
"""What Supabase's strings have where the password is to stand."""


def normalised(url: str | URL) -> URL:
    """Return a URL with the driver that is used: psycopg for Postgres, sqlite3 for SQLite.

    ``postgres://``, as hosters write it, and other drivers' names are taken, and so are their
    options that mean nothing to libpq. User and password stand in their own places afterwards,
    where SQLAlchemy hides the password; a socket's folder is the option ``host``.

    Raises:
        StatementError: it is no URL of either.
    """
    made = read_url(url)
    backend = made.drivername.partition("+")[0]
    if backend == "sqlite":
        if made.host or made.username or made.port:
            raise StatementError(_UNREADABLE)  # sqlite://file.db, with two strokes
        return made.set(drivername="sqlite")
    if backend not in POSTGRES:
        raise StatementError(f"a URL of Postgres or SQLite is wanted, not of {backend!r}")
    return _in_terms_of_libpq(made.set(drivername="postgresql+psycopg"))


def read_url(url: str | URL) -> URL:
    """Return the parts of a URL, as they were written.

    Raises:
        StatementError: it is no URL.
    """
    if isinstance(url, URL):
        return url
    text = unwrapped(url)
    if is_of_libpq(text):
        return _of_libpq(text)
    if not text.isprintable():  # two lines, for one
        raise StatementError(_UNREADABLE)
    try:
        return make_url(readable(text))
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise StatementError(_UNREADABLE) from None


def is_said_to_be_pooled(url: URL) -> bool:
    """Return whether a URL says, by Prisma's option, that a pooler answers."""
    return url.query.get(_POOLED) in ("true", "1")


def _of_libpq(text: str) -> URL:
    """Read libpq's other form, by psycopg, which alone knows how its values are quoted."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        named = conninfo_to_dict(text)
    except ProgrammingError:
        raise StatementError(_UNREADABLE) from None
    texts = {name: str(value) for name, value in named.items()}
    return URL.create("postgresql", database=texts.pop("dbname", None), query=texts)


def _in_terms_of_libpq(url: URL) -> URL:
    query = {name: value for name, value in url.query.items() if name not in _OF_OTHER_DRIVERS}
    if query.get("schema") == "public":  # Prisma's way to say Postgres's own default
        del query["schema"]
    if (ssl := query.pop("ssl", None)) is not None:  # asyncpg's has libpq's modes
        query.setdefault("sslmode", ssl)
    if (mode := query.get("sslmode")) is not None:
        query["sslmode"] = _SSL_MODES.get(str(mode), mode)
    if not isinstance(several := query.get("host", ""), str):  # SQLAlchemy's way
        query |= places_as_options(several) or {}
    host = url.host
    if host and "%2f" in host.lower():  # as libpq has sockets before the database's name
        query.setdefault("host", unquote(host))
        host = None
    user = _last(query, "user", url.username)
    password = _last(query, "password", url.password)
    if password == _PLACEHOLDER:
        raise StatementError(f"the database's URL has {_PLACEHOLDER} still: put the password there")
    return URL.create(
        url.drivername,
        username=user,
        password=password,
        host=host,
        port=url.port,
        database=url.database,
        query={name: query[name] for name in query if name not in {"user", "password"}},
    )


def _last(query: Mapping[str, str | tuple[str, ...]], name: str, other: str | None) -> str | None:
    value = query.get(name, other)
    return value if isinstance(value, str | None) else value[-1]
