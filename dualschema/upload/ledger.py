"""The ledger: which operations were answered already, and how, so that a retry does nothing again.

A client's queue is numbered from 1, and is answered in order; so operations that were answered are
kept as runs of numbers. What is written with the rows, in their transaction, is there if they are.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from dualschema.crud import Database, delete, insert, param, select
from dualschema.declare import now
from dualschema.errors import DatabaseError
from dualschema.upload.operation import Transaction
from dualschema.upload.results import Fatal, Success, result_from
from dualschema.upload.tables import LedgerEntry

__all__ = ["Answered", "Ledger"]

_LOG: Final = logging.getLogger("dualschema.upload")

_ONE_IN: Final = 200
"""How many uploads come, on average, before what is too old is removed."""


@dataclass(slots=True)
class Answered:
    """What the ledger holds of a batch's operations: runs of numbers, with their answers."""

    runs: list[tuple[int, int, dict[str, Any] | None]] = field(default_factory=list)

    def has(self, number: int | None) -> bool:
        """Whether an operation was answered."""
        return self._run(number) is not None

    def result(self, transaction: Transaction) -> Success | Fatal | None:
        """Return the answer that a whole transaction got; None if one of it is still to be done."""
        numbers = transaction.op_ids
        if not self.runs or not numbers or not all(map(self.has, numbers)):
            return None
        run = self._run(numbers[-1])
        return Success() if run is None or run[2] is None else result_from(run[2])

    def _run(self, number: int | None) -> tuple[int, int, dict[str, Any] | None] | None:
        if number is None:
            return None
        return next((run for run in self.runs if run[0] <= number <= run[1]), None)


class Ledger:
    """The ledger of a database.

    Args:
        database: where it is.
        keep: how long an answer is kept: longer than a client may be without an answer.
    """

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep
        self._between = (
            select(LedgerEntry)
            .where(
                LedgerEntry.user_id == param("user"),
                LedgerEntry.client_id == param("client"),
                LedgerEntry.last_operation >= param("first"),
                LedgerEntry.first_operation <= param("last"),
            )
            .order_by(LedgerEntry.last_operation)
        )

    def answered(
        self, user: str, client: str | None, transactions: Sequence[Transaction]
    ) -> Callable[[], Answered]:
        """Ask, within a transaction, what was answered of transactions; give it."""
        numbers = [number for each in transactions for number in each.op_ids]
        if client is None or not numbers:
            return Answered
        asked = {"user": user, "client": client, "first": min(numbers), "last": max(numbers)}
        found = self._database.on_session(lambda session: self._between.ahead(session, asked))
        return lambda: Answered([(e.first_operation, e.last_operation, e.result) for e in found()])

    def write(
        self,
        user: str,
        client: str | None,
        answers: Sequence[tuple[Transaction, Success | Fatal]],
        before: Answered,
    ) -> None:
        """Keep the answers of transactions, but for operations that were answered before.

        It is sent with what ends the transaction.
        """
        if client is None:
            return
        for first, last, result in _runs(answers, before):
            entry = LedgerEntry(
                user_id=user,
                client_id=client,
                first_operation=first,
                last_operation=last,
                result=result,
            )
            self._database.on_session(insert(entry).ahead)

    def prune(self) -> int:
        """Remove what is older than answers are kept; return how many entries that were."""
        return self._database.run(
            delete(LedgerEntry).where(LedgerEntry.applied_at < now() - self._keep)
        )

    def prune_sometimes(self) -> None:
        """Remove what is too old, now and then; that it cannot be now is no fault of an upload."""
        if random.random() * _ONE_IN >= 1:  # noqa: S311  (no secret)
            return
        try:
            self.prune()
        except DatabaseError as error:
            _LOG.warning("upload: old answers are not removed: %s", error)


def _runs(
    answers: Sequence[tuple[Transaction, Success | Fatal]], before: Answered
) -> list[tuple[int, int, dict[str, Any] | None]]:
    """Return numbers as runs: as few as can be, where transactions were simply applied."""
    runs: list[tuple[int, int, dict[str, Any] | None]] = []
    for transaction, result in answers:
        numbers = sorted(set(transaction.op_ids))
        if before.runs:
            numbers = [number for number in numbers if not before.has(number)]
        if not numbers:
            continue
        kept = None if result == Success() else result.wire()
        gaps = [n for n, (a, b) in enumerate(pairwise(numbers), start=1) if b != a + 1]
        starts, ends = [0, *gaps], [*gaps, len(numbers)]
        for start, end in zip(starts, ends, strict=True):
            first, last = numbers[start], numbers[end - 1]
            if runs and kept is None and runs[-1][2] is None and runs[-1][1] + 1 == first:
                runs[-1] = (runs[-1][0], last, None)
            else:
                runs.append((first, last, kept))
    return runs
