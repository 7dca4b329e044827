"""``Change``: an operation, read by its table's definition; no database is asked for that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dualschema.convert.cells import reason_of
from dualschema.errors import RefusedError
from dualschema.upload.cells import Cell
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.operation import Operation, Transaction
from dualschema.upload.receiver import Field, Receiver, Role

__all__ = ["Change", "ReadTransaction", "read_transaction"]


class _Nothing(dict[str, Any]):
    """A mapping of nothing, which nobody writes to."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # so that it may be a default


NOTHING: Final[dict[str, Any]] = _Nothing()
"""What most changes have of most things."""


@dataclass(slots=True)
class Change:
    """What an operation wants of a row.

    Attributes:
        operation: as it came.
        index: its place in its transaction.
        receiver: its table's; None if there is no such table.
        key: the row's key as text by which rows are told apart.
        key_cell: the key as the database is sent it.
        cells: what the client sets, by column; of a PUT, all columns that it may set.
        created: what it sets if the row is new.
        links: the rows that it names by foreign keys, by column: the value as text, and its cell.
        owner: the user id that it gives the row, as text, or None.
        guarded: values, as Python has them, of columns that it may not set.
        version: the value of the version column, or None.
        ignored: how many values were of columns that nobody knows.
        fault: why it is refused, whatever the database holds.
        row: the row as it is decided about, once it was read.
    """

    operation: Operation
    index: int
    receiver: Receiver | None = None
    key: str = ""
    key_cell: Cell = None
    cells: dict[str, Cell] = NOTHING
    created: Mapping[str, Cell] = NOTHING
    links: Mapping[str, tuple[str, Cell]] = NOTHING
    owner: str | None = None
    guarded: Mapping[str, Any] = NOTHING
    version: int | None = None
    ignored: int = 0
    fault: RefusedError | None = None
    row: Any = None

    def refused(self, refusal: RefusedError) -> RefusedError:
        """Say which operation a refusal is about."""
        return refusal.at(self.index, self.operation.table, self.operation.id)


@dataclass(slots=True)
class ReadTransaction:
    """A transaction, and what its operations want."""

    transaction: Transaction
    changes: list[Change]

    @property
    def drops(self) -> bool:
        """Whether an operation of it may be left out, where it is refused."""
        return any(each.receiver is not None and each.receiver.drops for each in self.changes)

    @property
    def ignored(self) -> int:
        """How many values were of columns that nobody knows."""
        return sum(change.ignored for change in self.changes)


def read_transaction(
    transaction: Transaction, receivers: Mapping[str, Receiver]
) -> ReadTransaction:
    """Read the operations of a transaction; what is wrong with one is kept as its fault."""
    changes = []
    for index, operation in enumerate(transaction.operations):
        receiver = receivers.get(operation.table)
        change = Change(operation, index, receiver)
        changes.append(change)
        if receiver is None:
            change.fault = change.refused(
                RefusedError("there is no such table to upload to", code=ErrorCode.UNKNOWN_TABLE)
            )
        elif not receiver.model.dropped:
            try:
                _read(change, receiver)
            except RefusedError as refusal:
                change.fault = change.refused(refusal)
    return ReadTransaction(transaction, changes)


def _read(change: Change, receiver: Receiver) -> None:
    operation = change.operation
    try:
        change.key, change.key_cell = receiver.key.read_key(operation.id)
    except ValueError as error:
        raise _invalid(receiver.key.name, error) from None
    if operation.op != "PUT" and receiver.is_insert_only:
        raise RefusedError("rows of this table are only ever inserted", code=ErrorCode.READ_ONLY)
    match operation.op:
        case "PUT":
            _read_new(change, receiver)
        case "PATCH":
            change.cells = {}
            _read_values(change, receiver, operation.data)
        case "DELETE":
            pass


def _read_new(change: Change, receiver: Receiver) -> None:
    """Read all of a new row: most of it at once, and each value by itself where that fails."""
    data = change.operation.data
    try:
        change.cells, sent = receiver.read_row(data)
    except Exception:  # noqa: BLE001  (whatever it is, the value by itself explains it)
        change.cells = {}
        _read_values(change, receiver, data)
        _fill_in(change, receiver.absent, receiver.required)
        return
    if sent < len(data):
        if receiver.owner is not None and (owner := data.get(receiver.owner.name)) is not None:
            sent += 1  # most rows bring it, and nothing else
            _read_owner(change, receiver.owner, owner)
        if sent < len(data):
            known = receiver.at_once
            _read_values(change, receiver, {n: data[n] for n in data if n not in known})
    if receiver.absent_beside or receiver.required_beside:
        _fill_in(change, receiver.absent_beside, receiver.required_beside)


def _read_values(change: Change, receiver: Receiver, data: Mapping[str, Any]) -> None:
    cells, plain, fields = change.cells, receiver.plain, receiver.fields
    name = ""
    try:
        for name, sent in data.items():
            if (known := plain.get(name)) is not None:
                cells[known[0]] = known[1](sent)
            elif (other := fields.get(name)) is not None:
                _read_other(change, cells, other, sent)
            else:
                change.ignored += 1
    except ValueError as error:
        raise _invalid(fields[name].name, error) from None


def _read_owner(change: Change, known: Field, sent: Any) -> None:
    try:
        change.owner, _ = known.read_key(sent)
    except ValueError as error:
        raise _invalid(known.name, error) from None


def _fill_in(
    change: Change, absent: Mapping[str, Callable[[], Cell]], required: Mapping[str, Role]
) -> None:
    """Give the columns that an insert does not name what they hold then."""
    cells = change.cells
    for name, fill in absent.items():
        if name not in cells:
            cells[name] = fill()
    for name, role in required.items():
        if name not in cells and not _is_given(change, name, role):
            reason = f"{name}: it is missing"
            raise RefusedError(reason, code=ErrorCode.INVALID_DATA, column=name)


def _is_given(change: Change, name: str, role: Role) -> bool:
    """Whether an insert brings a column that stands beside the others."""
    if role is Role.VERSION:
        return change.version is not None
    return role is Role.CREATE and name in change.created


def _read_other(change: Change, cells: dict[str, Cell], known: Field, sent: Any) -> None:
    match known.role:
        case Role.CREATE | Role.SERVER:
            change.guarded = {**change.guarded, known.name: known.value(sent)}
            if known.role is Role.CREATE:
                change.created = {**change.created, known.name: known.read(sent)}
                if known.link is not None and sent is not None:
                    _link(change, known, sent)
        case Role.OWNER:
            if sent is not None:
                _read_owner(change, known, sent)
        case Role.VERSION:
            change.version = int(known.value(sent))
        case Role.KEY | Role.DROPPED:
            pass  # the key stands beside the data, and never changes
        case Role.CLIENT:
            cells[known.name] = known.read(sent)
            if sent is not None:
                _link(change, known, sent)


def _link(change: Change, known: Field, sent: Any) -> None:
    change.links = {**change.links, known.name: known.read_key(sent)}


def _invalid(column: str, error: ValueError) -> RefusedError:
    return RefusedError(f"{column}: {reason_of(error)}", code=ErrorCode.INVALID_DATA, column=column)
