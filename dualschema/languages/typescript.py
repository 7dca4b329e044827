"""TypeScript: names, texts, comments, and the types of values and documents.

The style is prettier's default one, with single quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, assert_never

from dualschema.code_text import SPELLINGS
from dualschema.column_type import ClientKind, ColumnType
from dualschema.documents import (
    Anything,
    Choices,
    Documents,
    Items,
    Mapped,
    OneOfShapes,
    Record,
    Reference,
    Scalar,
    Shape,
    Tuple,
)
from dualschema.generator import NOTICE, words
from dualschema.model import TableModel
from dualschema.types.enum import Choice, IntegerChoice

__all__ = [
    "JSON_VALUE",
    "MAX_SAFE",
    "RESERVED",
    "WIDTH",
    "choices_lines",
    "choices_of",
    "computed_key",
    "doc_comment",
    "document_members",
    "document_type",
    "header",
    "is_identifier",
    "is_rounded",
    "is_to_the_millisecond",
    "key",
    "literal",
    "member",
    "now",
    "number",
    "quoted",
    "record_lines",
    "record_type",
    "regular_expression",
    "text_of",
    "typed",
    "value_type",
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


def wrapped(head: str, items: Sequence[str], tail: str, *, indent: str = "") -> list[str]:
    """Return a list in brackets as prettier breaks it: on one line, or an item a line."""
    line = f"{indent}{head}{', '.join(items)}{tail}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{indent}{head}", *(f"{indent}  {item}," for item in items), f"{indent}{tail}"]


def choices_of(type_: ColumnType) -> tuple[str | int, ...]:
    """Return the values of a closed set, as they are stored."""
    assert isinstance(type_, Choice | IntegerChoice)  # noqa: S101  (its kind says so)
    return type_.values


def value_type(type_: ColumnType, *, dates: bool) -> str:
    """Return the type of a column's values as they are meant; a document's is not known here.

    Args:
        type_: the column's type.
        dates: have ``Date`` where it holds every value: an instant to the millisecond.
    """
    kind = type_.client_kind
    match kind:
        case (
            ClientKind.STRING
            | ClientKind.DECIMAL
            | ClientKind.UUID
            | ClientKind.DATE
            | ClientKind.TIME
        ):
            return "string"
        case ClientKind.TIMESTAMP:
            return "Date" if dates and is_to_the_millisecond(type_) else "string"
        case ClientKind.INTEGER | ClientKind.REAL | ClientKind.DURATION:
            return "number"
        case ClientKind.INT64:
            return "bigint"
        case ClientKind.BOOLEAN:
            return "boolean"
        case ClientKind.CHOICE | ClientKind.INTEGER_CHOICE:
            return " | ".join(literal(value) for value in choices_of(type_))
        case ClientKind.BYTES:
            return "Uint8Array"
        case ClientKind.JSON:
            return "JsonValue"
        case _:
            assert_never(kind)


def is_to_the_millisecond(type_: ColumnType) -> bool:
    """Whether ``Date`` can hold every instant of a column."""
    return getattr(type_, "precision", 3) == 3


def document_type(shape: Shape, names: Mapping[str, str]) -> str:
    """Return the type of a document.

    Args:
        shape: of the document.
        names: what the types of records are called, by the records' names.
    """
    match shape:
        case Scalar.STRING | Scalar.BOOLEAN | Scalar.NULL:
            return str(shape.value)
        case Scalar.INTEGER | Scalar.NUMBER:
            return "number"
        case Choices(values):
            return " | ".join(map(literal, values))
        case Items(of):
            inner = document_type(of, names)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case Tuple(items):
            return "[" + ", ".join(document_type(item, names) for item in items) + "]"
        case Mapped(of):
            return f"{{ [key: string]: {document_type(of, names)} }}"
        case Reference(name):
            return names[name]
        case OneOfShapes(shapes):
            return " | ".join(document_type(each, names) for each in shapes)
        case Anything():
            return "JsonValue"
        case _:
            assert_never(shape)


def document_members(shape: Shape, names: Mapping[str, str]) -> list[str]:
    """Return the members of a document's type, which is a union if there are several."""
    match shape:
        case OneOfShapes(shapes):
            return [member for each in shapes for member in document_members(each, names)]
        case Choices(values):
            return list(map(literal, values))
        case _:
            return [document_type(shape, names)]


def typed(head: str, members: Sequence[str], *, indent: str = "  ", tail: str = ";") -> list[str]:
    """Return a name with its type, a union, as prettier breaks it.

    Args:
        head: the name with its colon: ``name?:``.
        members: of the union.
        indent: before it.
        tail: what ends it.
    """
    line = f"{indent}{head} {' | '.join(members)}{tail}"
    if len(line) <= WIDTH or len(members) == 1:
        return [line]
    below = f"{indent}  {' | '.join(members)}{tail}"
    if len(below) <= WIDTH:
        return [f"{indent}{head}", below]
    broken = [f"{indent}  | {member}" for member in members]
    return [f"{indent}{head}", *broken[:-1], broken[-1] + tail]


def record_type(record: Record, names: Mapping[str, str]) -> list[str]:
    """Return the interface of a record."""
    lines = [*doc_comment(record.doc), f"export interface {names[record.name]} {{"]
    for field in record.fields:
        lines += doc_comment(field.doc, "  ")
        mark = "" if field.required else "?"
        lines += typed(f"{key(field.name)}{mark}:", document_members(field.shape, names))
    if record.others is not None:
        # What any key may hold must be a union that the known ones fit.
        lines.append("  [key: string]: unknown;")
    return [*lines, "}"]


def record_lines(documents: Documents, names: Mapping[str, str]) -> list[str]:
    """Return the interfaces of all records, after an empty line each."""
    return [line for record in documents.records for line in ("", *record_type(record, names))]


def choices_lines(table: TableModel, names: Mapping[tuple[str, str], str]) -> list[str]:
    """Return lists of a table's choices, by what they are called."""
    lines: list[str] = []
    for column in table.columns:
        if name := names.get((table.name, column.name)):
            values = [literal(value) for value in choices_of(column.type)]
            lines += ["", *wrapped(f"export const {name} = [", values, "] as const;")]
    return lines


def now(type_: ColumnType) -> str:
    """Return the present instant, to the millisecond, as a column's type has it."""
    if is_to_the_millisecond(type_):
        return "new Date()"
    return "new Date().toISOString().replace('Z', '000Z')"


JSON_VALUE: Final = (
    "/** What JSON holds. */",
    "export type JsonValue =",
    "  string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };",
)


def text_of(lines: Iterable[str]) -> str:
    """Return lines as the text of a file."""
    return "\n".join(map(str.rstrip, lines)).rstrip("\n") + "\n"


_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")


def regular_expression(pattern: str) -> str:
    """Return a pattern of the common dialect (``dualschema.pattern``) as a literal, flag ``u``.

    With that flag, which reads code points as the databases do, only what has a meaning may stand
    behind a backslash, and brackets that open or close nothing need one.
    """
    out, at, in_set = [], 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            following = pattern[at + 1]
            keeps = following in _SYNTAX or following in "tnrfv" or (in_set and following == "-")
            out.append(f"\\{following}" if keeps else _in_expression(following))
            at += 2
            continue
        if in_set:
            in_set = char != "]"
        elif char == "[":
            in_set = True
        elif char in "]}" and not _closes_bounds(pattern, at):
            char = f"\\{char}"
        out.append(_in_expression(char))
        at += 1
    return f"/{''.join(out)}/u"


def _closes_bounds(pattern: str, at: int) -> bool:
    return pattern[at] == "}" and re.search(r"\{[0-9]+(,[0-9]*)?$", pattern[:at]) is not None


def _in_expression(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\v": "\\v", "/": "\\/"}
    if char in named:
        return named[char]
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"
