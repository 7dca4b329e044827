"""A column and its type for DDL alone: what SQLAlchemy writes of a type is kept, by engine."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles

from dualschema.metadata.stored_type import StoredType

__all__ = ["WrittenColumn", "WrittenType"]


class WrittenType(sa.types.UserDefinedType[Any]):
    """A type as it is written in DDL.

    Args:
        of: the type itself; SQLAlchemy writes it, once for each engine.
    """

    cache_ok = False

    def __init__(self, of: StoredType) -> None:
        self.of = of
        self._texts: dict[str, str] = {}

    def text(self, dialect: Dialect) -> str:
        """Return what SQLAlchemy writes of the type."""
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = self.of.compile(dialect)
        return text


@compiles(WrittenType)
def _text(element: WrittenType, compiler: Any, **_options: Any) -> str:
    return element.text(compiler.dialect)


class WrittenColumn(sa.Column[Any]):
    """A column that tells nobody when it comes to its table: nobody has seen it before."""

    inherit_cache = False
    # It has no options for an engine, and so all share the same.
    dialect_options = sa.Column("any").dialect_options  # pyright: ignore[reportAssignmentType]

    def _set_parent_with_dispatch(self, parent: Any, **options: Any) -> None:
        self._set_parent(parent, **options)
