"""``Run``: transactions of a client within one of the database's.

The same code applies a whole batch, one transaction of it, or one operation after the other; what
differs is how much is decided before it is written. Who asks for more at once gets the same, or is
told to ask for less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dualschema.crud import Database
from dualschema.errors import DatabaseError, DualschemaError, RefusedError
from dualschema.model import OnRefusal
from dualschema.upload.change import Change, ReadTransaction
from dualschema.upload.decide import Decider
from dualschema.upload.faults import Fault, fault_of, refusal_of
from dualschema.upload.hazards import Hazards
from dualschema.upload.hooks import Hooks
from dualschema.upload.ledger import Answered
from dualschema.upload.letters import Held
from dualschema.upload.receiver import Receiver
from dualschema.upload.results import Note, Outcome
from dualschema.upload.stores import Store
from dualschema.upload.view import View

__all__ = ["Decided", "Run", "TooMuchError", "rows_made", "rule_of"]


class TooMuchError(DualschemaError):
    """What was asked for at once cannot be told apart from less: ask for less."""


@dataclass(slots=True)
class Decided:
    """What a run made of one transaction.

    Attributes:
        notes: of its operations that were not simply applied.
        refusal: why it is refused, or None.
        applied: how many operations were applied.
        tables: the names of the tables that they wrote to.
    """

    notes: list[Note] = field(default_factory=list)
    refusal: RefusedError | None = None
    applied: int = 0
    tables: set[str] = field(default_factory=set)

    def add(self, change: Change, outcome: Outcome | None) -> None:
        """Say what an operation that is not refused did."""
        if outcome is not None:
            self.notes.append(Note(change.index, outcome))
            return
        self.applied += 1
        if change.receiver is not None:
            self.tables.add(change.receiver.name)


class Run:
    """Transactions of a client within one of the database's.

    Args:
        database: in a transaction.
        store: the same.
        view: the rows.
        links: whether a table that clients write to has foreign keys.
        hooks: the application's rules.
        held: what dead letters hold.
        answered: what was done before.
        letter_of: gives the id of the letter in which a transaction would be kept.
    """

    def __init__(
        self,
        *,
        database: Database,
        store: Store,
        view: View,
        links: bool,
        hooks: Hooks,
        held: Held,
        answered: Answered,
        letter_of: Callable[[ReadTransaction], str],
    ) -> None:
        self._database = database
        self._store = store
        self._held = held
        self._answered = answered
        self._letter_of = letter_of
        self._is_one = True
        self._has_links = links
        self._view = view
        self._decider = Decider(self._view, hooks, held.letters)
        self._hazards = Hazards()

    def together(self, transactions: Sequence[ReadTransaction], *, stops: bool) -> list[Decided]:
        """Apply transactions, writing each row once; return what became of each.

        Args:
            transactions: in their order.
            stops: whether none is tried behind one that is refused.

        Raises:
            TooMuchError: one was refused of which something was decided before.
            DatabaseError: the database refused something of it.
        """
        left = [change for each in transactions for change in each.changes]
        self._is_one = len(transactions) == 1
        self._view.load(left)
        decided: list[Decided] = []
        for transaction in transactions:
            found = self._decided(transaction, left)
            decided.append(found)
            if found.refusal is not None:
                if stops and not _goes_on(transaction, found.refusal):
                    break
                self._held.add(self._letter_of(transaction), rows_made(transaction))
        self._view.write()
        self._check()
        return decided

    def _decided(self, transaction: ReadTransaction, left: list[Change]) -> Decided:
        """Decide over the next transaction; ``left`` loses what is decided."""
        view, found = self._view, Decided()
        changes, part = view.changes, view.part
        coming, hazards, decide = _Coming(transaction), self._hazards, self._decider.decide
        answered = self._answered
        for number, change in enumerate(transaction.changes):
            receiver = change.receiver
            try:
                if answered.runs and answered.has(change.operation.op_id):
                    continue
                if change.fault is not None:
                    raise change.fault
                if receiver is None or receiver.model.dropped:
                    continue
                if hazards.matter or not receiver.is_plain or change.links or change.guarded:
                    if hazards.cuts(change, receiver, change.row, view):
                        self._cut(left[number:])
                    hazards.note(change, receiver, change.row)
                outcome = decide(change, receiver, change.row, coming)
            except RefusedError as refusal:
                change.refused(refusal)
                if receiver is not None and receiver.drops:
                    found.notes.append(_dropped(change, refusal))
                    continue
                if view.part != part or view.changes > changes:
                    raise TooMuchError from None  # the database might refuse one before it
                found.refusal = refusal
                break
            found.add(change, outcome)
        del left[: len(transaction.changes)]
        return found

    def _cut(self, left: list[Change]) -> None:
        """Write what is decided, and read anew what is left."""
        self._view.write()
        if not self._is_one:  # foreign keys are checked where a client's transaction ends
            self._check()
        self._hazards.clear()
        self._view.load(left)

    def in_order(self, transaction: ReadTransaction) -> Decided:
        """Apply one transaction, each operation by itself; a refusal is raised.

        Raises:
            RefusedError: with the place of the operation that was refused.
            DatabaseError: of a kind that passes, or that nobody knows.
        """
        view, found = self._view, Decided()
        coming = _Coming(transaction)
        for change in transaction.changes:
            receiver = change.receiver
            if self._answered.has(change.operation.op_id):
                continue
            try:
                if change.fault is not None:
                    raise change.fault
                if receiver is None or receiver.model.dropped:
                    continue
                outcome = self._alone(change, receiver, coming)
            except (RefusedError, DatabaseError) as error:
                view.forget()
                refusal = self._refusal(change, error)
                if receiver is None or not receiver.drops:
                    raise refusal from None
                found.notes.append(_dropped(change, refusal))
                continue
            found.add(change, outcome)
        try:
            self._check()()
        except DatabaseError as error:
            if fault_of(error) is not Fault.FATAL:
                raise
            raise refusal_of(error) from None
        return found

    def _check(self) -> Callable[[], object]:
        """Have foreign keys checked, at the latest when the function returned is called."""
        return self._store.check() if self._has_links else lambda: None

    def _alone(self, change: Change, receiver: Receiver, coming: _Coming) -> Outcome | None:
        if not receiver.drops:
            return self._write_alone(change, receiver, coming)
        with self._database.transaction():  # what the database refuses is undone alone
            return self._write_alone(change, receiver, coming)

    def _write_alone(self, change: Change, receiver: Receiver, coming: _Coming) -> Outcome | None:
        self._view.load([change])
        outcome = self._decider.decide(change, receiver, change.row, coming)
        self._view.write()
        return outcome

    @staticmethod
    def _refusal(change: Change, error: RefusedError | DatabaseError) -> RefusedError:
        if isinstance(error, RefusedError):
            return change.refused(error)
        if fault_of(error) is not Fault.FATAL:
            raise error
        return change.refused(refusal_of(error))


class _Coming:
    """The rows that a transaction inserts, found when they are asked for."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._transaction = transaction
        self._rows: frozenset[tuple[str, str]] | None = None

    def __contains__(self, row: object) -> bool:
        if self._rows is None:
            sound = [change for change in self._transaction.changes if change.fault is None]
            made = ReadTransaction(self._transaction.transaction, sound)
            self._rows = frozenset(rows_made(made))
        return row in self._rows


def rows_made(transaction: ReadTransaction) -> list[tuple[str, str]]:
    """Return the rows that a transaction would make: their tables and keys."""
    return [
        (change.receiver.name, change.key)
        for change in transaction.changes
        if change.operation.op == "PUT"
        and change.receiver is not None
        and change.key_cell is not None
    ]


def rule_of(transaction: ReadTransaction, refusal: RefusedError) -> OnRefusal:
    """Return what the table of the refused operation wants to become of its transaction.

    Where no operation alone is refused, all tables must want the same.
    """
    changes = transaction.changes
    if refusal.index is not None:
        changes = [changes[refusal.index]]
    receivers = [change.receiver for change in changes]
    rules = {
        OnRefusal.REJECT if receiver is None else receiver.model.uploads.refused
        for receiver in receivers
    }
    return rules.pop() if len(rules) == 1 else OnRefusal.REJECT


def _goes_on(transaction: ReadTransaction, refusal: RefusedError) -> bool:
    return rule_of(transaction, refusal) is OnRefusal.DEAD_LETTER


def _dropped(change: Change, refusal: RefusedError) -> Note:
    return Note(change.index, "dropped", refusal.code, refusal.reason)
