"""The application's own rules: functions that see an operation and the row it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dualschema.declare.table import Table
from dualschema.errors import RefusedError
from dualschema.upload.cells import Cell
from dualschema.upload.change import Change
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.operation import Op
from dualschema.upload.receiver import Receiver, Role

__all__ = ["Authorise", "Hooks", "Request", "Resolve"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client wants to do to a row, as an application's function sees it.

    Attributes:
        op: ``"PUT"``, ``"PATCH"`` or ``"DELETE"``.
        table: the table's class.
        key: the row's.
        values: what the client sets, as Python has it, by the columns' names in Python.
        previous: what the client's row held before, in the same form, where the table tracks it.
        metadata: the text that the client sent with it, or None.
    """

    op: Op
    table: type[Table]
    key: Any
    values: Mapping[str, Any]
    previous: Mapping[str, Any]
    metadata: str | None


Authorise: TypeAlias = Callable[[str, Request, Any], bool]
"""``authorise(user, request, row)`` says whether a user may do it.

``row`` is the stored row of the table's class, or None if the operation makes it. It may raise
``RefusedError`` to say why not. It runs within the transaction, and again if that is tried again.
"""

Resolve: TypeAlias = Callable[[str, Request, Any], Mapping[str, Any] | None]
"""``resolve(user, request, row)`` gives what is to be set of a stored row, by names in Python.

None leaves the row as it is. It may raise ``RefusedError``.
"""


class Hooks:
    """What an application adds to the rules.

    Args:
        authorise: by the table's class.
        resolve: by the table's class.
    """

    def __init__(
        self,
        authorise: Mapping[type[Table], Authorise],
        resolve: Mapping[type[Table], Resolve],
    ) -> None:
        self._authorise = dict(authorise)
        self._resolve = dict(resolve)

    @property
    def tables(self) -> frozenset[type[Table]]:
        """The tables that have any."""
        return frozenset(self._authorise) | frozenset(self._resolve)

    def authorises(self, receiver: Receiver) -> bool:
        """Whether the application says who may write a table."""
        return receiver.table in self._authorise

    def authorise(self, receiver: Receiver, change: Change, user: str, row: Any) -> None:
        """Ask the application, where it wants to be asked.

        Raises:
            RefusedError: it says no.
        """
        asked = self._authorise.get(receiver.table)
        if asked is not None and not asked(user, _request(change, receiver), row):
            raise RefusedError("the application does not allow it")

    def resolve(
        self,
        receiver: Receiver,
        change: Change,
        user: str,
        row: Any,
        cells: Mapping[str, Cell],
    ) -> Mapping[str, Cell] | None:
        """Return what is to be set of a stored row; None for nothing."""
        asked = self._resolve.get(receiver.table)
        if asked is None:
            return cells
        wanted = asked(user, _request(change, receiver), row)
        if wanted is None:
            return None
        columns = receiver.model.by_attribute
        settable = {name: columns[name].name for name in wanted if name in columns}
        if unknown := wanted.keys() - settable.keys():
            raise TypeError(f"resolve() of {receiver.name} gives {min(unknown)!r}, no column")
        given = {
            name: receiver.fields[name].cell(wanted[attribute])
            for attribute, name in settable.items()
            if receiver.fields[name].role not in (Role.KEY, Role.OWNER)
        }
        version = receiver.model.uploads.version
        return given if version is None else {**given, version: cells[version]}


def _request(change: Change, receiver: Receiver) -> Request:
    operation = change.operation
    return Request(
        operation.op,
        receiver.table,
        receiver.key.value(operation.id),
        _values(receiver, {} if operation.op == "DELETE" else operation.data),
        _values(receiver, operation.previous or {}),
        operation.metadata,
    )


def _values(receiver: Receiver, sent: Mapping[str, Any]) -> dict[str, Any]:
    values = {}
    for name, value in sent.items():
        field = receiver.fields.get(name)
        if field is None or field.role in (Role.KEY, Role.DROPPED):
            continue
        try:
            values[field.column.attribute] = field.value(value)
        except ValueError:
            raise RefusedError(
                f"{field.name}: it is no value of the column's",
                code=ErrorCode.INVALID_DATA,
                column=field.name,
            ) from None
    return values
