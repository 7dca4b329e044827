"""The journal: what was done, to how many rows, how long it took, and whether all was equal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Journal", "Step"]


@dataclass(slots=True)
class Step:
    """One step; ``rows`` and ``equal`` stay None where there is nothing to count or compare."""

    name: str
    rows: int | None = None
    equal: bool | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Journal:
    """The steps in order, and the differences that they found."""

    began: float
    steps: list[Step] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, *, began: float | None = None) -> Iterator[Step]:
        """Time a step; what it finds out is written into the one that is given."""
        step = Step(name)
        self.steps.append(step)
        start = time.perf_counter() if began is None else began
        yield step
        step.seconds = time.perf_counter() - start

    def compare(self, step: Step, differences: list[str]) -> None:
        """Note the outcome of a comparison."""
        step.equal = not differences
        self.differences += [f"{step.name}: {each}" for each in differences]

    @property
    def all_equal(self) -> bool:
        """Whether no comparison found a difference."""
        return not self.differences

    @property
    def seconds(self) -> float:
        """What all took until now."""
        return time.perf_counter() - self.began
