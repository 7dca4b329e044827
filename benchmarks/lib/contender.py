"""What a contender of ``crud`` is, and the operations it is timed at."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from benchmarks.lib.rows import COLUMNS, Row
from benchmarks.lib.tables import Engine

__all__ = ["Change", "Contender", "Name", "Operation", "SkippedError"]

Change = tuple[str, Row]  # a key and the new values


class Name(StrEnum):
    """Who contends."""

    FLOOR = "floor"
    OURS = "dualschema"
    CORE = "SQLAlchemy Core"
    SQLMODEL = "SQLModel"
    CLASS_ROW = "psycopg class_row(pydantic)"
    ASYNCPG = "asyncpg"
    DRIZZLE = "Drizzle (Node)"
    PSYCOPG = "psycopg, one by one"
    NODE_DEMO = "PowerSync's Node demo, its SQL"


class Operation(StrEnum):
    """What is timed; the value is the name of the contenders' method."""

    INSERT_BULK = "insert_bulk"
    UPSERT_BULK = "upsert_bulk"
    SELECT_ALL = "select_all"
    INSERT = "insert"
    UPSERT = "upsert"
    GET = "get"
    UPDATE = "update"
    DELETE = "delete"

    @property
    def is_bulk(self) -> bool:
        return self in {Operation.INSERT_BULK, Operation.UPSERT_BULK, Operation.SELECT_ALL}

    @property
    def writes(self) -> bool:
        return self not in {Operation.SELECT_ALL, Operation.GET}


class SkippedError(Exception):
    """A contender cannot run here; the text says why."""


class Contender:
    """Works on the table of timers over one connection, which it keeps open.

    The methods that are named by an `Operation` are timed, commit included. ``insert``, ``upsert``,
    ``get``, ``update`` and ``delete`` take many and do them one by one, in one transaction. A
    contender leaves out what its library cannot do.
    """

    name: Name
    is_fresh = False  # whether its objects can be written only once

    def __init__(self, engine: Engine, url: str) -> None:
        """Connect.

        Raises:
            SkippedError: what it needs is not there.
        """

    def close(self) -> None:
        """Disconnect."""

    def can(self, operation: Operation) -> bool:
        """Whether the contender has the operation."""
        return getattr(type(self), operation) is not getattr(Contender, operation)

    def wrap(self, rows: list[Row]) -> Any:
        """Return rows as the contender writes them; not timed."""
        return rows

    def wrap_bulk(self, rows: list[Row]) -> Any:
        """Return rows as the contender writes them in bulk; not timed."""
        return self.wrap(rows)

    def wrap_changes(self, changes: list[Change]) -> Any:
        """Return changes as the contender writes them; not timed."""
        return changes

    def unwrap(self, found: Any) -> list[Row]:
        """Return what was read as rows; not timed."""
        return [{name: getattr(each, name) for name in COLUMNS} for each in found]

    def insert_bulk(self, rows: Any) -> Any:
        """Insert many rows."""

    def upsert_bulk(self, rows: Any) -> Any:
        """Insert many rows, or update those that exist."""

    def select_all(self) -> Any:
        """Return all rows."""

    def insert(self, rows: Any) -> Any:
        """Insert each row."""

    def upsert(self, rows: Any) -> Any:
        """Insert each row, or update it."""

    def get(self, keys: Any) -> Any:
        """Return the row of each key."""

    def update(self, changes: Any) -> Any:
        """Set some columns of each row."""

    def delete(self, keys: Any) -> Any:
        """Delete the row of each key."""
