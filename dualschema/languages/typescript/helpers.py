"""TypeScript: the declarations that a file brings along, those that its code names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from dualschema import code_text
from dualschema.generator import helpers_needed

__all__ = ["declarations", "helper_lines"]

_NAME = r"^(?:export )?(?:function|class|const|type) (\w+)"


@cache
def declarations(package: str) -> Mapping[str, str]:
    """Return the declarations of a package's ``values.ts`` with their comments, by name."""
    text = resources.files(package).joinpath("values.ts").read_text("utf-8")
    return MappingProxyType(code_text.declarations(text, _NAME))


def helper_lines(helpers: Mapping[str, str], text: str) -> list[str]:
    """Return the helpers that a text names, and those that these name, after an empty line each."""
    needed = helpers_needed(helpers, text)
    return [line for block in needed.values() for line in ("", *block.split("\n"))]
