"""What the library is held to, beside the floor and beside the peers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from benchmarks.lib.contender import Name, Operation
from benchmarks.lib.tables import Engine

__all__ = ["TARGETS", "UPLOAD_TARGETS", "Bounds", "Verdict", "held_to"]

Bounds = dict[Name, float]


class Verdict(StrEnum):
    """How a target stands."""

    MET = "met"
    NOT_MET = "NOT MET"
    FAILED = "FAILED"


_SQLITE_BULK: Final[Bounds] = {Name.FLOOR: 1.8, Name.CORE: 2.5, Name.SQLMODEL: 6}
_SQLITE_SINGLE: Final[Bounds] = {Name.FLOOR: 2, Name.CORE: 2.5, Name.SQLMODEL: 9}
_POSTGRES_SINGLE: Final[Bounds] = {
    Name.FLOOR: 3,
    Name.CORE: 1.6,
    Name.SQLMODEL: 4,
    Name.DRIZZLE: 3,
}

# Of the floor's time, at most so many; of ours, the peer takes at least so many.
TARGETS: Final[dict[Engine, dict[Operation, Bounds]]] = {
    Engine.SQLITE: {
        Operation.INSERT_BULK: _SQLITE_BULK,
        Operation.UPSERT_BULK: _SQLITE_BULK,
        Operation.SELECT_ALL: {Name.FLOOR: 2.6, Name.CORE: 1, Name.SQLMODEL: 1.8},
        Operation.INSERT: _SQLITE_SINGLE,
        Operation.GET: _SQLITE_SINGLE,
        Operation.UPDATE: _SQLITE_SINGLE,
        Operation.DELETE: _SQLITE_SINGLE,
    },
    Engine.POSTGRES: {
        Operation.INSERT_BULK: {
            Name.FLOOR: 1.4,
            Name.ASYNCPG: 1,
            Name.CORE: 3,
            Name.SQLMODEL: 6.5,
            Name.DRIZZLE: 9,
        },
        Operation.UPSERT_BULK: {Name.FLOOR: 1.35, Name.CORE: 2, Name.DRIZZLE: 6},
        Operation.SELECT_ALL: {
            Name.FLOOR: 3.5,
            Name.CLASS_ROW: 1.5,
            Name.SQLMODEL: 1.8,
            Name.DRIZZLE: 1,
        },
        Operation.INSERT: _POSTGRES_SINGLE,
        Operation.GET: {Name.FLOOR: 2.5, Name.CORE: 1.5, Name.SQLMODEL: 3, Name.DRIZZLE: 1},
        Operation.UPDATE: _POSTGRES_SINGLE,
        Operation.DELETE: _POSTGRES_SINGLE,
    },
}

# The same, of a batch of uploaded operations.
UPLOAD_TARGETS: Final[Bounds] = {
    Name.FLOOR: 2.5,
    Name.PSYCOPG: 5,
    Name.NODE_DEMO: 7,
    Name.SQLMODEL: 25,
}


def held_to(bounds: Bounds, name: Name, ratios: Mapping[Name, float]) -> tuple[str, Verdict | None]:
    """Return the target that stands beside a contender's time, in words, and whether it is met.

    Args:
        bounds: those of the operation.
        name: the contender; ours is held to the floor, and each peer to ours.
        ratios: the contender's time by the floor's and by ours, as far as they ran.
    """
    if name is Name.FLOOR:
        return "", None
    is_ours = name is Name.OURS
    bound = bounds.get(Name.FLOOR if is_ours else name)
    ratio = ratios.get(Name.FLOOR if is_ours else Name.OURS)
    if bound is None:
        return "", None
    text = f"<= {bound:g}x the floor" if is_ours else f">= {bound:g}x"
    if ratio is None:
        return text, None
    is_met = ratio <= bound if is_ours else ratio >= bound
    verdict = Verdict.MET if is_met else Verdict.NOT_MET
    return f"{text} {verdict}", verdict
