"""The machine under the random test: it does each step everywhere, and compares what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

import dualschema as ds
from tests.crud.model import KEYS, Model, Refusal, Row
from tests.crud.world import CLOCK, World

__all__ = ["Machine", "make_rows", "shown"]


@dataclass(frozen=True)
class _Outcome:
    """What a step comes to: what it gives and the tables behind it, or how it is refused."""

    gives: Any
    model: Model
    refusal: Refusal | None = None


@dataclass(frozen=True)
class _Open:
    """A transaction, or a savepoint in one, of all worlds."""

    before: Model
    blocks: Sequence[AbstractContextManager[Any]]


class Undo(Exception):  # noqa: N818  (it is no error: it is what a rollback is asked for with)
    """Raised to leave a transaction."""


class Machine(RuleBasedStateMachine):
    """Does steps on all worlds and on the model."""

    def __init__(self, worlds: list[World]) -> None:
        super().__init__()
        self.worlds = worlds
        self.model = Model()
        self.open: list[_Open] = []

    def agree(
        self,
        act: Callable[[World], Any],
        work: Callable[[Model], Any],
        *,
        ordered: bool = False,
        written: str | None = None,
    ) -> None:
        """Do a step and compare.

        Args:
            act: does it in a world.
            work: does it to the model, which it may change.
            ordered: whether a list has an order.
            written: the table that is compared afterwards.
        """
        CLOCK.tick()
        expected = self._outcome(work, ordered, holds_rules=True)
        without_rules = expected
        if expected.refusal:
            without_rules = self._outcome(work, ordered, holds_rules=False)
        for world in self.worlds:
            if world.holds_rules:
                self._compare(world, act, expected, ordered)
            elif without_rules.refusal or not expected.refusal:
                self._compare(world, act, without_rules, ordered)
        if not expected.refusal:
            self.model = expected.model
        if written:
            self.compare_contents(written)

    def compare_contents(self, table: str) -> None:
        """Compare all rows of a table."""
        wanted = shown(self.model.rows(table), ordered=False)
        for world in self.worlds:
            rows = world.db.all(ds.select(world.table(table)))
            assert wanted == shown(rows, ordered=False), f"what {world} holds of {table}"

    def begin(self, **options: Any) -> None:
        """Open a transaction, or a savepoint in one."""
        blocks = [world.db.transaction(**options) for world in self.worlds]
        for block in blocks:
            block.__enter__()
        self.open.append(_Open(self.model, blocks))

    def end(self, *, commits: bool) -> None:
        """Leave the innermost transaction."""
        left = self.open.pop()
        for block in left.blocks:
            if commits:
                block.__exit__(None, None, None)
            else:
                error = Undo()
                assert not block.__exit__(Undo, error, error.__traceback__)
        if not commits:
            self.model = left.before

    def teardown(self) -> None:
        while self.open:
            self.end(commits=False)
        for table in KEYS:
            self.compare_contents(table)

    def _outcome(
        self, work: Callable[[Model], Any], ordered: bool, *, holds_rules: bool
    ) -> _Outcome:
        model = self.model.copy(holds_rules=holds_rules)
        try:
            return _Outcome(shown(work(model), ordered=ordered), model)
        except Refusal as refusal:
            return _Outcome(None, model, refusal)

    def _compare(
        self, world: World, act: Callable[[World], Any], wanted: _Outcome, ordered: bool
    ) -> None:
        if wanted.refusal is None:
            assert wanted.gives == shown(act(world), ordered=ordered), f"what {world} gives"
            return
        # What Postgres refuses spoils its transaction, back to the last savepoint.
        savepoint = world.db.transaction() if self.open else nullcontext()
        try:
            with savepoint:
                found = act(world)
        except ds.DualschemaError as error:
            assert type(error) in wanted.refusal.classes, f"{world} refuses: {error!r}"  # noqa: PT017  (the error is one of several)
        else:
            raise AssertionError(f"{world} does not refuse, but gives {found!r}")


def make_rows(world: World, table: str, rows: Iterable[Row]) -> list[Any]:
    """Return rows as instances of the world's class."""
    made = world.table(table)
    return [made(**row) for row in rows]


def shown(value: Any, *, ordered: bool = True) -> Any:
    """Return a result so that it is equal to another world's only if all classes are equal."""
    if isinstance(value, ds.Table):
        value = dict(value)
    if isinstance(value, dict):
        return tuple((name, *shown(cell)) for name, cell in sorted(value.items()))
    if isinstance(value, list):
        made = [shown(each) for each in value]
        return made if ordered else sorted(made, key=repr)
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    if isinstance(value, float):
        value += 0.0  # the sign of a zero may be lost
    return type(value).__name__, value
