"""The three tables that uploads are applied to, and their columns' types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, assert_never

import dualschema as ds
from benchmarks.lib.rows import BOOLEANS, COLUMNS, DOCUMENTS, INSTANTS, INTEGERS, Row, written
from benchmarks.lib.tables import NULLABLE, BaseTimer

__all__ = ["OPTIONAL", "TABLES", "Kind", "documents_of", "received", "sent", "upload_schema"]


class Kind(StrEnum):
    """A column's type, by its name in Postgres."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DOCUMENT = "jsonb"
    INSTANT = "timestamptz(3)"


# Columns of one name are of one type in all tables.
_KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(BOOLEANS | {"archived"}, Kind.BOOLEAN),
    **dict.fromkeys(INTEGERS | {"sort_order"}, Kind.INTEGER),
    **dict.fromkeys(DOCUMENTS | {"tags"}, Kind.DOCUMENT),
    **dict.fromkeys(INSTANTS | {"started_at", "ended_at"}, Kind.INSTANT),
}
OPTIONAL: Final = NULLABLE | {"color", "ended_at", "note"}


def _kinds(names: tuple[str, ...]) -> dict[str, Kind]:
    return {name: _KINDS.get(name, Kind.TEXT) for name in names}


TABLES: Final[Mapping[str, Mapping[str, Kind]]] = {
    "projects": _kinds(
        ("id", "user_id", "name", "color", "archived", "sort_order", "created_at"),
    ),
    "timers": _kinds(COLUMNS),
    "sessions": _kinds(
        ("id", "user_id", "timer_id", "started_at", "ended_at", "duration", "tags", "note"),
    ),
}

# What the simulation does: another's row is left as it is, and what a PUT does not name is NULL.
_RULES: Final = ds.UploadRules(refused="drop", absent="null")


class _Project(ds.Table, name="projects", uploads=_RULES):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[str] = ds.column(owner=True)
    name: ds.Column[str]
    color: ds.Column[str | None]
    archived: ds.Column[bool]
    sort_order: ds.Column[int]
    created_at: ds.Column[datetime]


class _Timer(BaseTimer, name="timers", owner="user_id", uploads=_RULES):
    pass


class _Session(ds.Table, name="sessions", uploads=_RULES):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[str] = ds.column(owner=True)
    timer_id: ds.Column[str]
    started_at: ds.Column[datetime]
    ended_at: ds.Column[datetime | None]
    duration: ds.Column[int | None]
    tags: ds.Column[list[str]]
    note: ds.Column[str | None]


upload_schema: Final = ds.Schema(_Project, _Timer, _Session, postgres="native")


def documents_of(table: str) -> list[str]:
    """Return the names of a table's columns that hold documents."""
    return [name for name, kind in TABLES[table].items() if kind is Kind.DOCUMENT]


def sent(values: Row) -> Row:
    """Return values as a client sends them: as SQLite stores them."""
    return {name: _sent(_KINDS.get(name, Kind.TEXT), value) for name, value in values.items()}


def received(table: str, values: Row) -> Row:
    """Return what a client sent as Python's own values; each must be of its column's type.

    Raises:
        KeyError: there is no such column, or a boolean is neither 0 nor 1.
        TypeError: a value is of another type.
        ValueError: it is no JSON, or no instant.
    """
    kinds = TABLES[table]
    return {name: _received(kinds[name], value) for name, value in values.items()}


def _sent(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case Kind.TEXT | Kind.INTEGER:
            return value
        case Kind.BOOLEAN:
            return int(value)
        case Kind.DOCUMENT:
            return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        case Kind.INSTANT:
            return written(value)
        case _:
            assert_never(kind)


def _received(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    # Plain comparisons: this is within what the peers have timed.
    if kind is Kind.BOOLEAN:
        return {0: False, 1: True}[value]
    if kind is Kind.DOCUMENT:
        return json.loads(value)
    if kind is Kind.INSTANT:
        return datetime.fromisoformat(value)
    if type(value) is not (int if kind is Kind.INTEGER else str):
        raise TypeError(value)
    return value
