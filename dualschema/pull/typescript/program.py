"""A file of TypeScript: its constants, and what their names mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dualschema.errors import ConfigurationError
from dualschema.pull.typescript.chains import Chain, chain_of
from dualschema.pull.typescript.expressions import OPEN, Reader
from dualschema.pull.typescript.tokens import Token, TokenKind
from dualschema.pull.typescript.values import Call, Entry, Function, Name, Object, Text, Value

__all__ = ["Program", "read_program"]

_DEPTH: Final = 50
"""How often names may stand for names."""


@dataclass(frozen=True, slots=True)
class Program:
    """A file.

    Attributes:
        tokens: all of it.
        constants: the values of the outermost level's constants, functions and enums, in order.
        docs: the documentation before each.
        lines: the line of each.
        modules: the names of whole modules: ``t`` in ``import * as t``.
        imported: what a name is called where it comes from, if it has another name here.
    """

    tokens: Sequence[Token]
    constants: dict[str, Value] = field(default_factory=dict)
    docs: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)

    def meant(self, value: Value | None) -> Value | None:
        """Return the value of a name, or what a function without parameters gives back."""
        for _ in range(_DEPTH):
            called = isinstance(value, Call) and not value.arguments
            name = value.of if isinstance(value, Call) and called else value
            found = self.constants.get(name.text) if isinstance(name, Name) else None
            if called and isinstance(found, Function) and not found.parameters:
                value = found.body
            elif called or not isinstance(value, Name):
                return value
            else:
                value = found
        return None

    def entries(self, given: Object, depth: int = _DEPTH) -> Iterator[Entry]:
        """Yield the properties of an object, those of what it spreads among them.

        One whose name is ``...`` spreads what is not known.
        """
        for entry in given.entries:
            spread = self.meant(entry.value) if entry.name == "..." else None
            if isinstance(spread, Object) and depth:
                yield from self.entries(spread, depth - 1)
                continue
            name = self.meant(Name(entry.name)) if entry.is_computed else None
            yield replace(entry, name=name.text) if isinstance(name, Text) else entry

    def chain(self, value: Value | None, *modules: str, depth: int = _DEPTH) -> Chain | None:
        """Return a value as calls one behind the other, of which the first has its own name.

        Args:
            value: what may be such.
            modules: further names that stand before those of functions: ``d.text()``.
        """
        made = chain_of(value)
        if made is None:
            return None
        own = self.constants.get(made.start.name)
        if isinstance(own, Function) and not made.start.arguments and depth:
            within = self.chain(own.body, *modules, depth=depth - 1)
            return within and replace(within, links=(*within.links, *made.links))
        return replace(made, start=replace(made.start, name=self._own(made.start.name, modules)))

    def _own(self, name: str, modules: Sequence[str]) -> str:
        first, _, rest = name.partition(".")
        if rest and (first in self.modules or first in modules):
            return rest
        first = self.imported.get(first, first)
        return f"{first}.{rest}" if rest else first

    def lines_with(self, *functions: str, behind: str = "") -> list[int]:
        """Return the lines that call functions of these names, wherever that is.

        Args:
            functions: their names.
            behind: the word that stands before them: ``new``.
        """
        found = []
        for at, token in enumerate(self.tokens):
            name = self.imported.get(token.text, token.text)
            if token.kind is not TokenKind.NAME or name not in functions:
                continue
            after = "".join(each.text for each in self.tokens[at + 1 : at + 3])
            before = self.tokens[at - 1].text if at else ""
            if after.startswith(("(", "<", ".with")) and behind in ("", before):
                found.append(token.line)
        return found


def read_program(tokens: Sequence[Token]) -> Program:
    """Return what stands on a file's outermost level; the rest of it is skipped.

    Raises:
        ConfigurationError: its brackets are nested too deeply.
    """
    made = Program(tokens)
    try:
        _read(Reader(tokens), made)
    except RecursionError:
        raise ConfigurationError("the file nests brackets too deeply to be read") from None
    return made


def _read(reader: Reader, made: Program) -> None:
    doc: str | None = None
    while (token := reader.peek()) is not None:
        reader.at += 1
        doc = token.doc or doc
        word = token.text if token.kind is TokenKind.NAME else ""
        if word == "import":
            _import(reader, made)
        elif token.text in OPEN and token.kind is TokenKind.MARK:
            reader.skip(reader.at - 1)
        elif (named := _named(reader, word)) is not None:
            name, value = named
            made.constants[name] = value
            made.lines[name] = token.line
            made.docs.update({name: doc} if doc else {})
            doc = None
        if word not in ("export", "declare", "default", "const"):
            doc = None


def _named(reader: Reader, word: str) -> tuple[str, Value] | None:
    """Read what stands behind a word, if that gives a name to a value."""
    after = reader.peek()
    if after is None:
        return None
    if word in ("const", "let", "var") and after.text != "enum":
        name = reader.constant()
        return None if name is None else (name, reader.value())
    if word == "default" and after.text not in ("function", "class", "async", "abstract"):
        return "default", reader.value()
    if word not in ("function", "enum"):
        return None
    reader.at += 1
    value = reader.method() if word == "function" else _enum(reader)
    return None if value is None else (after.text, value)


def _import(reader: Reader, made: Program) -> None:
    """Read ``import * as t from '...'`` and ``import { a as b } from '...'``."""
    before: Token | None = None
    while (token := reader.peek()) is not None and token.kind in (TokenKind.NAME, TokenKind.MARK):
        if token.text in ("(", ";"):
            return
        reader.at += 1
        after = reader.peek()
        if token.text == "as" and before is not None and after is not None:
            if before.text == "*":
                made.modules.add(after.text)
            else:
                made.imported[after.text] = before.text
        before = token


def _enum(reader: Reader) -> Value | None:
    """Read ``{ A = 'a' }``; what has no text is a number, and left out."""
    if not reader.take("{"):
        return None
    entries = []
    opener = reader.at - 1
    while (token := reader.peek()) is not None and not reader.is_next("}"):
        reader.at += 1
        if reader.take("="):
            entries.append(Entry(token.text, reader.value(), token.doc, token.line))
    reader.skip(opener)
    return Object(tuple(entries))
