"""``Plan``: a statement compiled once for a kind of database, by the shape that it has.

The shape is SQLAlchemy's cache key: statements that differ in their values alone share one plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.misfit import check_number, is_unchecked, misfit
from dualschema.crud.wire import wire_value
from dualschema.errors import StatementError

__all__ = ["PART", "Plan", "Result", "Sent", "compile_plan", "plan_of", "processor_of"]

Processor = Callable[[Any], Any]

PART: Final = 256
"""How many rows are worked on together: what fits into the processor's cache costs less."""


class Result:
    """What a database answers.

    Attributes:
        rows: as the driver gives them.
        count: how many rows were changed, or read.
    """

    __slots__ = ("count", "rows")

    def __init__(self, rows: Sequence[tuple[Any, ...]], count: int) -> None:
        self.rows = rows
        self.count = count

    @property
    def oids(self) -> tuple[int, ...] | None:
        """The columns' types in Postgres; None elsewhere."""
        return None


@dataclass(slots=True)
class Plan:
    """SQL text, for any values.

    Attributes:
        sql: the text, with the driver's own placeholders.
        table: the name of the table that is written, or None for a query.
        returns: whether it answers with rows.
    """

    sql: str
    table: str | None = None
    returns: bool = False


class Sent(Plan):
    """A plan that was compiled by SQLAlchemy, and fills in the values of a shape.

    Attributes:
        readers: makes the results of rows, by what the select's elements stand for.
    """

    __slots__ = (
        "_compiled",
        "_constants",
        "_expands",
        "_fill",
        "_kind",
        "_names",
        "_own",
        "_unchecked",
        "readers",
    )

    def __init__(self, compiled: SQLCompiler, key: Any, kind: Kind, table: str | None) -> None:
        super().__init__(compiled.string, table, bool(compiled._result_columns))
        self.readers: dict[Any, Any] = {}
        self._kind = kind
        self._compiled = compiled
        self._own = list(compiled.binds.values()) if key is None else key.bindparams
        # Compiling copies a written value's parameter; its key tells which one it was.
        places = {bind.key: number for number, bind in enumerate(self._own)}
        self._names = {bind.key: places[bind.key] for bind in self._own if bind.required}
        self._unchecked = [n for n, bind in enumerate(self._own) if is_unchecked(bind, kind)]
        self._expands = bool(compiled.post_compile_params)
        self._constants: list[Any] = []  # what the dialect adds by itself: SQLite's OFFSET 0
        self._fill: list[tuple[int, Processor | None]] = []
        names = compiled.bind_names.items()
        named = {name: places[bind.key] for bind, name in names if bind.key in places}
        if len(set(named.values())) < len(places):
            raise StatementError("SQLAlchemy leaves out a value of this statement")
        for name in () if self._expands else compiled.positiontup or ():
            if name not in named:
                named[name] = len(self._own) + len(self._constants)
                self._constants.append(compiled.binds[name].effective_value)
            self._fill.append((named[name], processor_of(compiled, name, kind)))

    @property
    def result_types(self) -> list[sa.types.TypeEngine[Any]]:
        """The types of the columns that it answers with."""
        return [column.type for column in self._compiled._result_columns]

    def fill(self, key: Any, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return the text and its parameters, for the values of a statement of this shape.

        Raises:
            StatementError: a value cannot be stored in the column it is compared with.
        """
        binds = self._own if key is None else key.bindparams
        values = [bind.effective_value for bind in binds]
        if self._names or given:
            self._put(values, given)
        try:
            for number in self._unchecked:
                check_number(values[number])
            if self._expands:
                return self._expanded(values)
            stored = values + self._constants
            return self.sql, [
                stored[number] if process is None else process(stored[number])
                for number, process in self._fill
            ]
        except ValueError:
            raise misfit(self._compiled.statement, self._own, values, self._kind) from None

    def bound(self, key: Any, given: Mapping[str, Any]) -> tuple[Plan, list[Any]]:
        """Return what a port executes, for the values of a statement of this shape.

        Raises:
            StatementError: a value cannot be stored in the column it is compared with.
        """
        sql, parameters = self.fill(key, given)
        return self if sql is self.sql else Plan(sql, self.table, self.returns), parameters

    def _put(self, values: list[Any], given: Mapping[str, Any]) -> None:
        if unknown := given.keys() - self._names.keys():
            raise StatementError(f"the statement has no parameter {min(unknown)!r}")
        for name, number in self._names.items():
            if name not in given:
                raise StatementError(f"the statement's parameter {name!r} was given no value")
            values[number] = given[name]

    def _expanded(self, values: list[Any]) -> tuple[str, list[Any]]:
        """Write a list's placeholders: as many as it has values."""
        compiled = self._compiled
        by_key = {bind.key: value for bind, value in zip(self._own, values, strict=True)}
        given = {
            name: by_key[bind.key]
            for bind, name in compiled.bind_names.items()
            if bind.key in by_key
        }
        state = compiled.construct_expanded_state(given)
        processors: dict[str, Any] = {**compiled._bind_processors, **state.processors}
        finish = wire_value if self._kind is Kind.POSTGRES else _same
        sent = []
        for name in state.positiontup or ():
            process = processors.get(name)
            value = state.parameters[name]
            sent.append(finish(value if process is None else process(value)))
        return state.statement, sent


def _same(value: Any) -> Any:
    return value


def processor_of(compiled: SQLCompiler, name: str, kind: Kind) -> Processor | None:
    """Return what makes a driver's parameter of a value, or None where it stays as it is."""
    process: Any = compiled._bind_processors.get(name)
    if kind is not Kind.POSTGRES:
        unchanged: Processor | None = process
        return unchanged
    if process is None:
        return wire_value

    def sent(value: Any) -> bytes | None:
        return wire_value(process(value))

    return sent


_PLANS: dict[Kind, Any] = {kind: LRUCache(1_000) for kind in Kind}


def plan_of(statement: Any, key: Any, kind: Kind, table: str | None = None) -> Sent:
    """Return the plan of a statement's shape, compiled at the first call.

    Args:
        statement: SQLAlchemy's.
        key: its cache key, or None where SQLAlchemy can make none.
        kind: the database.
        table: the name of the table that is written, or None for a query.
    """
    if key is None:
        return compile_plan(statement, key, kind, table)
    plans = _PLANS[kind]
    found: Sent | None = plans.get(key.key)
    if found is None:
        found = plans[key.key] = compile_plan(statement, key, kind, table)
    return found


def compile_plan(statement: Any, key: Any, kind: Kind, table: str | None) -> Sent:
    """Compile a statement for a kind of database."""
    try:
        compiled = statement.compile(dialect=dialect_of(kind), cache_key=key)
    except (CompileError, NotImplementedError) as error:
        raise StatementError(f"{kind.value} cannot say this statement: {error}") from None
    return Sent(compiled, key, kind, table)
