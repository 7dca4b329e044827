"""The text of code, in what the languages of the SDKs have in common: literals, lines, helpers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from dualschema.generator import NOTICE, helpers_needed
from dualschema.naming import ascii_words

__all__ = [
    "SPELLINGS",
    "called",
    "declarations",
    "document_text",
    "escape",
    "header",
    "indented",
    "literal",
    "lower_camel",
    "text_of",
    "upper_camel",
    "words_in",
]

SPELLINGS: Final = 4096
"""How many spellings of one kind are kept: the columns of a schema share most names and types."""


def _in_braces(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"


def escape(text: str, marks: str, spelt: Callable[[str], str] = _in_braces) -> str:
    r"""Return a text as it stands between the quotes of a literal.

    Args:
        text: what the literal means.
        marks: what else gets a backslash before it: the quotes, and what begins an interpolation.
        spelt: the escape of a character that does not show, other than ``\n``, ``\r`` and ``\t``;
            by default its number in braces, which Dart, Rust and Swift take: ``\u{9d}``.
    """
    if text.isidentifier():  # no mark, and all of it shows
        return text
    for mark in "\\" + marks:
        text = text.replace(mark, f"\\{mark}")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _BLANKS.get(c) or spelt(c) for c in text)


_BLANKS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: Any, quoted: Callable[[str], str]) -> str:
    """Return a text, number or truth value as an expression: ``true``, ``5``.

    Args:
        value: what it means.
        quoted: returns a text as a literal.
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)


def document_text(value: Any) -> str:
    """Return a JSON document as compact text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=SPELLINGS)
def upper_camel(name: str) -> str:
    """Return a name as a class's, in letters of ASCII: ``TimerType``."""
    if not _UPPER_CAMEL.fullmatch(name):
        name = "".join(part.capitalize() for part in ascii_words(name)) or "Value"
    return f"N{name}" if name[0].isdigit() else name


def lower_camel(parts: Sequence[str]) -> str:
    """Return words of ASCII as the name of a property or a constant: ``timerType``."""
    first, *rest = parts or ("value",)
    name = first + "".join(part.capitalize() for part in rest)
    return f"n{name}" if name[0].isdigit() else name


_UPPER_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [f"// {line}" for line in (*about, *NOTICE)]


def indented(lines: Iterable[str], by: str = "    ") -> list[str]:
    """Return lines one step to the right; ``text_of`` takes the blanks of empty ones away."""
    return [by + line for line in lines]


def words_in(lines: Iterable[str]) -> set[str]:
    """Return the words of code: its names, and those in its texts and comments."""
    # Most lines of a large file stand there many times, and once is enough to read them.
    return set(re.findall(r"\w+", "\n".join(set(lines))))


def declarations(code: str, name: str) -> dict[str, str]:
    """Return the declarations of code with their comments, by name, in order.

    Args:
        code: declarations with an empty line between them; none has one before a line that begins
            without a blank.
        name: a pattern of what declares a name at the beginning of a line; its group is the name.
    """
    found = {}
    for part in re.split(r"\n\n(?=\S)", code.strip("\n")):
        declared = re.search(name, part, re.MULTILINE)
        assert declared, part  # noqa: S101  (the text is ours)
        found[declared[1]] = part
    return found


def called(helpers: Mapping[str, str], words: Iterable[str]) -> dict[str, str]:
    """Return the helpers that stand among words, and those that they call, in their order."""
    return helpers_needed(helpers, " ".join(words))


def text_of(lines: Iterable[str]) -> str:
    """Return lines as the text of a file, without blanks at the end of any."""
    return "\n".join([line.rstrip() for line in lines]).rstrip("\n") + "\n"
