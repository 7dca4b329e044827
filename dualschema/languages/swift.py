"""Swift: names, texts, comments, lines as swift-format leaves them, and the values of columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, assert_never

from dualschema.column_type import ClientKind, ColumnType, PostgresStyle, PostgresType
from dualschema.generator import NOTICE, words
from dualschema.naming import identifier_words
from dualschema.types.decimal import Numeric
from dualschema.types.integer import BigInteger, Integer, LongInteger
from dualschema.types.real import Real
from dualschema.types.text import Text
from dualschema.types.time import TimeOfDay
from dualschema.types.timestamp import Timestamp

__all__ = [
    "KEYWORDS",
    "MEMBERS",
    "TYPES",
    "call",
    "checks",
    "default",
    "doc_comment",
    "form_of",
    "header",
    "indented",
    "literal",
    "now",
    "quoted",
    "reader",
    "type_name",
    "value_type",
    "variable_name",
    "writer",
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


def variable_name(text: str) -> str:
    """Return a name or text as a property's or a case's, without backticks."""
    first, *rest = identifier_words(text) or ["column"]
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


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """Return a text as a string literal."""
    inner = (
        _ESCAPES.get(char) or (char if char.isprintable() else f"\\u{{{ord(char):x}}}")
        for char in text
    )
    return f'"{"".join(inner)}"'


def literal(value: Any) -> str:
    """Return a text, number or truth value as an expression."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value)


def doc_comment(doc: str | None, indent: str = "") -> list[str]:
    """Return a comment above what it describes, or no lines."""
    return [f"{indent}/// {line}" for line in words(doc)]


def header(*about: str) -> list[str]:
    """Return the lines at the top of a file: what it is, and how it is made anew."""
    return [f"// {line}" for line in (*about, *NOTICE)]


def call(
    indent: str, head: str, arguments: Sequence[str], tail: str, *, end: str = ""
) -> list[str]:
    """Return a call or a list as swift-format breaks it: one line, or an argument a line.

    Args:
        indent: of the first line.
        head: up to the opening bracket.
        arguments: what stands between the brackets.
        tail: from the closing bracket on.
        end: what stands behind the last argument on a line of its own: a comma in arrays.
    """
    line = f"{indent}{head}{', '.join(arguments)}{tail}"
    if len(line) <= WIDTH:
        return [line]
    inner = [f"{indent}  {each}," for each in arguments]
    inner[-1] = inner[-1][:-1] + end
    return [f"{indent}{head}", *inner, f"{indent}{tail}"]


def indented(lines: Iterable[str], indent: str = "  ") -> list[str]:
    """Return lines one step to the right."""
    return [f"{indent}{line}" if line else "" for line in lines]


def value_type(type_: ColumnType, choice: str | None) -> str:
    """Return the type of a column's values as they are meant.

    Decimals are text: Foundation's `Decimal` rounds to 38 digits and drops the scale, and its
    literals go through `Double`. `Date` holds milliseconds of all years, but microseconds only of
    some, so instants of six digits are text.

    Args:
        type_: the column's type.
        choice: the name of its enum, where its values are a closed set.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.JSON
        ):
            return "String"
        case ClientKind.BOOLEAN:
            return "Bool"
        case ClientKind.INTEGER:
            return "Int" if _is_small(type_) else "Int64"
        case ClientKind.INT64 | ClientKind.DURATION:
            return "Int64"
        case ClientKind.REAL:
            return "Double"
        case ClientKind.UUID:
            return "UUID"
        case ClientKind.TIMESTAMP:
            return "Date" if _digits(type_) == 3 else "String"
        case ClientKind.BYTES:
            return "Data"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            assert choice is not None  # noqa: S101  (its kind says so)
            return choice
        case _:
            assert_never(kind)


def _is_small(type_: ColumnType) -> bool:
    return type_.postgres_type(PostgresStyle.PORTABLE)[0] is PostgresType.INTEGER


def _digits(type_: ColumnType) -> int:
    assert isinstance(type_, Timestamp | TimeOfDay)  # noqa: S101  (its kind says so)
    return type_.precision


def form_of(type_: ColumnType) -> str | None:
    """Return in words what a value's type does not say."""
    kind = type_.client_kind
    match kind:
        case ClientKind.DECIMAL:
            return "A decimal number as text, exact: `-12.50`."
        case ClientKind.DATE:
            return "A day: `2024-02-29`."
        case ClientKind.TIME:
            return "A time of day: `23:59:59.000`."
        case ClientKind.JSON:
            return "The text of a JSON document."
        case ClientKind.DURATION:
            return "Milliseconds."
        case ClientKind.TIMESTAMP if _digits(type_) == 3:
            return "Kept to the millisecond."
        case ClientKind.TIMESTAMP:
            return "An instant in UTC: `2024-02-29T12:00:00.000000Z`."
        case (
            ClientKind.STRING
            | ClientKind.BOOLEAN
            | ClientKind.INTEGER
            | ClientKind.INT64
            | ClientKind.REAL
            | ClientKind.UUID
            | ClientKind.CHOICE
            | ClientKind.INTEGER_CHOICE
            | ClientKind.BYTES
        ):
            return None
        case _:
            assert_never(kind)


def default(type_: ColumnType, value: Any) -> str:
    """Return a value, given in the form that it has in an API's JSON, as an expression."""
    kind = type_.client_kind
    match kind:
        case ClientKind.BOOLEAN | ClientKind.INTEGER | ClientKind.DURATION:
            return literal(value)
        case ClientKind.REAL:
            return repr(float(value))
        case ClientKind.INT64:
            return str(value)
        case ClientKind.STRING | ClientKind.DECIMAL | ClientKind.DATE | ClientKind.TIME:
            return quoted(value)
        case ClientKind.JSON:
            return quoted(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        case ClientKind.UUID:
            return f"UUID(uuidString: {quoted(value)})!"
        case ClientKind.TIMESTAMP if _digits(type_) == 3:
            passed = (datetime.fromisoformat(value) - _EPOCH) // timedelta(milliseconds=1)
            return f"Stored.instant({passed})"
        case ClientKind.TIMESTAMP:
            return quoted(value)
        case ClientKind.BYTES:
            return f"Data(base64Encoded: {quoted(value)})!"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            raise AssertionError("a choice is a case of its enum")
        case _:
            assert_never(kind)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now(type_: ColumnType) -> str:
    """Return the present instant as an expression."""
    return "Stored.now()" if _digits(type_) == 3 else "Stored.nowText()"


def reader(type_: ColumnType) -> str:
    """Return the function, or the closure, that reads a column's cells."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON:
            return "Stored.readText"
        case ClientKind.BOOLEAN:
            return "Stored.readBool"
        case ClientKind.INTEGER if _is_small(type_):
            return "Stored.readInt"
        case ClientKind.INTEGER | ClientKind.DURATION:
            return "Stored.readInt64"
        case ClientKind.INT64:
            return "Stored.readDigits"
        case ClientKind.REAL:
            return "Stored.readDouble"
        case ClientKind.DECIMAL:
            return f"{{ try Stored.readDecimal($0, $1, {_size(type_)}) }}"
        case ClientKind.UUID:
            return "Stored.readUUID"
        case ClientKind.TIMESTAMP if _digits(type_) == 3:
            return "Stored.readInstant"
        case ClientKind.TIMESTAMP:
            return "Stored.readInstantText"
        case ClientKind.DATE:
            return "Stored.readDay"
        case ClientKind.TIME:
            return f"{{ try Stored.readTime($0, $1, digits: {_digits(type_)}) }}"
        case ClientKind.CHOICE:
            return "Stored.readChoice"
        case ClientKind.INTEGER_CHOICE:
            return "Stored.readNumber"
        case ClientKind.BYTES:
            return "Stored.readData"
        case _:
            assert_never(kind)


def _size(type_: ColumnType) -> str:
    assert isinstance(type_, Numeric)  # noqa: S101  (its kind says so)
    return f"precision: {type_.precision or 0}, scale: {type_.scale or 0}"


def writer(type_: ColumnType, value: str) -> str:
    """Return what a value, an expression, is stored as; as it is where the expression comes back."""
    kind = type_.client_kind
    match kind:
        case ClientKind.STRING | ClientKind.JSON | ClientKind.REAL | ClientKind.DATE:
            return value
        case ClientKind.BOOLEAN:
            return f"Int64({value} ? 1 : 0)"
        case ClientKind.INTEGER if _is_small(type_):
            return f"Int64({value})"
        case ClientKind.INTEGER | ClientKind.DURATION:
            return value
        case ClientKind.INT64:
            return f"String({value})"
        case ClientKind.DECIMAL:
            return f"try Stored.decimal({value}, {_size(type_)})"
        case ClientKind.UUID:
            return f"{value}.uuidString.lowercased()"
        case ClientKind.TIMESTAMP if _digits(type_) == 3:
            return f"try Stored.instantText({value})"
        case ClientKind.TIMESTAMP:
            return f"try Stored.instantText({value})"
        case ClientKind.TIME:
            return f"try Stored.time({value}, digits: {_digits(type_)})"
        case ClientKind.CHOICE:
            return f"{value}.rawValue"
        case ClientKind.INTEGER_CHOICE:
            return f"Int64({value}.rawValue)"
        case ClientKind.BYTES:
            return f"{value}.base64EncodedString()"
        case _:
            assert_never(kind)


def checks(type_: ColumnType, value: str) -> Iterator[tuple[str, str]]:
    """Yield what a value must be, as conditions, and what is said of one that is not.

    With an empty reason it is a call that throws.
    """
    match type_:
        case Text():
            yield f'!{value}.unicodeScalars.contains("\\u{{0}}")', "holds NUL"
            count = f"{value}.unicodeScalars.count"
            if type_.min_length:
                reason = f"has less than {type_.min_length} characters"
                yield f"{count} >= {type_.min_length}", reason
            if type_.max_length is not None:
                reason = f"has more than {type_.max_length} characters"
                yield f"{count} <= {type_.max_length}", reason
            if type_.pattern is not None:
                found = f"{value}.range(of: {quoted(_pattern(type_.pattern))}, options: .regularExpression)"
                yield f"{found} != nil", f"does not match {type_.pattern}"
        case Integer() | BigInteger() | LongInteger():
            low, high = type_.lowest, type_.highest
            if (low, high) != (-(2**63), 2**63 - 1):
                yield f"({low}...{high}).contains({value})", f"is not within {low} to {high}"
        case Real():
            yield f"{value}.isFinite", "is not finite"
            for sign, limit in _bounds(type_):
                yield f"{value} {sign} {limit!r}", f"is not {sign} {limit!r}"
        case Numeric():
            yield f"Stored.decimal({value}, {_size(type_)})", ""
            for sign, limit in _bounds(type_):
                text = format(limit, "f")
                order = f"Stored.compareDecimals({value}, {quoted(text)})"
                yield f"try {order} {sign} 0", f"is not {sign} {text}"
        case Timestamp():
            yield f"Stored.instantText({value})", ""
        case TimeOfDay():
            yield f"Stored.time({value}, digits: {type_.precision})", ""
        case _ if type_.client_kind is ClientKind.DATE:
            yield f"Stored.day({value})", ""
        case _ if type_.client_kind is ClientKind.DURATION:
            reason = "is longer than 2^53 - 1 milliseconds"
            yield f"{value}.magnitude <= 9_007_199_254_740_991", reason
        case _:
            return


def _bounds(type_: Real | Numeric) -> Iterator[tuple[str, Any]]:
    pairs = ((">=", type_.ge), (">", type_.gt), ("<=", type_.le), ("<", type_.lt))
    yield from ((sign, limit) for sign, limit in pairs if limit is not None)


def _pattern(pattern: str) -> str:
    """Return a pattern of the common dialect as ICU's, whose `$` and `\\v` match more.

    https://unicode-org.github.io/icu/userguide/strings/regexp.html
    """
    made = re.sub(r"\\(.)", lambda found: r"\x0B" if found[1] == "v" else found[0], pattern, flags=re.DOTALL)
    escapes = len(made) - 1 - len(made[:-1].rstrip("\\"))
    return made[:-1] + r"\z" if made.endswith("$") and escapes % 2 == 0 else made
