"""Rust: names, texts, comments, and lines as rustfmt leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from dualschema import code_text
from dualschema.code_text import SPELLINGS, escape
from dualschema.naming import identifier_words

__all__ = [
    "CALL_WIDTH",
    "KEYWORDS",
    "LITERAL_WIDTH",
    "TYPES",
    "WIDTH",
    "call",
    "doc_comment",
    "field_name",
    "literal",
    "quoted",
    "type_name",
]

WIDTH: Final = 100
"""How wide rustfmt lets a line be (`max_width`)."""

CALL_WIDTH: Final = 60
"""How wide it lets the arguments of a call on one line be (`fn_call_width`, `array_width`)."""
LITERAL_WIDTH: Final = 18
"""How wide it lets the fields of a struct on one line be (`struct_lit_width`)."""

# https://doc.rust-lang.org/reference/keywords.html: strict, reserved and weak ones of all editions.
KEYWORDS: Final = frozenset(
    """
    as async await break const continue crate dyn else enum extern false fn for if impl in let loop
    match mod move mut pub ref return self Self static struct super trait true type unsafe use where
    while abstract become box do final gen macro override priv try typeof unsized virtual yield
    macro_rules raw safe union _
    """.split()
)

# https://doc.rust-lang.org/reference/identifiers.html#raw-identifiers
_NEVER_RAW = frozenset({"crate", "self", "super", "Self", "_"})

# https://doc.rust-lang.org/std/prelude/index.html, and what generated code names.
TYPES: Final = frozenset(
    """
    AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator
    Extend Fn FnMut FnOnce From FromIterator Hash Into IntoIterator Iterator None Ok Option Ord
    PartialEq PartialOrd Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin
    Vec AsyncFn AsyncFnMut AsyncFnOnce Future IntoFuture Self
    Column ColumnError Index IndexedColumn Schema Table Timestamp TrackPreviousValues Value
    """.split()
)


@lru_cache(maxsize=SPELLINGS)
def field_name(text: str) -> str:
    """Return a name or text as a name in snake_case."""
    name = "_".join(identifier_words(text)) or "value"
    return _raw(name if name[0].isidentifier() else f"_{name}")


@lru_cache(maxsize=SPELLINGS)
def type_name(text: str) -> str:
    """Return a name or text as a type's or a variant's."""
    name = "".join(word[:1].upper() + word[1:] for word in identifier_words(text)) or "Value"
    return _raw(name if name[0].isidentifier() else f"_{name}")


def _raw(name: str) -> str:
    if name in _NEVER_RAW:
        return f"{name}_"
    return f"r#{name}" if name in KEYWORDS else name


@lru_cache(maxsize=SPELLINGS)
def quoted(text: str) -> str:
    """Return a text as a string literal."""
    # What is not printable is escaped: the compiler refuses marks of direction in literals.
    inner = escape(text, '"')
    return f'"{inner}"'


def literal(value: Any) -> str:
    """Return a text, number or truth value as an expression."""
    return code_text.literal(value, quoted)


def doc_comment(lines: Sequence[str], indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    # rustdoc runs what stands between fences as a test.
    safe = [line.replace("```", "` ` `").replace("~~~", "~ ~ ~") for line in lines]
    return [f"{indent}/// {line}" for line in safe]


def call(
    indent: str,
    head: str,
    arguments: Sequence[str],
    tail: str,
    *,
    width: int = CALL_WIDTH,
    space: str = "",
) -> list[str]:
    """Return a call, a list or a signature as rustfmt breaks it: one line, or an argument a line.

    Args:
        indent: of the first line.
        head: up to the opening bracket.
        arguments: what stands between the brackets.
        tail: from the closing bracket on.
        width: how wide the arguments on one line may be.
        space: what stands between the brackets and the arguments.
    """
    inner = ", ".join(arguments)
    line = f"{indent}{head}{space}{inner}{space}{tail}"
    if len(inner) <= width and len(line) <= WIDTH:
        return [line]
    return [f"{indent}{head}", *(f"{indent}    {each}," for each in arguments), f"{indent}{tail}"]
