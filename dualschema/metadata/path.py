"""What a path into a document leads to: any JSON, read alike on both engines."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators

__all__ = ["Found", "Path"]

_STEPS = (operators.json_getitem_op, operators.json_path_getitem_op)


class Path(sa.BinaryExpression[Any]):
    """A document and the way into it."""

    inherit_cache = True

    @classmethod
    def of(cls, made: Any) -> Any:
        """Return SQLAlchemy's expression as one of these, if it is a way into a document."""
        if not isinstance(made, sa.BinaryExpression) or made.operator not in _STEPS:
            return made
        return cls(made.left, made.right, made.operator, type_=made.type)


class Found(sa.JSON):
    """What is there: JSON, into which a path may lead on."""

    class Comparator(sa.JSON.Comparator[Any]):
        """Goes on as it began."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return Path.of(super().operate(op, *other, **kwargs))

    comparator_factory = Comparator


@compiles(Path, "sqlite")
def _in_sqlite(element: Path, compiler: Any, **options: Any) -> str:
    if not isinstance(element.type, sa.JSON):
        said: str = compiler.visit_binary(element, **options)
        return said
    # SQLAlchemy has JSON_EXTRACT here, to which true is 1, and what is not there JSON's null.
    left = compiler.process(element.left, **options)
    return f"({left} -> {compiler.process(element.right, **options)})"
