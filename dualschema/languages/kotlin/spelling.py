"""Kotlin: names, texts, comments and brackets.

The style is ktlint's, with its trailing commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from dualschema.code_text import SPELLINGS, escape, lower_camel
from dualschema.naming import ascii_words
from dualschema.pattern import strict_pattern
from dualschema.row_types import ascii_label

__all__ = [
    "HARD",
    "RESERVED",
    "block",
    "call",
    "choice_name",
    "doc_comment",
    "escaped",
    "pattern_everywhere",
    "property_name",
    "quoted",
    "regex",
]

# https://kotlinlang.org/docs/keyword-reference.html#hard-keywords: the ones that are never a name
# without backticks. The soft ones and the modifiers of that page are names anywhere else.
HARD: Final = frozenset(
    """
    as break class continue do else false for fun if in interface is null object package return
    super this throw true try typealias typeof val var when while
    """.split()
)

# A property of this name would have a getter that Java's Object has.
UNUSABLE: Final = frozenset({"class"})

# What generated files import, declare, or use of those packages that every file imports.
RESERVED: Final = frozenset(
    """
    Any Base64 BigDecimal Boolean ByteArray Checks Clock Column Comparable DATE DECIMAL Digits
    Double Duration Enum ExperimentalEncodingApi ExperimentalTime ExperimentalUuidApi Function
    INSTANT IllegalArgumentException Index IndexedColumn Instant Int Json JsonArray JsonElement
    JsonObject LONE_SURROGATE LinkedHashMap List LocalDate LocalTime Long MAX_VALUE MIN_VALUE Map
    NUL_ESCAPE Nothing OptIn Refusal Regex RowProblem RuntimeException Schema SqlCursor StoredRow
    StoredValueException StoredValues String Suppress TIME Table TrackPreviousValuesOptions UUID
    Uuid WHOLE
    """.split()
)


@lru_cache(maxsize=SPELLINGS)
def property_name(name: str) -> str:
    """Return the name of a property for a column's: ``elapsedTime``."""
    if not _LOWER_CAMEL.fullmatch(name):
        name = lower_camel(ascii_words(name))
    return f"{name}_" if name in UNUSABLE else name


_LOWER_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")


def choice_name(label: str) -> str:
    """Return a choice's label as the name of an enum's entry: ``SHORT_BREAK``."""
    name = "_".join(ascii_label(label)).upper()
    return f"N{name}" if name[0].isdigit() else name


def escaped(name: str) -> str:
    """Return a name as it stands in code."""
    return f"`{name}`" if name in _TICKED else name


# Names, yet `dynamic` is a type where Kotlin is JavaScript, and `suspend` begins a lambda's type.
_TICKED = HARD | {"dynamic", "suspend"}


@lru_cache(maxsize=SPELLINGS)
def quoted(text: str) -> str:
    """Return a text as a string literal."""
    inner = escape(text, '"$', _units)
    return f'"{inner}"'


def _units(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def doc_comment(lines: Sequence[str], indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    # Kotlin's comments nest, so a beginning within one would have to be ended, too.
    safe = [line.replace("*/", "*&#47;").replace("/*", "&#47;*") for line in lines]
    if not safe:
        return []
    if len(safe) == 1:
        return [f"{indent}/** {safe[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}" for line in safe), f"{indent} */"]


def block(head: str, items: Iterable[str], tail: str, *, indent: str = "") -> list[str]:
    """Return arguments or parameters in brackets, one a line."""
    inner = [f"{indent}    {item}," for item in items]
    return [f"{indent}{head}", *inner, f"{indent}{tail}"]


def call(name: str, items: Sequence[str]) -> str:
    """Return a call on one line."""
    return f"{name}({', '.join(items)})"


def regex(pattern: str) -> str:
    """Return a pattern of the common dialect as an expression."""
    return call("Regex", [quoted(pattern_everywhere(pattern))])


def pattern_everywhere(pattern: str) -> str:
    """Return a pattern of the common dialect as every platform's engine reads it alike."""
    pattern = strict_pattern(pattern)
    # Java's $ also matches before a last line end; that nothing follows is said alike everywhere.
    if pattern.endswith("$") and (len(pattern) - len(pattern[:-1].rstrip("\\"))) % 2 == 1:
        pattern = pattern[:-1] + r"(?![\s\S])"
    return pattern
