"""Writes of one key, one after the other: a statement cannot meet a row twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

__all__ = ["waves"]

T = TypeVar("T")


def waves(
    items: Sequence[T], key_of: Callable[[T], Hashable], *, in_order: bool = False
) -> list[Sequence[T]]:
    """Return items in parts of which none has one key twice.

    What the items of one key do, they do in the order in which they came: the first is in the
    first part, the second in the second, and so on.

    Args:
        items: what is done.
        key_of: gives the key of an item.
        in_order: keep the order of all items, not only of those of one key.
    """
    keys = [key_of(item) for item in items]
    if len(set(keys)) == len(keys):  # as nearly always
        return [items] if items else []
    times: dict[Hashable, int] = {}
    parts: list[list[T]] = []
    for item, key in zip(items, keys, strict=True):
        number = times.get(key, -1) + 1
        if in_order:
            number = max(number, len(parts) - 1)
        times[key] = number
        if number == len(parts):
            parts.append([])
        parts[number].append(item)
    return [*parts]
