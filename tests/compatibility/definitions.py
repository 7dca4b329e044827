"""Definitions of one table, made from annotations and options, and what is found in two of them."""

from __future__ import annotations

import types
from typing import Any, NamedTuple, cast

import dualschema as ds
from dualschema.compatibility import FindingKind, compare, snapshot_of
from dualschema.schema import Schema

__all__ = ["Column", "found", "of", "schema", "table"]


class Column(NamedTuple):
    """A column of a case: its annotation, and the options of ``column()``."""

    annotation: Any
    options: dict[str, Any]


def of(annotation: Any, **options: Any) -> Column:
    return Column(annotation, options)


def schema(*, name: str = "notes", more: dict[str, Any] | None = None, **columns: Column) -> Schema:
    """Return a schema of one table, and another that it may refer to."""
    fields = {"id": of(str, primary_key=True), **columns}
    return Schema(table("users", {"id": of(str, primary_key=True)}), table(name, fields, more))


def table(name: str, fields: dict[str, Column], more: dict[str, Any] | None = None) -> Any:
    body: dict[str, Any] = {
        "__module__": __name__,
        "__annotations__": {
            key: cast(Any, ds.Column)[field.annotation] for key, field in fields.items()
        },
        **{key: ds.column(**field.options) for key, field in fields.items()},
    }
    options = {"name": name, **(more or {})}
    class_name, body["__doc__"] = options.pop("class_name", name.title()), options.pop("doc", None)
    return types.new_class(class_name, (ds.Table,), options, lambda made: made.update(body))


def found(old: Schema, new: Schema) -> list[tuple[FindingKind, str]]:
    return [(f.kind, f.place) for f in compare(snapshot_of(old.model), snapshot_of(new.model))]
