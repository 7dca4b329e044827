"""Several statements in one exchange with Postgres: libpq's pipeline mode.

See https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import generators
from psycopg.pq import ConnStatus, ExecStatus

from dualschema.crud.plan import Plan

__all__ = ["Waiting", "exchanged", "in_pipeline"]


class Waiting:
    """A statement that waits to be sent with the next one; afterwards, with libpq's answer."""

    __slots__ = ("answer", "parameters", "plan")

    def __init__(self, plan: Plan, parameters: Sequence[Any]) -> None:
        self.plan = plan
        self.parameters = parameters
        self.answer: Any = None


@contextmanager
def in_pipeline(pgconn: Any) -> Iterator[None]:
    """Have a connection of libpq's in pipeline mode; close it if it cannot leave that any more."""
    pgconn.enter_pipeline_mode()
    try:
        yield
    finally:
        if pgconn.status == ConnStatus.OK:
            try:
                pgconn.exit_pipeline_mode()
            except psycopg.Error:  # it was cut off before all answers were there
                pgconn.finish()


def exchanged(pgconn: Any, sends: Iterable[Callable[[], None]]) -> Generator[Any, Any, list[Any]]:
    """Send statements, in pipeline mode; return the answer of each.

    Args:
        pgconn: the connection.
        sends: functions that give libpq one statement each.
    """
    for send in sends:
        send()
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    answers: list[Any] = []
    while True:
        found = yield from generators.fetch_many(pgconn)
        if found[-1].status == ExecStatus.PIPELINE_SYNC:
            return answers
        answers.append(found[-1])
