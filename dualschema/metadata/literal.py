"""Values as they stand in DDL."""

from __future__ import annotations

from typing import Any

__all__ = ["escaped", "literal_of"]


def literal_of(stored: Any) -> str:
    """Return a stored value as SQL that both engines read alike."""
    if stored is None:
        return "NULL"
    if isinstance(stored, str):
        return "'" + stored.replace("'", "''") + "'"
    if isinstance(stored, bool):
        return "true" if stored else "false"
    if isinstance(stored, bytes):
        return f"'\\x{stored.hex()}'"
    if isinstance(stored, (int, float)):
        return repr(stored)
    return f"'{stored}'"


def escaped(text: str, compiler: Any) -> str:
    """Double the percent signs for a driver whose placeholders begin with one."""
    return text.replace("%", "%%") if compiler.preparer._double_percents else text
