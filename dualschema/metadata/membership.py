"""``column.in_([...])`` as one parameter: one text for lists of any length, and no limit to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

__all__ = ["Membership", "StoredValues"]


class StoredValues(sa.types.UserDefinedType[Any]):
    """A list of a column's values, as one parameter: an array in Postgres, JSON in SQLite."""

    cache_ok = True

    def __init__(self, of: sa.types.TypeEngine[Any]) -> None:
        self.of = of

    # SQLAlchemy documents it for overriding, and a checker finds fault with its names.
    def bind_processor(  # pyright: ignore[reportIncompatibleMethodOverride]  # its base takes any type
        self, dialect: Dialect
    ) -> Callable[[Any], Any]:
        process: Any = self.of.bind_processor(dialect)

        def encode(values: Any) -> Any:
            stored = [process(value) for value in values]
            return json.dumps(stored) if dialect.name == "sqlite" else stored

        return encode


class Membership(sa.ColumnElement[bool]):
    """Whether a column's value is in a list."""

    inherit_cache = True
    type = sa.Boolean()
    _traverse_internals = [
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
        ("negated", InternalTraversal.dp_boolean),
    ]

    def __init__(self, column: Any, values: Any, *, negated: bool = False) -> None:
        self.column = column
        self.values = values
        self.negated = negated

    @classmethod
    def of(cls, column: Any, values: list[Any], *, negated: bool = False) -> Membership:
        """Return the condition for a column and plain values."""
        parameter = sa.bindparam(None, values, type_=StoredValues(column.type), unique=True)
        return cls(column, parameter, negated=negated)

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects

    def self_group(self, against: Any = None) -> Any:
        return self

    def _negate(self) -> Any:
        return Membership(self.column, self.values, negated=not self.negated)


@compiles(Membership, "postgresql")
def _in_array(element: Membership, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    values = compiler.process(element.values, **options)
    kind = element.column.type.compile(compiler.dialect)
    how = "!= ALL" if element.negated else "= ANY"
    return f"{column} {how} (CAST({values} AS {kind}[]))"


@compiles(Membership)
def _in_json(element: Membership, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    values = compiler.process(element.values, **options)
    how = "NOT IN" if element.negated else "IN"
    return f"({column} {how} (SELECT value FROM json_each({values})))"  # noqa: S608  (no values)
