"""The text of code, in what the languages of the SDKs have in common: literals, lines, helpers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dualschema.generator import NOTICE, helpers_needed

__all__ = ["called", "escape", "header", "indented", "text_of"]


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
    for mark in "\\" + marks:
        text = text.replace(mark, f"\\{mark}")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _BLANKS.get(c) or spelt(c) for c in text)


_BLANKS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [f"// {line}" for line in (*about, *NOTICE)]


def indented(lines: Iterable[str], by: str = "    ") -> list[str]:
    """Return lines one step to the right."""
    return [f"{by}{line}" if line else "" for line in lines]


def called(helpers: Mapping[str, str], lines: Iterable[str]) -> dict[str, str]:
    """Return the helpers that code calls by name, and those that they call, in their order."""
    # Most lines of a large file stand there many times, and once is enough to read them.
    return helpers_needed(helpers, "\n".join(set(lines)))


def text_of(lines: Iterable[str]) -> str:
    """Return lines as the text of a file, without blanks at the end of any."""
    return "\n".join([line.rstrip() for line in lines]).rstrip("\n") + "\n"
