"""What tests of the asynchronous database share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import dualschema as ds
from tests.crud.books import Book, book

__all__ = ["Run", "Work", "cancelled", "check_whole"]

Work = Callable[[ds.AsyncDatabase], Awaitable[None]]
Run = Callable[[Work], None]


async def check_whole(db: ds.AsyncDatabase) -> None:
    """See to it that all connections are back, good, and in no transaction."""
    await _all_back(db)
    async with db.transaction():
        await db.run(ds.upsert(book(999)))
        await db.run(ds.delete(Book, "b999"))
    await asyncio.gather(*(db.count(Book) for _ in range(5)))
    await _all_back(db)


async def _all_back(db: ds.AsyncDatabase) -> None:
    """Wait for connections that are on their way back: of a stream that was left, say."""
    for _ in range(1_000):
        if not db.engine.pool.checkedout():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(db.engine.pool.status())


async def cancelled(
    work: Awaitable[Any], after: float = 0.02, *, once: Callable[[], bool] | None = None
) -> None:
    """Cancel work that is going on, after so many seconds or once something is so."""
    task = asyncio.ensure_future(work)
    if once is None:
        await asyncio.sleep(after)
    else:
        async with asyncio.timeout(20):
            while not once():  # noqa: ASYNC110  (nobody sets an event)
                await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
