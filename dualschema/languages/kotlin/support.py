"""What generated Kotlin has beside the tables' own code: functions by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from dualschema.code_text import called
from dualschema.languages.kotlin.row_code import ROW_CODE
from dualschema.languages.kotlin.value_code import VALUE_CODE

__all__ = ["support"]


@cache
def _pieces() -> dict[str, str]:
    pieces = {}
    for piece in re.split(r"\n\n(?=\S)", (ROW_CODE + VALUE_CODE).strip("\n")):
        found = _DECLARES.search(piece)
        assert found, piece  # noqa: S101  (the text is ours)
        pieces[found[1]] = piece
    return pieces


_DECLARES = re.compile(
    r"^(?:private |data |inline )*(?:class|fun|val) (?:<.*?> )?(\w+)", re.MULTILINE
)


def support(words: Iterable[str]) -> list[str]:
    """Return the pieces that such words of code call, each with a line before it."""
    needed = called(_pieces(), words)
    return [line for piece in needed.values() for line in ("", *piece.split("\n"))]
