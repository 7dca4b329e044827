"""The values of TypeScript, as far as tables are written in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from dualschema.pull.typescript.tokens import Token

__all__ = [
    "Access",
    "Call",
    "Entry",
    "Function",
    "Items",
    "Name",
    "Number",
    "Object",
    "Other",
    "Template",
    "Text",
    "Value",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A text."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a name like ``true``, as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name."""

    text: str


@dataclass(frozen=True, slots=True)
class Access:
    """A part of a value: ``t.userId``."""

    of: Value
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call or ``new``; ``types`` are the tokens between its angle brackets."""

    of: Value
    arguments: tuple[Value, ...]
    types: tuple[Token, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A property of an object, with the documentation that stands before it.

    Attributes:
        name: ``...`` where it spreads an object.
        is_computed: whether its name is the value of a constant: ``[LISTS]``.
    """

    name: str
    value: Value
    doc: str | None
    line: int
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """An object."""

    entries: tuple[Entry, ...]

    def get(self, name: str) -> Value | None:
        """Return the value of a property, if there is one."""
        return next((each.value for each in self.entries if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Items:
    """An array."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that only gives something back; the body of any other is ``Other``."""

    parameters: tuple[str, ...]
    body: Value


@dataclass(frozen=True, slots=True)
class Template:
    """A template, with what stands before its quotes: ``sql`...```."""

    tag: Value | None
    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else, in its tokens."""

    text: str


Value = Text | Number | Name | Access | Call | Object | Items | Function | Template | Other
