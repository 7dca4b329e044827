"""Whole schemas drawn by Hypothesis: a few names over and over, so that two of them meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Literal, Optional
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ClientKind, TypeOptions
from dualschema.declare.resolve import resolve_type
from dualschema.types import ALL_TYPES
from tests.schema.define import define

__all__ = ["schemas"]

# One wants quotes, one has a percent sign's place in a driver's text, one a letter beyond ASCII.
_TABLES: Final = ("alpha", "order", "grün", "t:x")
_COLUMNS: Final = ("a", "b", "select", "d:e", "é")
_TEXTS: Final = st.sampled_from([None, "plain", "it's 100% :x \\ \\:y {a}", "zwei\nZeilen"])
_KEYS: Final[tuple[Any, ...]] = (str, UUID, int, ds.Int64)

_SAMPLES: Final = [
    *((annotation, options) for kind in ALL_TYPES for annotation, options in kind.samples),
    (str, {"max_length": 3}),
    (str, {"pattern": r"^a:b%\d"}),
    (Literal["x:y", "50%", "it's"], {}),
    (Literal["x:y", "50%"], {}),
    (Decimal, {"precision": 5, "scale": 1}),
    (int, {"ge": 0}),
]

_PLAIN: Final = frozenset(ClientKind) - {ClientKind.JSON}


@st.composite
def schemas(draw: st.DrawFn) -> ds.Schema:
    """Draw a schema of up to three tables, with all that a migration may meet."""
    names = draw(st.lists(st.sampled_from(_TABLES), unique=True, max_size=3))
    keys = {name: draw(st.sampled_from(_KEYS)) for name in names}
    free = [name for name in _TABLES if name not in names]
    tables = []
    for name in names:
        was = draw(st.sampled_from([None, *free]))
        if was is not None:
            free.remove(was)
        tables.append(_table(draw, name, was, keys))
    style: Any = draw(st.sampled_from(["portable", "native"]))
    try:
        return ds.Schema(*tables, postgres=style)
    except ds.DefinitionError:
        assume(condition=False)
        raise


def _table(draw: st.DrawFn, name: str, was: str | None, keys: dict[str, Any]) -> type[ds.Table]:
    key = draw(st.sampled_from(["id", "a"]))
    names = draw(st.lists(st.sampled_from([n for n in _COLUMNS if n != key]), unique=True))
    free = [each for each in _COLUMNS if each not in names and each != key]
    columns: dict[str, Any] = {}
    for number, column in enumerate(names):
        former = draw(st.sampled_from([None, None, *free]))
        if former is not None:
            free.remove(former)
        columns[f"c{number}"] = _column(draw, column, former, keys)
    one = st.sampled_from([key, *names]) if names else st.just(key)
    index = st.builds(
        lambda column, sign, unique: (f"{sign}{column}", unique),
        one,
        st.sampled_from(["", "-"]),
        st.booleans(),
    )
    indexes = [
        ds.Index(column, name=f"{name}_i{number}", unique=unique)
        for number, (column, unique) in enumerate(draw(st.lists(index, max_size=2)))
    ]
    options = {"name": key, "primary_key": True}
    return define(
        name,
        columns,
        key={"key": (keys[name], options)},
        was=was,
        indexes=indexes,
        # A client's id is text, so a table with another key is the server's own.
        sync=keys[name] is not int and draw(st.sampled_from([True, True, False, "local_only"])),
        doc=draw(_TEXTS),
    )


def _column(draw: st.DrawFn, name: str, was: str | None, keys: dict[str, Any]) -> Any:
    options: dict[str, Any] = {"name": name, "was": was, "doc": draw(_TEXTS)}
    is_nullable = draw(st.booleans())
    if draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(sorted(keys)))
        action: Any = draw(st.sampled_from(["no action", "cascade", "restrict"]))
        options["foreign_key"] = ds.ForeignKey(
            f"{target}",
            on_delete=action,
            on_update=draw(st.sampled_from(["no action", "cascade"])),
            deferrable=draw(st.sampled_from([False, "immediate", "deferred"])),
        )
        annotation = keys[target]
    else:
        annotation, more = draw(st.sampled_from(_SAMPLES))
        options |= more
        kind = resolve_type(annotation, TypeOptions(**more))
        if kind.client_kind in _PLAIN and draw(st.booleans()):
            options["default"] = draw(kind.strategy())
        options["unique"] = draw(st.integers(0, 4)) == 0
        options["index"] = draw(st.integers(0, 4)) == 0
    return (Optional[annotation] if is_nullable else annotation), options  # noqa: UP045  (at run time)
