"""What a host's name tells: that a pooler answers in the server's place, or that the server sleeps.

Only poolers in transaction mode are meant, which change servers between transactions
(https://www.pgbouncer.org/features.html). Neon's have ``-pooler`` in the name
(https://neon.com/docs/connect/connection-pooling), Supabase's the port 6543. Its pooler's port 5432
gives each client a server of its own, where everything works
(https://supabase.com/docs/guides/database/connecting-to-postgres).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL

from dualschema.engine.url import is_said_to_be_pooled, normalised, read_url
from dualschema.errors import ConfigurationError

__all__ = ["POOLER", "Pooler", "find_pooler", "pooler_of", "require_direct", "sleeps"]

POOLER: Final = "dualschema_pooler"
"""The execution option of an engine that says what was found out when it was made."""

_POOLER_PORT: Final = 6543
_NEON: Final = ".neon.tech"
_SUPABASE: Final = (".supabase.co", ".supabase.com")
_SUPABASE_POOLER: Final = ".pooler.supabase.com"


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler that changes servers between transactions.

    Attributes:
        host: its own name, as the URL has it.
        direct: where the server itself answers, ``host`` or ``host:port``, if that can be told.
    """

    host: str
    direct: tuple[str, ...] = ()

    def refusal(self, what: str) -> str:
        """Say in a sentence that something does not work here, and where it does.

        Args:
            what: the sentence's subject, in the plural: ``migrations``.
        """
        where = " or ".join(self.direct)
        return (
            f"{what} do not work through a pooler that changes servers between transactions, as "
            f"{self.host or 'this one'} does: give the URL of the server itself"
            + (f", whose host is {where}" if where else "")
        )


def pooler_of(target: str | URL | sa.Engine | Any) -> Pooler | None:
    """Return the pooler that a URL or an engine leads to, or None.

    Args:
        target: a URL, or an engine of SQLAlchemy's, also an asynchronous one. What ``connect`` was
            told by ``pooler=`` counts before the host's name.

    Raises:
        StatementError: the URL is none of Postgres or SQLite.
    """
    if isinstance(target, str | URL):
        return find_pooler(target)
    engine: sa.Engine = getattr(target, "sync_engine", target)
    options = engine.get_execution_options()
    return options[POOLER] if POOLER in options else find_pooler(engine.url)


def require_direct(target: str | URL | sa.Engine | Any, what: str) -> None:
    """Refuse a pooler for what needs one server throughout: locks of sessions, ``SET``, ``LISTEN``.

    Args:
        target: as of ``pooler_of``.
        what: the sentence's subject, in the plural: ``migrations``.

    Raises:
        ConfigurationError: a pooler answers there; the message names the server's own host, where
            that can be told.
    """
    pooler = pooler_of(target)
    if pooler is not None:
        raise ConfigurationError(pooler.refusal(what))


def find_pooler(url: str | URL, *, said: bool | None = None) -> Pooler | None:
    """Return the pooler that a URL leads to, or None.

    Args:
        url: of Postgres or SQLite.
        said: whether there is one, by somebody who knows; None: it is told by the URL.
    """
    wanted = normalised(url)
    if said is False or wanted.get_backend_name() == "sqlite":
        return None
    places = _places(wanted)
    pooled = [place for place in places if _is_pooler(wanted, *place)]
    if not pooled and (said or is_said_to_be_pooled(read_url(url))):
        pooled = places
    if not pooled:
        return None
    host, port = pooled[0]
    return Pooler(host, _direct(host, port, wanted.username or ""))


def sleeps(url: URL) -> bool:
    """Return whether the server is one that stops when nobody asks, and starts for who comes."""
    return any(host.endswith(_NEON) for host, _ in _places(url))


def _places(url: URL) -> list[tuple[str, str]]:
    """Return the hosts and ports of a URL that is normalised; libpq tries one after the other."""
    hosts = str(url.query.get("host", url.host or "")).lower().split(",")
    ports = str(url.query.get("port", url.port or "")).split(",")
    if len(ports) != len(hosts):
        ports = ports[:1] * len(hosts)
    return [(host.removesuffix("."), port) for host, port in zip(hosts, ports, strict=True)]


def _is_pooler(url: URL, host: str, port: str) -> bool:
    # Clients that cannot name the host in TLS name its first label in this option.
    first = "" if host.startswith("/") else host.partition(".")[0]
    endpoint = str(url.query.get("options", ""))
    return (
        port == str(_POOLER_PORT)
        or "-pooler" in first
        or (host.endswith(_NEON) and "-pooler" in endpoint)
    )


def _direct(host: str, port: str, user: str) -> tuple[str, ...]:
    first, _, domain = host.partition(".")
    if host.endswith(_NEON):
        return (f"{first.removesuffix('-pooler')}.{domain}",)
    if not host.endswith(_SUPABASE) or port != str(_POOLER_PORT):
        return ()
    if not host.endswith(_SUPABASE_POOLER):
        return (f"{host}:5432",)
    _, _, project = user.partition(".")
    by_session = f"{host}:5432"
    return (f"db.{project}.supabase.co:5432", by_session) if project else (by_session,)
