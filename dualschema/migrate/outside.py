"""What Postgres does in no transaction, like ``CREATE INDEX CONCURRENTLY``, in Alembic's way.

https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from dualschema.errors import MigrationError
from dualschema.migrate.bookkeeping import Bookkeeping
from dualschema.migrate.ledger import LOCKING, hold_lock, kept_lock

__all__ = ["allow_outside", "remaining"]

_REMAINS = "dualschema_remains"
"""The key of a connection's ``info`` that says that something was committed on the way."""


def allow_outside(
    context: MigrationContext, books: Bookkeeping, connection: sa.Connection | None
) -> None:
    """Have a migration use ``autocommit_block()``, although a transaction is the caller's.

    What came before it is committed, with the bookkeeping, and what comes after it is the next
    transaction. The lock is held throughout.

    Args:
        context: Alembic's.
        books: what it has run.
        connection: to the database, or None where the SQL is printed.
    """
    of_alembic = context.autocommit_block

    @contextmanager
    def on_connection(given: sa.Connection) -> Iterator[None]:
        driver: Any = given.connection.driver_connection
        books.write(given)
        with kept_lock(given):
            driver.commit()
            given.info[_REMAINS] = True
            driver.autocommit = True
            try:
                yield
            finally:
                driver.autocommit = False
            hold_lock(given)

    @contextmanager
    def printed() -> Iterator[None]:
        with of_alembic():
            yield
        context.execute(LOCKING)

    block: Callable[[], AbstractContextManager[None]] = printed
    if connection is not None:
        here = connection

        def block() -> AbstractContextManager[None]:
            return on_connection(here)

    setattr(context, "autocommit_block", block)  # noqa: B010  (it is a method)


@contextmanager
def remaining(connection: sa.Connection) -> Iterator[None]:
    """Say of a failure within the block that something remains, where it does."""
    connection.info.pop(_REMAINS, None)
    try:
        yield
    except MigrationError as error:
        if not connection.info.pop(_REMAINS, False):
            raise
        raise MigrationError(f"{error}\nwhat came before its autocommit_block() remains") from error
