"""What generated Dart has beside the tables' own code: declarations by their names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dualschema.code_text import called, declarations
from dualschema.languages.dart.row_code import ROW_CODE
from dualschema.languages.dart.value_code import VALUE_CODE

__all__ = ["support"]

_NAME = r"^(?:final class |const |final |[\w<>?, ]+ )(\w+)(?:<T>)?(?: implements \w+)?(?:\(| =| \{)"


@cache
def _pieces() -> dict[str, str]:
    return declarations(ROW_CODE + VALUE_CODE, _NAME)


def support(words: Iterable[str]) -> list[str]:
    """Return the pieces that such words of code call, each with a line before it."""
    needed = called(_pieces(), words)
    return [line for piece in needed.values() for line in ("", *piece.split("\n"))]
