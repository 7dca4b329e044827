"""JSON documents and their text: what both engines and every client can hold, and what not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, Final

import pydantic_core

__all__ = [
    "MAX_DEPTH",
    "big_capital_exponent",
    "big_exponent",
    "document_fault",
    "has_exponent",
    "has_nul",
    "is_shallow",
    "with_fractions",
    "write_any",
]

MAX_DEPTH: Final = 100
"""How deep a document may nest. pydantic's JSON parser stops at 200."""


def write_any(value: Any) -> str:
    """Return the compact JSON text of plain lists, dicts and scalars.

    Raises:
        ValueError: a value has no JSON form, or is text with a lone surrogate.
    """
    return pydantic_core.to_json(value, inf_nan_mode="constants").decode()


def has_nul(text: str) -> bool:
    r"""Whether JSON text holds ``\u0000``; the backslash before it may itself be escaped."""
    at = text.find("\\u0000")
    while at >= 0:
        backslashes = at - len(text[:at].rstrip("\\"))
        if backslashes % 2 == 0:
            return True
        at = text.find("\\u0000", at + 1)
    return False


def is_shallow(text: str) -> bool:
    """Whether JSON text certainly nests no deeper than a document may."""
    return text.count("[") + text.count("{") <= MAX_DEPTH


# A number's exponent of three digits may lie beyond a double's range, and be read as infinity. What
# comes behind it tells it from the digits of a UUID; beginning with a letter makes it fast.
big_exponent = re.compile(r"e\+?[0-9]{3,}(?:[\s,\]}]|$)").search
big_capital_exponent = re.compile(r"E\+?[0-9]{3,}(?:[\s,\]}]|$)").search


_SHOWN: Final = 40
"""How much of a key is shown, in code points."""

_JSON_CLASSES = (str, int, float, bool, list, dict, type(None))


def document_fault(
    value: Any, *, plain: bool = False, depth: int = 0, path: str = ""
) -> str | None:
    """Say what in lists, dicts and scalars is no JSON, and where, or return None.

    Models and other objects are not entered, for pydantic checks them; unless the document is to
    be ``plain``, as a JSON parser makes it, where there are none.
    """
    where = f" at {path.removeprefix('.')}" if path else ""
    if depth > MAX_DEPTH:
        return f"the document nests deeper than {MAX_DEPTH}"
    if isinstance(value, float) and not math.isfinite(value):
        return f"JSON has no NaN and no infinity{where}"
    if isinstance(value, str) and "\0" in value:
        return f"a JSON document may hold no \\u0000, which Postgres cannot store{where}"
    if plain and not isinstance(value, _JSON_CLASSES):
        return f"JSON has no {type(value).__name__}{where}"
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                return f"the keys of a JSON object are text{where}"
            if fault := document_fault(key, depth=depth, path=path):
                return fault
    inner = ((f"{path}.{_spelt(key)}", item) for key, item in _items(value))
    if isinstance(value, list):
        inner = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    faults = (document_fault(v, plain=plain, depth=depth + 1, path=at) for at, v in inner)
    return next(filter(None, faults), None)


def _spelt(key: str) -> str:
    """Return a key so that it can be shown: a client may have made it up."""
    text = key.encode(errors="backslashreplace").decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else ()


_SMALL = re.compile(r"e[+-]?[0-9]+(?:[\s,\]}]|$)").search
_CAPITAL = re.compile(r"E[+-]?[0-9]+(?:[\s,\]}]|$)").search


def has_exponent(text: str) -> bool:
    """Whether JSON text may hold a number with an exponent: a text in it may look like one."""
    return ("e" in text and _SMALL(text) is not None) or (
        "E" in text and _CAPITAL(text) is not None
    )


# Where no number has an exponent, as in most documents, this tells so fast.
_MAY_BE_EXPONENT = re.compile(r"e\+?[0-9]+(?:[\s,\]}]|$)").search
_STRING_OR_EXPONENT = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?e\+?\d+')


def with_fractions(text: str) -> str:
    """Return JSON text with its floats that have an exponent written in full, and with ``.0``.

    jsonb keeps numbers as numeric and gives ``1e23`` back as a whole number, which is another
    number than the float; with a fraction it gives the float back.
    """
    return _STRING_OR_EXPONENT.sub(_in_full, text) if _MAY_BE_EXPONENT(text) else text


def _in_full(found: re.Match[str]) -> str:
    token = found[0]
    return token if token.startswith('"') else f"{float(token):.1f}"
