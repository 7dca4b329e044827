"""Calls one behind the other, as Drizzle's columns are written: ``text('name').notNull()``."""

from __future__ import annotations

from dataclasses import dataclass

from dualschema.pull.typescript.tokens import Token
from dualschema.pull.typescript.values import Access, Call, Function, Name, Object, Value

__all__ = ["Chain", "Link", "chain_of", "path_of", "returned"]


@dataclass(frozen=True, slots=True)
class Link:
    """A call: its name, what it is given, the tokens of its types, and its line."""

    name: str
    arguments: tuple[Value, ...] = ()
    types: tuple[Token, ...] = ()
    line: int = 0

    @property
    def first(self) -> Value | None:
        """What it is given first."""
        return self.arguments[0] if self.arguments else None

    @property
    def settings(self) -> Object:
        """The object that it is given, or one that holds nothing."""
        found = (each for each in self.arguments if isinstance(each, Object))
        return next(found, Object(()))


@dataclass(frozen=True, slots=True)
class Chain:
    """A call, and those behind it."""

    start: Link
    links: tuple[Link, ...]


def chain_of(value: Value | None) -> Chain | None:
    """Return a value as a chain of calls that begins with a name, ``pgTable`` or ``t.text``."""
    links: list[Link] = []
    while isinstance(value, Call):
        if name := _name(value.of):
            start = Link(name, value.arguments, value.types, value.line)
            return Chain(start, tuple(reversed(links)))
        if not isinstance(value.of, Access):
            return None
        links.append(Link(value.of.name, value.arguments, value.types, value.line))
        value = value.of.of
    return None


def _name(value: Value) -> str:
    """Return ``t.text`` as it stands, or nothing where it is no such."""
    if isinstance(value, Name):
        return value.text
    space = _name(value.of) if isinstance(value, Access) else ""
    return f"{space}.{value.name}" if space and isinstance(value, Access) else ""


def path_of(value: Value | None) -> list[str]:
    """Return the names of ``t.userId``, without the calls behind it; none where it is no such."""
    names: list[str] = []
    while isinstance(value, (Access, Call)):
        if isinstance(value, Access):
            names.insert(0, value.name)
        value = value.of
    return [value.text, *names] if isinstance(value, Name) else []


def returned(value: Value | None) -> Value | None:
    """Return what a function gives back, or a value as it is."""
    return value.body if isinstance(value, Function) else value
