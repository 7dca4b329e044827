r"""The regular expressions a column may carry: those that Python, Rust and Postgres read alike.

A pattern is searched for, not anchored, as `pydantic` and Postgres's ``~`` do. What the three read
differently is either written out (``\d`` is ``[0-9]``, ``.`` is ``[^\n]``) or refused.
"""

from __future__ import annotations

import re

__all__ = ["compile_pattern", "portable_pattern"]

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r\\f\\v"}
_CONTROLS = frozenset("tnrfv")
_PUNCTUATION = frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~ """)
_BOUNDS = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_MAX_REPEAT = (
    255  # Postgres's DUPMAX: https://www.postgresql.org/docs/current/functions-matching.html
)


def portable_pattern(pattern: str) -> str:
    """Return ``pattern`` in the common dialect.

    Raises:
        ValueError: it is no regular expression, or uses what the engines read differently.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern is no regular expression: {error}") from None
    out: list[str] = []
    at = 0
    while at < len(pattern):
        text, at = _token(pattern, at)
        out.append(text)
    return "".join(out)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the common dialect as Python's own, meaning the same."""
    # Python's $ also matches before a last line feed; Rust's and Postgres's does not.
    if pattern.endswith("$") and (len(pattern) - len(pattern[:-1].rstrip("\\")) - 1) % 2 == 0:
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern)


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
    if char == "\0":
        raise _refused("NUL")
    return char, at + 1


def _escape(pattern: str, at: int, *, in_set: bool) -> str:
    char = pattern[at + 1]
    if char in _CLASSES:
        return _CLASSES[char] if in_set else f"[{_CLASSES[char]}]"
    if char.lower() in _CLASSES and not in_set:
        return f"[^{_CLASSES[char.lower()]}]"
    if char in _CONTROLS or char in _PUNCTUATION:
        return f"\\{char}"
    raise _refused(f"\\{char}")


def _set(pattern: str, at: int) -> tuple[str, int]:
    out = ["[^" if pattern.startswith("[^", at) else "["]
    at += len(out[0])
    if pattern.startswith("]", at):
        raise _refused("[]")
    while pattern[at] != "]":
        if pattern[at] == "\\":
            out.append(_escape(pattern, at, in_set=True))
            at += 2
            continue
        # Rust reads these inside a set as operators or nested sets.
        if pattern[at] == "[" or pattern[at : at + 2] in ("&&", "--", "~~"):
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


def _no_second_quantifier(pattern: str, at: int) -> None:
    if pattern[at : at + 1] in ("?", "+", "*", "{"):
        raise _refused(f"a quantifier after a quantifier ({pattern[at]})")


def _refused(what: str) -> ValueError:
    return ValueError(f"the pattern uses {what}, which the engines do not read alike")
