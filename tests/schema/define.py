"""Makes table classes without a class statement, and tells what a schema makes of them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, cast

import pytest

import dualschema as ds
from dualschema.model import TableModel

__all__ = ["KEY", "define", "faults", "model_of"]

KEY: Mapping[str, Any] = {"id": (str, {"primary_key": True})}


def define(
    name: str | None,
    columns: Mapping[str, Any] | None = None,
    *,
    key: Mapping[str, Any] = KEY,
    doc: str | None = None,
    **line: Any,
) -> type[ds.Table]:
    """Make a table class.

    Args:
        name: the table's name.
        columns: annotations by attribute, each alone or with the options of ``column()``.
        key: the columns that stand first: a text key called ``id``.
        doc: the class's docstring.
        line: what stands in the class line.
    """
    annotations: dict[str, Any] = {}
    namespace: dict[str, Any] = {"__module__": __name__, "__annotations__": annotations}
    if doc is not None:
        namespace["__doc__"] = doc
    for attribute, given in {**key, **(columns or {})}.items():
        annotation, options = given if isinstance(given, tuple) else (given, {})
        annotations[attribute] = cast(Any, ds.Column)[annotation]
        namespace[attribute] = cast(Any, ds.column)(**options)
    class_name = (name or "base").title().replace("_", "")
    made: type[ds.Table] = types.new_class(
        class_name, (ds.Table,), {"name": name, **line}, lambda body: body.update(namespace)
    )
    return made


def faults(*tables: Any, **options: Any) -> list[str]:
    """Return every problem of a schema, each with its place."""
    with pytest.raises(ds.DefinitionError) as caught:
        ds.Schema(*tables, **options)
    return [str(problem) for problem in caught.value.problems]


def model_of(table: type[ds.Table], **options: Any) -> TableModel:
    """Return the model of a table alone in a schema."""
    return ds.Schema(table, **options).model.tables[0]
