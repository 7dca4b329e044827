"""Connections that cannot be made at once: which failures pass, and how long that is waited for."""

from __future__ import annotations

import asyncio
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from errno import ECONNREFUSED, ECONNRESET, ENOENT
from typing import Any, Final

from sqlalchemy.util import await_only

__all__ = ["impatient", "pause_before", "with_patience"]

_OF_THE_NETWORK: Final = (
    *(os.strerror(number) for number in (ECONNREFUSED, ECONNRESET)),
    f"failed: {os.strerror(ENOENT)}",  # of a socket's file, while the server is down
    "server closed the connection unexpectedly",
    "SSL SYSCALL error: EOF detected",
)
"""Of libpq's texts those that tell of a server that is not there, or went away.

libpq gives no code for a connection that was not made; the last two are its own words
(https://github.com/postgres/postgres/tree/master/src/interfaces/libpq), the others the system's.
"""

_PING_SECONDS: Final = "5"

_LEAST_TIMEOUT: Final = 2
"""Seconds, the least that libpq knows (LIBPQ-CONNECT-CONNECT-TIMEOUT on the page below)."""

_IS_IMPATIENT: Final = ContextVar("is_impatient", default=False)


def pause_before(attempt: int) -> float:
    """Return how many seconds to wait after an attempt, from 1: 10 ms, doubled, and some chance."""
    return min(0.01 * 2.0**attempt, 1.0) * (0.5 + random.random())  # noqa: S311  (no secret)


def with_patience(
    connect: Callable[..., Any], seconds: float, *, is_async: bool
) -> Callable[..., Any]:
    """Return a function that connects again and again, while what went wrong may pass.

    That is: nobody answers yet, the connection was reset, or the server says that it starts or
    stops. A password that was refused is never sent again, and another refusal is asked for twice.
    One attempt takes no longer than all may, unless libpq's ``connect_timeout`` says how long.

    Args:
        connect: psycopg's, given arguments of libpq's and its own.
        seconds: after how long to give up.
        is_async: whether it waits in a greenlet of SQLAlchemy's.
    """
    from psycopg import OperationalError
    from psycopg.errors import ConnectionTimeout

    limit = max(math.ceil(seconds), _LEAST_TIMEOUT)
    wait: Callable[[float], object] = time.sleep
    if is_async:
        wait = _wait_in_greenlet

    def connected(*arguments: Any, **named: Any) -> Any:
        named.setdefault("connect_timeout", limit)
        until = time.monotonic() + (0 if _IS_IMPATIENT.get() else seconds)
        attempt = 0
        may_have_passed = True
        while True:
            attempt += 1
            try:
                return connect(*arguments, **named)
            except OperationalError as error:
                left = until - time.monotonic()
                is_silent = isinstance(error, ConnectionTimeout)
                if left <= 0 or (not is_silent and _is_for_the_password(error)):
                    raise
                if not is_silent and not _passes(error, named, is_async=is_async):
                    if not may_have_passed:
                        raise
                    may_have_passed = False  # it may have, between connecting and asking
            wait(min(pause_before(attempt), left))

    return connected


@contextmanager
def impatient() -> Iterator[None]:
    """Have connections made once within the block, by who tries again in a way of its own."""
    token = _IS_IMPATIENT.set(True)
    try:
        yield
    finally:
        _IS_IMPATIENT.reset(token)


def _wait_in_greenlet(seconds: float) -> None:
    await_only(asyncio.sleep(seconds))


def _is_for_the_password(error: Any) -> bool:
    """Return whether the server had heard a password when it refused, or was never reached."""
    text = str(error)
    if any(sign in text for sign in _OF_THE_NETWORK):
        return False
    return error.pgconn is None or bool(error.pgconn.used_password)


def _passes(error: Any, named: Mapping[str, Any], *, is_async: bool) -> bool:
    if any(sign in str(error) for sign in _OF_THE_NETWORK):
        return True
    # libpq tells the code of a refusal only so; its text is in the server's language.
    if is_async:
        return bool(await_only(asyncio.to_thread(_is_starting, named)))
    return _is_starting(named)


def _is_starting(named: Mapping[str, Any]) -> bool:
    """Return whether a server answers that takes nobody now: it starts, stops or recovers.

    See https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PQPING.
    """
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password"}
    asked = {name: value for name, value in named.items() if name in known}
    conninfo = make_conninfo("", **{**asked, "connect_timeout": _PING_SECONDS})
    return pq.PGconn.ping(conninfo.encode()) == pq.Ping.REJECT
