"""Schemas with names, texts and choices that break careless generators, drawn by Hypothesis."""

from __future__ import annotations

import types
from typing import Any, Literal, cast

from hypothesis import assume
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import DefinitionError
from dualschema.schema import Schema

__all__ = ["schemas", "with_columns"]

AWKWARD = """
    class object fun val var in is as when typealias typeof package this super null true false if
    for while do try throw return interface break continue else it field value get set init from
    table row id name index values hash_code to_string to_map check copy equals copy_with
    runtime_type no_such_method enum final const new late required factory dynamic int double
    bool num string list map date type on show sync async await yield switch case default with
    extends void assert override uuid columns insert_sql __proto__ größe 名前 _ __ 1st a$b {x}
    with-dash a(b) ünï stored checks
""".split()  # noqa: SIM905  (words)

TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "*/",
        "/*",
        "/** */",
        "///",
        "//",
        '"""',
        "'''",
        "$x ${x}",
        "\\",
        "\\u000a",
        "😀",
        "\u2028",
        "][",
    ]
)

names = st.sampled_from(AWKWARD) | st.text(
    st.characters(codec="utf-8", categories=("L", "N", "S", "P")), min_size=1, max_size=20
).map(str.lower)

choices = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
    | st.sampled_from(AWKWARD),
    min_size=1,
    max_size=5,
    unique=True,
)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Draw a schema of one or two tables; what no definition may be is not drawn."""
    try:
        return Schema(*(draw(tables(number)) for number in range(draw(st.integers(1, 2)))))
    except (DefinitionError, ValueError, TypeError):
        assume(False)
        raise


@st.composite
def tables(draw: st.DrawFn, number: int) -> type[ds.Table]:
    annotations: dict[str, Any] = {"key": ds.Column[str]}
    body: dict[str, Any] = {"key": ds.column(primary_key=True, name="id"), "__module__": __name__}
    for place, name in enumerate(draw(st.lists(names, max_size=8, unique=True))):
        annotation, default = draw(kinds())
        attribute = f"c{place}"
        annotations[attribute] = cast(Any, ds.Column)[annotation]
        options = {"name": name, "json_name": name, "doc": draw(TEXTS), **default}
        body[attribute] = ds.column(**options)
    body["__annotations__"] = annotations
    body["__doc__"] = draw(TEXTS)
    class_name = draw(st.sampled_from(["Class", "Table", "String", "Int", "List", "Row", "Größe"]))
    keywords = {"name": f"{draw(st.sampled_from(['select', 'größe', 'a-b', 'x$y']))}{number}"}
    return types.new_class(class_name, (ds.Table,), keywords, lambda space: space.update(body))


@st.composite
def kinds(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
    """Draw an annotation, and the options that go with it."""
    match draw(st.sampled_from(["text", "choice", "number", "json", "plain"])):
        case "text":
            text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
            return str, {"default": draw(text)}
        case "choice":
            values = draw(choices)
            return Literal[tuple(values)], {"default": draw(st.sampled_from(values))}
        case "number":
            numbers = draw(
                st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=4, unique=True)
            )
            return Literal[tuple(numbers)], {"default": numbers[0]}
        case "json":
            key = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
            leaf = st.none() | st.booleans() | st.integers(-9, 9) | key
            return dict[str, Any], {"default": draw(st.dictionaries(key, leaf, max_size=3))}
        case _:
            return draw(st.sampled_from([int, float, bool, ds.Int64, bytes])), {}


def with_columns(columns: dict[str, Any]) -> Schema:
    """Return a schema of one table, ``words``, with text columns."""
    annotations: dict[str, Any] = {"key": ds.Column[str]}
    body: dict[str, Any] = {"key": ds.column(primary_key=True, name="id"), "__module__": __name__}
    for attribute, made in columns.items():
        annotations[attribute] = ds.Column[str]
        body[attribute] = made
    body["__annotations__"] = annotations
    made_class = types.new_class(
        "Words", (ds.Table,), {"name": "words"}, lambda space: space.update(body)
    )
    return Schema(made_class)
