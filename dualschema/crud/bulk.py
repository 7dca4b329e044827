"""Writing many rows: COPY or arrays on Postgres, ``executemany`` on SQLite, from any iterable.

Rows are encoded by parts, so memory stays bounded however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, count, islice
from typing import Any, Final, Self, TypeVar

from dualschema.crud.conflict import Conflict
from dualschema.crud.copying import copy_rows, parts_of, table_name
from dualschema.crud.dialects import Kind
from dualschema.crud.inserts import (
    InsertPlan,
    insert_from_arrays,
    insert_from_table,
    insert_of_row,
)
from dualschema.crud.rows import postgres_rows, rows_in
from dualschema.crud.session import Session
from dualschema.crud.source import Source, read_rows
from dualschema.crud.waves import waves
from dualschema.declare.table import Table, binding_of

__all__ = [
    "Progress",
    "insert_ahead",
    "insert_and_read",
    "insert_one",
    "insert_rows",
    "upsert_rows",
]

T = TypeVar("T")

Progress = Callable[[int], object]
"""Told how many rows are done so far, after each part."""

# Below the first, single prepared statements cost less than a COPY's own exchange of messages;
# below the second, arrays in one statement cost less than a temporary table.
_FEW: Final = 16
_SOME: Final = 500
_PART: Final = 10_000
_BLOCK: Final = 500

_NAMES = count(1)


def insert_one(session: Session, row: Table, conflict: Conflict | None) -> int:
    """Insert one row; return how many were written."""
    made = insert_of_row(type(row), session.kind, conflict)
    written = session.port.write(made.plan, _cells(row, made))
    return 1 if session.kind is Kind.POWERSYNC else written


def insert_ahead(session: Session, row: Table, conflict: Conflict | None) -> None:
    """Insert one row before the session's next statement."""
    made = insert_of_row(type(row), session.kind, conflict)
    session.port.ahead(made.plan, _cells(row, made))


def insert_and_read(
    session: Session, row: Table, conflict: Conflict | None, returning: Sequence[Source]
) -> list[Any]:
    """Insert one row; return what it gives, or nothing where it was left alone."""
    kind = session.kind
    made = insert_of_row(type(row), kind, conflict, returning)
    result = session.execute(made.plan, _cells(row, made))
    return read_rows(returning, kind, made.types, result.oids)(list(result.rows))


def _cells(row: Table, made: InsertPlan) -> Sequence[Any]:
    cells: Sequence[Any] = made.cells(row)
    return cells if made.tail is None else [*cells, *made.tail()]


def insert_rows(
    session: Session, table: type[Table], rows: Iterable[Table], progress: Progress | None
) -> int:
    """Insert rows of one table; return how many were written."""
    if session.kind is not Kind.POSTGRES:
        return _by_many(session, table, rows, None, progress)
    few, left = _few(rows)
    if len(few) < _FEW:
        return _one_by_one(session, few, None, progress)
    done = 0
    # Rows are made between one COPY and the next: who makes them may ask this connection, too.
    for part in parts_of(chain(few, left), _PART):
        done += copy_rows(session, table, table_name(table), part)
        if progress:
            progress(done)
    return done


def upsert_rows(
    session: Session,
    table: type[Table],
    rows: Iterable[Table],
    conflict: Conflict,
    progress: Progress | None,
) -> int:
    """Insert rows, or update those that are there, in order; return how many were written."""
    if session.kind is not Kind.POSTGRES:
        return _by_many(session, table, rows, conflict, progress)
    key_of = _key_of(conflict)
    # One row may give a value free that another one takes.
    targets = {column.name for column in conflict.target}
    in_order = bool(binding_of(table).model.unique_columns - targets)
    done = written = 0
    with _Temporary(session, table, conflict) as temporary:
        for part in parts_of(rows, _PART):
            for wave in waves(part, key_of, in_order=in_order):
                if len(wave) < _FEW:
                    written += _one_by_one(session, wave, conflict, None)
                elif len(wave) < _SOME:
                    written += _from_arrays(session, table, wave, conflict)
                else:
                    written += temporary.upsert(wave)
            done += len(part)
            if progress:
                progress(done)
    return written


def _one_by_one(
    session: Session, rows: Sequence[Table], conflict: Conflict | None, progress: Progress | None
) -> int:
    written = sum(insert_one(session, row, conflict) for row in rows)
    if progress and rows:
        progress(len(rows))
    return written


def _by_many(
    session: Session,
    table: type[Table],
    rows: Iterable[Table],
    conflict: Conflict | None,
    progress: Progress | None,
) -> int:
    made = insert_of_row(table, session.kind, conflict)
    encode = rows_in(table, session.kind).encode_many
    tail = tuple(made.tail()) if made.tail is not None else ()
    total = 0

    def cells() -> Iterator[Any]:
        nonlocal total
        for part in parts_of(rows, _BLOCK):
            encoded = encode(part)
            yield from ((*each, *tail) for each in encoded) if tail else encoded
            total += len(part)
            if progress:
                progress(total)

    written = session.port.execute_many(made.plan, cells())
    return total if session.kind is Kind.POWERSYNC else written


class _Temporary:
    """A temporary table like another one, made when it is needed, through which rows go."""

    def __init__(self, session: Session, table: type[Table], conflict: Conflict) -> None:
        self._session = session
        self._table = table
        self._conflict = conflict
        self._name: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        # After an error it goes with the transaction, which then takes no commands.
        if self._name is not None and kind is None:
            self._session.port.run(f"DROP TABLE {self._name}")

    def upsert(self, rows: Sequence[Table]) -> int:
        """Write rows; return how many that were."""
        run = self._session.port.run
        if self._name is None:
            self._name = f"dualschema_rows_{next(_NAMES)}"
            run(f"CREATE TEMPORARY TABLE {self._name} (LIKE {table_name(self._table)})")
            self._made = insert_from_table(self._table, self._name, self._conflict)
        else:
            run(f"TRUNCATE {self._name}")
        copy_rows(self._session, self._table, self._name, rows)
        tail = self._made.tail() if self._made.tail else ()
        return self._session.port.write(self._made.plan, tail)


def _from_arrays(
    session: Session, table: type[Table], rows: Sequence[Table], conflict: Conflict
) -> int:
    made = insert_from_arrays(table, conflict)
    stored = postgres_rows(table)
    arrays: list[Any] = stored.arrays(stored.encode_many(rows))
    if made.tail is not None:
        arrays += made.tail()
    return session.execute(made.plan, arrays).count


def _few(rows: Iterable[T]) -> tuple[list[T], Iterator[T]]:
    """Return the first rows, and the rest."""
    left = iter(rows)
    return list(islice(left, _FEW)), left


def _key_of(conflict: Conflict) -> Callable[[Table], Hashable]:
    """Return what tells that two rows are one, for a conflict."""
    attributes = [column.attribute for column in conflict.target]
    if len(attributes) == 1:
        [only] = attributes
        return lambda row: vars(row)[only]
    return lambda row: tuple(vars(row)[attribute] for attribute in attributes)
