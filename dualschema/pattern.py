r"""The regular expressions a column may carry: those that Python, Rust and Postgres read alike.

A pattern is searched for, not anchored, as `pydantic` and Postgres's ``~`` do. What the three read
differently is either written out (``\d`` is ``[0-9]``, ``.`` is ``[^\n]``) or refused.
"""

from __future__ import annotations

import re
import warnings

__all__ = ["compile_pattern", "portable_pattern"]

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
    if _written_out(out) > _MAX_WRITTEN_OUT:
        raise ValueError(
            f"a pattern may have at most {_MAX_WRITTEN_OUT} characters, each counted as often as "
            "it is repeated"
        )
    return "".join(out)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the common dialect as Python's own, meaning the same."""
    # Python's $ also matches before a last line feed; Rust's and Postgres's does not.
    if pattern.endswith("$") and (len(pattern) - len(pattern[:-1].rstrip("\\")) - 1) % 2 == 0:
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern)


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


def _written_out(pieces: list[str]) -> int:
    """Count the characters of a pattern, each as often as it is repeated."""
    groups, last = [0], 0
    for piece in pieces:
        if piece in ("(", "(?:"):
            groups.append(0)
            continue
        if bounds := _BOUNDS.fullmatch(piece):
            last *= max(int(bound) for bound in bounds.groups() if bound) - 1
        else:
            last = groups.pop() if piece == ")" else 1
        groups[-1] += last
    return groups[0]


def _no_second_quantifier(pattern: str, at: int) -> None:
    if pattern[at : at + 1] in ("?", "+", "*", "{"):
        raise _refused(f"a quantifier after a quantifier ({pattern[at]})")


def _refused(what: str) -> ValueError:
    return ValueError(f"the pattern uses {what}, which the engines do not read alike")
