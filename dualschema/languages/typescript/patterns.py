"""TypeScript: regular expressions."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "regular_expression",
]

_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")


def regular_expression(pattern: str) -> str:
    """Return a pattern of the common dialect (``dualschema.pattern``) as a literal, flag ``u``.

    With that flag, which reads code points as the databases do, only what has a meaning may stand
    behind a backslash, and brackets that open or close nothing need one.
    """
    out, at, in_set = [], 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            following = pattern[at + 1]
            keeps = following in _SYNTAX or following in "tnrfv" or (in_set and following == "-")
            out.append(f"\\{following}" if keeps else _in_expression(following))
            at += 2
            continue
        if in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
        elif char in "]}" and not _closes_bounds(pattern, at):
            char = f"\\{char}"
        out.append(_in_expression(char))
        at += 1
    return f"/{''.join(out)}/u"


def _closes_bounds(pattern: str, at: int) -> bool:
    return pattern[at] == "}" and re.search(r"\{[0-9]+(,[0-9]*)?$", pattern[:at]) is not None


def _in_expression(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\v": "\\v", "/": "\\/"}
    if char in named:
        return named[char]
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"
