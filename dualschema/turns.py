"""A pool of one connection, which threads take in turn: for SQLite in memory.

There is one database for a connection, so threads that are to see one database share one. SQLite's
own shared cache would give each thread a connection, but whoever then meets another one's table
lock is refused at once, however long it would wait: https://www.sqlite.org/sharedcache.html
"""

from __future__ import annotations

import threading
from collections import deque
from types import SimpleNamespace
from typing import Any

from sqlalchemy import pool
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

__all__ = ["Turns"]


class _Turn:
    """A thread that has the connection, or waits for it."""

    __slots__ = ("come", "thread")

    def __init__(self, thread: threading.Thread) -> None:
        self.thread = thread
        self.come = threading.Lock()


class Turns(pool.SingletonThreadPool):
    """One connection for all threads, which one of them has at a time, in the order they come.

    The thread that has it may take it again meanwhile, as it could from SQLAlchemy's pool for
    databases in memory: what a thread does there is one transaction, however often it connects.

    Args:
        creator: opens the connection, which must serve several threads.
        timeout: how long a thread waits for its turn, in seconds.
        options: those of SQLAlchemy's pools.
    """

    def __init__(self, creator: Any, timeout: float = 30.0, **options: Any) -> None:
        super().__init__(creator, **options)
        # Where SQLAlchemy keeps a thread's own connection, and the checkout that it is in.
        self._conn: Any = SimpleNamespace()
        self._fairy: Any = SimpleNamespace()
        self._timeout = timeout
        self._lock = threading.RLock()  # collecting garbage gives turns back, wherever it begins
        self._turn: _Turn | None = None
        self._waiting: deque[_Turn] = deque()

    def connect(self) -> Any:
        turn = self._taken()
        try:
            return super().connect()
        except BaseException:
            if turn is not None:
                self._give(turn)
            raise

    def recreate(self) -> Turns:
        made: Any = super().recreate()
        made._timeout = self._timeout
        return made  # type: ignore[no-any-return]  # of the same class

    def _do_return_conn(self, record: Any) -> None:
        super()._do_return_conn(record)
        self._give(self._turn)  # whichever thread gives it back

    def _taken(self) -> _Turn | None:
        """Wait for a turn and return it; return None within one."""
        mine = _Turn(threading.current_thread())
        with self._lock:
            if self._turn is None:
                self._turn = mine
                return mine
            if self._turn.thread is mine.thread:
                return None
            mine.come.acquire()
            self._waiting.append(mine)
        try:
            has_come = mine.come.acquire(timeout=self._timeout)
        except BaseException:
            if not self._left(mine):
                self._give(mine)
            raise
        if not has_come and self._left(mine):
            raise PoolTimeoutError("another thread has the only connection")
        return mine

    def _left(self, turn: _Turn) -> bool:
        """Wait no longer; return whether the turn had not come yet."""
        with self._lock:
            if turn is self._turn:
                return False
            self._waiting.remove(turn)
            return True

    def _give(self, turn: _Turn | None) -> None:
        with self._lock:
            if turn is None or turn is not self._turn:
                return  # it was given already
            self._turn = self._waiting.popleft() if self._waiting else None
            if self._turn is not None:
                self._turn.come.release()
