"""Kotlin: the checks of values that the client's database lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from dualschema.client_rows import limits
from dualschema.column_type import ClientKind, ColumnType
from dualschema.generator import ClientColumn
from dualschema.languages.kotlin import spelling as kt
from dualschema.languages.kotlin.values import encoded, whole
from dualschema.types.text import Text

__all__ = ["checks"]


def checks(column: ClientColumn, name: str, type_name: str) -> Iterator[str]:
    """Yield the calls that check a property's value.

    Args:
        column: the property's column.
        name: the property's name, as it stands in code.
        type_name: the type of its values.
    """
    type_: Any = column.model.type
    given = f"{kt.quoted(column.name)}, {name}"
    match type_.client_kind:
        case ClientKind.STRING if isinstance(type_, Text):
            options = {"minimum": type_.min_length, "maximum": type_.max_length}
            parts = [
                f"{option} = {value}" for option, value in options.items() if value is not None
            ]
            if type_.pattern is not None:
                parts.append(f"pattern = {kt.regex(type_.pattern)}")
            yield kt.call("text", [given, *parts])
        case ClientKind.INTEGER | ClientKind.INT64:
            if (type_.lowest, type_.highest) not in ((-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)):
                edges = (whole(edge, long=True) for edge in (type_.lowest, type_.highest))
                mark = "?" if column.may_be_null else ""
                number = f"{given}{mark}.toLong()" if type_name == "Int" else given
                yield kt.call("whole", [number, *edges])
        case ClientKind.REAL:
            yield kt.call("finite", [given])
            yield from _bounds(type_, type_name, given)
        case ClientKind.DECIMAL:
            yield f"form({given}) {{ {encoded(type_, type_name)} }}"
            if type_name == "String":
                given = f"{kt.quoted(column.name)}, decimalOrNull({name})"
            yield from _bounds(type_, type_name, given)
        case (
            ClientKind.UUID
            | ClientKind.TIMESTAMP
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.DURATION
            | ClientKind.JSON
        ):
            yield f"form({given}) {{ {encoded(type_, type_name)} }}"
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
            | ClientKind.BYTES
        ):
            return
        case _:
            assert_never(type_.client_kind)


def _bounds(type_: ColumnType, type_name: str, given: str) -> Iterator[str]:
    parts = [f"{_NAMES[each.sign]} = {_bound(each.bound, type_name)}" for each in limits(type_)]
    if parts:
        yield kt.call("bounds", [given, *parts])


_NAMES = {">=": "atLeast", ">": "above", "<=": "atMost", "<": "below"}


def _bound(digits: str, type_name: str) -> str:
    if type_name == "Double":
        return digits
    return kt.call("Digits" if type_name == "String" else type_name, [kt.quoted(digits)])
