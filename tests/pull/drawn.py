"""Whole schemas drawn by Hypothesis: several tables, with all that a definition may say of them."""

from __future__ import annotations

import types
from decimal import Decimal
from typing import Any, Literal, Optional, cast

from hypothesis import reject
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ClientKind, ColumnType, TypeOptions
from dualschema.declare.resolve import resolve_type
from dualschema.errors import DefinitionError
from dualschema.types import ALL_TYPES

__all__ = ["schemas"]

_NAMES = [
    "name",
    "select",
    "class",
    "date",
    "ds",
    "größe",
    "with-dash$",
    "1st",
    "_x",
    "a__b",
    "a_b",
]
_NAMES += ["model_dump", "metadata", "from", "int", "id_2", "ſ", "order", "user", "literal", "a>=b"]
_NAMES += ["a_name_of_sixty_three_bytes_which_is_as_long_as_postgres_allows", "ds_", "column_1"]
_TABLES = [
    "timers",
    "select",
    "types",
    "timer_types",
    "größen",
    "a_b",
    "ab",
    "1st",
    "any",
    "status",
]
_DOCS = [
    "plain",
    'say "hi"',
    "it's",
    "two\nlines",
    "back\\slash\\",
    '"""',
    "%s :name",
    "ü😀",
    "\\n",
]
_DOCS += ['"x', 'x"', "\\'\"", "'''", "a" * 120, "\u200b", 'two\nlines"', "\\"]

_SAMPLES: list[tuple[Any, dict[str, Any]]] = [s for kind in ALL_TYPES for s in kind.samples]
_SAMPLES += [
    (int, {"ge": -(2**31), "lt": 2**40}),
    (int, {"gt": -(2**63), "le": 2**63}),
    (ds.BigInt, {"ge": -(2**53), "gt": -7, "le": 9, "lt": 2**31}),
    (float, {"gt": -1e300, "le": 1e-7}),
    (float, {"ge": -0.0, "lt": 1e22}),
    (Decimal, {"ge": Decimal("-0.50"), "lt": 10**20}),
    (Decimal, {"precision": 5, "scale": 0, "le": 2**31}),
    (str, {"min_length": 0}),
    (str, {"max_length": 3, "pattern": r"^[a-z'\\]*$"}),
    (str, {"pattern": "a|b::text"}),
    (Literal["only"], {}),
    (Literal["::text", "', '", "(", "]))", "a"], {}),
    (Literal[0, 1], {}),
    (Literal[5], {}),
]
_SQL = ["'x'", "lower('A')", "'a' || 'b'", "CURRENT_TIMESTAMP", "'it''s'::text"]
_CHECKS = ["id <> 'x'", "id IN ('a', 'b', 'it''s ]')", "id = 'a' OR (length(id) > 3 AND id < 'z')"]
_CHECKS += ["(id || 'x') <> ''", "id <> ANY (ARRAY['a', 'b'])", "id LIKE '%:x''('", "id IN ('a')"]


@st.composite
def schemas(draw: st.DrawFn) -> ds.Schema:
    """Draw a schema of up to three tables, in either style."""
    names = draw(st.lists(st.sampled_from(_TABLES), min_size=1, max_size=3, unique=True))
    style = draw(st.sampled_from(["portable", "native"]))
    tables = [draw(_tables(name, names)) for name in names]
    try:
        return ds.Schema(*tables, postgres=cast(Any, style))
    except DefinitionError:  # names that meet, for example
        reject()


@st.composite
def _tables(draw: st.DrawFn, name: str, targets: list[str]) -> type[ds.Table]:
    names = draw(st.lists(st.sampled_from(_NAMES), max_size=5, unique=True))
    columns: dict[str, tuple[Any, dict[str, Any]]] = {"id": (str, {"primary_key": True})}
    for number, each in enumerate(names):
        columns[f"c{number}"] = draw(_columns(name, each, targets))
    given: dict[str, Any] = {"name": name}
    has_index: bool = draw(st.booleans())
    if names and has_index:
        on = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        signs = draw(st.lists(st.sampled_from(["", "-"]), min_size=3, max_size=3))
        parts = [sign + each for sign, each in zip(signs, on, strict=False)]
        own = draw(st.sampled_from([None, f"{name}_index"]))
        given["indexes"] = [ds.Index(*parts, name=own, unique=draw(st.booleans()))]
    checks = draw(st.lists(st.sampled_from(_CHECKS), max_size=2))
    given["checks"] = [ds.Check(sql) for sql in checks]
    annotations = {key: cast(Any, ds.Column)[kind] for key, (kind, _) in columns.items()}
    body: dict[str, Any] = {key: ds.column(**options) for key, (_, options) in columns.items()}
    body |= {"__annotations__": annotations, "__module__": __name__}
    body["__doc__"] = draw(st.none() | st.sampled_from(_DOCS))
    try:
        return types.new_class("Drawn", (ds.Table,), given, lambda space: space.update(body))
    except DefinitionError:
        reject()


@st.composite
def _columns(
    draw: st.DrawFn, table: str, name: str, targets: list[str]
) -> tuple[Any, dict[str, Any]]:
    annotation, said = draw(st.sampled_from(_SAMPLES))
    options: dict[str, Any] = dict(said)
    what = draw(st.sampled_from(["plain", "default", "server", "key", "check"]))
    nullable: bool = draw(st.booleans())
    if what == "key":
        actions = ["no action", "cascade", "restrict"] + (["set null"] if nullable else [])
        action = draw(st.sampled_from(actions))
        annotation = str
        target = draw(st.sampled_from(targets))
        key = ds.ForeignKey(
            target,
            on_delete=cast(Any, action),
            on_update=cast(Any, draw(st.sampled_from(actions))),
            deferrable=draw(st.sampled_from([False, "immediate", "deferred"])),
        )
        options = {"foreign_key": key}
    elif what == "default":
        options |= draw(_defaults(resolve_type(annotation, TypeOptions(**options))))
    elif what == "server" and annotation is str:
        options["server_default"] = draw(st.sampled_from(_SQL))
    elif what == "check" and annotation is str:
        quoted = '"' + name + '"'
        options["check"] = draw(st.sampled_from([f"{quoted} <> 'x'", f"length({quoted}) > 2"]))
    free: dict[str, st.SearchStrategy[Any]] = {
        "unique": st.sampled_from([True, f"{table}_{name[:9]}_once"]),
        "index": st.sampled_from([True, f"{table}_{name[:9]}_found"]),
        "doc": st.sampled_from(_DOCS),
        "postgres": st.sampled_from(["portable", "native"]),
    }
    for option, values in free.items():
        if draw(st.integers(0, 3)) == 0:
            options[option] = draw(values)
    whole = cast(Any, Optional)[annotation] if nullable else annotation
    return whole, {**options, "name": name}


def _defaults(kind: ColumnType) -> st.SearchStrategy[dict[str, Any]]:
    if kind.client_kind is ClientKind.JSON:
        return st.sampled_from([{}, {"default_factory": list}, {"default_factory": dict}])
    return kind.strategy().map(lambda value: {"default": value})
