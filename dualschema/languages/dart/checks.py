"""Dart: the checks of values that the client's database lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from dualschema.client_rows import limits
from dualschema.column_type import ClientKind
from dualschema.generator import ClientColumn
from dualschema.languages.dart import spelling as dart
from dualschema.languages.dart.values import encoder
from dualschema.pattern import strict_pattern
from dualschema.types.text import Text

__all__ = ["checks"]


def checks(column: ClientColumn, value: str) -> Iterator[list[str]]:
    """Yield the statements that check a property's value, given as an expression."""
    type_: Any = column.model.type
    given = [dart.quoted(column.name), value]
    match type_.client_kind:
        case ClientKind.STRING if isinstance(type_, Text):
            options = {"minimum": type_.min_length, "maximum": type_.max_length}
            parts = [f"{name}: {bound}" for name, bound in options.items() if bound is not None]
            if type_.pattern is not None:
                pattern = dart.quoted(strict_pattern(type_.pattern))
                parts.append(f"pattern: RegExp({pattern}, unicode: true)")
            yield dart.fitted("checks.text(", [*given, *parts], ");", indent="  ")
        case ClientKind.INTEGER:
            edges = [str(type_.lowest), str(type_.highest)]
            yield dart.fitted("checks.whole(", [*given, *edges], ");", indent="  ")
        case ClientKind.INT64:
            edges = [f"'{type_.lowest}'", f"'{type_.highest}'"]
            yield dart.fitted("checks.int64(", [*given, *edges], ");", indent="  ")
        case ClientKind.REAL:
            named = [f"{_NAMES[each.sign]}: {each.bound}" for each in limits(type_)]
            yield dart.fitted("checks.real(", [*given, *named], ");", indent="  ")
        case ClientKind.DECIMAL:
            yield dart.fitted("checks.form(", [*given, encoder(type_)], ");", indent="  ")
            if named := [f"{_NAMES[each.sign]}: '{each.bound}'" for each in limits(type_)]:
                yield dart.fitted("checks.decimal(", [*given, *named], ");", indent="  ")
        case (
            ClientKind.UUID
            | ClientKind.TIMESTAMP
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.DURATION
            | ClientKind.JSON
        ):
            yield dart.fitted("checks.form(", [*given, encoder(type_)], ");", indent="  ")
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


_NAMES = {">=": "atLeast", ">": "above", "<=": "atMost", "<": "below"}
