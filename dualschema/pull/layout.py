"""Python source, laid out as ruff and Black leave it, at their width of 88 and at wider ones.

What is too long for a line has one part a line, with a comma behind the last: a formatter of any
width leaves that as it is.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from dualschema.pull.description import FoundCheck, FoundForeignKey, FoundIndex, Name

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Brackets", "comment", "docstring", "expression", "keyword", "laid_out"]

WIDTH: Final = 88
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Brackets:
    """Parts within brackets, and what stands before and after: ``ds.column(``, parts, ``)``."""

    head: str
    parts: tuple[str | Brackets, ...]
    tail: str

    @property
    def flat(self) -> str:
        """All on one line."""
        parts = (part if isinstance(part, str) else part.flat for part in self.parts)
        return f"{self.head}{', '.join(parts)}{self.tail}"

    def named(self, name: str) -> Brackets:
        """Return them as the value of a keyword."""
        return Brackets(f"{name}={self.head}", self.parts, self.tail)


def laid_out(source: str | Brackets, *, indent: int = 0, behind: str = "") -> str:
    """Return the lines of an expression, with what stands behind it on its last line."""
    blanks = _INDENT * indent
    flat = source if isinstance(source, str) else source.flat
    if isinstance(source, str) or not source.parts or len(blanks + flat + behind) <= WIDTH:
        return f"{blanks}{flat}{behind}"
    inner = (laid_out(part, indent=indent + 1, behind=",") for part in source.parts)
    return "\n".join([f"{blanks}{source.head}", *inner, f"{blanks}{source.tail}{behind}"])


def expression(value: Any) -> str | Brackets:
    """Return the source of an option's value."""
    match value:
        case Name(text):
            return text
        case str():
            return text_literal(value)
        case Decimal():
            return f'Decimal("{value}")'
        case float():
            return repr(value).replace("e+", "e")  # as formatters write it
        case list() | tuple():
            return Brackets("[", tuple(expression(each) for each in value), "]")
        case FoundForeignKey(table, column):
            given = _said(value, "on_delete", "on_update", "deferrable", "name")
            target = f"{table}.{column}"
            return call("ds.ForeignKey", (target,), given) if given else text_literal(target)
        case FoundIndex(columns):
            return call("ds.Index", columns, _said(value, "name", "unique"))
        case FoundCheck(sql):
            return call("ds.Check", (sql,), _said(value, "name"))
        case _:
            return repr(value)


def _said(record: DataclassInstance, *names: str) -> dict[str, Any]:
    """Return what a record says of these, but for what it says by default."""
    defaults = {each.name: each.default for each in fields(record)}
    values = {name: getattr(record, name) for name in names}
    return {name: value for name, value in values.items() if value != defaults[name]}


def call(function: str, values: Sequence[Any], named: dict[str, Any]) -> Brackets:
    """Return a call with values and keywords."""
    parts = [expression(value) for value in values]
    parts += [keyword(name, value) for name, value in named.items()]
    return Brackets(f"{function}(", tuple(parts), ")")


def keyword(name: str, value: Any) -> str | Brackets:
    """Return a keyword and its value."""
    made = expression(value)
    return f"{name}={made}" if isinstance(made, str) else made.named(name)


def text_literal(text: str) -> str:
    """Return a text in the quotes that formatters prefer: double ones, if that escapes no more."""
    body = _escaped(text)
    if body.count('"') <= body.count("'"):
        return '"' + body.replace('"', '\\"') + '"'
    return "'" + body.replace("'", "\\'") + "'"


def _escaped(text: str) -> str:
    return "".join(c if c in "'\"" else repr(c)[1:-1] for c in text)


def docstring(text: str, *, indent: int) -> str:
    """Return a docstring that reads as the text, but for blanks around its lines."""
    lines = [_escaped(line).replace('"""', '\\"\\"\\"') for line in text.split("\n")]
    # Next to the quotes that begin and end it, a formatter has a blank.
    lines[0] = f" {lines[0]}" if lines[0].startswith('"') else lines[0]
    if len(lines) == 1 and re.search(r'(?<!\\)(\\\\)*"$', lines[0]):
        lines[0] += " "
    blanks = _INDENT * indent
    whole = "\n".join(f"{blanks}{line}".rstrip() for line in [f'"""{lines[0]}', *lines[1:]])
    if len(lines) > 1:
        return f'{whole}\n{blanks}"""'
    return f'{blanks}"""{lines[0]}"""'


def comment(text: str) -> str:
    """Return a text as comments."""
    printable = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return "\n".join(
        textwrap.wrap(
            printable,
            WIDTH,
            initial_indent="# ",
            subsequent_indent="#   ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
