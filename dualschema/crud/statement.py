"""``Statement``: what ``db.run`` takes, and ``Query``: what also gives rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from dualschema.crud.plan import Result, Sent, plan_of
from dualschema.crud.session import Session
from dualschema.crud.source import Source, read_rows
from dualschema.errors import StatementError

__all__ = ["Given", "Query", "Statement", "no_parameters"]

R_co = TypeVar("R_co", covariant=True)

Given = Mapping[str, Any]
"""The values of a statement's named parameters: ``db.all(statement, user="u1")``."""


def no_parameters(given: Given) -> None:
    """Refuse values for parameters of a statement that has none.

    Raises:
        StatementError: there are some.
    """
    if given:
        raise StatementError(f"the statement has no parameter {min(given)!r}")


class Statement(ABC):
    """A statement, as data: it runs on any database, and as often as you like.

    Statements do not change: each method gives a new one.
    """

    @cached_property
    def statement(self) -> Any:
        """SQLAlchemy's own construct of it, for whatever is not wrapped here."""
        return self.build()

    @abstractmethod
    def build(self) -> Any:
        """Make SQLAlchemy's construct."""

    def __clause_element__(self) -> Any:
        """Have SQLAlchemy take it within its own expressions: ``Timer.id.in_(select(...))``."""
        return self.statement

    @abstractmethod
    def run(self, session: Session, given: Given) -> int:
        """Do it on a session; return how many rows it changed or read."""


class Query(Statement, Generic[R_co]):
    """A statement that gives rows: a select, or a write with ``returning``."""

    is_write: ClassVar[bool] = False

    @abstractmethod
    def sources(self) -> tuple[Source, ...]:
        """What its columns are of."""

    @property
    def written_table(self) -> str | None:
        """The name of the table that it writes, or None."""
        return None

    def at_most(self, count: int) -> Query[R_co]:
        """Return it so that it reads no more rows than this, if it can be told so."""
        return self

    def fetch(self, session: Session, given: Given) -> list[R_co]:
        """Run it on a session and return all of its rows."""
        plan = self._plan(session)
        rows: list[R_co] = []
        for result in session.port.parts(*plan.bound(self._made[1], given)):
            rows += self._read(session, plan, result)
        return rows

    def ahead(self, session: Session, given: Given) -> Callable[[], list[R_co]]:
        """Have it run before the session's next statement; return what then gives its rows."""
        plan = self._plan(session)
        answer = session.port.ahead(*plan.bound(self._made[1], given))
        return lambda: self._read(session, plan, answer())

    def run(self, session: Session, given: Given) -> int:
        plan = self._plan(session)
        return session.execute(*plan.bound(self._made[1], given)).count

    def stream(self, session: Session, given: Given, size: int) -> Iterator[list[R_co]]:
        """Run it on a session, and yield its rows by parts of ``size``."""
        plan = self._plan(session)
        for result in session.port.stream(*plan.bound(self._made[1], given), size):
            yield self._read(session, plan, result)

    @cached_property
    def _made(self) -> tuple[Any, Any]:
        """SQLAlchemy's construct, once, and its cache key: its shape, and its values."""
        statement = self.statement
        return statement, statement._generate_cache_key()

    def _plan(self, session: Session) -> Sent:
        return plan_of(*self._made, session.kind, self.written_table)

    def _read(self, session: Session, plan: Sent, result: Result) -> list[R_co]:
        sources = self.sources()
        signature = tuple(source.signature for source in sources)
        reader = plan.readers.get(signature)
        if reader is None:
            reader = plan.readers[signature] = read_rows(
                sources, session.kind, plan.result_types, result.oids
            )
        made: list[R_co] = reader(result.rows)
        return made
