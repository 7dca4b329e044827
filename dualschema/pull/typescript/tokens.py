"""TypeScript in tokens, as far as tables are written in it: no grammar, and no checks."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Token", "TokenKind", "tokens_of", "unescaped"]


class TokenKind(enum.Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    TEMPLATE = "template"
    REGEX = "regex"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        text: as it stands; of a text what it says, of a template what is between its quotes.
        line: the number of its line, from 1.
        doc: the documentation that stands before it, if there is one.
    """

    kind: TokenKind
    text: str
    line: int
    doc: str | None = None


_PIECES: Final = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<comment>/\*.*?(?:\*/|\Z))
    |(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<template>`)
    |(?P<number>(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][+-]?[0-9]+)?)n?)
    |(?P<name>[\w$#@]+)
    |(?P<mark>=>|\.\.\.|\?\.|\?\?|&&|\|\||[=!]==?|[<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX: Final = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_BEFORE_REGEX: Final = frozenset(
    ["(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "=>", "&&", "||", "??"]
)


def tokens_of(source: str) -> Iterator[Token]:
    """Yield the tokens of a source, whatever it holds."""
    at, line = 0, 1
    doc: str | None = None
    last = "("
    while at < len(source):
        kind, text, end = _next(source, at, last)
        if kind is None:
            if text.startswith("/**"):
                doc = _doc(text)
        else:
            yield Token(kind, text, line, doc)
            doc = None
            last = text if kind is TokenKind.MARK else ""
        line += source.count("\n", at, end)
        at = end


def _next(source: str, at: int, last: str) -> tuple[TokenKind | None, str, int]:
    """Return the token at a place, and where it ends; no kind is what lies between tokens."""
    if source[at] == "/" and last in _BEFORE_REGEX and (regex := _REGEX.match(source, at)):
        return TokenKind.REGEX, regex[0], regex.end()
    found = _PIECES.match(source, at)
    if found is None:  # there is a piece for every character
        raise AssertionError(source[at])
    group = found.lastgroup
    if group == "template":
        end = _template_end(source, found.end())
        return TokenKind.TEMPLATE, source[found.end() : end - 1], end
    if group == "text":
        return TokenKind.TEXT, unescaped(found[0][1:-1]), found.end()
    kinds = {"number": TokenKind.NUMBER, "name": TokenKind.NAME, "mark": TokenKind.MARK}
    return kinds.get(group or ""), found[0], found.end()


def _template_end(source: str, at: int) -> int:
    """Return where a template ends, which may hold others within ``${...}``."""
    while at < len(source):
        if source[at] == "\\":
            at += 2
        elif source[at] == "`":
            return at + 1
        elif source.startswith("${", at):
            at = _hole_end(source, at + 2)
        else:
            at += 1
    return len(source) + 1


def _hole_end(source: str, at: int) -> int:
    depth = 1
    while at < len(source) and depth:
        if source[at] == "`":
            at = _template_end(source, at + 1)
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
    return at


_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL
)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def unescaped(text: str) -> str:
    """Return what a text or a template says."""

    def meant(found: re.Match[str]) -> str:
        digits = found[1] or found[2] or found[3]
        if digits:
            number = int(digits, 16)
            return chr(number) if number < 0x110000 else "\ufffd"
        if found[4] in ("\n", "\r\n"):
            return ""
        return _CONTROLS.get(found[4], found[4])

    made = _ESCAPE.sub(meant, text)
    # Two halves of a letter beyond the first 65,536 stand for it.
    return made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _doc(comment: str) -> str | None:
    """Return what a comment ``/** ... */`` says, without its stars."""
    lines = comment.removeprefix("/**").removesuffix("*/").split("\n")
    said = "\n".join(re.sub(r"^\s*\*\s?", "", line).strip() for line in lines).strip()
    return said.replace("*\\/", "*/") or None
