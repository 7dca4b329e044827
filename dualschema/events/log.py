"""The log of events in Postgres: its table, and the few statements on it.

Ids have no holes and become visible in their order, or a reader at id 10 would miss the 9 that
commits later. So an event gets its id after it was committed: whoever listens numbers what is
there, in a transaction of its own, under a lock that is held until that is committed. Writers take
no lock at all and do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import JSONB

from dualschema.convert import encode
from dualschema.crud import Database, Select, select
from dualschema.crud.session import Session
from dualschema.crud.source import table_of
from dualschema.declare import Column, Table, column, new_id, now
from dualschema.errors import EncodeError, StatementError
from dualschema.events.event import Event, checked_channel
from dualschema.events.subscription import Bounds
from dualschema.schema import Schema
from dualschema.types.integer import Int64
from dualschema.types.json import JSON_NULL

__all__ = [
    "NOTIFICATIONS",
    "LoggedEvent",
    "Retention",
    "checked_event",
    "event_schema",
    "number_events",
    "prune_events",
    "read_bounds",
    "read_page",
    "sending",
    "sending_of",
    "sent_values",
]

NOTIFICATIONS: Final = "dualschema_events"
"""Postgres's channel for all of them."""

_LOCK: Final = 0x6475616C65766E74
"""The key of the advisory lock; it spells ``dualevnt``."""


class LoggedEvent(Table, name="dualschema_events", sync=False, postgres="native"):
    """An event that was sent, for those who come late."""

    key: Column[str] = column(primary_key=True, default_factory=new_id)
    id: Column[Int64 | None] = column(
        default=None, unique=True, doc="its place among all events; NULL until it is numbered"
    )
    channel: Column[str]
    data: Column[Any]
    sent_at: Column[datetime] = column(default_factory=now)
    clock: Column[Int64] = column(
        default=0, doc="microseconds of the server's clock when it was sent: the order of numbering"
    )


_SCHEMA: Final = Schema(LoggedEvent)


def event_schema() -> Schema:
    """Return the schema of the log's table alone; ``LoggedEvent`` may stand in yours as well."""
    return _SCHEMA


@dataclass(frozen=True, slots=True)
class Retention:
    """How long events are kept for subscribers that come again.

    The newest one is always kept.

    Attributes:
        count: how many, about: pruning is done now and then.
        age: how long.
    """

    count: int = 10_000
    age: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        if self.count < 1 or self.age <= timedelta(0):
            raise StatementError("a retention keeps at least one event, and for some time")

    @property
    def rhythm(self) -> int:
        """After how many events a process prunes."""
        return max(1, min(self.count // 10, 1_000))


def checked_event(channel: str, data: Any) -> LoggedEvent:
    """Return an event as the log takes it.

    Raises:
        StatementError: the channel cannot be one.
        EncodeError: the data is no JSON value, or one that Postgres cannot hold.
    """
    stored = JSON_NULL if data is None else data
    try:
        return LoggedEvent(channel=checked_channel(channel), data=stored)
    except ValidationError as error:
        raise EncodeError(
            "dualschema_events",
            "data",
            "postgres",
            value_type=type(data).__name__,
            reason=error.errors()[0]["msg"],
        ) from None


@cache
def sending() -> Select[tuple[str, str]]:
    """Return the statement that logs an event and has Postgres notify when it is committed.

    Its parameters are those of ``sent_values``. The notification is empty: Postgres sends equal
    ones of a transaction once, and what there is to read stands in the log.
    """
    return _sending({name: sa.bindparam(name, type_=sa.Text, required=True) for name in _GIVEN})


def sending_of(event: LoggedEvent) -> Select[tuple[str, str]]:
    """Return the same for one event, without parameters."""
    return _sending({name: sa.literal(value) for name, value in sent_values(event).items()})


def sent_values(event: LoggedEvent) -> dict[str, str]:
    """Return the values of the parameters that an event is sent with: all are text."""
    stored = encode(event, "postgres")
    return {name: str(stored[column]) for name, column in _GIVEN.items()}


_GIVEN: Final = {"event_key": "key", "event_channel": "channel", "event_data": "data"}


def _sending(given: Mapping[str, sa.ColumnElement[str]]) -> Select[tuple[str, str]]:
    table = table_of(LoggedEvent)
    instant = sa.func.clock_timestamp()
    values = {
        "key": given["event_key"],
        "channel": given["event_channel"],
        "data": sa.cast(given["event_data"], JSONB),
        "sent_at": instant,
        "clock": sa.cast(sa.extract("epoch", instant) * 1_000_000, sa.BigInteger),
    }
    sent = sa.insert(table).values(values).returning(table.c.key).cte("sent")
    return select(sent.c.key, sa.cast(sa.func.pg_notify(NOTIFICATIONS, ""), sa.Text))


# Each is one message to the server, which does all of it without waiting for the client: nobody
# holds the lock while a process is stopped. Each statement sees what was committed before it began.
_LOCKED: Final = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; "
    f"SELECT pg_catalog.pg_advisory_xact_lock({_LOCK}); "
)
_NUMBER: Final = f"""{_LOCKED}
UPDATE dualschema_events AS e SET id = n.id
FROM (
    SELECT key, row_number() OVER (ORDER BY clock, key)
        + (SELECT coalesce(max(id), 0) FROM dualschema_events) AS id
    FROM dualschema_events WHERE id IS NULL
) AS n
WHERE e.key = n.key"""  # noqa: S608  (a number of ours)
_PRUNE: Final = """{number};
DELETE FROM dualschema_events WHERE id <= (
    SELECT least(
        max(id) - 1,
        greatest(
            max(id) - {count},
            max(id) FILTER (WHERE sent_at < clock_timestamp() - make_interval(secs => {seconds}))
        )
    ) FROM dualschema_events
)"""


def number_events(db: Database) -> None:
    """Give ids to the events that have none; not within a transaction."""
    if db.exists(select(LoggedEvent).where(LoggedEvent.id.is_(None))):
        _send(db, _NUMBER)


def prune_events(db: Database, retention: Retention) -> None:
    """Forget the oldest events; not within a transaction."""
    seconds = retention.age.total_seconds()
    _send(db, _PRUNE.format(number=_NUMBER, count=retention.count, seconds=seconds))


def _send(db: Database, commands: str) -> None:
    def send(session: Session) -> None:
        session.port.run(commands)

    db._use(send)


def read_bounds(db: Database) -> Bounds:
    """Return which events the log holds."""
    ((oldest, newest),) = db.all(select(sa.func.min(LoggedEvent.id), sa.func.max(LoggedEvent.id)))
    return Bounds(oldest or 1, newest or 0)


def read_page(
    db: Database, after: int, *, most: int, upto: int | None = None, channels: Collection[str] = ()
) -> Sequence[Event]:
    """Return the first ``most`` events after an id and up to one, of all channels or of some."""
    query = select(LoggedEvent).where(LoggedEvent.id > after)
    if upto is not None:
        query = query.where(LoggedEvent.id <= upto)
    if channels:
        query = query.where(LoggedEvent.channel.in_(sorted(channels)))
    return [_event(row) for row in db.all(query.order_by(LoggedEvent.id).limit(most))]


def _event(row: LoggedEvent) -> Event:
    data = None if row.data is JSON_NULL else row.data
    return Event(row.id or 0, row.channel, data, row.sent_at)
