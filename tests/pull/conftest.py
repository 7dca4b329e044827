"""``space``: an empty Postgres schema, on the search path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.metadata.catalogs import Postgres, fresh_space


@pytest.fixture
def space(postgres_connection: Postgres) -> Iterator[str]:
    with fresh_space(postgres_connection) as made:
        yield made
