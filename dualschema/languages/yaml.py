"""YAML: keys, texts of several lines, and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dualschema.generator import NOTICE

__all__ = ["RESERVED", "block", "comment", "header", "key"]

# What YAML 1.1 and 1.2 take for null or a truth value
# (https://yaml.org/type/bool.html, https://yaml.org/spec/1.2.2/#103-core-schema).
RESERVED: Final = frozenset("null true false yes no on off y n".split())

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def key(text: str) -> str:
    """Return a text as a key, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text not in RESERVED:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def block(lines: Iterable[str], indent: str) -> list[str]:
    """Return lines as a text under ``|-``, which knows no escapes: all of them are printable."""
    return [f"{indent}{line}" for line in lines]


def comment(lines: Iterable[str], indent: str = "") -> list[str]:
    """Return lines of a comment."""
    return [f"{indent}# {line}".rstrip() for line in lines]


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [*comment((*about, *NOTICE)), ""]
