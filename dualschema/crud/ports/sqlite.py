"""SQLite by a DB-API driver: the standard library's ``sqlite3``, or ``pysqlite3``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn

from dualschema.crud.dialects import Kind
from dualschema.crud.plan import PART, Plan, Result
from dualschema.crud.violations import sqlite_error
from dualschema.errors import StatementError

__all__ = ["SqlitePort", "sqlite_begin", "sqlite_kind"]

_IS_CLIENT = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ps_crud'"
_COMMAND = Plan("")


def sqlite_kind(found: Sequence[Any] | None) -> Kind:
    """Return the kind of a SQLite database: PowerSync's has its queue of uploads."""
    return Kind.SQLITE if not found else Kind.POWERSYNC


def sqlite_begin(*, read_only: bool) -> str:
    """Return the command that opens a transaction."""
    # One that reads first and writes later may find itself too late for the lock.
    return "BEGIN" if read_only else "BEGIN IMMEDIATE"


class SqlitePort:
    """A connection of ``sqlite3``'s interface."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._error: type[Exception] = connection.Error
        self._level: str | None = ""
        # The cursor gives plain tuples, whatever rows the connection makes for others.
        self._cursor = connection.cursor()
        self._cursor.row_factory = None
        self._run = self._cursor.execute
        self.kind = sqlite_kind(self._run(_IS_CLIENT).fetchone())

    @property
    def in_transaction(self) -> bool:
        return bool(self.connection.in_transaction)

    @property
    def is_lost(self) -> bool:
        return False

    @property
    def is_autocommit(self) -> bool:
        if self._is_modern:
            return bool(self.connection.autocommit)
        return self.connection.isolation_level is None

    @property
    def is_taken(self) -> bool:
        return self.in_transaction and (not self._is_modern or self.is_autocommit)

    @property
    def driver_begin(self) -> str | None:
        level = self.connection.isolation_level
        if self._is_modern or level is None:
            return None  # or it has one open at all times
        return f"BEGIN {level}".rstrip()

    def check(self) -> None:
        """Do nothing: it can always take one."""

    def begin(self, isolation: str | None, *, read_only: bool) -> str:
        return sqlite_begin(read_only=read_only)

    def execute(self, plan: Plan, parameters: Sequence[Any]) -> Result:
        try:
            cursor = self._run(plan.sql, parameters)
            if plan.returns:
                rows = cursor.fetchall()
                return Result(rows, len(rows))
            return Result([], cursor.rowcount)
        except self._error as error:
            self._refuse(error, plan)

    def write(self, plan: Plan, parameters: Sequence[Any]) -> int:
        try:
            cursor = self._run(plan.sql, parameters)
            return len(cursor.fetchall()) if plan.returns else int(cursor.rowcount)
        except self._error as error:
            self._refuse(error, plan)

    def ahead(self, plan: Plan, parameters: Sequence[Any]) -> Callable[[], Result]:
        result = self.execute(plan, parameters)
        return lambda: result

    def forget(self) -> None:
        """Do nothing: nothing waits."""

    def parts(self, plan: Plan, parameters: Sequence[Any]) -> Iterator[Result]:
        try:
            fetch = self._run(plan.sql, parameters).fetchmany
            size = PART
            while size == PART:
                rows = fetch(PART)
                size = len(rows)
                yield Result(rows, size)
        except self._error as error:
            self._refuse(error, plan)

    def execute_many(self, plan: Plan, batches: Iterable[Sequence[Any]]) -> int:
        try:
            # A cursor of its own: whoever makes the rows may ask this connection for something.
            return int(self.connection.cursor().executemany(plan.sql, batches).rowcount)
        except self._error as error:
            self._refuse(error, plan)

    def run(self, sql: str) -> None:
        try:
            self._run(sql)
        except self._error as error:
            self._refuse(error, _COMMAND)

    def stream(self, plan: Plan, parameters: Sequence[Any], size: int) -> Iterator[Result]:
        cursor = self.connection.cursor()
        cursor.row_factory = None
        try:
            cursor.execute(plan.sql, parameters)
            while rows := cursor.fetchmany(size):
                yield Result(rows, len(rows))
        except self._error as error:
            self._refuse(error, plan)
        finally:
            cursor.close()

    def copy(self, plan: Plan, blocks: Iterable[str | bytes]) -> int:
        raise StatementError("SQLite has no COPY")

    def autocommit(self, wanted: bool) -> None:
        connection = self.connection
        if wanted is self.is_autocommit:
            return
        if self._is_modern:
            connection.autocommit = wanted
        elif wanted:
            self._level = connection.isolation_level
            connection.isolation_level = None
        else:
            connection.isolation_level = self._level

    @property
    def _is_modern(self) -> bool:
        # Python 3.12 has a second way to say it, which then overrides the first.
        return getattr(self.connection, "autocommit", -1) in (True, False)

    def _refuse(self, error: Exception, plan: Plan) -> NoReturn:
        code: str | None = getattr(error, "sqlite_errorname", None)
        raise sqlite_error(code, str(error), plan.table, error) from None
