"""How a stale file differs, in the lines of a unified diff and not in too many of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from dualschema.cli.report import printable, say
from dualschema.codegen import PlannedFile

__all__ = ["difference", "say_difference"]

SHOWN: Final = 60
"""How many lines of a file's difference are shown."""

_COMPARED: Final = 2_000
"""How many lines are compared, from the first that differs: the time grows with their square."""

_CONTEXT: Final = 3
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def say_difference(file: PlannedFile) -> None:
    """Print how a file differs from what is to be."""
    for line in difference(file):
        say(line, _STYLES.get(line[:1], ""))


def difference(file: PlannedFile) -> Iterator[str]:
    """Yield the lines of a unified diff from what is there to what is to be."""
    yield f"--- {'/dev/null' if file.found is None else file.name}"
    yield f"+++ {file.name} ({file.target})"
    old, new = _lines(file.found or b""), _lines(file.data)
    if old == new:  # by the end of the last line, or what is no UTF-8
        yield "@@ the last line's end, or bytes that are no text, differ @@"
        return
    hunks = _hunks(old, new)
    yield from islice(hunks, SHOWN)
    if rest := sum(1 for _ in hunks):
        yield f"... and at least {rest:,} more lines"


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    pairs = enumerate(zip(old, new, strict=False))
    first = next((at for at, (was, will) in pairs if was != will), min(len(old), len(new)))
    start = max(0, first - _CONTEXT)
    ends = slice(start, start + _COMPARED)
    lines = difflib.unified_diff(old[ends], new[ends], n=_CONTEXT, lineterm="")
    for line in islice(lines, 2, None):
        yield _moved(line, start) if line.startswith("@@") else printable(line)


def _moved(head: str, by: int) -> str:
    """Return a hunk's head, whose numbers count from a later line."""
    numbers = re.sub(r"(?<=[-+])\d+", lambda found: str(int(found[0]) + by), head)
    return numbers if by else head


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
