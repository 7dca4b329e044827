"""The contenders of ``convert``: this library, SQLAlchemy with TypeDecorators, and SQLModel.

All take and give Python's own values: bool, aware datetime, list and dict.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

import dualschema as ds
from benchmarks.lib.rows import COLUMNS, Row, Stored
from benchmarks.lib.tables import Engine, Timer, sqlalchemy_type, sqlmodel_class

__all__ = ["Contender", "Dualschema", "Floor", "SqlAlchemy", "SqlModel"]


class Contender(Protocol):
    """Converts a batch, both ways."""

    name: str

    def wrap(self, rows: list[Row]) -> Sequence[Any]:
        """Return the rows as this contender's objects; not timed."""

    def unwrap(self, row: Any) -> Row:
        """Return an object's values; not timed."""

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        """Return the rows as SQLite stores them."""

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        """Return the objects of stored rows."""


class Dualschema:
    """This library: pydantic rows in and out."""

    name = "dualschema"

    def wrap(self, rows: list[Row]) -> Sequence[Any]:
        return [Timer(**row) for row in rows]

    def unwrap(self, row: Any) -> Row:
        return {name: getattr(row, name) for name in COLUMNS}

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return ds.encode_many(rows, "sqlite")

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return ds.decode_many(Timer, stored, "sqlite")


class Floor:
    """No conversion at all: values into tuples, tuples into dicts."""

    name = "floor: no conversion"

    def wrap(self, rows: list[Row]) -> Sequence[Any]:
        return rows

    def unwrap(self, row: Any) -> Row:
        return dict(row)

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [tuple(row.values()) for row in rows]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in stored]


class SqlAlchemy:
    """SQLAlchemy Core's own processors, a call a value, as it runs them; rows are dicts."""

    name = "SQLAlchemy, TypeDecorators"

    def __init__(self) -> None:
        spoken = sqlite_dialect()
        types = [
            (name, sqlalchemy_type(name, Engine.SQLITE).dialect_impl(spoken)) for name in COLUMNS
        ]
        self.binds = [(name, kind.bind_processor(spoken)) for name, kind in types]
        self.results = [(name, kind.result_processor(spoken, None)) for name, kind in types]

    def wrap(self, rows: list[Row]) -> Sequence[Any]:
        return rows

    def unwrap(self, row: Any) -> Row:
        return dict(row)

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [
            tuple(bind(row[name]) if bind else row[name] for name, bind in self.binds)
            for row in rows
        ]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        return [
            {
                name: read(value) if read else value
                for (name, read), value in zip(self.results, cells, strict=True)
            }
            for cells in stored
        ]


class SqlModel:
    """SQLModel: the table class's objects, its processors, and ``model_validate`` to read."""

    name = "SQLModel"

    def __init__(self) -> None:
        self.core = SqlAlchemy()
        self.row = sqlmodel_class(Engine.SQLITE)

    def wrap(self, rows: list[Row]) -> Sequence[Any]:
        return [self.row(**row) for row in rows]

    def unwrap(self, row: Any) -> Row:
        return {name: getattr(row, name) for name in COLUMNS}

    def encode(self, rows: Sequence[Any]) -> list[Stored]:
        return [
            tuple(
                bind(getattr(row, name)) if bind else getattr(row, name)
                for name, bind in self.core.binds
            )
            for row in rows
        ]

    def decode(self, stored: list[Stored]) -> Sequence[Any]:
        validate = self.row.model_validate
        return [validate(row) for row in self.core.decode(stored)]
