"""JSON: a document as the text of a file."""

from __future__ import annotations

import json
import re
from typing import Any

import pydantic_core

__all__ = ["text_of"]

# The letter stands first, so that it is looked for as a text.
_EXPONENT = re.compile(rb"e(?<=[0-9]e)-?[0-9]")
_OTHER_FLOATS = (b"0.0000", b"NaN", b"Infinity")


def text_of(value: Any) -> str:
    """Return a document, two blanks an inner level, as ``json.dumps`` has it.

    pydantic writes the same ten times as fast, but for floats with exponents, and for texts of
    which UTF-8 has no form.
    """
    try:
        text = pydantic_core.to_json(value, indent=2, inf_nan_mode="constants")
    except pydantic_core.PydanticSerializationError:
        return _by_python(value)
    may_differ = _EXPONENT.search(text) or any(each in text for each in _OTHER_FLOATS)
    return _by_python(value) if may_differ else _escaped(text.decode())


def _by_python(value: Any) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False, indent=2))


def _escaped(text: str) -> str:
    # A control character that JSON itself lets stand.
    return text.replace("\x7f", "\\u007f") + "\n"
