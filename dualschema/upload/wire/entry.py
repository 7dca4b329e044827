"""Entries of a client's queue: each field checked, and read as an operation."""

from __future__ import annotations

from typing import Any, Final

from dualschema.errors import RequestError
from dualschema.upload.operation import Op, Operation
from dualschema.upload.wire.dialect import Shape

__all__ = [
    "LARGEST_NUMBER",
    "LARGEST_OP_ID",
    "OPS",
    "entry_list",
    "named",
    "read_entries",
    "transaction_number",
]

OPS: Final[tuple[Op, ...]] = ("PUT", "PATCH", "DELETE")

LARGEST_NUMBER: Final = 2**63 - 1
"""Numbers of transactions are whole numbers of SQLite's."""

LARGEST_OP_ID: Final = 2**53 - 1
"""Numbers of operations are counted, from 1: what JavaScript can count to."""


def read_entries(entries: list[Any], shape: Shape, place: str) -> list[Operation]:
    """Read entries as operations.

    Args:
        entries: as parsed from JSON.
        shape: what their dialect calls their parts.
        place: where they stand in the body.

    Raises:
        RequestError: one is malformed.
    """
    table_name, data_name, previous_name = shape.table[0], shape.data[0], shape.previous[0]
    read: list[Operation] = []
    append = read.append
    for index, entry in enumerate(entries):
        # What most entries are is told fast; what is another way is read with all its rules.
        if entry.__class__ is dict:
            get = entry.get
            op, table, key, data = get("op"), get(table_name), get("id"), get(data_name)
            previous, metadata, number = get(previous_name), get("metadata"), get("op_id")
            if (
                op in OPS
                and table.__class__ is key.__class__ is str
                and table
                and key
                and data.__class__ is dict
                and (number is None or (number.__class__ is int and 0 < number <= LARGEST_OP_ID))
                and (previous is None or previous.__class__ is dict)
                and (metadata is None or metadata.__class__ is str)
            ):
                append(Operation(op, table, key, data, previous, metadata, number))
                continue
        append(_Reader(entry, shape, f"{place}[{index}]").operation())
    return read


def entry_list(value: Any, place: str) -> list[Any]:
    """Return a list of entries, or raise where there is none."""
    if not isinstance(value, list):
        raise RequestError("it is no list", place=place)
    return value


def named(entry: dict[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """Return a part of an entry and its name here; the usual name where it is missing."""
    for name in names:
        if (value := entry.get(name)) is not None:
            return name, value
    return names[0], None


def transaction_number(value: Any, place: str) -> int | None:
    """Return a transaction's number, or None where the client sends none."""
    number = _whole(value)
    if value is None or (number is not None and -LARGEST_NUMBER - 1 <= number <= LARGEST_NUMBER):
        return number
    raise RequestError("it is no whole number from -2^63 to 2^63 - 1", place=place)


def _op_id(value: Any, place: str) -> int | None:
    number = _whole(value)
    if value is None or (number is not None and 0 < number <= LARGEST_OP_ID):
        return number
    raise RequestError("it is no whole number from 1 to 2^53 - 1", place=place)


def _whole(value: Any) -> int | None:
    """Return a whole number, which JSON may write ``5.0``, too."""
    if value.__class__ is int or (value.__class__ is float and value.is_integer()):
        return int(value)
    return None


class _Reader:
    """Reads one entry."""

    def __init__(self, entry: Any, shape: Shape, place: str) -> None:
        if not isinstance(entry, dict):
            raise RequestError("it is no object", place=place)
        self._entry = entry
        self._shape = shape
        self._place = place

    def operation(self) -> Operation:
        """Return the operation."""
        op = self._entry.get("op")
        if op not in OPS:
            raise self._refused("op", "it is none of PUT, PATCH and DELETE")
        data = self._object(self._shape.data)
        return Operation(
            op,
            self._table(),
            self._key(data or {}),
            data or {},
            self._object(self._shape.previous),
            self._metadata(),
            _op_id(self._entry.get("op_id"), f"{self._place}.op_id"),
        )

    def _table(self) -> str:
        name, value = named(self._entry, self._shape.table)
        if isinstance(value, str) and value:
            return value
        raise self._refused(name, "it is no text, or an empty one")

    def _key(self, data: dict[str, Any]) -> str:
        value = self._entry.get("id")
        if self._shape.is_loose:
            if value is None:
                value = data.get("id")
            number = _whole(value)
            value = value if number is None else str(number)
        if isinstance(value, str) and value:
            return value
        raise self._refused("id", "it is no text, or an empty one")

    def _object(self, names: tuple[str, ...]) -> dict[str, Any] | None:
        name, value = named(self._entry, names)
        if value is None or isinstance(value, dict):
            return value
        raise self._refused(name, "it is no object")

    def _metadata(self) -> str | None:
        value = self._entry.get("metadata")
        if value is None or isinstance(value, str):
            return value
        raise self._refused("metadata", "it is no text")

    def _refused(self, name: str, reason: str) -> RequestError:
        return RequestError(reason, place=f"{self._place}.{name}")
