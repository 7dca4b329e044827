"""The functions that generated TypeScript brings along: those of ``values.ts`` that it calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from dualschema.languages.typescript import JSON_VALUE

__all__ = ["helper_names", "helpers"]

_NAME = re.compile(r"^(?:export )?(?:function|class|const|type) (\w+)", re.MULTILINE)
_WORD = re.compile(r"\w+")


@cache
def _parts() -> dict[str, str]:
    """Return the declarations of ``values.ts`` with their comments, by name, in order."""
    text = resources.files(__name__.rpartition(".")[0]).joinpath("values.ts").read_text("utf-8")
    parts = {}
    for block in re.split(r"\n\n(?=\S)", text.strip()):
        found = _NAME.search(block)
        assert found is not None  # noqa: S101  (it is our own file)
        parts[found[1]] = block
    return {**parts, "JsonValue": "\n".join(JSON_VALUE)}


def helper_names() -> frozenset[str]:
    """Return the names that are taken in any file with these functions."""
    return frozenset(_parts())


def helpers(called: Iterable[str]) -> list[str]:
    """Return the declarations that some names need, and those that these need."""
    parts = _parts()
    wanted, left = set(), [name for name in called if name in parts]
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += [word for word in _WORD.findall(parts[name]) if word in parts]
    lines: list[str] = []
    for name, block in parts.items():
        if name in wanted:
            lines += ["", *block.split("\n")]
    return lines
