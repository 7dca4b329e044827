"""One batch on its way: applied at once, or by parts where it must be told whose fault it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from dualschema.crud import Database
from dualschema.crud.dialects import Kind
from dualschema.crud.session import Isolation
from dualschema.engine import pause_before
from dualschema.errors import DatabaseError, DualschemaError, RefusedError, SerializationError
from dualschema.model import OnRefusal, SchemaModel
from dualschema.upload.change import ReadTransaction, read_transaction
from dualschema.upload.counts import Counts
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.faults import Fault, fault_of, refusal_of
from dualschema.upload.hooks import Hooks
from dualschema.upload.ledger import Answered, Ledger
from dualschema.upload.letters import Held, Letters, ResolvedError
from dualschema.upload.operation import Batch, Transaction
from dualschema.upload.owners import Owners
from dualschema.upload.receiver import Receiver
from dualschema.upload.results import Fatal, NotAttempted, Result, Retryable, Success
from dualschema.upload.run import Decided, Run, TooMuchError, rows_made, rule_of
from dualschema.upload.stores import Store, store_of
from dualschema.upload.tables import DeadLetter
from dualschema.upload.view import View

__all__ = ["Applying", "Backend"]

T = TypeVar("T")

_LOG: Final = logging.getLogger("dualschema.upload")

_TURNS: Final = 10
"""How often an upload looks whether another one of its user is done: within about four seconds."""

_RETRY_MS: Final = 1_000
"""After how long a client may try again; an unknown fault doubles it each time, up to 64 times."""


@dataclass(frozen=True, slots=True)
class Backend:
    """What all uploads of a server share.

    Attributes:
        database: the server's.
        kind: what kind that is.
        schema: the tables.
        by_wire: their receivers, by all names that clients have for them.
        receivers: the same by their names in the database.
        owners: the columns that hold users' ids.
        hooks: the application's rules.
        ledger: what was answered.
        letters: what was put aside.
        counts: what is counted.
        stops: whether nothing is tried behind a refused transaction.
        client_decides: whether a client keeps what is refused until its application has decided.
        attempts: how often a transaction is tried when another one is in its way.
        unknown_attempts: how often a client may send what fails for reasons unknown.
        links: whether a table that clients write to has foreign keys.
        kept: what is made once for the schema.
    """

    database: Database
    kind: Kind
    schema: SchemaModel
    by_wire: Mapping[str, Receiver]
    receivers: Mapping[str, Receiver]
    owners: Owners
    hooks: Hooks
    ledger: Ledger
    letters: Letters
    counts: Counts
    stops: bool
    client_decides: bool
    attempts: int
    unknown_attempts: int
    links: bool
    kept: dict[Any, Any] = field(default_factory=dict)


class Applying:
    """One batch on its way.

    Attributes:
        tables: the names of the tables that were written to, as far as that is committed.
    """

    def __init__(
        self, backend: Backend, batch: Batch, user: str, *, replays: DeadLetter | None = None
    ) -> None:
        self.tables: set[str] = set()
        self._backend = backend
        self._client = batch.sender
        self._user = user
        self._replays = None if replays is None else replays.id
        self._sender = batch.sender if replays is None else replays.client_id
        self._owner = backend.owners.of(user)
        self._read = [read_transaction(t, backend.by_wire) for t in batch.transactions]
        self._counted: dict[str, int] = {}
        self._written: set[str] = set()
        self._is_repeated = False

    def results(self) -> list[Result]:
        """Apply it all; return a result for each transaction."""
        results = self._together()
        if results is None:
            results = self._by_parts()
        results += [NotAttempted()] * (len(self._read) - len(results))
        return results

    def _together(self) -> list[Result] | None:
        """Apply all transactions within one of the database's; None if that cannot be."""
        if len(self._read) == 1 or self._backend.kind is not Kind.POSTGRES:
            return None
        numbers = [number for each in self._read for number in each.transaction.op_ids]
        if len(set(numbers)) < len(numbers):
            return None  # what is sent twice is answered the second time
        try:
            return self._tried(lambda: self._run_together(self._read))
        except TooMuchError:
            return None
        except Exception as error:  # noqa: BLE001  (whatever it is, one by one tells whose it is)
            if fault_of(error) is Fault.RETRY:
                return [self._retryable(error)]
            return None

    def _by_parts(self) -> list[Result]:
        results: list[Result] = []
        for transaction in self._read:
            result = self._told(transaction)
            results.append(result)
            if isinstance(result, Retryable) or self._stops_at(result):
                break
        return results

    def _stops_at(self, result: Result) -> bool:
        """Whether nothing is tried behind a result: a refusal, if it is new or still to decide."""
        is_new = not self._is_repeated and self._backend.stops
        return isinstance(result, Fatal) and (is_new or result.needs_client)

    def _told(self, transaction: ReadTransaction) -> Result:
        """Apply one transaction, or refuse it; if not even that can be kept, it is for later."""
        try:
            return self._one(transaction)
        except ResolvedError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the client keeps what it sent)
            if fault_of(error) is not Fault.RETRY:
                _LOG.exception("upload: what was refused cannot be kept")
            return self._retryable(error)

    def _one(self, transaction: ReadTransaction) -> Result:
        """Apply one transaction: merged, or in order where that fails; or refuse it."""
        refusal: RefusedError
        try:
            try:
                return self._tried(lambda: self._run_together([transaction]))[0]
            except TooMuchError:
                return self._tried(lambda: self._run_in_order(transaction))
            except DualschemaError as error:
                if fault_of(error) is not Fault.FATAL:
                    raise
                return self._tried(lambda: self._run_in_order(transaction))
        except RefusedError as error:
            refusal = error
        except ResolvedError:
            raise
        except Exception as error:  # noqa: BLE001  (an application's hook may raise anything)
            match fault_of(error):
                case Fault.RETRY:
                    return self._retryable(error)
                case Fault.UNKNOWN:
                    return self._unknown(transaction, error)
                case Fault.FATAL:
                    refusal = refusal_of(error)
        if refusal.index is None and transaction.drops:
            return self._strictly(transaction, refusal)
        return self._tried(lambda: self._refused(transaction, refusal))

    def _strictly(self, transaction: ReadTransaction, refusal: RefusedError) -> Result:
        """Apply a transaction that is refused as it ends: an operation may be left out for that.

        Foreign keys are checked at once, which tells the operations that break them.
        """
        try:
            return self._tried(lambda: self._run_in_order(transaction, defers=False))
        except RefusedError as error:
            refusal = error
        except DatabaseError as error:
            if fault_of(error) is not Fault.FATAL:
                raise
        return self._tried(lambda: self._refused(transaction, refusal))

    def _run_together(self, transactions: Sequence[ReadTransaction]) -> list[Result]:
        with self._begun(transactions) as (run, answered, held):
            before = [answered.result(each.transaction) for each in transactions]
            waits = [isinstance(done, Fatal) and done.needs_client for done in before]
            if True in waits:  # the client has not decided yet what becomes of it
                before = before[: waits.index(True) + 1]
                transactions = transactions[: len(before)]
            open_ = [each for each, done in zip(transactions, before, strict=True) if done is None]
            stops = self._backend.stops
            decided = iter(run.together(open_, stops=stops)) if open_ else iter(())
            self._is_repeated = not open_
            results: list[Result] = []
            new: list[tuple[Transaction, Success | Fatal]] = []
            for transaction, done in zip(transactions, before, strict=True):
                if done is not None:
                    results.append(done)
                    self._count(repeated=1)
                    continue
                found = next(decided, None)
                if found is None:
                    break
                result = self._result(transaction, found, held)
                results.append(result)
                new.append((transaction.transaction, result))
                if isinstance(result, Fatal) and stops:
                    break
            self._backend.ledger.write(self._user, self._client, new, answered)
        return results

    def _run_in_order(self, transaction: ReadTransaction, *, defers: bool = True) -> Result:
        with self._begun(defers=defers) as (run, answered, held):
            done = answered.result(transaction.transaction)
            self._is_repeated = done is not None
            if done is not None:
                return done
            result = self._result(transaction, run.in_order(transaction), held)
            self._backend.ledger.write(
                self._user, self._client, [(transaction.transaction, result)], answered
            )
        return result

    def _refused(self, transaction: ReadTransaction, refusal: RefusedError) -> Result:
        """Keep a transaction that was refused, and say so."""
        with self._begun() as (_, answered, held):
            done = answered.result(transaction.transaction)
            self._is_repeated = done is not None
            if done is not None:
                return done
            result = self._result(transaction, Decided(refusal=refusal), held)
            self._backend.ledger.write(
                self._user, self._client, [(transaction.transaction, result)], answered
            )
        return result

    @contextmanager
    def _begun(
        self, transactions: Sequence[ReadTransaction] = (), *, defers: bool = True
    ) -> Iterator[tuple[Run, Answered, Held]]:
        """Open a transaction of the database in which nobody else uploads for this user.

        All that is asked first goes in one exchange with the database.

        Args:
            transactions: whose rows are wanted together.
            defers: whether foreign keys are checked at the end.
        """
        up = self._backend
        self._counted, self._written = {}, set()
        # Each statement must see what was committed before the lock was taken.
        isolation: Isolation | None = "read committed" if up.kind is Kind.POSTGRES else None
        with up.database.transaction(isolation=isolation):
            store = up.database.on_session(lambda session: store_of(session, up.schema, up.kept))
            is_free = store.lock(f"dualschema upload {self._user}")
            if up.links and defers:
                store.defer()
            sent = [each.transaction for each in self._read]
            answers = up.ledger.answered(self._user, self._client, sent)
            letters = up.letters.held(self._user, but=self._replays)
            view = View(store, up.schema, up.receivers, self._owner)
            if transactions:
                view.ask_ahead([change for each in transactions for change in each.changes])
            if not is_free():
                raise _LockedError
            if self._replays is not None:
                up.letters.waiting(self._replays)
            answered, held = answers(), letters()
            yield self._run_on(store, view, answered, held), answered, held
        up.counts.add(**self._counted)
        self.tables |= self._written

    def _count(self, **numbers: int) -> None:
        """Count something, if the transaction of the database is committed."""
        for name, number in numbers.items():
            self._counted[name] = self._counted.get(name, 0) + number

    def _run_on(self, store: Store, view: View, answered: Answered, held: Held) -> Run:
        up = self._backend
        return Run(
            database=up.database,
            store=store,
            view=view,
            links=up.links,
            hooks=up.hooks,
            held=held,
            answered=answered,
            letter_of=self._letter_of,
        )

    def _letter_of(self, transaction: ReadTransaction) -> str:
        if self._replays is not None:
            return self._replays
        return Letters.id_of(self._user, self._client, transaction.transaction)

    def _result(self, transaction: ReadTransaction, found: Decided, held: Held) -> Success | Fatal:
        """Return what the client is told; keep the transaction, if it is refused."""
        up = self._backend
        if found.refusal is not None:
            return self._kept(transaction, found.refusal, self._letter_of(transaction))
        self._written |= found.tables
        if held.attempts and (letter := self._letter_of(transaction)) in held.attempts:
            up.letters.forget(letter)
        if self._replays is not None:
            up.letters.resolve(self._replays, "replayed")
        ignored = transaction.ignored
        noops = sum(note.outcome == "noop" for note in found.notes)
        self._count(
            applied=found.applied,
            noop=noops,
            dropped=len(found.notes) - noops,
            ignored_values=ignored,
        )
        return Success(tuple(found.notes), ignored)

    def _kept(
        self, transaction: ReadTransaction, refusal: RefusedError, letter: str
    ) -> Success | Fatal:
        up = self._backend
        up.letters.keep(
            letter,
            transaction.transaction,
            refusal,
            user=self._user,
            client=self._sender,
            rows=rows_made(transaction),
        )
        if self._replays is None and rule_of(transaction, refusal) is OnRefusal.DEAD_LETTER:
            self._count(dead_letters=1)
            return Success(dead_letter=letter)
        self._count(refused=1)
        return Fatal.of(refusal, needs_client=up.client_decides, letter=letter)

    def _tried(self, work: Callable[[], T]) -> T:
        """Do work, and again when another transaction was in the way."""
        attempt = 0
        while True:
            try:
                return work()
            except SerializationError as error:
                attempt += 1
                is_locked = isinstance(error, _LockedError)
                if attempt >= (_TURNS if is_locked else self._backend.attempts):
                    raise
                self._backend.counts.add(retried=1)
                time.sleep(pause_before(attempt))  # without a connection of the pool

    def _retryable(self, error: BaseException) -> Retryable:
        _LOG.warning("upload: to be tried again: %s", error)
        return Retryable("the server cannot apply it now", retry_after_ms=_RETRY_MS)

    def _unknown(self, transaction: ReadTransaction, error: Exception) -> Result:
        """Count how often something fails for a reason unknown; put it aside in the end."""
        up = self._backend
        letter = self._letter_of(transaction)
        _LOG.error("upload: failed for an unknown reason", exc_info=error)
        refusal = RefusedError("the server cannot apply it", code=ErrorCode.UNCLASSIFIED_ERROR)
        with up.database.transaction(read_only=True):
            attempts = up.letters.held(self._user)().attempts.get(letter, 0) + 1
        if attempts >= up.unknown_attempts or self._replays is not None:
            _LOG.critical("upload: given up after %d attempts, dead letter %s", attempts, letter)
            return self._tried(lambda: self._refused(transaction, refusal))
        up.letters.keep(
            letter,
            transaction.transaction,
            refusal,
            user=self._user,
            client=self._sender,
            rows=rows_made(transaction),
            attempts=attempts,
            is_trying=True,
        )
        return Retryable(refusal.reason, retry_after_ms=_RETRY_MS * 2 ** min(attempts - 1, 6))


class _LockedError(SerializationError):
    """Another upload of the same user is under way."""

    def __init__(self) -> None:
        super().__init__("another upload of this user is under way")
