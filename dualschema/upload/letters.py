"""Dead letters: transactions that were refused, kept until somebody replays or discards them."""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, TypeVar

from dualschema.crud import Database, Select, delete, param, select, update, upsert
from dualschema.declare import now
from dualschema.errors import NotFoundError, RefusedError
from dualschema.upload.operation import Operation, Transaction, is_counted
from dualschema.upload.tables import DeadLetter

__all__ = ["Held", "Letters", "ResolvedError", "transaction_of"]

_NAMESPACE: Final = uuid.UUID("0e8f3b1c-5a5e-4a53-8a1a-8f6d3c1b7f52")
_OPEN: Final = ("trying", "waiting")

Query = TypeVar("Query", bound=Select[Any])


class ResolvedError(NotFoundError):
    """A letter does not wait any more."""


class Held:
    """The letters of one user that are open: what they hold, others may wait for."""

    def __init__(self, letters: Iterable[tuple[str, str, int, list[list[str]]]]) -> None:
        self._rows: dict[tuple[str, str], tuple[str, ...]] = {}
        self.attempts: dict[str, int] = {}
        for letter, state, attempts, rows in letters:
            if state == "trying":
                self.attempts[letter] = attempts
            else:
                self.add(letter, [(table, key) for table, key in rows])

    def add(self, letter: str, rows: Iterable[tuple[str, str]]) -> None:
        """Have a letter hold the rows that it would have made."""
        for row in rows:
            self._rows[row] = (*self._rows.get(row, ()), letter)

    def letters(self, table: str, key: str) -> tuple[str, ...]:
        """Return the letters that would have made a row."""
        return self._rows.get((table, key), ())


class Letters:
    """The dead letters of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = _oldest_first(
            select(DeadLetter.id, DeadLetter.state, DeadLetter.attempts, DeadLetter.row_keys).where(
                DeadLetter.user_id == param("user"), DeadLetter.state.in_(_OPEN)
            )
        )

    def all(
        self,
        user: str | None = None,
        state: Literal["trying", "waiting", "replayed", "discarded"] | None = "waiting",
    ) -> list[DeadLetter]:
        """Return letters, the oldest first.

        Args:
            user: whose; None for everybody's.
            state: which; None for all. One that waits is to be replayed or discarded.
        """
        query = _oldest_first(select(DeadLetter))
        if user is not None:
            query = query.where(DeadLetter.user_id == user)
        if state is not None:
            query = query.where(DeadLetter.state == state)
        return self._database.all(query)

    def get(self, letter: str) -> DeadLetter:
        """Return a letter.

        Raises:
            NotFoundError: there is none of this id.
        """
        return self._database.get(DeadLetter, letter)

    def waiting(self, letter: str) -> DeadLetter:
        """Return a letter that waits.

        Raises:
            NotFoundError: there is none of this id, or it does not wait.
        """
        found = self.get(letter)
        if found.state != "waiting":
            raise ResolvedError(f"the dead letter {letter} was {found.state} already")
        return found

    def held(self, user: str, *, but: str | None = None) -> Callable[[], Held]:
        """Ask, within a transaction, what a user's open letters hold; give it.

        Args:
            user: whose.
            but: the one that is being replayed.
        """
        letters = self._database.on_session(lambda s: self._open.ahead(s, {"user": user}))
        return lambda: Held(letter for letter in letters() if letter[0] != but)

    def keep(
        self,
        letter: str,
        transaction: Transaction,
        refusal: RefusedError,
        *,
        user: str,
        client: str | None,
        rows: Sequence[tuple[str, str]],
        attempts: int = 1,
        is_trying: bool = False,
    ) -> None:
        """Put a transaction aside; one that is there already is brought up to date."""
        number = transaction.number
        row = DeadLetter(
            id=letter,
            user_id=user,
            client_id=client,
            transaction_id=number if number is not None and is_counted(number) else None,
            entries=_written([each.entry() for each in transaction.operations]),
            row_keys=[list(each) for each in rows],
            error_code=refusal.code,
            message=refusal.reason,
            operation_index=refusal.index,
            details=refusal.details(),
            blocked_by=list(refusal.blocked_by),
            state="trying" if is_trying else "waiting",
            attempts=attempts,
        )
        changed = tuple(c for c in DeadLetter.model_fields if c not in ("id", "created_at"))
        self._database.run(upsert(row, target=DeadLetter.id, set=changed))

    def forget(self, letter: str) -> None:
        """Remove the letter of a transaction whose fault has passed."""
        self._database.run(delete(DeadLetter).where(DeadLetter.id == letter))

    def resolve(self, letter: str, state: Literal["replayed", "discarded"]) -> bool:
        """Close a letter that waits; return whether it did."""
        waiting = update(DeadLetter).where(DeadLetter.id == letter, DeadLetter.state == "waiting")
        return self._database.run(waiting.set(state=state, resolved_at=now())) == 1

    def waiting_for(self, letter: str, user: str) -> list[DeadLetter]:
        """Return the letters that wait for one, the oldest first."""
        return [each for each in self.all(user) if letter in each.blocked_by]

    @staticmethod
    def id_of(user: str, client: str | None, transaction: Transaction) -> str:
        """Return the id of a transaction's letter: the same, however often it is sent."""
        entries: Any = [each.entry() for each in transaction.operations]
        told = json.dumps([user, client, entries], sort_keys=True)
        return str(uuid.uuid5(_NAMESPACE, hashlib.sha256(told.encode()).hexdigest()))


def _oldest_first(query: Query) -> Query:
    # Several may be of the same millisecond; a client numbers its transactions in order.
    return query.order_by(DeadLetter.created_at, DeadLetter.transaction_id, DeadLetter.id)


def _written(entries: list[dict[str, Any]]) -> str:
    """Return entries as JSON, in ASCII, whatever a client put into them."""
    try:
        return json.dumps(entries, allow_nan=False)
    except ValueError:  # 1e999, which was read as infinity, and for which JSON has no number
        return json.dumps(_finite(entries))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def transaction_of(letter: DeadLetter) -> Transaction:
    """Return the transaction that a letter holds."""
    operations = [
        Operation(
            entry["op"],
            entry["table"],
            entry["id"],
            entry.get("op_data", {}),
            entry.get("previous_values"),
            entry.get("metadata"),
            entry.get("op_id"),
        )
        for entry in json.loads(letter.entries)
    ]
    number = letter.transaction_id
    return Transaction(operations, None if number is None else int(number))
