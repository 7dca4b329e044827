"""``Listener``: the one connection of a process that waits for Postgres's notifications.

It is a thread with a synchronous connection, made as the engine makes its own: no event loop that
is busy holds it up, subscribers may be of several loops, and no setting of the engine's is lost. A
notification is only a hint to read the log, and so is the lack of one for a while.
"""

from __future__ import annotations

import logging
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dualschema.crud import Database
from dualschema.engine import impatient, pause_before
from dualschema.errors import ConnectionLostError, DatabaseError, EventError, NotListeningError
from dualschema.events.hub import Hub
from dualschema.events.log import NOTIFICATIONS, number_events, read_bounds, read_page

__all__ = ["DIRECTLY", "Listener"]

_LOG = logging.getLogger("dualschema.events")

_PAGE: Final = 500
_PATIENCE: Final = 5.0
"""How long the first notification may take, in seconds."""

_UNANSWERED: Final = 15_000
"""After how many milliseconds without an answer a connection counts as lost (Linux)."""

DIRECTLY: Final = 'of the same database: PostgresBroadcaster(db, direct="postgresql://...")'
"""Where the URL is given that a sentence asks for."""

_GAP: Final = "the log no longer holds what came while the connection was lost"


class Listener:
    """Reads the log when there is something new, and hands it to the hub.

    Attributes:
        ready: when it listens; its first failure, after which it is over.
        is_over: whether it has stopped, or given up.

    Args:
        engine: makes its connection.
        notify: sends a notification with a given text, on another connection.
        hub: whose subscribers hear the events.
        idle: after how many seconds without a notification it looks into the log, which also shows
            whether the connection is still there.
    """

    def __init__(
        self, engine: sa.Engine, notify: Callable[[str], None], hub: Hub, *, idle: float
    ) -> None:
        self._engine = engine
        self._notify = notify
        self._hub = hub
        self._idle = idle
        self._last: int | None = None  # the id of the last event that was handed on
        self._stopping = threading.Event()
        self._waker, self._wakened = socket.socketpair()
        self.ready: Future[None] = Future()
        self.is_over = False
        self._thread = threading.Thread(target=self._run, name="dualschema-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection and wait until it is closed."""
        self._stopping.set()
        with suppress(OSError):
            self._waker.send(b".")
        self._thread.join()

    def _run(self) -> None:
        failure: Exception = EventError("the listener was stopped")
        try:
            self._listen_on()
        except (DatabaseError, NotListeningError) as error:
            failure = error
        finally:
            # Whatever happened, nobody waits for what does not come. In this order: who is not
            # ended with the others finds that it is over.
            self.is_over = True
            self._hub.end()
            self._waker.close()
            self._wakened.close()
            if not self.ready.done():
                self.ready.set_exception(failure)

    def _listen_on(self) -> None:
        """Listen until it is told to stop; a lost connection is made anew, but for the first."""
        attempt = 0
        while not self._stopping.is_set():
            try:
                with self._connection() as connection:
                    ears = _Ears(connection, self._wakened)
                    self._prepare(ears)
                    attempt = 0
                    self._hear(ears)
            except (DatabaseError, NotListeningError) as error:
                if not self.ready.done():
                    raise
                attempt += 1
                _LOG.warning("events: %s; attempt %d to listen again follows", error, attempt)
                self._stopping.wait(pause_before(min(attempt, 10)))

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Make a connection with the engine's settings, which takes none of its pool's places."""
        import psycopg

        pool = self._engine.pool.recreate()
        try:
            # Once it has listened it tries again by itself, and can be stopped in between.
            with impatient() if self.ready.done() else nullcontext():
                taken = pool.connect()
            connection: Any = taken.driver_connection
            taken.detach()
            with connection:
                connection.autocommit = True
                _fail_soon(connection)
                yield connection
        except (psycopg.Error, DBAPIError) as error:
            # SQLAlchemy's own is of what the engine asks its first connection.
            cause = getattr(error, "orig", None) or error
            why = str(cause).partition("\n")[0]
            raise ConnectionLostError(
                f"the connection that listens broke: {why}", driver_error=cause
            ) from None

    def _prepare(self, ears: _Ears) -> None:
        """Listen, see that notifications arrive, and read what there is."""
        ears.connection.execute(f"LISTEN {NOTIFICATIONS}")
        text = str(uuid4())
        self._notify(text)
        until = time.monotonic() + _PATIENCE
        while text not in ears.texts:
            left = until - time.monotonic()
            if left <= 0 or self._stopping.is_set():
                raise NotListeningError(
                    "a notification that was sent does not arrive: a pooler that changes servers "
                    "between transactions keeps it, or it is another database. Give the URL of the "
                    f"server itself, {DIRECTLY}"
                )
            ears.wait(left)
        db = Database(ears.connection)
        self._begin(db)
        if not self.ready.done():
            self.ready.set_result(None)

    def _begin(self, db: Database) -> None:
        """Find out where to go on: where it ended, unless the log does not reach back so far."""
        number_events(db)
        bounds = read_bounds(db)
        last = self._last
        if last is None or not bounds.oldest - 1 <= last <= bounds.newest:
            if last is not None:
                self._hub.end(_GAP)
            self._last = bounds.newest

    def _hear(self, ears: _Ears) -> None:
        db = Database(ears.connection)
        while not self._stopping.is_set():
            ears.texts.clear()
            self._read(db)
            ears.wait(self._idle)

    def _read(self, db: Database) -> None:
        number_events(db)
        events = read_page(db, self._last or 0, most=_PAGE)
        while events:
            self._hub.hand_on(events)
            self._last = events[-1].id
            if len(events) < _PAGE:
                return
            events = read_page(db, self._last, most=_PAGE)


class _Ears:
    """A connection's notifications.

    Attributes:
        connection: psycopg's, synchronous, in autocommit.
        texts: what was heard and not cleared since.
    """

    def __init__(self, connection: Any, wakened: socket.socket) -> None:
        self.connection = connection
        self.texts: list[str] = []
        self._wakened = wakened
        # Those that come in between the answers to statements.
        connection.add_notify_handler(lambda notification: self.texts.append(notification.payload))

    def wait(self, seconds: float) -> None:
        """Wait for a notification, for a call of the owner, or so long."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection.fileno(), selectors.EVENT_READ)
            selector.register(self._wakened, selectors.EVENT_READ)
            self._take()
            if not self.texts:
                selector.select(seconds)
                self._take()

    def _take(self) -> None:
        connection = self.connection.pgconn
        connection.consume_input()
        while (notification := connection.notifies()) is not None:
            self.texts.append(notification.extra.decode())


def _fail_soon(connection: Any) -> None:
    """Have the system notice a server that is gone without a word, where it can."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as shared, suppress(OSError):
        shared.setsockopt(socket.IPPROTO_TCP, option, _UNANSWERED)
