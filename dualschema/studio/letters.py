"""Dead letters for the page: listed, shown, replayed and discarded."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final, assert_never

from dualschema.crud import select
from dualschema.errors import ConnectionLostError, DatabaseError, NotFoundError, StatementError
from dualschema.upload import DeadLetter, Fatal, Retryable, Success, Uploader

__all__ = ["DeadLetters"]

_MOST: Final = 500
"""How many letters are listed."""

_STATES: Final = ("waiting", "trying", "replayed", "discarded")


class DeadLetters:
    """The dead letters of an uploader's database.

    Args:
        uploader: what applies them; None where the database takes no uploads.
    """

    def __init__(self, uploader: Uploader | None) -> None:
        self._uploader = uploader

    @property
    def are_kept(self) -> bool:
        """Whether the database has a table of them, and lets it be read."""
        if self._uploader is None:
            return False
        try:
            self._uploader.database.exists(DeadLetter)
        except ConnectionLostError:
            raise
        except DatabaseError:
            return False
        return True

    def waiting(self) -> int:
        """Return how many letters wait."""
        database = self._there.database
        return database.count(select(DeadLetter).where(DeadLetter.state == "waiting"))

    def newest(self, state: str | None) -> dict[str, Any]:
        """Return letters, the newest first: those in a state, or all; and how many there are.

        Raises:
            StatementError: there is no such state.
        """
        if state is not None and state not in _STATES:
            raise StatementError(f"a state is one of {', '.join(_STATES)}")
        query = select(DeadLetter)
        if state is not None:
            query = query.where(DeadLetter.state == state)
        database = self._there.database
        newest = query.order_by(DeadLetter.created_at.desc(), DeadLetter.id).limit(_MOST)
        found = database.all(newest)
        return {"total": database.count(query), "letters": [_summary(each) for each in found]}

    def get(self, letter: str) -> dict[str, Any]:
        """Return a letter whole; its operations are texts, as documents of rows are.

        Raises:
            NotFoundError: there is none of this id.
        """
        found = self._there.letters.get(letter)
        return {
            **_summary(found),
            "client_id": found.client_id,
            "transaction_id": None if found.transaction_id is None else str(found.transaction_id),
            "operation_index": found.operation_index,
            "details": json.dumps(found.details),
            "blocked_by": found.blocked_by,
            "resolved_at": _instant(found.resolved_at),
            "entries": [
                {
                    "op": entry["op"],
                    "table": entry["table"],
                    "id": str(entry["id"]),
                    "data": json.dumps(entry["op_data"]) if "op_data" in entry else None,
                }
                for entry in json.loads(found.entries)
            ],
        }

    def replay(self, letter: str) -> dict[str, Any]:
        """Apply a letter again, and those that waited for it; return what became of it.

        Raises:
            NotFoundError: there is none of this id, or it does not wait.
        """
        there = self._there
        behind = _behind(there, letter)
        match there.replay(letter):
            case Success(dead_letter=None):
                return {"result": "applied", "followed": _applied(there, behind)}
            case Success() | Fatal():
                again = there.letters.get(letter)
                return {"result": "refused", "code": again.error_code, "message": again.message}
            case Retryable() as result:
                return {"result": "retryable", "message": result.message}
            case other:
                assert_never(other)

    def discard(self, letter: str) -> dict[str, Any]:
        """Close a letter without applying it.

        Raises:
            NotFoundError: there is none of this id, or it does not wait.
        """
        self._there.discard(letter)
        return {"result": "discarded"}

    @property
    def _there(self) -> Uploader:
        if self._uploader is None or not self.are_kept:
            raise NotFoundError("this database keeps no dead letters")
        return self._uploader


def _summary(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "user_id": letter.user_id,
        "state": letter.state,
        "created_at": _instant(letter.created_at),
        "code": letter.error_code,
        "message": letter.message,
        "operations": len(json.loads(letter.entries)),
        "attempts": letter.attempts,
    }


def _behind(uploader: Uploader, letter: str) -> list[str]:
    """Return the letters that wait for one, for those that wait for it, and so on."""
    found, left = {letter}, [letter]
    user = uploader.letters.get(letter).user_id
    while left:
        for each in uploader.letters.waiting_for(left.pop(), user):
            if each.id not in found:
                found.add(each.id)
                left.append(each.id)
    return sorted(found - {letter})


def _applied(uploader: Uploader, letters: list[str]) -> int:
    """Return how many of some letters were applied since."""
    done = select(DeadLetter).where(DeadLetter.id.in_(letters), DeadLetter.state == "replayed")
    return uploader.database.count(done) if letters else 0


def _instant(time: datetime | None) -> str | None:
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")
