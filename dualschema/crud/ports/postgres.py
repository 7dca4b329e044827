"""Postgres by psycopg, close to libpq: text that is ready goes out, prepared when it comes again.

One class serves the synchronous and the asynchronous connection: both wait for libpq by the same
generators, and the asynchronous one is waited for inside a greenlet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, NoReturn

import psycopg
from psycopg import IsolationLevel, errors, generators
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy.util import await_only

from dualschema.crud.dialects import Kind
from dualschema.crud.plan import PART, Plan, Result
from dualschema.crud.ports.exchange import Waiting, exchanged, in_pipeline
from dualschema.crud.ports.prepared import prepared_on
from dualschema.crud.ports.reading import Reading
from dualschema.crud.violations import failed_before, postgres_error
from dualschema.errors import StatementError

__all__ = ["PostgresPort"]

_GONE: Final = "26000"
_STALE: Final = (_GONE, "0A000")
"""The prepared statement is gone, or its table was changed since."""

_CAN_CLOSE: Final = psycopg.capabilities.has_send_close_prepared()
"""Whether libpq, from 17, can close a prepared statement without SQL.

A pooler gives statements names of its own, and does not look for them in SQL:
https://www.psycopg.org/psycopg3/docs/advanced/prepare.html#using-prepared-statements-with-pgbouncer
"""

_COMMAND: Final = Plan("")


class _Answer(Result):
    """What Postgres answers, which knows the types of its columns."""

    __slots__ = ("_answer",)

    def __init__(self, rows: Sequence[tuple[Any, ...]], count: int, answer: Any) -> None:
        super().__init__(rows, count)
        self._answer = answer

    @property
    def oids(self) -> tuple[int, ...]:
        return tuple(map(self._answer.ftype, range(self._answer.nfields)))


class PostgresPort:
    """A connection of psycopg, synchronous or asynchronous."""

    kind = Kind.POSTGRES

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._pgconn = connection.pgconn
        if connection.info.encoding != "utf-8":
            raise StatementError("the connection's client_encoding must be UTF8")
        self._is_async = isinstance(connection, psycopg.AsyncConnection)
        self._reader = Transformer(Reading(connection))
        self._prepared = prepared_on(connection)
        self._ahead: list[Waiting] = []

    @property
    def in_transaction(self) -> bool:
        # What waits begins with a BEGIN, or is of a transaction that is open.
        return bool(self._ahead or self._pgconn.transaction_status != TransactionStatus.IDLE)

    @property
    def is_lost(self) -> bool:
        return bool(self._pgconn.status != ConnStatus.OK)

    @property
    def is_autocommit(self) -> bool:
        return bool(self.connection.autocommit)

    @property
    def is_taken(self) -> bool:
        return False

    @property
    def driver_begin(self) -> str | None:
        return None if self.connection.autocommit else self.begin(None, read_only=False)

    def check(self) -> None:
        if self._pgconn.pipeline_status != PipelineStatus.OFF:
            raise StatementError("the connection is in psycopg's pipeline mode: leave it first")

    def begin(self, isolation: str | None, *, read_only: bool) -> str:
        connection = self.connection
        if isolation is None and connection.isolation_level is not None:
            isolation = IsolationLevel(connection.isolation_level).name.replace("_", " ")
        command = f"BEGIN ISOLATION LEVEL {isolation.upper()}" if isolation else "BEGIN"
        if read_only or connection.read_only is not None:
            command += " READ ONLY" if read_only or connection.read_only else " READ WRITE"
        if connection.deferrable is not None:
            command += " DEFERRABLE" if connection.deferrable else " NOT DEFERRABLE"
        return command

    def execute(self, plan: Plan, parameters: Sequence[Any], most: int | None = None) -> Result:
        try:
            if self._ahead:
                return self._result(self._after_those_ahead(plan, parameters), most)
            return self._result(self._send(plan.sql, parameters), most)
        except psycopg.Error as error:
            if error.sqlstate in _STALE and not self.in_transaction:
                self._forget(error, plan.sql)
                return self._again(plan, parameters, most)
            self._refuse(error, plan)

    def write(self, plan: Plan, parameters: Sequence[Any]) -> int:
        return self.execute(plan, parameters).count

    def ahead(self, plan: Plan, parameters: Sequence[Any]) -> Callable[[], Result]:
        waiting = Waiting(plan, parameters)
        self._ahead.append(waiting)

        def result() -> Result:
            if waiting.answer is None:
                self._exchange()
            if waiting.answer is None:
                raise StatementError("it was not run: a statement before it failed")
            try:
                return self._result(waiting.answer)
            except psycopg.Error as error:
                self._refuse(error, plan)

        return result

    def forget(self) -> None:
        self._ahead.clear()

    def parts(self, plan: Plan, parameters: Sequence[Any]) -> Iterator[Result]:
        first = self.execute(plan, parameters, PART)
        yield first
        load, size = self._reader.load_rows, first.count
        for start in range(PART, size, PART):
            try:
                rows = load(start, min(start + PART, size), tuple)
            except psycopg.Error as error:
                self._refuse(error, plan)
            yield Result(rows, len(rows))

    def execute_many(self, plan: Plan, batches: Iterable[Sequence[Any]]) -> int:
        return sum(self.execute(plan, parameters).count for parameters in batches)

    def run(self, sql: str) -> None:
        if self._ahead and ";" not in sql:
            answer = self._after_those_ahead(Plan(sql), ())
        else:
            answer = self._run(sql)
        if sql == "COMMIT" and answer.command_status == b"ROLLBACK":
            raise failed_before()  # which Postgres does not call an error

    def _run(self, sql: str) -> Any:
        self._exchange()
        try:
            self._pgconn.send_query(sql.encode())
            answer = self._waited()
            self._checked(answer)
        except psycopg.Error as error:
            self._refuse(error, _COMMAND)
        return answer

    def stream(self, plan: Plan, parameters: Sequence[Any], size: int) -> Iterator[Result]:
        # The server keeps the rows: the caller sees to the transaction that this needs.
        name = f"dualschema_{next(self._prepared.numbers)}"
        declared = Plan(f"DECLARE {name} NO SCROLL CURSOR FOR {plan.sql}", plan.table)
        fetched = Plan(f"FETCH FORWARD {size} FROM {name}", returns=True)
        self.execute(declared, parameters)
        while (result := self.execute(fetched, ())).rows:
            yield result
            if len(result.rows) < size:
                break
        # One that is abandoned ends with its transaction, which may be over when Python finds out.
        self.run(f"CLOSE {name}")

    def copy(self, plan: Plan, blocks: Iterable[str | bytes]) -> int:
        self._exchange()
        try:
            if self._is_async:
                return int(await_only(self._copy_async(plan.sql, blocks)))
            with self.connection.cursor() as cursor:
                with cursor.copy(plan.sql) as copy:
                    for block in blocks:
                        copy.write(block)
                return int(cursor.rowcount)
        except psycopg.Error as error:
            self._refuse(error, plan)
        except BaseException:
            self._end_copy()
            raise

    def _end_copy(self) -> None:
        """End a COPY that was cut off where it began: psycopg leaves it open."""
        if self._pgconn.transaction_status == TransactionStatus.ACTIVE:
            with suppress(psycopg.Error):
                ended = self.connection.wait(generators.copy_end(self._pgconn, b"cut off"))
                if self._is_async:
                    await_only(ended)

    def autocommit(self, wanted: bool) -> None:
        if self.connection.autocommit is wanted:
            return
        if self._is_async:
            await_only(self.connection.set_autocommit(wanted))
        else:
            self.connection.autocommit = wanted

    async def _copy_async(self, sql: str, blocks: Iterable[str | bytes]) -> int:
        async with self.connection.cursor() as cursor:
            async with cursor.copy(sql) as copy:
                for block in blocks:
                    await copy.write(block)
            return int(cursor.rowcount)

    def _after_those_ahead(self, plan: Plan, parameters: Sequence[Any]) -> Any:
        """Send a statement with those that wait; return its answer."""
        last = Waiting(plan, parameters)
        self._ahead.append(last)
        self._exchange()
        return last.answer

    def _exchange(self) -> None:
        """Send what waits, and wait for all answers."""
        if not self._ahead:
            return
        all_, self._ahead = self._ahead, []
        plan = _COMMAND
        try:
            sends = [self._sender(each.plan.sql, each.parameters) for each in all_]
            with in_pipeline(self._pgconn):
                answers = self._wait(exchanged(self._pgconn, sends))
            for each, answer in zip(all_, answers, strict=True):
                plan = each.plan
                self._checked(answer)
                each.answer = answer
        except psycopg.Error as error:
            self._refuse(error, plan)

    def _send(self, sql: str, parameters: Sequence[Any]) -> Any:
        self._sender(sql, parameters)()
        return self._waited()

    def _sender(self, sql: str, parameters: Sequence[Any]) -> Callable[[], None]:
        """Return what gives libpq a statement; prepare it before, if it comes often enough."""
        name = self._prepared.name_of(sql) or self._prepare(sql)
        if parameters.__class__ is not list:
            parameters = list(parameters)  # psycopg 3.2 takes nothing else
        if name is None:
            return partial(self._pgconn.send_query_params, sql.encode(), parameters)
        return partial(self._pgconn.send_query_prepared, name, parameters)

    def _waited(self) -> Any:
        return self._wait(generators.execute(self._pgconn))[-1]

    def _wait(self, waiting: Any) -> Any:
        results = self.connection.wait(waiting)
        return await_only(results) if self._is_async else results

    def _prepare(self, sql: str) -> bytes | None:
        """Prepare a statement that comes often enough, as the connection's threshold has it."""
        prepared, threshold = self._prepared, self.connection.prepare_threshold
        if threshold is None or not prepared.is_wanted(sql, threshold):
            return None
        if oldest := prepared.one_too_many():
            self._deallocate(oldest)
        name = prepared.new_name()
        self._pgconn.send_prepare(name, sql.encode())
        self._checked(self._waited())
        prepared.add(sql, name)
        return name

    def _result(self, answer: Any, most: int | None = None) -> Result:
        status = answer.status
        if status == ExecStatus.COMMAND_OK:
            return Result([], answer.command_tuples or 0)
        if status != ExecStatus.TUPLES_OK:
            raise errors.error_from_result(answer, "utf-8")
        size = answer.ntuples
        reader = self._reader
        reader.set_pgresult(answer)
        rows = reader.load_rows(0, size if most is None else min(size, most), tuple)
        return _Answer(rows, size, answer)

    def _checked(self, answer: Any) -> None:
        if answer.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise errors.error_from_result(answer, "utf-8")

    def _again(self, plan: Plan, parameters: Sequence[Any], most: int | None) -> Result:
        try:
            return self._result(self._send(plan.sql, parameters), most)
        except psycopg.Error as error:
            self._refuse(error, plan)

    def _forget(self, error: psycopg.Error, sql: str) -> None:
        if error.sqlstate == _GONE:
            self._prepared.forget_all()
        elif (name := self._prepared.forget(sql)) and not self.in_transaction:
            self._deallocate(name)

    def _deallocate(self, name: bytes) -> None:
        if not _CAN_CLOSE:
            self.run(f"DEALLOCATE {name.decode()}")
            return
        try:
            self._pgconn.send_close_prepared(name)
            self._checked(self._waited())
        except psycopg.Error as error:
            self._refuse(error, _COMMAND)

    def _refuse(self, error: psycopg.Error, plan: Plan) -> NoReturn:
        if error.sqlstate in _STALE:
            self._forget(error, plan.sql)
        raise postgres_error(error, plan.table, is_lost=self.is_lost) from None
