"""How much a client may send at once."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a client may send at once; a request beyond it is refused as a whole.

    Attributes:
        body: bytes of a request.
        transactions: of a request; the write API has 50.
        operations: of a request, in all its transactions.
        depth: how deep a request's JSON nests. Documents that are sent as text do not count: a
            column has a limit of its own for them.
    """

    body: int = 16 * 1024 * 1024
    transactions: int = 50
    operations: int = 20_000
    depth: int = 32
