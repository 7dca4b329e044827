"""Dart: names, texts, comments and brackets, in the style of ``dart format``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from dualschema import code_text
from dualschema.code_text import SPELLINGS, escape, lower_camel
from dualschema.naming import ascii_words
from dualschema.row_types import ascii_label

__all__ = [
    "KEYWORDS",
    "MEMBERS",
    "RESERVED",
    "choice_name",
    "doc_comment",
    "fitted",
    "header",
    "property_name",
    "quoted",
]

WIDTH: Final = 80
"""How wide ``dart format`` lets a line be."""

# https://dart.dev/language/keywords: the reserved words, and the built-in identifiers, which may
# not be types or stand everywhere. The contextual ones are names outside of their own places:
# async base hide of on sealed show sync type when.
KEYWORDS: Final = frozenset(
    """
    assert await break case catch class const continue default do else enum extends false final
    finally for if in is new null rethrow return super switch this throw true try var void while
    with yield
    abstract as covariant deferred dynamic export extension external factory Function get implements
    import interface late library mixin operator part required set static typedef
    """.split()
)

# What a class's own code uses by name, or what every object has.
MEMBERS: Final = frozenset(
    """
    bool check copyWith create double fromRow hashCode insertSql int noSuchMethod num override
    runtimeType table toParameters toRow toString
    """.split()
)

# What generated files declare, import, or use of dart:core.
RESERVED: Final = frozenset(
    """
    BigInt Column DateTime Duration Enum Exception FormatException Function Index IndexedColumn
    Iterable
    JsonNull JsonUnsupportedObjectError List Map MapEntry Never Null Object Pattern RegExp
    RowProblem Schema Set StoredValueException String Symbol Table TrackPreviousValuesOptions Type
    Uint8List
    """.split()
)


@lru_cache(maxsize=SPELLINGS)
def property_name(name: str) -> str:
    """Return the name of a property for a column's: ``elapsedTime``."""
    if not _LOWER_CAMEL.fullmatch(name):
        name = _constant_name(ascii_words(name))
    return f"{name}_" if name in _OF_CLASSES else name


def choice_name(label: str) -> str:
    """Return a choice's label as the name of an enum's constant: ``shortBreak``."""
    return _constant_name(ascii_label(label))


def _constant_name(parts: Sequence[str]) -> str:
    name = lower_camel(parts)
    return f"{name}_" if name in _OF_ENUMS else name


_LOWER_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
_OF_CLASSES = KEYWORDS | MEMBERS | {"base64", "jsonNull"}
_OF_ENUMS = KEYWORDS | MEMBERS | {"index", "name", "value", "values"}


@lru_cache(maxsize=SPELLINGS)
def quoted(text: str) -> str:
    """Return a text as a string literal."""
    inner = escape(text, "'$")
    return f"'{inner}'"


def doc_comment(lines: Sequence[str], indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    # To some tools, a comment may begin within a comment.
    return [f"{indent}/// {line.replace('/*', '&#47;*')}".rstrip() for line in lines]


def header() -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [*code_text.header(), "", "// ignore_for_file: type=lint"]


def fitted(
    head: str, items: Sequence[str], tail: str, *, indent: str = "", room: int = 2
) -> list[str]:
    """Return a list in brackets: on one line where it fits, else an item a line.

    Args:
        head: what stands before the items.
        items: what is listed; one of several lines is a text with line ends, indented by itself.
        tail: what stands behind them.
        indent: of the first line and the last.
        room: how wide that is which will stand on the line, too: the members' indentation.
    """
    line = f"{indent}{head}{', '.join(items)}{tail}"
    if "\n" in line:
        items = [part for item in items for part in f"{item},".split("\n")]
        return [indent + head, *code_text.indented(items, indent + "  "), indent + tail]
    if len(line) + room <= WIDTH:
        return [line]
    return [indent + head, *(f"{indent}  {item}," for item in items), indent + tail]
