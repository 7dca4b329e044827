"""``Uploader``: applies what clients wrote, by the rules of their tables, exactly once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from dualschema.crud import Database
from dualschema.crud.dialects import Kind
from dualschema.declare.table import Table
from dualschema.errors import StatementError
from dualschema.schema import Schema
from dualschema.upload.applying import Applying, Backend
from dualschema.upload.counts import Counts
from dualschema.upload.hooks import Authorise, Hooks, Resolve
from dualschema.upload.ledger import Ledger
from dualschema.upload.letters import Letters, ResolvedError, transaction_of
from dualschema.upload.limits import Limits
from dualschema.upload.operation import Batch
from dualschema.upload.owners import Owners
from dualschema.upload.receiver import receivers_of
from dualschema.upload.results import Fatal, NotAttempted, Result, Retryable, Success
from dualschema.upload.tables import DeadLetter, upload_schema
from dualschema.upload.telemetry import span

__all__ = ["Applied", "Uploader"]

_LOG: Final = logging.getLogger("dualschema.upload")


@dataclass(frozen=True, slots=True)
class Applied:
    """What is told after each batch of which something was committed.

    Attributes:
        user: whose batch it was.
        tables: the names of the tables that it wrote to.
    """

    user: str
    tables: frozenset[str]


class Uploader:
    """Applies what clients wrote, by the rules of their tables, exactly once.

    It may be shared by threads, and any number of processes may have one on the same database.

    Args:
        database: the server's.
        schema: the tables.
        authorise: functions that say whether a user may do something, by table.
        resolve: functions that say what a change makes of a row, by table.
        limits: how much may be sent at once.
        after_refusal: ``"stop"`` tries nothing behind a refused transaction until the client sends
            it again; ``"skip"`` goes on.
        client_decides: have the client keep a refused transaction until its application has
            decided, in place of dropping it. It is in the dead letters either way.
        attempts: how often a transaction is tried when another one is in its way.
        unknown_attempts: how often a client may send what fails for reasons unknown, before it is
            put aside.
        keep_answers: how long answers are kept for a client that did not get them. A client that
            sends an operation again after that has it applied again.
        applied: is told of each batch of which something was committed, after it was.
    """

    def __init__(
        self,
        database: Database,
        schema: Schema,
        *,
        authorise: Mapping[type[Table], Authorise] | None = None,
        resolve: Mapping[type[Table], Resolve] | None = None,
        limits: Limits | None = None,
        after_refusal: Literal["stop", "skip"] = "stop",
        client_decides: bool = False,
        attempts: int = 5,
        unknown_attempts: int = 5,
        keep_answers: timedelta = timedelta(days=30),
        applied: Callable[[Applied], object] | None = None,
    ) -> None:
        self.database = database
        self.schema = schema
        self.limits = limits or Limits()
        self.letters = Letters(database)
        self.counts = Counts()
        self._applied = applied
        kind = database.kind
        if kind is Kind.POWERSYNC:
            raise StatementError("a client's own database takes no uploads")
        hooks = Hooks(authorise or {}, resolve or {})
        names = {t: m.name for t, m in zip(schema.tables, schema.model.tables, strict=True)}
        if unknown := hooks.tables - names.keys():
            raise StatementError(f"{min(map(repr, unknown))} is no table of the schema")
        by_wire = receivers_of(schema, kind, frozenset(names[table] for table in hooks.tables))
        self._backend = Backend(
            database,
            kind,
            schema.model,
            by_wire,
            {receiver.name: receiver for receiver in by_wire.values()},
            Owners(schema.model, kind),
            hooks,
            Ledger(database, keep_answers),
            self.letters,
            self.counts,
            stops=after_refusal == "stop" or client_decides,
            client_decides=client_decides,
            attempts=attempts,
            unknown_attempts=unknown_attempts,
            links=any(receiver.model.foreign_keys for receiver in by_wire.values()),
        )

    def create_tables(self) -> None:
        """Make the tables that uploads keep, where they are not there yet."""
        with self.database.engine.begin() as connection:
            upload_schema.metadata.create_all(connection)

    def apply(self, batch: Batch, user: str) -> list[Result]:
        """Apply a batch; return what became of each of its transactions.

        Args:
            batch: what the client sends.
            user: whose it is: from the token, and from nowhere else.
        """
        started = time.monotonic()
        applying = Applying(self._backend, batch, user)
        with span("dualschema.upload", user=user, **_sizes(batch)) as tell:
            results = applying.results()
            tell(**_outcomes(results))
        self._tell(user, applying)
        if batch.client is not None:
            self._backend.ledger.prune_sometimes()
        _log(batch, user, results, time.monotonic() - started)
        return results

    def replay(self, letter: str) -> Success | Fatal | Retryable:
        """Apply a dead letter's transaction again, and then those that waited for it.

        Returns:
            What became of it. Those that waited stay where they are if they are refused again.

        Raises:
            NotFoundError: there is no such letter, or it does not wait.
        """
        found = self.letters.waiting(letter)
        result = self._replay(found)
        done = [letter] if _is_applied(result) else []
        while done:
            for waiting in self.letters.waiting_for(done.pop(0), found.user_id):
                with suppress(ResolvedError):  # somebody else was faster
                    if _is_applied(self._replay(waiting)):
                        done.append(waiting.id)
        return result

    def _replay(self, letter: DeadLetter) -> Success | Fatal | Retryable:
        batch = Batch([transaction_of(letter)])  # without the client's name: it is done again
        applying = Applying(self._backend, batch, letter.user_id, replays=letter)
        [result] = applying.results()
        self._tell(letter.user_id, applying)
        assert not isinstance(result, NotAttempted)  # noqa: S101  (there is nothing before it)
        return result

    def discard(self, letter: str) -> None:
        """Close a dead letter without applying it; those that wait for it stay.

        Raises:
            NotFoundError: there is no such letter, or it does not wait.
        """
        if not self.letters.resolve(letter, "discarded"):
            self.letters.waiting(letter)

    def prune(self) -> int:
        """Remove answers that are older than they are kept; return how many entries that were."""
        return self._backend.ledger.prune()

    def _tell(self, user: str, applying: Applying) -> None:
        if applying.tables and self._applied is not None:
            self._applied(Applied(user, frozenset(applying.tables)))


def _is_applied(result: Result) -> bool:
    return isinstance(result, Success) and result.dead_letter is None


def _log(batch: Batch, user: str, results: Sequence[Result], seconds: float) -> None:
    outcomes = _outcomes(results)
    told = {
        "user_id": user,
        "client_id": batch.client,
        **_sizes(batch),
        **outcomes,
        "seconds": round(seconds, 6),
    }
    codes = sorted({each.code for each in results if isinstance(each, Fatal)})
    text = f"upload: transactions applied: {outcomes['applied']}"
    if codes:
        text += f", refused: {outcomes['refused']} ({', '.join(codes)})"
    _LOG.log(logging.WARNING if codes else logging.INFO, "%s", text, extra={"dualschema": told})


def _sizes(batch: Batch) -> dict[str, int]:
    operations = sum(len(each.operations) for each in batch.transactions)
    return {"transactions": len(batch.transactions), "operations": operations}


def _outcomes(results: Sequence[Result]) -> dict[str, int]:
    """Return how many transactions had each outcome."""
    outcomes = {"applied": 0, "dead_letters": 0, "refused": 0, "retryable": 0, "not_attempted": 0}
    for result in results:
        match result:
            case Success(dead_letter=None):
                outcomes["applied"] += 1
            case Success():
                outcomes["dead_letters"] += 1
            case Fatal():
                outcomes["refused"] += 1
            case Retryable():
                outcomes["retryable"] += 1
            case NotAttempted():
                outcomes["not_attempted"] += 1
    return outcomes
