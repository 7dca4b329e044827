"""What becomes of a transaction: the results of the write API, and what we add to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from dualschema.errors import RefusedError

__all__ = [
    "Fatal",
    "NotAttempted",
    "Note",
    "Outcome",
    "Result",
    "Retryable",
    "Success",
    "result_from",
]

Outcome: TypeAlias = Literal["noop", "dropped"]
"""What an operation did that was neither applied nor refused."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of one operation of a transaction that succeeded.

    Attributes:
        index: its place in the transaction, from 0.
        outcome: ``"noop"``: there is no such row of the user's, or nothing to change;
            ``"dropped"``: it was refused, and the table has such operations left out.
        code: why it was dropped.
        message: the same in words.
    """

    index: int
    outcome: Outcome
    code: str | None = None
    message: str | None = None

    def wire(self) -> dict[str, Any]:
        """Return it as it is sent."""
        made: dict[str, Any] = {"operation_index": self.index, "outcome": self.outcome}
        if self.code is not None:
            made["error_code"] = self.code
        if self.message is not None:
            made["message"] = self.message
        return made


@dataclass(frozen=True, slots=True)
class Success:
    """The transaction is applied and committed, or was so before.

    Attributes:
        notes: of the operations that were not simply applied.
        ignored: how many values were of columns that the schema does not know.
        dead_letter: where it was put aside instead, by the table's rules; or None.
    """

    notes: Sequence[Note] = ()
    ignored: int = 0
    dead_letter: str | None = None

    def wire(self) -> dict[str, Any]:
        """Return it as it is sent."""
        made: dict[str, Any] = {"status": "success"}
        if self.notes:
            made["operations"] = [note.wire() for note in self.notes]
        if self.ignored:
            made["ignored_values"] = self.ignored
        if self.dead_letter is not None:
            made["dead_letter"] = self.dead_letter
        return made


@dataclass(frozen=True, slots=True)
class Retryable:
    """The transaction is not applied; it may be, a little later."""

    message: str
    retry_after_ms: int

    def wire(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {
            "status": "retryable_error",
            "message": self.message,
            "retry_after_ms": self.retry_after_ms,
        }


@dataclass(frozen=True, slots=True)
class Fatal:
    """The transaction is refused for good.

    Attributes:
        code: an ``ErrorCode``, or a text of the application's.
        message: why, in words.
        index: the place of the operation that was refused, or None where it is not one alone.
        details: what a program can read: table, id, column, blocked_by, dead_letter.
        needs_client: whether the client must decide what becomes of it, and waits so long.
    """

    code: str
    message: str
    index: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    needs_client: bool = False

    @classmethod
    def of(cls, refusal: RefusedError, *, needs_client: bool, letter: str | None) -> Fatal:
        """Return the result of a refusal, whose transaction is kept in a dead letter."""
        details = refusal.details()
        if letter is not None:
            details["dead_letter"] = letter
        return cls(refusal.code, refusal.reason, refusal.index, details, needs_client)

    def wire(self) -> dict[str, Any]:
        """Return it as it is sent."""
        failed: dict[str, Any] = {"error_code": self.code, "message": self.message}
        if self.details:
            failed["details"] = self.details
        if self.index is not None:
            failed["operation_index"] = self.index
        return {
            "status": "fatal_error",
            "requires_client_handling": self.needs_client,
            "failed_operation": failed,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class NotAttempted:
    """A transaction before it was not applied, so this one was not tried."""

    def wire(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {"status": "not_attempted"}


Result: TypeAlias = Success | Retryable | Fatal | NotAttempted


def result_from(wire: dict[str, Any]) -> Success | Fatal:
    """Return a result that is kept, from the form in which it is sent."""
    if wire["status"] == "success":
        notes = tuple(
            Note(
                each["operation_index"],
                each["outcome"],
                each.get("error_code"),
                each.get("message"),
            )
            for each in wire.get("operations", ())
        )
        return Success(notes, wire.get("ignored_values", 0), wire.get("dead_letter"))
    failed = wire["failed_operation"]
    return Fatal(
        failed["error_code"],
        failed["message"],
        failed.get("operation_index"),
        failed.get("details", {}),
        wire["requires_client_handling"],
    )
