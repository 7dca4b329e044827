"""TypeScript's expressions, read from tokens as far as tables are written in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dualschema.pull.typescript.tokens import Token, TokenKind, unescaped
from dualschema.pull.typescript.values import (
    Access,
    Call,
    Entry,
    Function,
    Items,
    Name,
    Number,
    Object,
    Other,
    Template,
    Text,
    Value,
)

__all__ = ["OPEN", "Reader"]

OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_ENDS: Final = frozenset([")", "]", "}", ",", ";"])


def _closers(tokens: Sequence[Token]) -> dict[int, int]:
    """Return where the bracket is that closes each opening one, if there is one."""
    found: dict[int, int] = {}
    open_: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind is not TokenKind.MARK:
            continue
        if token.text in OPEN:
            open_.append(at)
        elif open_ and OPEN[tokens[open_[-1]].text] == token.text:
            found[open_.pop()] = at
    return found


class Reader:
    """Reads from a place on, which each method moves behind what it read."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.closers = _closers(tokens)
        self.at = 0

    def peek(self, ahead: int = 0) -> Token | None:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def is_next(self, *marks: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        if token is None or token.kind not in (TokenKind.MARK, TokenKind.NAME):
            return False
        return token.text in marks

    def take(self, mark: str) -> bool:
        if self.is_next(mark):
            self.at += 1
            return True
        return False

    def constant(self) -> str | None:
        """Read up to the value of ``const NAME: TYPE =`` and return the name, if there is one."""
        name = self.peek()
        if name is None or name.kind is not TokenKind.NAME:
            return None
        self.at += 1
        if self.take(":"):
            self.skip_type("=", ";")
        return name.text if self.take("=") else None

    def skip(self, opener: int) -> str:
        """Skip to behind the bracket that closes one; return what stands in between."""
        start, end = self.at, self.closers.get(opener, len(self.tokens))
        self.at = max(start, min(end + 1, len(self.tokens)))
        return self.said(start, end)

    def said(self, start: int, end: int) -> str:
        return " ".join(token.text for token in self.tokens[start:end])

    def skip_type(self, *ends: str) -> tuple[Token, ...]:
        """Skip a type up to one of the marks; return its tokens."""
        start, depth = self.at, 0
        while (token := self.peek()) is not None:
            if token.kind is TokenKind.MARK:
                if depth == 0 and token.text in ends:
                    break
                if token.text in OPEN or token.text == "<":
                    depth += 1
                elif token.text in _ENDS - {",", ";"} or token.text == ">":
                    if depth == 0:
                        break
                    depth -= 1
            self.at += 1
        return tuple(self.tokens[start : self.at])

    def value(self) -> Value:
        """Read an expression, with all that follows up to the next comma or bracket."""
        start = self.at
        made = self.part()
        if self.is_next("as", "satisfies"):
            self.at += 1
            self.skip_type(",", ";")
        token = self.peek()
        if token is None or (token.kind is TokenKind.MARK and token.text in _ENDS):
            return made
        if token.line > self.tokens[self.at - 1].line and token.kind is TokenKind.NAME:
            return made  # the next statement, where no semicolon ends one
        while (token := self.peek()) is not None:
            if token.kind is TokenKind.MARK and token.text in _ENDS:
                break
            self.at += 1
            if token.kind is TokenKind.MARK and token.text in OPEN:
                self.skip(self.at - 1)
        return Other(self.said(start, self.at))

    def part(self) -> Value:
        """Read an expression without operators."""
        token = self.peek()
        if token is None:
            return Other("")
        if function := self.function():
            return function
        self.at += 1
        made: Value
        match token.kind:
            case TokenKind.TEXT:
                made = Text(token.text)
            case TokenKind.NUMBER:
                made = Number(token.text.rstrip("n").replace("_", ""))
            case TokenKind.TEMPLATE:
                is_text = "${" not in token.text
                made = Text(unescaped(token.text)) if is_text else Template(None, token.text)
            case TokenKind.NAME if token.text in ("true", "false", "null", "undefined"):
                made = Number(token.text)
            case TokenKind.NAME if token.text in ("new", "await"):
                return self.part()
            case TokenKind.NAME:
                made = Name(token.text)
            case _:
                made = self.marked(token)
        return self.followed(made)

    def marked(self, token: Token) -> Value:
        match token.text:
            case "(":
                opener = self.at - 1
                inner = self.value()
                self.skip(opener)
                return inner
            case "[":
                return Items(tuple(self.listed("]")))
            case "{":
                return Object(tuple(self.entries()))
            case "-":
                number = self.part()
                if isinstance(number, Number):
                    return Number(f"-{number.text}")
            case _:
                pass
        return Other(token.text)

    def followed(self, made: Value) -> Value:
        """Read what follows a value: parts of it, calls, types, templates."""
        while (token := self.peek()) is not None:
            if token.kind is TokenKind.TEMPLATE:
                self.at += 1
                made = Template(made, token.text)
            elif self.is_next(".", "?."):
                self.at += 1
                name = self.peek()
                self.at += 1
                made = Access(made, name.text if name else "")
            elif self.is_next("("):
                line = self.tokens[self.at - 1].line
                self.at += 1
                made = Call(made, tuple(self.listed(")")), line=line)
            elif self.is_next("<") and (types := self.types()) is not None:
                if self.take("("):  # else a template follows
                    made = Call(made, tuple(self.listed(")")), types, token.line)
            elif self.is_next("["):
                self.at += 1
                made = Access(made, self.skip(self.at - 1))
            elif self.is_next("!") and not self.is_next("=", ahead=1):
                self.at += 1
            else:
                break
        return made

    def types(self) -> tuple[Token, ...] | None:
        """Read ``<...>`` before a bracket or a template, and return the tokens within.

        None is for anything else, which is a comparison.
        """
        start = self.at
        self.at += 1
        found = self.skip_type(">")
        is_whole = self.take(">")
        behind = self.peek()
        if is_whole and behind is not None and behind.kind is TokenKind.TEMPLATE:
            return found
        if is_whole and self.is_next("("):
            return found
        self.at = start
        return None

    def listed(self, end: str) -> Iterator[Value]:
        """Read values between commas, up to a closing bracket."""
        while self.peek() is not None and not self.take(end):
            if self.take(","):
                continue
            before = self.at
            yield self.value()
            if self.at == before:  # what opens nothing closes here
                self.at += 1

    def entries(self) -> Iterator[Entry]:
        """Read the properties of an object."""
        while (token := self.peek()) is not None and not self.take("}"):
            if self.take(","):
                continue
            self.at += 1
            is_computed = token.text == "[" and token.kind is TokenKind.MARK
            if is_computed:
                name = self.skip(self.at - 1)
            elif token.text == "..." and token.kind is TokenKind.MARK:
                yield Entry("...", self.value(), token.doc, token.line)
                continue
            else:
                name = token.text
            if self.take(":"):
                yield Entry(name, self.value(), token.doc, token.line, is_computed)
            elif self.is_next(",", "}"):
                yield Entry(name, Name(name), token.doc, token.line)
            else:
                yield Entry(name, self.method() or self.value(), token.doc, token.line)

    def function(self) -> Value | None:
        """Read an arrow function, if one begins here."""
        start = self.at
        token = self.peek()
        if token is not None and token.kind is TokenKind.NAME and self.is_next("=>", ahead=1):
            names: tuple[str, ...] = (token.text,)
            self.at += 1
        elif self.is_next("("):
            names = self.parameters("=>")
        else:
            return None
        if not self.take("=>"):
            self.at = start
            return None
        return Function(names, self.block() if self.is_next("{") else self.value())

    def method(self) -> Value | None:
        """Read parameters and a block, if they begin here."""
        start = self.at
        if self.is_next("("):
            names = self.parameters("{")
            if self.is_next("{"):
                return Function(names, self.block())
        self.at = start
        return None

    def parameters(self, *ends: str) -> tuple[str, ...]:
        """Read what stands in brackets before a function, and the type of what it gives back."""
        self.at += 1
        inside = self.skip(self.at - 1)
        if self.take(":"):
            self.skip_type(*ends)
        return tuple(part.split()[0] for part in inside.split(",") if part.split())

    def block(self) -> Value:
        """Read a block; return what it gives back, if it does no more than that."""
        opener = self.at
        self.at += 1
        start = self.at
        if self.take("return"):
            made = self.value()
            self.take(";")
            if self.at == self.closers.get(opener):
                self.at += 1
                return made
            self.at = start
        return Other(self.skip(opener))
