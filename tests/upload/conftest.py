"""Databases to upload to: each kind, each style of Postgres's, without rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from tests.upload.world import World, open_postgres, open_sqlite


@pytest.fixture(scope="session")
def upload_worlds(
    postgres_connection: psycopg.Connection[tuple[Any, ...]],
) -> Iterator[dict[str, World]]:
    with ExitStack() as stack:
        worlds = [
            stack.enter_context(open_postgres(postgres_connection, "portable")),
            stack.enter_context(open_postgres(postgres_connection, "native")),
            stack.enter_context(open_sqlite()),
        ]
        yield {world.name: world for world in worlds}


@pytest.fixture(params=["postgres-portable", "postgres-native", "sqlite"])
def world(request: pytest.FixtureRequest, upload_worlds: dict[str, World]) -> World:
    """Give a database of each kind."""
    made = upload_worlds[request.param]
    made.clear()
    return made


@pytest.fixture
def postgres(upload_worlds: dict[str, World]) -> World:
    """Give a database on Postgres, which several connections may use at once."""
    made = upload_worlds["postgres-portable"]
    made.clear()
    return made


@pytest.fixture(autouse=True)
def leave_old_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have uploads remove none of the old answers, which they do by chance."""
    monkeypatch.setattr("dualschema.upload.ledger._ONE_IN", 10**12)
