"""``UNSET``: what a field holds that was not sent."""

from __future__ import annotations

from typing import Final

__all__ = ["UNSET", "Unset"]


class Unset:
    """What a field of a patch holds that was not sent; ``None`` is a null that was sent."""

    _one: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._one is None:
            cls._one = super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
