"""How an asynchronous database has its work done, all of which is written for a synchronous one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol, TypeVar

from dualschema.errors import StatementError

__all__ = ["Greenlets", "OneThread", "Runner", "entered"]

T = TypeVar("T")

_SOON = 1.0
"""In seconds."""

_HOLDER: ContextVar[object] = ContextVar("dualschema_holder", default=None)
"""Who has the one session, as tasks inherit it."""


class Runner(Protocol):
    """Does synchronous work without blocking the event loop."""

    async def call(self, work: Callable[..., T], *args: Any) -> T:
        """Do it and wait."""
        ...

    async def enter(self, manager: AbstractContextManager[T]) -> T:
        """Enter a context manager, and leave it if the task is cancelled meanwhile."""
        ...

    def alone(self) -> Any:
        """Return what a session waits for, where there can be but one."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class _Turns:
    """Gives what there is one of to one session at a time.

    Whoever has it, or was started by who has it, may not ask for another turn: it would wait for
    itself.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._loop: object = None
        self._lock = asyncio.Lock()
        self._holder: object = None

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        outside = _HOLDER.get()
        lock = self._lock_of_loop()
        await self._acquire(lock, waits_for_itself=outside is not None and outside is self._holder)
        self._holder = object()
        _HOLDER.set(self._holder)
        try:
            yield
        finally:
            self._holder = None
            _HOLDER.set(outside)
            lock.release()

    def _lock_of_loop(self) -> asyncio.Lock:
        # A lock belongs to the loop in which somebody first had to wait for it.
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock

    async def _acquire(self, lock: asyncio.Lock, *, waits_for_itself: bool) -> None:
        if not waits_for_itself:
            await lock.acquire()
            return
        try:
            # A stream that was left is closed when the loop comes to it: soon.
            async with asyncio.timeout(_SOON):
                await lock.acquire()
        except TimeoutError:
            raise StatementError(
                f"{self._what}, and it is in use: by a stream() of this task (have both within one "
                "transaction()), or by the transaction() that started this task"
            ) from None


class Greenlets:
    """Does work in a greenlet, inside which an asynchronous driver is waited for.

    Args:
        is_lent: it is all done on one connection, which a caller holds.
    """

    def __init__(self, *, is_lent: bool) -> None:
        self._turns = _Turns("the caller's connection is one") if is_lent else None

    async def call(self, work: Callable[..., T], *args: Any) -> T:
        from sqlalchemy.util import greenlet_spawn

        return await greenlet_spawn(work, *args)

    async def enter(self, manager: AbstractContextManager[T]) -> T:
        return await self.call(manager.__enter__)

    def alone(self) -> Any:
        return nullcontext() if self._turns is None else self._turns.one()

    def close(self) -> None:
        """Do nothing: it holds nothing."""


class OneThread:
    """Does work in one thread of its own, for SQLite, which has no asynchronous driver.

    A second session would wait in the same thread for the first one's lock, so there is but one.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dualschema")
        self._turns = _Turns("SQLite has one connection here")

    async def call(self, work: Callable[..., T], *args: Any) -> T:
        doing = self._begin(work, *args)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await _ended(doing)
            raise

    async def enter(self, manager: AbstractContextManager[T]) -> T:
        doing = self._begin(manager.__enter__)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError as error:
            await _ended(doing)
            if doing.exception() is None:  # it got in all the same
                await _ended(self._begin(manager.__exit__, type(error), error, None))
            raise

    def _begin(self, work: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args))

    def alone(self) -> Any:
        return self._turns.one()

    def close(self) -> None:
        self._thread.shutdown()


async def _ended(doing: asyncio.Future[Any]) -> None:
    """Wait for what goes on in a thread, however often the task is cancelled.

    Nobody else may come before it has ended.
    """
    while not doing.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([doing])


@asynccontextmanager
async def entered(runner: Runner, manager: AbstractContextManager[T]) -> AsyncIterator[T]:
    """Enter a synchronous context manager, and leave it, by a runner."""
    value = await runner.enter(manager)
    try:
        yield value
    except BaseException as error:
        if not await runner.call(manager.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await runner.call(manager.__exit__, None, None, None)
