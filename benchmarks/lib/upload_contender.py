"""What a contender of ``upload`` is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from benchmarks.lib.contender import Name

__all__ = ["UploadContender"]


class UploadContender(ABC):
    """Applies requests for one user over one connection, which it keeps open.

    A request is applied in one transaction. Rows of other users are left as they are, and a PUT
    sets all columns; unknown columns and values of a wrong type are refused by whoever reads them:
    the library, Python's code or the database.
    """

    name: Name

    @abstractmethod
    def __init__(self, url: str) -> None:
        """Connect.

        Raises:
            SkippedError: what it needs is not there.
        """

    @abstractmethod
    def close(self) -> None:
        """Disconnect."""

    def wrap(self, bodies: list[bytes]) -> Any:
        """Return requests as the contender takes them, once before each run; not timed."""
        return bodies

    @abstractmethod
    def apply(self, bodies: Any) -> Any:
        """Read and apply the requests, one after the other, commit included."""
