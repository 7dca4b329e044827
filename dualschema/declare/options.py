"""What the options of a definition may be: what the annotations of their records say."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)

__all__ = ["FILLED", "option_faults", "sound", "text_fault"]

FILLED: Final = {"filled": True}
"""The metadata of an option whose text may not be empty."""


def option_faults(record: DataclassInstance) -> dict[str, str]:
    """Return what is wrong with the options of a record, by their names."""
    faults = {}
    for option in _options_of(type(record)):
        value = getattr(record, option.name)
        if value is not option.default and (fault := option.fault(value)):
            faults[option.name] = fault
    return faults


def sound(record: Record) -> tuple[Record, tuple[str, ...]]:
    """Return a record with the default in place of each wrong option, and what is wrong."""
    faults = option_faults(record)
    if not faults:
        return record, ()
    defaults = {field.name: field.default for field in fields(record) if field.name in faults}
    return replace(record, **defaults), tuple(faults.values())


def text_fault(name: str, text: str) -> str | None:
    """Say why no database and no file can hold a text, which has a name; None if they can."""
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        return f"{name} holds NUL or a lone surrogate"
    return None


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    default: Any
    kinds: tuple[Any, ...]
    is_filled: bool

    def fault(self, value: Any) -> str | None:
        """Say why it cannot have a value."""
        if not any(_fits(value, kind) for kind in self.kinds):
            if any(get_origin(kind) is Literal for kind in self.kinds):
                choices = ", ".join(map(repr, _choices(self.kinds)))
                return f"{self.name}={value!r} is none of {choices}"
            return f"{self.name} takes {_words(self.kinds)}, not {_class_of(value, self.kinds)}"
        if not isinstance(value, str):
            return None
        if not value and self.is_filled:
            return f"{self.name} is empty"
        return text_fault(self.name, value)


@cache
def _options_of(record: type[DataclassInstance]) -> tuple[_Option, ...]:
    hints = typing.get_type_hints(record)
    return tuple(
        _Option(each.name, each.default, _kinds(hints[each.name]), each.metadata == FILLED)
        for each in fields(record)
    )


def _kinds(hint: Any) -> tuple[Any, ...]:
    is_union = get_origin(hint) in (typing.Union, types.UnionType)
    return get_args(hint) if is_union else (hint,)


def _fits(value: Any, kind: Any) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return any(isinstance(value, type(choice)) and value == choice for choice in arguments)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, arguments[0]) for each in value)
    if origin is Callable:
        return callable(value) and not _wants_arguments(value)
    if kind is int and isinstance(value, bool):
        return False
    return isinstance(value, kind)


def _wants_arguments(function: Callable[..., Any]) -> bool:
    try:
        signature = inspect.signature(function)
    except ValueError:  # it is built in, and does not tell
        return False
    try:
        signature.bind()
    except TypeError:
        return True
    return False


def _choices(kinds: tuple[Any, ...]) -> list[Any]:
    choices: list[Any] = []
    for kind in kinds:
        choices += (True, False) if kind is bool else get_args(kind)
    return choices


def _words(kinds: tuple[Any, ...]) -> str:
    """Return what an option takes, for its users: ``int, float or Decimal``."""
    *others, last = [_word(kind) for kind in kinds if kind is not type(None)]
    return f"{', '.join(others)} or {last}" if others else last


def _word(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return f"a list of {_word(arguments[0])}"
    if origin is Callable:
        return "a function without arguments"
    name: str = kind.__name__
    return "a class" if kind is type else name


def _class_of(value: Any, kinds: tuple[Any, ...]) -> str:
    if callable(value) and any(get_origin(kind) is Callable for kind in kinds):
        return "one with arguments"
    if isinstance(value, tuple):
        return "a list of " + " and ".join(sorted({type(each).__name__ for each in value}))
    return type(value).__name__
