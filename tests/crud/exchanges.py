"""How many exchanges with Postgres there were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from dualschema.crud.ports.postgres import PostgresPort

__all__ = ["Exchanges", "counting"]


@dataclass
class Exchanges:
    """Counts them."""

    counted: int = 0

    def since(self) -> int:
        """Return how many there were since this was asked last."""
        found, self.counted = self.counted, 0
        return found


@contextmanager
def counting() -> Iterator[Exchanges]:
    """Count each time that a port waits for its server."""
    made, wait = Exchanges(), PostgresPort._wait

    def waited(port: PostgresPort, *given: Any) -> Any:
        made.counted += 1
        return wait(port, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresPort, "_wait", waited)
        yield made
