"""Names in Python for tables and columns, which mean nothing else where they stand."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from dualschema.naming import ascii_words

__all__ = ["attribute_names", "class_names"]

# What the written file calls by name: in a class body, a column of such a name would hide it.
_USED: Final = frozenset(
    [
        *("Any", "Decimal", "Literal", "UUID", "bool", "bytes", "date", "datetime", "dict"),
        *("ds", "float", "int", "list", "str", "time"),
    ]
)
_LONGEST: Final = 40
"""Characters of an attribute: its line is then no longer than formatters have it."""


def attribute_names(columns: Iterable[str]) -> dict[str, str]:
    """Return an attribute for each column's name: the name itself, wherever that is possible."""
    wanted = {name: _attribute(name) for name in columns}
    taken = {name for name, made in wanted.items() if name == made}
    found = {}
    for name, made in wanted.items():
        found[name] = made if name == made else _free(made, taken)
        taken.add(found[name])
    return found


def class_names(tables: Iterable[str]) -> dict[str, str]:
    """Return a class name for each table's name: ``Timer`` for ``timers``."""
    taken = {*_USED, "True", "False", "None"}
    found = {}
    for name in tables:
        words = ascii_words(name) or ("table",)
        words = (*words[:-1], _singular(words[-1]))
        made = "".join(word.capitalize() for word in words)
        made = f"Table{made}" if made[0].isdigit() else made
        found[name] = _free(made, taken)
        taken.add(found[name])
    return found


def _attribute(name: str) -> str:
    if len(name) > _LONGEST:
        name = name[:_LONGEST].rpartition("_")[0] or name[:_LONGEST]
    if not name.isascii() or not name.isidentifier() or name.startswith("_"):
        name = "_".join(ascii_words(name)) or "column"
        name = f"column_{name}" if name[0].isdigit() else name
    return f"{name}_" if _is_taken(name) else name


def _is_taken(name: str) -> bool:
    is_pydantic = name.startswith("model_") and (hasattr(BaseModel, name) or name == "model_extra")
    return keyword.iskeyword(name) or name in _USED or is_pydantic or name == "model_config"


def _free(wanted: str, taken: set[str]) -> str:
    made, number = wanted, 2
    while made in taken:
        made, number = f"{wanted.rstrip('_')}_{number}", number + 1
    return made


def _singular(word: str) -> str:
    """Return what an English plural is of; it is only a class's name, so it need not be right."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "tuses", "ruses", "nuses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "news")) and len(word) > 2:
        return word[:-1]
    return word
