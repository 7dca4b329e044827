"""TypeScript: names, texts, comments and brackets.

The style is prettier's default one, with single quotes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from dualschema.code_text import SPELLINGS
from dualschema.generator import NOTICE, words
from dualschema.naming import camel_case

__all__ = [
    "MAX_SAFE",
    "RESERVED",
    "WIDTH",
    "computed_key",
    "constant",
    "doc_comment",
    "fits",
    "header",
    "identifier",
    "is_identifier",
    "is_rounded",
    "key",
    "literal",
    "member",
    "number",
    "quoted",
    "text_of",
    "width",
    "wrapped",
]

WIDTH: Final = 80
"""How wide prettier lets a line be."""


MAX_SAFE: Final = 2**53 - 1
"""The last whole number up to which JavaScript's numbers hold each."""


# https://tc39.es/ecma262/#prod-ReservedWord, with those that strict mode and modules add; then what
# no type may be called (`checkTypeNameIsReserved` in TypeScript's checker.ts); then what generated
# code uses of the language's own.
RESERVED: Final = frozenset(
    """
    await break case catch class const continue debugger default delete do else enum export extends
    false finally for function if import in instanceof new null return super switch this throw true
    try typeof var void while with yield let static implements interface package private protected
    public eval arguments async of
    any unknown never number bigint boolean string symbol object undefined
    Array ArrayBuffer BigInt Boolean Date Error Infinity JSON Map Math NaN Number Object Omit
    Partial Promise RangeError Readonly Record RegExp Set String Symbol Uint8Array atob btoa crypto
    fetch globalThis
    """.split()
)


_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


_PLAIN = re.compile(r"[A-Za-z0-9_ .,:;/()-]*")
"""What needs no escape, as most names and texts do not."""


@lru_cache(maxsize=SPELLINGS)
def is_identifier(name: str) -> bool:
    """Whether a name may stand behind a point, on any engine: it is ASCII's letters and digits."""
    plain = name.isascii() and name.isidentifier()
    return plain or _IDENTIFIER.fullmatch(name) is not None


@lru_cache(maxsize=SPELLINGS)
def quoted(text: str) -> str:
    """Return a text as a string literal."""
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    # JSON's escapes are JavaScript's. Beyond ASCII only line ends must be escaped, which
    # older engines take for ends of lines.
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')
    inner = inner.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x7f", "\\x7f")
    # prettier takes the quotes that need fewer escapes.
    if inner.count("'") > inner.count('"'):
        return '"' + inner.replace('"', '\\"') + '"'
    return "'" + inner.replace("'", "\\'") + "'"


def key(name: str) -> str:
    """Return a name as a key of an object or of a type, in quotes where prettier keeps them."""
    if is_identifier(name):
        return name
    # Of letters beyond ASCII those count that ECMAScript 5 knew, within Unicode's first plane.
    is_old = name.replace("$", "_").isidentifier() and all(char <= "\uffff" for char in name)
    return name if is_old else quoted(name)


def computed_key(name: str) -> str:
    """Return a name as a key of an object that is made: ``__proto__`` would set its prototype."""
    return "['__proto__']" if name == "__proto__" else key(name)


def member(of: str, name: str, *, is_type: bool = False) -> str:
    """Return the access to what an object, or a type, has under a name."""
    return f"{of}.{name}" if is_identifier(name) and not is_type else f"{of}[{quoted(name)}]"


def constant(name: str) -> str:
    """Return what a constant is called that stands for a name of the databases."""
    return identifier(camel_case(name))


def identifier(name: str) -> str:
    """Return a name with what ASCII has no letter for written as ``_``."""
    plain = re.sub(r"[^A-Za-z0-9_$]", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain


def literal(value: Any) -> str:
    """Return a JSON value as an expression."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{computed_key(k)}: {literal(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return number(value) if isinstance(value, float) else json.dumps(value)


def number(value: float) -> str:
    """Return a finite number as prettier writes it: without a plus or zeros in its exponent."""
    return re.sub(r"e\+?(-?)0*", r"e\1", repr(value))


def is_rounded(value: Any) -> bool:
    """Whether a JSON value holds a whole number that JavaScript would round."""
    if isinstance(value, Mapping):
        return any(map(is_rounded, value.values()))
    if isinstance(value, list):
        return any(map(is_rounded, value))
    return isinstance(value, int) and abs(value) > MAX_SAFE


def doc_comment(doc: str | None, indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    lines = [line.replace("*/", "*\\/") for line in words(doc)]
    if not lines:
        return []
    if len(lines) == 1 and len(indent) + len(lines[0]) + 7 <= WIDTH:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [*(f"// {line}" for line in (*about, *NOTICE)), ""]


def width(text: str) -> int:
    """Return how wide prettier takes a text to be: pictures and East Asian letters count twice.

    Marks on letters count nothing (``getStringWidth`` in prettier's sources, 3.10).
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    marks = sum(unicodedata.category(char) in ("Mn", "Me") for char in text)
    return len(text) + wide - marks


def fits(line: str) -> bool:
    """Whether prettier lets a line be as wide as it is."""
    return (len(line) if line.isascii() else width(line)) <= WIDTH


def wrapped(head: str, items: Sequence[str], tail: str, *, indent: str = "") -> list[str]:
    """Return a list in brackets as prettier breaks it: on one line, or an item a line."""
    line = f"{indent}{head}{', '.join(items)}{tail}"
    if fits(line):
        return [line]
    return [f"{indent}{head}", *(f"{indent}  {item}," for item in items), f"{indent}{tail}"]


def text_of(lines: Iterable[str]) -> str:
    """Return lines as the text of a file."""
    return "\n".join(map(str.rstrip, lines)).rstrip("\n") + "\n"
