"""Swift: names, texts, comments, and lines as swift-format leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from dualschema import code_text
from dualschema.code_text import SPELLINGS, escape
from dualschema.naming import identifier_words

__all__ = [
    "KEYWORDS",
    "MEMBERS",
    "TYPES",
    "WIDTH",
    "call",
    "doc_comment",
    "indented",
    "literal",
    "quoted",
    "ticked",
    "type_name",
    "variable_name",
]

WIDTH: Final = 100
"""How wide swift-format lets a line be (`lineLength`)."""

# https://docs.swift.org/swift-book/documentation/the-swift-programming-language/lexicalstructure/
# #Keywords-and-Punctuation: in declarations, statements, expressions and patterns; then those that
# are reserved in some places alone.
KEYWORDS: Final = frozenset(
    """
    associatedtype borrowing class consuming deinit enum extension fileprivate func import init
    inout internal let nonisolated open operator precedencegroup private protocol public rethrows
    static struct subscript typealias var
    break case catch continue default defer do else fallthrough for guard if in repeat return switch
    throw where while
    Any as await false is nil self Self super throws true try _
    associativity async convenience didSet dynamic final get indirect infix lazy left mutating none
    nonmutating optional override package postfix precedence prefix Protocol required right set some
    Type unowned weak willSet any actor each macro copy consume discard
    """.split()
)

# Names that backticks do not save, or that mean another thing: Optional has a case `none`.
_NEVER = frozenset({"Type", "Protocol", "Self", "self", "init", "_", "none", "some", "Any"})

# What generated code and its imports name.
TYPES: Final = frozenset(
    """
    Any AnyObject Array Bool CaseIterable Character Codable Column ColumnError Comparable Data Date
    Decimal Decodable Dictionary Double Encodable Equatable Error Float Foundation Hashable
    Identifiable Index IndexedColumn Int Int32 Int64 Never NSRegularExpression Optional PowerSync
    Protocol RawRepresentable Result Schema Self Sendable Set SqlCursor Stored String Substring
    Table TimeInterval TrackPreviousValuesOptions Type UInt8 UUID Void
    """.split()
)

MEMBERS: Final = frozenset(
    "table view insert parameters check hash hashValue rawValue allCases".split()
)
"""What generated types have already, or would have to mean something else."""


@lru_cache(maxsize=SPELLINGS)
def variable_name(text: str) -> str:
    """Return a name or text as a property's or a case's, without backticks."""
    first, *rest = identifier_words(text) or ["value"]
    name = first + "".join(map(_capital, rest))
    name = name if name[0].isidentifier() else f"_{name}"
    return f"{name}_" if name in _NEVER else name


def type_name(text: str) -> str:
    """Return a name or text as a type's."""
    name = "".join(map(_capital, identifier_words(text))) or "Value"
    return name if name[0].isidentifier() else f"_{name}"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def ticked(name: str) -> str:
    """Return a name as it stands in code: a keyword in backticks."""
    return f"`{name}`" if name in KEYWORDS else name


@lru_cache(maxsize=SPELLINGS)
def quoted(text: str) -> str:
    """Return a text as a string literal."""
    # Readers less than a compiler, tree-sitter's among them, take it for a comment's beginning.
    inner = escape(text, '"').replace("/*", "/\\u{2A}")
    return f'"{inner}"'


def literal(value: Any) -> str:
    """Return a text, number or truth value as an expression."""
    return code_text.literal(value, quoted)


def doc_comment(lines: Sequence[str], indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    return [f"{indent}/// {line}" for line in lines]


def call(
    indent: str, head: str, arguments: Sequence[str], tail: str, *, end: str = "", within: int = 0
) -> list[str]:
    """Return a call or a list as swift-format breaks it: one line, or an argument a line.

    Args:
        indent: of the first line.
        head: up to the opening bracket.
        arguments: what stands between the brackets.
        tail: from the closing bracket on.
        end: what stands behind the last argument on a line of its own: a comma in arrays.
        within: how far the whole is indented later.
    """
    line = f"{indent}{head}{', '.join(arguments)}{tail}"
    if len(line) + within <= WIDTH:
        return [line]
    inner = [f"{indent}  {each}," for each in arguments]
    inner[-1] = inner[-1][:-1] + end
    return [f"{indent}{head}", *inner, f"{indent}{tail}"]


def indented(lines: Iterable[str]) -> list[str]:
    """Return lines one step to the right."""
    return code_text.indented(lines, "  ")
