"""Broadcasters of either kind, and a database with the log's table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dualschema as ds
from dualschema.events import Broadcaster, LocalBroadcaster, PostgresBroadcaster

QUEUE = 60
"""How many events wait for a subscriber: all that one test sends while it hears.

They may come at once, where the machine is busy.
"""


@pytest.fixture
def db(postgres_url: str) -> Iterator[ds.Database]:
    with ds.connect(postgres_url, pool_size=3, pool_timeout=10) as made:
        yield made


@pytest.fixture
def postgres(db: ds.Database) -> Iterator[PostgresBroadcaster]:
    made = PostgresBroadcaster(db, queue_size=QUEUE)
    made.create_log()
    yield made
    made.close()


@pytest.fixture
def local() -> Iterator[LocalBroadcaster]:
    with ds.connect("sqlite://") as db:
        made = LocalBroadcaster(db, queue_size=QUEUE)
        yield made
        made.close()


@pytest.fixture(params=["postgres", "local"])
def broadcaster(request: pytest.FixtureRequest) -> Broadcaster:
    """Give a broadcaster of either kind, whose subscribers have queues of ``QUEUE`` events."""
    made: Broadcaster = request.getfixturevalue(request.param)
    return made
