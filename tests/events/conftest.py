"""Broadcasters of either kind, and a database with the log's table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dualschema as ds
from dualschema.events import Broadcaster, LocalBroadcaster, PostgresBroadcaster


@pytest.fixture
def db(postgres_url: str) -> Iterator[ds.Database]:
    with ds.connect(postgres_url, pool_size=3, pool_timeout=10) as made:
        yield made


@pytest.fixture
def postgres(db: ds.Database) -> Iterator[PostgresBroadcaster]:
    made = PostgresBroadcaster(db, queue_size=10)
    made.create_log()
    yield made
    made.close()


@pytest.fixture
def local() -> Iterator[LocalBroadcaster]:
    with ds.connect("sqlite://") as db:
        made = LocalBroadcaster(db, queue_size=10)
        yield made
        made.close()


@pytest.fixture(params=["postgres", "local"])
def broadcaster(request: pytest.FixtureRequest) -> Broadcaster:
    """Give a broadcaster of either kind, whose subscribers have queues of ten events."""
    made: Broadcaster = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def roomy(broadcaster: Broadcaster) -> Iterator[Broadcaster]:
    """Give one of either kind whose subscribers have room for what comes while they get no turn."""
    kind: Any = type(broadcaster)
    made: Broadcaster = kind(broadcaster._db, queue_size=100)  # type: ignore[attr-defined]  # of both kinds
    yield made
    made.close()
