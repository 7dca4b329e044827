"""``Session``: one connection in use, and the transactions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from dualschema.crud.dialects import Kind
from dualschema.crud.plan import Plan, Result
from dualschema.crud.ports import Port, logged
from dualschema.errors import ConnectionLostError, DatabaseError, StatementError

__all__ = ["Isolation", "Session", "TransactionOptions"]

T = TypeVar("T")

Isolation = Literal["read committed", "repeatable read", "serializable"]


@dataclass(frozen=True, slots=True)
class TransactionOptions:
    """How a transaction is opened.

    Attributes:
        isolation: Postgres's level, or None for the database's default; SQLite has one, which is
            ``"serializable"``.
        read_only: nothing can be written; on SQLite the transaction then takes no write lock.
    """

    isolation: Isolation | None = None
    read_only: bool = False

    def __post_init__(self) -> None:
        levels = get_args(Isolation)
        if self.isolation is not None and self.isolation not in levels:
            raise StatementError(f"isolation is one of {', '.join(map(repr, levels))}")


class Session:
    """One connection, while a statement or a transaction has it.

    Attributes:
        port: the driver's connection.
        kind: the kind of database.
    """

    __slots__ = ("_depth", "_is_lent", "_isolation", "_then", "execute", "kind", "port")

    def __init__(self, port: Port, *, is_lent: bool = False) -> None:
        port = logged(port)
        self.port = port
        self._is_lent = is_lent
        self.kind = port.kind
        self._depth = 0
        self._isolation: Isolation | None = None
        self._then: list[Callable[[], object]] = []
        self.execute: Callable[[Plan, Sequence[Any]], Result] = port.execute

    @contextmanager
    def transaction(self, options: TransactionOptions) -> Iterator[None]:
        """Open a transaction, or a savepoint in one; undo it if the block raises."""
        run = self.port.run
        if self._is_lent and (begin := self.port.driver_begin) and not self.port.in_transaction:
            run(begin)  # the caller's, who commits it
        begin, commit, undo = self._commands(options)
        guards = options.read_only and self.kind is not Kind.POSTGRES and commit == "COMMIT"
        if guards:
            run("PRAGMA query_only = ON")
        if commit == "COMMIT" and self.kind is Kind.POSTGRES and not self._is_lent:
            self.port.ahead(Plan(begin), ())  # with the first statement, in one exchange
        else:
            run(begin)
        self._depth += 1
        mark = len(self._then)
        try:
            yield
            run(commit)
        except Exception:
            del self._then[mark:]
            self._undo(undo)
            raise
        except BaseException:
            del self._then[mark:]
            # Cancelled, perhaps while it ended: what is left to undo, the outer one undoes.
            with suppress(DatabaseError):
                self._undo(undo)
            raise
        finally:
            self._depth -= 1
            if guards:
                run("PRAGMA query_only = OFF")
        if self._depth == 0:
            done, self._then = self._then, []
            for work in done:
                work()

    def after_commit(self, work: Callable[[], object]) -> None:
        """Have work done when the transaction that is open now has committed.

        Raises:
            StatementError: the connection is the caller's, and so is its commit.
        """
        if self._is_lent:
            raise StatementError(
                "the connection's holder commits, so what comes after it is not known here"
            )
        self._then.append(work)

    def atomically(self, work: Callable[[], T]) -> T:
        """Do several statements so that all of them are done, or none."""
        with self.transaction(TransactionOptions()):
            return work()

    def _undo(self, commands: Sequence[str]) -> None:
        # SQLite may have undone the whole transaction by itself, and a server that is gone has.
        self.port.forget()
        with suppress(ConnectionLostError):
            for command in commands:
                if self.port.in_transaction and not self.port.is_lost:
                    self.port.run(command)

    def _commands(self, options: TransactionOptions) -> tuple[str, str, tuple[str, ...]]:
        if not self.port.in_transaction:
            self._isolation = options.isolation
            begin = self.port.begin(options.isolation, read_only=options.read_only)
            return begin, "COMMIT", ("ROLLBACK",)
        if options.isolation is not None and options.isolation != self._isolation:
            raise StatementError(
                "a transaction inside another has its isolation: say it where the outer one begins"
            )
        name = f"dualschema_{self._depth}"
        undo = (f"ROLLBACK TO SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}")
        return f"SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}", undo
