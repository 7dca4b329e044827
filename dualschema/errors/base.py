"""The base of all errors."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

__all__ = ["DualschemaError"]


class DualschemaError(Exception):
    """The base of all errors that this library raises by itself; they pickle and copy."""

    _given: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **named: Any) -> Self:
        made = super().__new__(cls, *args)
        made._given = (args, named)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception by itself remembers its message, which is not what these are made from.
        args, named = self._given
        return partial(type(self), *args, **named), (), vars(self)
