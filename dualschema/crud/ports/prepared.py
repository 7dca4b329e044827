"""The statements prepared on a connection of psycopg's, beside those that psycopg prepares.

psycopg takes all of them away with its own, by ``DEALLOCATE ALL``, when it undoes a transaction or
drops something. Inside a transaction it would be too late to find that out by the error.
"""

from __future__ import annotations

import weakref
from itertools import count
from typing import Any, Final

__all__ = ["Prepared", "prepared_on"]

MOST: Final = 250
"""How many statements are kept prepared."""

_SIGN: Final = (b"dualschema", ())
"""Stands among psycopg's own, which it forgets when it takes all away."""


class Prepared:
    """The statements that a connection has prepared, and how often others were sent.

    Args:
        connection: of psycopg's, whose own list is looked at, where there is one.
    """

    def __init__(self, connection: Any) -> None:
        self.numbers = count(1)
        self._names: dict[str, bytes] = {}
        self._seen: dict[str, int] = {}
        self._theirs: Any = getattr(getattr(connection, "_prepared", None), "_names", None)

    def name_of(self, sql: str) -> bytes | None:
        """Return what a statement is called that is prepared, or None."""
        if self._names and self._theirs is not None and _SIGN not in self._theirs:
            self._names.clear()
        return self._names.get(sql)

    def is_wanted(self, sql: str, threshold: int) -> bool:
        """Count a statement that is not prepared; return whether it now comes often enough."""
        times = self._seen[sql] = self._seen.get(sql, 0) + 1
        if times > threshold:
            return True
        if len(self._seen) > MOST:
            self._seen.clear()
        return False

    def new_name(self) -> bytes:
        """Return a name for one more."""
        return b"dualschema_%d" % next(self.numbers)

    def add(self, sql: str, name: bytes) -> None:
        """Remember that a statement is prepared."""
        self._names[sql] = name
        self._seen.pop(sql, None)
        if self._theirs is not None:
            self._theirs[_SIGN] = name
            self._theirs.move_to_end(_SIGN)

    def one_too_many(self) -> bytes | None:
        """Forget the oldest where there is no room for one more; return its name."""
        if len(self._names) < MOST:
            return None
        return self._names.pop(next(iter(self._names)))

    def forget(self, sql: str) -> bytes | None:
        """Forget a statement; return what it was called."""
        return self._names.pop(sql, None)

    def forget_all(self) -> None:
        """Forget all statements: whoever took one away took all."""
        self._names.clear()


_PREPARED: weakref.WeakKeyDictionary[Any, Prepared] = weakref.WeakKeyDictionary()


def prepared_on(connection: Any) -> Prepared:
    """Return what is prepared on a connection, whichever port has it."""
    found = _PREPARED.get(connection)
    if found is None:
        found = _PREPARED[connection] = Prepared(connection)
    return found
