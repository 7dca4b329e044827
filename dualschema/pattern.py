r"""The regular expressions a column may carry: those that Python, Rust and Postgres read alike.

A pattern is searched for, not anchored, as `pydantic` and Postgres's ``~`` do. What the three read
differently is either written out (``\d`` is ``[0-9]``, ``.`` is ``[^\n]``) or refused.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace

__all__ = ["compile_pattern", "portable_pattern", "strict_pattern"]

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r\\f\\v"}
_CONTROLS = frozenset("tnrfv")
_PUNCTUATION = frozenset(r"""!"#$%&'()*+,-./:;=?@[\]^_`{|}~ """)
_ONLY_BARE = frozenset("<>")
"""To Rust and Postgres, a backslash makes them the edge of a word or nothing at all."""
_BOUNDS = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")
_RANGE_AND_DASH = re.compile(r"(?:\\.|[^\\])-(?:\\.|[^\\])-[^\]]", re.DOTALL)
_MAX_REPEAT = (
    255  # Postgres's DUPMAX: https://www.postgresql.org/docs/current/functions-matching.html
)
_MAX_WRITTEN_OUT = 5000
"""Characters, each repeat counted: by 20,000 Postgres or Rust finds some patterns too large."""
_MAX_STEPS = 30_000
"""Pairs of characters that may follow each other: what Postgres writes down to read a pattern.
Measured on drawn ones: half a second at most up to here, up to 5 s by 50,000, 20 s by 500,000."""
_MAX_DEPTH = 50
"""Groups within groups: Rust takes 250 levels, and a group may count for four."""


def portable_pattern(pattern: str) -> str:
    """Return ``pattern`` in the common dialect.

    Raises:
        ValueError: it is no regular expression, or uses what the engines read differently.
    """
    _check(pattern)
    out: list[str] = []
    at = 0
    while at < len(pattern):
        text, at = _token(pattern, at)
        out.append(text)
    whole = _whole(out)
    if whole.size > _MAX_WRITTEN_OUT:
        raise _too_long()
    if whole.steps > _MAX_STEPS:
        raise ValueError(
            "the pattern repeats optional parts so often that Postgres would take seconds to read "
            "it"
        )
    return "".join(out)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the common dialect as Python's own, meaning the same."""
    # Python's $ also matches before a last line feed; Rust's and Postgres's does not.
    if pattern.endswith("$") and (len(pattern) - len(pattern[:-1].rstrip("\\")) - 1) % 2 == 0:
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern)


def strict_pattern(pattern: str) -> str:
    r"""Return a pattern of the common dialect for engines that take fewer escapes.

    ECMAScript's with the ``u`` flag (JavaScript, Dart) refuses escapes of what means nothing, and
    bare brackets; to Java ``\v`` is a set. Both read the result alike, but for Java's ``$``.
    """
    out: list[str] = []
    in_set = False
    for piece in re.findall(r"\\.|\{[0-9,]+\}|.", pattern, re.DOTALL):
        if in_set:
            in_set = piece != "]"
            out.append(_strict(piece, _SET_MARKS))
        elif piece in ("]", "}"):
            out.append("\\" + piece)
        else:
            in_set = piece == "["
            out.append(_strict(piece, _MARKS))
    return "".join(out)


_MARKS = frozenset(r"\^$.*+?()[]{}|/")
_SET_MARKS = frozenset(r"\^-[]")
_SPELT = {r"\v": r"\x0B", r"\&": r"\x26"}
"""To Java, one is a set and the other, doubled, an intersection of sets."""


def _strict(token: str, marks: frozenset[str]) -> str:
    if token in _SPELT:
        return _SPELT[token]
    is_escape = len(token) == 2 and token[0] == "\\"
    bare = is_escape and token[1] not in marks and not token[1].isalpha()
    return token[1] if bare else token


def _check(pattern: str) -> None:
    """Refuse what is no regular expression to Python, or no text to Postgres."""
    if "\0" in pattern:
        raise _refused("NUL")
    if any("\ud800" <= char <= "\udfff" for char in pattern):
        raise ValueError("the pattern holds a lone surrogate")
    try:
        with warnings.catch_warnings():
            # It warns of what a set may mean one day, all of which is refused.
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise ValueError(f"the pattern is no regular expression: {error}") from None
    except RecursionError:
        raise _too_deep() from None


def _token(pattern: str, at: int) -> tuple[str, int]:
    char = pattern[at]
    if char == "\\":
        return _escape(pattern, at, in_set=False), at + 2
    if char == "[":
        return _set(pattern, at)
    if char == ".":
        return r"[^\n]", at + 1
    if char == "(":
        if pattern.startswith("(?", at) and not pattern.startswith("(?:", at):
            raise _refused(pattern[at : at + 3])
        size = 3 if pattern.startswith("(?:", at) else 1
        return pattern[at : at + size], at + size
    if char in "*+?":
        _no_second_quantifier(pattern, at + 1)
        return char, at + 1
    if char == "{":
        return _bounds(pattern, at)
    if (char == "^" and at != 0) or (char == "$" and at != len(pattern) - 1):
        raise ValueError("a pattern may have ^ only as its first and $ only as its last character")
    return char, at + 1


def _escape(pattern: str, at: int, *, in_set: bool) -> str:
    char = pattern[at + 1]
    if char in _CLASSES:
        return _CLASSES[char] if in_set else f"[{_CLASSES[char]}]"
    if char.lower() in _CLASSES and not in_set:
        return f"[^{_CLASSES[char.lower()]}]"
    if char in _CONTROLS or char in _PUNCTUATION:
        return f"\\{char}"
    if char in _ONLY_BARE:
        return char
    raise _refused(f"\\{char}")


def _set(pattern: str, at: int) -> tuple[str, int]:
    out = ["[^" if pattern.startswith("[^", at) else "["]
    at += len(out[0])
    if pattern.startswith("]", at):
        raise _refused("[]")
    while pattern[at] != "]":
        if _RANGE_AND_DASH.match(pattern, at):
            raise _refused("- after a range (write \\-)")
        if pattern[at] == "\\":
            out.append(_escape(pattern, at, in_set=True))
            at += 2
            continue
        # Rust reads these inside a set as operators or nested sets, or Python is going to.
        if pattern[at] == "[" or pattern[at : at + 2] in ("&&", "--", "~~", "||"):
            raise _refused(f"{pattern[at : at + 2]} in a set (write \\{pattern[at]})")
        out.append(pattern[at])
        at += 1
    return "".join(out) + "]", at + 1


def _bounds(pattern: str, at: int) -> tuple[str, int]:
    found = _BOUNDS.match(pattern, at)
    if not found:
        raise _refused("{ (write \\{)")
    if any(int(bound) > _MAX_REPEAT for bound in found.groups() if bound):
        raise ValueError(f"a pattern may repeat at most {_MAX_REPEAT} times, as in Postgres")
    _no_second_quantifier(pattern, found.end())
    return found[0], found.end()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern, as large as the automaton that an engine makes of it.

    Attributes:
        size: its characters, each counted as often as it is repeated.
        first: how many characters may stand first in it.
        last: how many characters may stand last in it.
        is_optional: whether it also matches nothing.
        steps: how many pairs of its characters may follow each other.
    """

    size: int = 0
    first: int = 0
    last: int = 0
    is_optional: bool = True
    steps: int = 0

    def then(self, after: _Part) -> _Part:
        """Return this part and another behind it."""
        return _Part(
            size=self.size + after.size,
            first=self.first + (after.first if self.is_optional else 0),
            last=after.last + (self.last if after.is_optional else 0),
            is_optional=self.is_optional and after.is_optional,
            steps=self.steps + after.steps + self.last * after.first,
        )

    def beside(self, other: _Part) -> _Part:
        """Return the choice between this part and another."""
        return _Part(
            size=self.size + other.size + 1,
            first=self.first + other.first,
            last=self.last + other.last,
            is_optional=self.is_optional or other.is_optional,
            steps=self.steps + other.steps,
        )

    def repeated(self, least: int, most: int | None) -> _Part:
        """Return this part as often as that; without ``most``, for ever."""
        if (self.size + 1) * (most or least) > _MAX_WRITTEN_OUT:
            raise _too_long()
        made = _Part(size=1)
        for _ in range(0 if most is None else most - least):
            made = replace(self.then(made), is_optional=True)
        if most is None:
            steps = self.steps + self.last * self.first
            is_optional = self.is_optional or not least
            made = replace(self, size=self.size + 1, steps=steps, is_optional=is_optional)
        for _ in range(least - (most is None)):
            made = self.then(made)
        return made


_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class _Group:
    """A group that is being read: the choices before, and the parts of this one."""

    def __init__(self) -> None:
        self.choices: list[_Part] = []
        self.before = _Part()
        self.latest = _Part()

    def add(self, part: _Part) -> None:
        self.before, self.latest = self.before.then(self.latest), part

    def end_choice(self) -> None:
        self.choices.append(self.before.then(self.latest))
        self.before = self.latest = _Part()

    def whole(self) -> _Part:
        self.end_choice()
        whole, *others = self.choices
        for other in others:
            whole = whole.beside(other)
        return replace(whole, size=whole.size + 1)


def _whole(pieces: list[str]) -> _Part:
    """Return how large a pattern is."""
    # Postgres takes a set apart where other parts of the pattern tell its characters apart.
    variety = len({piece for piece in pieces if not _is_mark(piece)})
    groups = [_Group()]
    for piece in pieces:
        if piece in ("(", "(?:"):
            if len(groups) > _MAX_DEPTH:
                raise _too_deep()
            groups.append(_Group())
        elif piece == ")":
            part = groups.pop().whole()
            groups[-1].add(part)
        elif piece == "|":
            groups[-1].end_choice()
        elif bounds := _QUANTIFIERS.get(piece) or _bounds_of(piece):
            groups[-1].latest = groups[-1].latest.repeated(*bounds)
        else:
            first = variety if piece[0] == "[" else 1
            groups[-1].add(_Part(1, first, 1, is_optional=False))
    return groups[0].whole()


def _is_mark(piece: str) -> bool:
    return piece[0] in "(){}|*+?^$"


def _bounds_of(piece: str) -> tuple[int, int | None] | None:
    found = _BOUNDS.fullmatch(piece)
    if not found:
        return None
    least, most = found.groups()
    if most is None:
        return int(least), int(least)
    return int(least), int(most) if most else None


def _no_second_quantifier(pattern: str, at: int) -> None:
    if pattern[at : at + 1] in ("?", "+", "*", "{"):
        raise _refused(f"a quantifier after a quantifier ({pattern[at]})")


def _refused(what: str) -> ValueError:
    return ValueError(f"the pattern uses {what}, which the engines do not read alike")


def _too_long() -> ValueError:
    return ValueError(
        f"a pattern may have at most {_MAX_WRITTEN_OUT} characters, each counted as often as it is "
        "repeated"
    )


def _too_deep() -> ValueError:
    return ValueError(f"a pattern may nest at most {_MAX_DEPTH} groups in each other")
