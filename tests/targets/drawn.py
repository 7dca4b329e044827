"""Rows drawn by Hypothesis, many at once: for programs that cost too much to start for each."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from dualschema.testing.strategies import rows
from tests.fixtures.chance import drawn_seed

__all__ = ["drawn_rows"]


def drawn_rows(table: type[Any], count: int, **fixed: Any) -> list[Any]:
    """Return rows with every value that a table's columns take."""
    made: list[Any] = []

    @seed(drawn_seed())
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows(table, **fixed))
    def collect(row: Any) -> None:
        made.append(row)

    collect()
    return made
