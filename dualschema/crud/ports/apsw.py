"""SQLite by ``apsw``: what a PowerSync client in Python runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

from dualschema.crud.plan import Plan, Result
from dualschema.crud.ports.sqlite import sqlite_begin, sqlite_kind
from dualschema.crud.violations import sqlite_error
from dualschema.errors import StatementError

__all__ = ["ApswPort"]

_IS_CLIENT = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ps_crud'"


class ApswPort:
    """A connection of ``apsw``, which opens no transaction by itself."""

    def __init__(self, connection: Any) -> None:
        import apsw

        self._error = apsw.Error
        self._names: Any = apsw.mapping_result_codes | apsw.mapping_extended_result_codes
        self.connection = connection
        self.kind = sqlite_kind(list(connection.execute(_IS_CLIENT)))

    @property
    def in_transaction(self) -> bool:
        return bool(self.connection.in_transaction)

    @property
    def is_lost(self) -> bool:
        return False

    @property
    def is_autocommit(self) -> bool:
        return True

    @property
    def is_taken(self) -> bool:
        return self.in_transaction

    @property
    def driver_begin(self) -> str | None:
        return None

    def check(self) -> None:
        """Do nothing: it can always take one."""

    def begin(self, isolation: str | None, *, read_only: bool) -> str:
        return sqlite_begin(read_only=read_only)

    def execute(self, plan: Plan, parameters: Sequence[Any]) -> Result:
        try:
            rows = list(self._cursor().execute(plan.sql, parameters))
        except self._error as error:
            self._refuse(error, plan.table)
        return Result(rows, len(rows) if plan.returns else self.connection.changes())

    def write(self, plan: Plan, parameters: Sequence[Any]) -> int:
        return self.execute(plan, parameters).count

    def ahead(self, plan: Plan, parameters: Sequence[Any]) -> Callable[[], Result]:
        result = self.execute(plan, parameters)
        return lambda: result

    def forget(self) -> None:
        """Do nothing: nothing waits."""

    def parts(self, plan: Plan, parameters: Sequence[Any]) -> Iterator[Result]:
        yield self.execute(plan, parameters)

    def execute_many(self, plan: Plan, batches: Iterable[Sequence[Any]]) -> int:
        before = self.connection.total_changes()
        try:
            for _ in self._cursor().executemany(plan.sql, batches):
                pass
        except self._error as error:
            self._refuse(error, plan.table)
        return int(self.connection.total_changes() - before)

    def run(self, sql: str) -> None:
        try:
            self.connection.execute(sql)
        except self._error as error:
            self._refuse(error, None)

    def stream(self, plan: Plan, parameters: Sequence[Any], size: int) -> Iterator[Result]:
        try:
            left = iter(self._cursor().execute(plan.sql, parameters))
            while rows := list(islice(left, size)):
                yield Result(rows, len(rows))
        except self._error as error:
            self._refuse(error, plan.table)

    def copy(self, plan: Plan, blocks: Iterable[str | bytes]) -> int:
        raise StatementError("SQLite has no COPY")

    def autocommit(self, wanted: bool) -> None:
        """Do nothing: it never opens a transaction by itself."""

    def _cursor(self) -> Any:
        cursor = self.connection.cursor()
        cursor.row_trace = None  # whatever rows the connection makes for others
        return cursor

    def _refuse(self, error: Any, table: str | None) -> NoReturn:
        code = self._names.get(getattr(error, "extendedresult", None))
        raise sqlite_error(code, str(error), table, error) from None
