"""``database``: an empty schema of Postgres."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.metadata.catalogs import Postgres
from tests.migrate.databases import Database, fresh_database


@pytest.fixture
def database(postgres_connection: Postgres) -> Iterator[Database]:
    with fresh_database(postgres_connection) as made:
        yield made
