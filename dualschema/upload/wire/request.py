"""``read_request``: a body of whatever dialect, as a batch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dualschema.errors import RequestError
from dualschema.upload.limits import Limits
from dualschema.upload.operation import Batch, Operation, Transaction
from dualschema.upload.wire.body import check_depth, check_media_type, parsed
from dualschema.upload.wire.dialect import SHAPES, Dialect, Shape
from dualschema.upload.wire.entry import OPS, entry_list, named, read_entries, transaction_number
from dualschema.upload.wire.identity import checked_identity

__all__ = ["Received", "read_request"]


@dataclass(frozen=True, slots=True)
class Received:
    """What a client sent.

    Attributes:
        batch: the transactions.
        dialect: how it was written, and so how it is answered.
    """

    batch: Batch
    dialect: Dialect


def read_request(
    body: bytes,
    limits: Limits,
    *,
    method: str = "POST",
    client: str | None = None,
    content_type: str | None = None,
    content_encoding: str | None = None,
) -> Received:
    """Read a request's body. No table and no column is looked at yet.

    Args:
        body: as it came.
        limits: how much it may hold: ``uploader.limits``.
        method: the HTTP method.
        client: which of the user's client databases it is, as a header says; the body's
            ``client_id`` goes first.
        content_type: the header, to have it checked.
        content_encoding: the header, to have it checked.

    Raises:
        RequestError: it is malformed or beyond a limit; ``status`` is the answer's.
    """
    check_media_type(content_type, content_encoding)
    value = parsed(body, limits)
    dialect, transactions = _Reading(limits).read(value, method.upper())
    return Received(Batch(transactions, _client(value, client)), dialect)


def _client(body: Any, header: str | None) -> str | None:
    named = None if header is None else checked_identity(header, "X-Client-Id")
    given = body.get("client_id") if isinstance(body, dict) else None
    return named if given is None else checked_identity(given, "client_id")


class _Reading:
    """Reads one body."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._operations = 0

    def read(self, value: Any, method: str) -> tuple[Dialect, list[Transaction]]:
        """Return the dialect, and the transactions."""
        if method != "POST":
            return Dialect.VERB, self._verb(value, method)
        if isinstance(value, list):
            return Dialect.SDK, self._sdk(value, "body")
        if not isinstance(value, dict):
            raise RequestError("the body is no object")
        if "transactions" in value:
            return Dialect.WRITE_API, self._write_api(value["transactions"])
        if "batch" in value:
            return Dialect.DEMO, self._demo(entry_list(value["batch"], "batch"))
        if "crud" in value:
            return Dialect.SDK, self._sdk(entry_list(value["crud"], "crud"), "crud")
        if "op" in value:
            return Dialect.SDK, self._sdk([value], "body")
        raise RequestError("the body has no `transactions`")

    def _write_api(self, value: Any) -> list[Transaction]:
        sent = entry_list(value, "transactions")
        if not sent:
            raise RequestError("there is none", place="transactions")
        if len(sent) > (most := self._limits.transactions):
            raise RequestError(f"there are more than {most}", place="transactions")
        shape = SHAPES[Dialect.WRITE_API]
        made = []
        for index, each in enumerate(sent):
            place = f"transactions[{index}]"
            if not isinstance(each, dict):
                raise RequestError("it is no object", place=place)
            entries = entry_list(each.get("crud"), f"{place}.crud")
            operations = self._read(entries, shape, f"{place}.crud", level=6)
            made.append(Transaction(operations, _number(each, shape.transaction, place)))
        return made

    def _demo(self, entries: list[Any]) -> list[Transaction]:
        operations = self._read(entries, SHAPES[Dialect.DEMO], "batch", level=4)
        return [Transaction(operations)] if operations else []

    def _sdk(self, entries: list[Any], place: str) -> list[Transaction]:
        shape = SHAPES[Dialect.SDK]
        operations = self._read(entries, shape, place, level=4)
        numbers = [
            _number(entry, shape.transaction, f"{place}[{index}]")
            for index, entry in enumerate(entries)
        ]
        runs = groupby(zip(numbers, operations, strict=True), key=lambda pair: pair[0])
        return [Transaction([each for _, each in run], number) for number, run in runs]

    def _verb(self, value: Any, method: str) -> list[Transaction]:
        if method not in OPS:
            raise RequestError("the method is none of POST, PUT, PATCH and DELETE")
        if not isinstance(value, dict):
            raise RequestError("the body is no object")
        [operation] = self._read([{**value, "op": method}], SHAPES[Dialect.VERB], "body", level=2)
        operation.data = {name: each for name, each in operation.data.items() if name != "id"}
        return [Transaction([operation])]

    def _read(self, entries: list[Any], shape: Shape, place: str, *, level: int) -> list[Operation]:
        """Read entries, whose data stand so deep in the body."""
        self._operations += len(entries)
        if self._operations > (most := self._limits.operations):
            raise RequestError(f"the body has more than {most} operations", status=413)
        operations = read_entries(entries, shape, place)
        check_depth([each.data for each in operations], self._limits, level=level)
        previous = [each.previous for each in operations if each.previous is not None]
        check_depth(previous, self._limits, level=level)
        return operations


def _number(entry: dict[str, Any], names: tuple[str, ...], place: str) -> int | None:
    name, value = named(entry, names)
    return transaction_number(value, f"{place}.{name}")
