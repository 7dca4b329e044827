"""URLs of databases as people paste them: read without a driver, and never shown."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from dualschema.errors import StatementError

__all__ = ["is_said_to_be_pooled", "normalised", "read_url"]

_POSTGRES: Final = ("postgres", "postgresql")

_UNREADABLE: Final = (
    "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db"
)

_IN_AN_OPTION: Final = re.compile(r"\?(?:.*&)?[A-Za-z_]+=[^&]*", re.DOTALL)
"""What stands before an ``@`` that belongs to an option's value."""

_POOLED: Final = "pgbouncer"
_OF_OTHER_DRIVERS: Final = frozenset(
    {
        _POOLED,
        "connection_limit",
        "pool_timeout",
        "socket_timeout",
        "statement_cache_size",
        "supa",
        "uselibpqcompat",
        "workaround",
    }
)
"""Options that tell other drivers how to work, and nothing of the database.

Prisma's (https://www.prisma.io/docs/orm/overview/databases/postgresql), node-postgres's
(https://node-postgres.com/features/ssl), and those that Vercel adds to Supabase's strings.
"""

_SSL_MODES: Final = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
"""``ssl=``, as the drivers of JavaScript and Java have it, in libpq's terms."""


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
    if backend not in _POSTGRES:
        raise StatementError(f"a URL of Postgres or SQLite is wanted, not of {backend!r}")
    return _in_terms_of_libpq(made.set(drivername="postgresql+psycopg"))


def read_url(url: str | URL) -> URL:
    """Return the parts of a URL, as they were written.

    Raises:
        StatementError: it is no URL.
    """
    if isinstance(url, URL):
        return url
    try:
        return make_url(_with_quoted_login(_unwrapped(url)))
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise StatementError(_UNREADABLE) from None


def is_said_to_be_pooled(url: URL) -> bool:
    """Return whether a URL says, by Prisma's option, that a pooler answers."""
    return url.query.get(_POOLED) in ("true", "1")


def _unwrapped(text: str) -> str:
    """Take away what is copied along: blanks, quotes, and the command of Neon's console."""
    text = text.strip().removeprefix("psql ").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1].strip()
    return text


def _with_quoted_login(text: str) -> str:
    """Quote user and password, which are often pasted as they are: ``p@ss/w?rd``.

    A host holds no ``@``, so the last one that is not in an option ends them. Were the password
    read as a part of the host, errors would show it.
    """
    scheme, found, rest = text.partition("://")
    if not found or scheme.partition("+")[0] not in _POSTGRES:
        return text
    at = rest.rfind("@")
    while at >= 0 and _IN_AN_OPTION.search(rest[:at]):
        at = rest.rfind("@", 0, at)
    user, has_password, password = rest[: max(at, 0)].partition(":")
    if at < 0 or "/" in user or "?" in user:
        return text
    login = _quoted(user) + (f":{_quoted(password)}" if has_password else "")
    return f"{scheme}://{login}@{rest[at + 1 :]}"


def _quoted(text: str) -> str:
    return quote(unquote(text), safe="")


def _in_terms_of_libpq(url: URL) -> URL:
    query = {name: value for name, value in url.query.items() if name not in _OF_OTHER_DRIVERS}
    if query.get("schema") == "public":  # Prisma's way to say Postgres's own default
        del query["schema"]
    if (mode := _SSL_MODES.get(str(query.get("ssl")))) is not None:
        del query["ssl"]
        query.setdefault("sslmode", mode)
    host = url.host
    if host and "%2f" in host.lower():  # as libpq has sockets before the database's name
        query.setdefault("host", unquote(host))
        host = None
    user, password = query.pop("user", url.username), query.pop("password", url.password)
    return URL.create(
        url.drivername,
        username=user if isinstance(user, str | None) else user[-1],
        password=password if isinstance(password, str | None) else password[-1],
        host=host,
        port=url.port,
        database=url.database,
        query=query,
    )
