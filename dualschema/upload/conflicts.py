"""Conflicts: what an operation may still do to a row that is not as its client saw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dualschema.convert.cells import reason_of
from dualschema.declare.table import Table
from dualschema.errors import RefusedError
from dualschema.upload.cells import Cell
from dualschema.upload.change import Change
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.receiver import Field, Receiver

__all__ = ["settle"]


def settle(change: Change, receiver: Receiver, stored: Table) -> Mapping[str, Cell]:
    """Return what a change may set of a stored row, by its table's rules.

    Raises:
        RefusedError: the row is not as the client saw it.
    """
    rules = receiver.model.uploads
    cells: Mapping[str, Cell] = change.cells
    if rules.version is not None:
        cells = _next_version(change, receiver.fields[rules.version], stored)
    if not (rules.compare_previous or rules.server_wins):
        return cells
    differing = {field.name for field in _differing(change, receiver, stored)}
    given = _previous_names(change, receiver)
    lost = {
        name
        for name in rules.server_wins
        if name in cells and (name in differing or name not in given)
    }
    if rules.compare_previous:
        compared = differing if change.operation.op == "DELETE" else differing & cells.keys()
        if beaten := compared - set(rules.server_wins):
            name = min(beaten)
            raise RefusedError(
                f"{name}: it was changed meanwhile", code=ErrorCode.CONFLICT, column=name
            )
    return {name: cell for name, cell in cells.items() if name not in lost} if lost else cells


def _next_version(change: Change, field: Field, stored: Table) -> Mapping[str, Cell]:
    """Return the cells with the next version, where the client saw the stored one."""
    now = getattr(stored, field.column.attribute)
    seen = _value(change, field)
    if seen is None and change.version is not None:
        seen = change.version - 1
    if seen is None and change.operation.op == "DELETE":
        return change.cells  # a delete wins, unless the client says what it saw
    if seen != now:
        reason = "the operation does not say which one it saw" if seen is None else "it is older"
        raise RefusedError(f"{field.name}: {reason}", code=ErrorCode.CONFLICT, column=field.name)
    return {**change.cells, field.name: field.cell(now + 1)}


def _differing(change: Change, receiver: Receiver, stored: Table) -> Iterator[Field]:
    for name in _previous_names(change, receiver):
        field = receiver.fields[name]
        if _value(change, field) != getattr(stored, field.column.attribute):
            yield field


def _previous_names(change: Change, receiver: Receiver) -> list[str]:
    """Return the columns, by their names now, of which the client sent what they were."""
    found = (receiver.fields.get(name) for name in change.operation.previous or ())
    return [field.name for field in found if field is not None]


def _value(change: Change, field: Field) -> Any:
    """Return what the client's row held in a column before; None if it does not say."""
    previous = change.operation.previous or {}
    sent = previous.get(field.name, previous.get(field.column.was or field.name))
    if sent is None:
        return None
    try:
        return field.value(sent)
    except ValueError as error:
        raise RefusedError(
            f"{field.name}: the previous value: {reason_of(error)}",
            code=ErrorCode.INVALID_DATA,
            column=field.name,
        ) from None
