"""What a client sends: transactions of operations, whatever dialect they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = ["Batch", "Op", "Operation", "Transaction", "is_counted"]

Op = Literal["PUT", "PATCH", "DELETE"]


_MOST: Final = 2**53 - 1
"""As far as JavaScript's numbers are exact."""


def is_counted(number: int) -> bool:
    """Whether a number may be a client's: others are as good as none."""
    return 0 <= number <= _MOST


@dataclass(slots=True)
class Operation:
    """One entry of a client's queue, as it came: nothing of it is checked against the schema.

    Attributes:
        op: ``"PUT"`` inserts or replaces a row, ``"PATCH"`` changes columns, ``"DELETE"`` removes.
        table: what the client calls the table.
        id: the row's key, as text.
        data: the values by column: all that are not NULL of a PUT, those that change of a PATCH.
        previous: what the client's row held before, where the table tracks it.
        metadata: a text of the application's, where the table tracks it.
        op_id: its number in the client's queue, from 1 up to 2^53 - 1, or None where the dialect
            has none.
    """

    op: Op
    table: str
    id: str
    data: Mapping[str, Any]
    previous: Mapping[str, Any] | None = None
    metadata: str | None = None
    op_id: int | None = None

    def entry(self) -> dict[str, Any]:
        """Return it as an entry of the write API, from which the same operation is read."""
        made: dict[str, Any] = {"op": self.op, "table": self.table, "id": self.id}
        if self.op_id is not None:
            made["op_id"] = self.op_id
        if self.op != "DELETE":
            made["op_data"] = dict(self.data)
        if self.previous is not None:
            made["previous_values"] = dict(self.previous)
        if self.metadata is not None:
            made["metadata"] = self.metadata
        return made


@dataclass(slots=True)
class Transaction:
    """What a client wrote at once, and wants applied at once.

    Attributes:
        operations: in the order in which they were made.
        number: the client's number of the transaction, or None.
    """

    operations: list[Operation]
    number: int | None = None

    @property
    def op_ids(self) -> list[int]:
        """The numbers of the operations; none where one has none that a client counts to."""
        found = [each.op_id for each in self.operations if each.op_id is not None]
        if len(found) < len(self.operations):
            return []
        return found if found and is_counted(min(found)) and is_counted(max(found)) else []


@dataclass(slots=True)
class Batch:
    """What a client sends at once.

    Attributes:
        transactions: in the order of the client's queue.
        client: which of a user's client databases it is, or None where the dialect does not say.
            Numbers of operations mean nothing without it: each database counts from 1.
    """

    transactions: list[Transaction]
    client: str | None = None

    @property
    def sender(self) -> str | None:
        """The client's name as any database takes it."""
        client = self.client
        if client is None or not ("\0" in client or any(map(_is_surrogate, client))):
            return client
        return ascii(client)


def _is_surrogate(letter: str) -> bool:
    return "\ud800" <= letter <= "\udfff"
