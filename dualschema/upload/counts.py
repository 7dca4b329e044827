"""What uploads did, counted: for a page of figures, and for tests."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass

__all__ = ["Counts"]


@dataclass(slots=True)
class _Numbers:
    applied: int = 0
    noop: int = 0
    dropped: int = 0
    refused: int = 0
    dead_letters: int = 0
    retried: int = 0
    repeated: int = 0
    ignored_values: int = 0


class Counts:
    """Counts since the process began; any thread may add to them.

    ``applied``, ``noop`` and ``dropped`` are operations; ``refused`` (the client was told),
    ``dead_letters`` (put aside) and ``repeated`` (answered before) are transactions; ``retried`` is
    how often a transaction of the database was tried again, and ``ignored_values`` how many values
    were of columns that the schema does not know.
    """

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._lock = threading.Lock()

    def add(self, **numbers: int) -> None:
        """Add to counts, by their names."""
        with self._lock:
            for name, number in numbers.items():
                setattr(self._numbers, name, getattr(self._numbers, name) + number)

    def read(self) -> dict[str, int]:
        """Return all counts as they are now."""
        with self._lock:
            return asdict(self._numbers)
