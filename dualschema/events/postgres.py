"""``PostgresBroadcaster``: events through Postgres, to subscribers of all processes."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from dualschema.crud import Database, Select, select
from dualschema.engine import EngineOptions, make_engine, pooler_of
from dualschema.errors import DatabaseError, EventError, NotListeningError, StatementError
from dualschema.events.broadcaster import Broadcaster
from dualschema.events.event import Event
from dualschema.events.listener import DIRECTLY, Listener
from dualschema.events.log import (
    NOTIFICATIONS,
    LoggedEvent,
    Retention,
    checked_event,
    event_schema,
    number_events,
    prune_events,
    read_bounds,
    read_page,
    sending,
    sending_of,
    sent_values,
)
from dualschema.events.subscription import Bounds, Log

__all__ = ["PostgresBroadcaster"]

T = TypeVar("T")

_LOG = logging.getLogger("dualschema.events")

_DIRECT: Final = EngineOptions(
    pool_size=1,
    max_overflow=0,
    pool_timeout=30,
    application_name="dualschema events",
    statement_timeout=None,
    others={},
)


class PostgresBroadcaster(Broadcaster):
    """Sends events through Postgres's NOTIFY and a log, to subscribers of all processes.

    A process makes one. With its first subscriber it opens one connection, which listens for all;
    and what subscribers want from the log is read by one of the pool's, one after another. Both are
    made anew when they break, and what was missed is read from the log.

    Args:
        db: the database whose transactions events are part of; on an engine of Postgres.
        direct: the URL of the server itself, or an engine, where ``db`` goes through a pooler that
            changes servers between transactions: LISTEN does not work there.
        retention: how long events are kept for subscribers that come again.
        queue_size: how many events wait for a subscriber, at most.
        idle: after how many seconds without a notification to look into the log all the same.

    Raises:
        StatementError: the database is none of Postgres, or not on an engine.
    """

    def __init__(
        self,
        db: Database,
        *,
        direct: str | URL | sa.Engine | None = None,
        retention: Retention | None = None,
        queue_size: int = 1_000,
        idle: float = 30,
    ) -> None:
        super().__init__(queue_size=queue_size)
        if db.engine.dialect.name != "postgresql":
            raise StatementError("events of SQLite go through a LocalBroadcaster")
        self._db = db
        # Only to make connections from: its pool stays empty.
        self._direct = direct if isinstance(direct, sa.Engine | None) else _engine(direct)
        self._retention = retention or Retention()
        self._idle = idle
        self._count = itertools.count(1)
        # One thread, so that many who come again at once take one of the pool's places, not all.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="dualschema-events-log")
        self._stored = _Stored(db, self._worker)
        self._starting = Lock()
        self._listener: Listener | None = None

    def create_log(self) -> None:
        """Make the log's table, where it is not there yet: ``LoggedEvent``."""
        with self._db.engine.begin() as connection:
            event_schema().create_all(connection)

    def broadcast(self, channel: str, data: Any) -> None:
        event = self._counted(checked_event(channel, data))
        self._db.all(sending(), **sent_values(event))

    def statement(self, channel: str, data: Any) -> Select[tuple[str, str]]:
        """Return the statement that sends an event, to run it once on a database of your choice.

        So an event becomes part of a transaction of an ``AsyncDatabase``, or of a connection that
        you hold: ``await db.all(broadcaster.statement("timers:u1", data))``.

        Raises:
            StatementError: the channel cannot be one.
            EncodeError: the data is no JSON value.
        """
        return sending_of(self._counted(checked_event(channel, data)))

    def prune(self) -> None:
        self._worker.submit(prune_events, self._db, self._retention).result()

    def close(self) -> None:
        with self._starting:
            self._is_closed = True
            if self._listener is not None:
                self._listener.stop()
        self._hub.end()
        self._worker.shutdown()

    @property
    def _log(self) -> Log:
        return self._stored

    async def _open(self) -> None:
        await super()._open()
        ready = self._started().ready
        # Many may wait for it: one that is cancelled leaves it to the others.
        await asyncio.shield(asyncio.wrap_future(ready))

    @property
    def _is_heard(self) -> bool:
        return super()._is_heard and self._listener is not None and not self._listener.is_over

    def _started(self) -> Listener:
        with self._starting:
            if self._is_closed:
                raise EventError("the broadcaster is closed")
            if self._listener is None or self._listener.is_over:
                engine = self._direct or self._db.engine
                pooler = pooler_of(engine)
                if pooler is not None:
                    raise NotListeningError(f"{pooler.refusal('notifications')}, {DIRECTLY}")
                self._listener = Listener(engine, self._notify, self._hub, idle=self._idle)
            return self._listener

    def _notify(self, text: str) -> None:
        self._db.all(select(sa.cast(sa.func.pg_notify(NOTIFICATIONS, text), sa.Text)))

    def _counted(self, event: LoggedEvent) -> LoggedEvent:
        if next(self._count) % self._retention.rhythm == 0 and not self._is_closed:
            with suppress(RuntimeError):  # closed meanwhile
                self._worker.submit(self._prune)
        return event

    def _prune(self) -> None:
        try:
            prune_events(self._db, self._retention)
        except DatabaseError as error:
            _LOG.warning("the log of events is not pruned: %s", error.reason)


class _Stored:
    """The log in Postgres, read by a thread of its own."""

    def __init__(self, db: Database, worker: ThreadPoolExecutor) -> None:
        self._db = db
        self._worker = worker

    async def page(
        self, channels: Collection[str], after: int | None, upto: int | None, most: int
    ) -> tuple[Sequence[Event], Bounds]:
        def read() -> tuple[Sequence[Event], Bounds]:
            if upto is None:
                number_events(self._db)
            if after is None:
                return [], read_bounds(self._db)
            with self._db.transaction(isolation="repeatable read", read_only=True) as db:
                page = read_page(db, after, most=most, upto=upto, channels=channels)
                return page, read_bounds(db)

        return await self._done(read)

    async def _done(self, read: Callable[[], T]) -> T:
        try:
            reading = self._worker.submit(read)
        except RuntimeError:
            raise EventError("the broadcaster is closed") from None
        return await asyncio.wrap_future(reading)


def _engine(url: str | URL) -> sa.Engine:
    return make_engine(url, _DIRECT)
