"""Random statements on Postgres, SQLite and PowerSync's views, and on a model of plain dicts.

After each step they agree: in what it gives, in the class of what it raises, and in all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from dualschema.crud import array_update, bulk
from dualschema.crud.ports import postgres, sqlite
from tests.crud.read_steps import ReadSteps
from tests.crud.world import World, open_worlds
from tests.crud.write_steps import WriteSteps


@pytest.fixture
def worlds(
    postgres_connection: psycopg.Connection[tuple[Any, ...]], powersync_library: Path
) -> Iterator[list[World]]:
    with open_worlds(postgres_connection, powersync_library) as made:
        yield made


@pytest.fixture
def few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a handful of rows go the ways of thousands; ``test_bulk.py`` has the real sizes."""
    for name, size in (("_FEW", 2), ("_SOME", 4), ("_BLOCK", 3), ("_PART", 5)):
        monkeypatch.setattr(bulk, name, size)
    monkeypatch.setattr(array_update, "_PART", 3)
    for port in (postgres, sqlite):
        monkeypatch.setattr(port, "PART", 4)


@pytest.mark.slow
@pytest.mark.usefixtures("few_rows_are_many")
def test_all_databases_agree_with_the_model(worlds: list[World]) -> None:
    class Agreement(WriteSteps, ReadSteps):
        def __init__(self) -> None:
            for world in worlds:
                world.clear()
            super().__init__(worlds)

    # An example is some twenty statements in four databases: half as many as of others will do.
    given = settings(max_examples=settings().max_examples // 2, stateful_step_count=20)
    run_state_machine_as_test(Agreement, settings=given)
