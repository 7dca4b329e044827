"""Every statement in the log ``dualschema.sql``, at level DEBUG: its text, never its values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from dualschema.crud.plan import Plan, Result
from dualschema.crud.ports.port import Port

__all__ = ["logged"]

_LOG = logging.getLogger("dualschema.sql")


def logged(port: Port) -> Port:
    """Return a port that logs, if somebody listens; else the port itself, at no cost."""
    return cast("Port", _Logged(port)) if _LOG.isEnabledFor(logging.DEBUG) else port


class _Logged:
    """A port whose statements are logged before they run."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def execute(self, plan: Plan, parameters: Sequence[Any]) -> Result:
        _LOG.debug("%s", plan.sql)
        result: Result = self._port.execute(plan, parameters)
        return result

    def write(self, plan: Plan, parameters: Sequence[Any]) -> int:
        _LOG.debug("%s", plan.sql)
        return int(self._port.write(plan, parameters))

    def ahead(self, plan: Plan, parameters: Sequence[Any]) -> Callable[[], Result]:
        _LOG.debug("%s", plan.sql)
        answer: Callable[[], Result] = self._port.ahead(plan, parameters)
        return answer

    def parts(self, plan: Plan, parameters: Sequence[Any]) -> Iterator[Result]:
        _LOG.debug("%s", plan.sql)
        yield from self._port.parts(plan, parameters)

    def execute_many(self, plan: Plan, batches: Iterable[Sequence[Any]]) -> int:
        _LOG.debug("%s", plan.sql)
        return int(self._port.execute_many(plan, batches))

    def run(self, sql: str) -> None:
        _LOG.debug("%s", sql)
        self._port.run(sql)

    def stream(self, plan: Plan, parameters: Sequence[Any], size: int) -> Iterator[Result]:
        _LOG.debug("%s", plan.sql)
        yield from self._port.stream(plan, parameters, size)

    def copy(self, plan: Plan, blocks: Iterable[str | bytes]) -> int:
        _LOG.debug("%s", plan.sql)
        return int(self._port.copy(plan, blocks))
