"""TypeScript: the declarations that a file brings along, those that its code names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from dualschema.generator import helpers_needed

__all__ = ["declarations", "helper_lines"]

_NAME = re.compile(r"^(?:export )?(?:function|class|const|type) (\w+)", re.MULTILINE)


@cache
def declarations(package: str) -> Mapping[str, str]:
    """Return the declarations of a package's ``values.ts`` with their comments, by name."""
    text = resources.files(package).joinpath("values.ts").read_text("utf-8")
    parts = {}
    for block in re.split(r"\n\n(?=\S)", text.strip()):
        found = _NAME.search(block)
        assert found is not None  # noqa: S101  (it is our own file)
        parts[found[1]] = block
    return MappingProxyType(parts)


def helper_lines(helpers: Mapping[str, str], text: str) -> list[str]:
    """Return the helpers that a text names, and those that these name, after an empty line each."""
    needed = helpers_needed(helpers, text)
    return [line for block in needed.values() for line in ("", *block.split("\n"))]
