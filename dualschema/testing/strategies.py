"""Hypothesis strategies: rows of a user's table, and whole tables."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, Optional, TypeVar, cast

from hypothesis import strategies as st

from dualschema.declare import Column, column
from dualschema.declare.table import Table, binding_of
from dualschema.model import ColumnModel
from dualschema.schema import Schema
from dualschema.types import ALL_TYPES

__all__ = ["make_table", "rows", "tables", "values"]

Row = TypeVar("Row", bound=Table)


def values(column: ColumnModel) -> st.SearchStrategy[Any]:
    """Return a strategy for a column's values, None among them where it is nullable."""
    drawn = column.type.strategy()
    return st.none() | drawn if column.nullable else drawn


def rows(table: type[Row], **fixed: Any) -> st.SearchStrategy[Row]:
    """Return a strategy for the rows of a table: every value its columns take.

    Args:
        table: a table class that stands in a schema.
        fixed: strategies or values of columns, by their names in Python: ``user_id="u1"``.

    Raises:
        UnboundTableError: the table stands in no schema.
        TypeError: ``fixed`` names what is no column.
    """
    model = binding_of(table).model
    if unknown := sorted(fixed.keys() - model.by_attribute.keys()):
        raise TypeError(f"{table.__name__} has no column {', '.join(unknown)}")
    drawn = {
        column.attribute: _given(fixed[column.attribute])
        if column.attribute in fixed
        else values(column)
        for column in model.columns
    }
    # A dropped column stands in no row of a database; where it has no default, it is NULL.
    drawn |= {c.attribute: st.none() for c in model.dropped_columns if c.default is None}
    return st.fixed_dictionaries(drawn).map(lambda cells: table(**cells))


def _given(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


def tables(
    *, postgres: Literal["portable", "native"] | None = None, max_columns: int = 6
) -> st.SearchStrategy[type[Table]]:
    """Return a strategy for whole tables, each in a schema of its own, with columns of every type.

    It tests what works on any table: a generator of one's own, for example.

    Args:
        postgres: the schema's style; either by default.
        max_columns: how many columns beside the key.
    """
    samples = [sample for kind in ALL_TYPES for sample in kind.samples]
    one = st.tuples(st.sampled_from(samples), st.booleans())
    styles = st.sampled_from(["portable", "native"]) if postgres is None else st.just(postgres)
    return st.builds(
        lambda columns, style: make_table(
            "drawn",
            {
                f"column_{number}": (_or_none(annotation) if nullable else annotation, options)
                for number, ((annotation, options), nullable) in enumerate(columns)
            },
            postgres=style,
        ),
        st.lists(one, max_size=max_columns),
        styles,
    )


def _or_none(annotation: Any) -> Any:
    return cast(Any, Optional)[annotation]  # known only here, so no `| None`


def make_table(
    name: str,
    columns: Mapping[str, tuple[Any, Mapping[str, Any]]],
    *,
    postgres: Literal["portable", "native"] = "portable",
) -> type[Table]:
    """Return a table class made from annotations and options of ``column()``, in its own schema.

    It has a text key ``id`` beside the columns that are named.
    """
    annotations: dict[str, Any] = {"id": Column[str]}
    namespace: dict[str, Any] = {"id": column(primary_key=True), "__module__": __name__}
    for attribute, (annotation, options) in columns.items():
        annotations[attribute] = cast(Any, Column)[annotation]
        namespace[attribute] = column(**options)
    namespace["__annotations__"] = annotations
    made: type[Table] = types.new_class(
        name.title().replace("_", ""), (Table,), {"name": name}, lambda body: body.update(namespace)
    )
    Schema(made, postgres=postgres)
    return made
