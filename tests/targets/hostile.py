"""Schemas whose names, texts, choices and defaults break careless generators, for Hypothesis."""

from __future__ import annotations

import types
from typing import Any, Literal, cast

from hypothesis import strategies as st

import dualschema as ds
from dualschema.naming import column_name_fault, table_name_fault

__all__ = ["WORDS", "hostile_schemas"]

WORDS = [
    "class",
    "struct",
    "enum",
    "fn",
    "func",
    "fun",
    "val",
    "var",
    "let",
    "self",
    "super",
    "type",
    "init",
    "default",
    "switch",
    "case",
    "in",
    "is",
    "as",
    "for",
    "string",
    "int",
    "bool",
    "record",
    "namespace",
    "using",
    "event",
    "operator",
    "checked",
    "fixed",
    "params",
    "ref",
    "out",
    "base",
    "object",
    "null",
    "true",
    "false",
    "async",
    "await",
    "yield",
    "where",
    "dyn",
    "impl",
    "trait",
    "mod",
    "crate",
    "move",
    "match",
    "loop",
    "extern",
    "static",
    "protocol",
    "extension",
    "subscript",
    "inout",
    "internal",
    "private",
    "public",
    "open",
    "lazy",
    "some",
    "any",
    "date",
    "data",
    "table",
    "schema",
    "column",
    "index",
    "value",
    "row",
    "timestamp",
    "to_string",
    "get_hash_code",
    "equals",
    "get_type",
    "hash_value",
    "description",
    "table_name",
    "columns",
    "check",
    "insert",
    "view",
    "new",
    "from_row",
    "to_params",
    "with_",
    "name",
    "cursor",
    "cells",
    "fault",
    "decimal",
    "uuid",
    "guid",
    "json",
    "error",
    "result",
    "option",
    "vec",
    "box",
    "ok",
    "err",
    "_",
    "__proto__",
    "2fa",
    "größe",
    "名前",
    "ñ",
    "a_name_of_sixty_three_bytes_which_is_as_long_as_postgres_allows",
    "x-y",
    "a$b(c)",
    "😀",
    "é",
    "é",
    "ﬁ",
    "ª",
]
"""Words of languages, names of what generated code calls, and names that are no identifiers."""

TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "*/ end",
        "/* begin",
        "// line",
        "</summary><b>&amp;",
        '"""',
        "'''",
        '"#',
        '\\"',
        "\\",
        "\\(x)",
        "${x} $x {0} %s {{ }}",
        "line\nfeed\r\u2028\u2029\x85",
        "\u202e\u2066 turned",
        "```\nfn main() {}\n```",
        "#if DEBUG",
        "😀\ufeff\x7f\x01",
        "",
    ]
)

STORABLE = TEXTS.map(lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode())

_FREE_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12
).map(str.lower)
_NAMES = st.sampled_from(WORDS) | _FREE_NAMES
COLUMN_NAMES = _NAMES.filter(lambda name: column_name_fault(name) is None and name != "id")
TABLE_NAMES = _NAMES.filter(lambda name: table_name_fault(name) is None)

CLASS_NAMES = st.sampled_from(
    [
        "Date",
        "Timer",
        "String",
        "Int",
        "Data",
        "Table",
        "Schema",
        "Column",
        "Index",
        "Value",
        "Self",
        "Type",
        "Protocol",
        "Any",
        "Object",
        "Enum",
        "Option",
        "Result",
        "Vec",
        "Box",
        "Decimal",
        "Guid",
        "Exception",
        "Task",
        "Error",
        "Timestamp",
        "ColumnError",
        "ColumnException",
        "AppSchema",
        "Stored",
        "Row",
        "class",
        "self",
        "default",
        "Größe",
        "_",
        "__",
        "Foundation",
        "PowerSync",
        "System",
        "JsonElement",
    ]
)


def choices() -> st.SearchStrategy[Any]:
    texts = st.lists(STORABLE, min_size=1, max_size=5, unique=True)
    numbers = st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=5, unique=True)
    drawn = texts.map(tuple) | numbers.map(tuple)
    return drawn.map(lambda values: (cast(Any, Literal)[values], st.sampled_from(values)))


def hints() -> st.SearchStrategy[Any]:
    """Draw an annotation with a strategy for defaults."""
    return choices() | st.sampled_from(
        [
            (str, STORABLE),
            (bool, st.booleans()),
            (int, st.integers(-(2**31), 2**31 - 1)),
            (ds.Int64, st.sampled_from([-(2**63), 2**63 - 1, 0])),
            (float, st.floats(allow_nan=False, allow_infinity=False)),
            (bytes, st.binary(max_size=9)),
        ]
    )


@st.composite
def _table(draw: st.DrawFn, table_name: str) -> type[ds.Table]:
    body: dict[str, Any] = {"__doc__": draw(STORABLE), "__module__": __name__}
    body["id"] = ds.column(primary_key=True, default_factory=ds.new_id, doc=draw(STORABLE) or None)
    annotations: dict[str, Any] = {"id": ds.Column[str]}
    names = draw(st.lists(COLUMN_NAMES, max_size=6, unique=True))
    for number, name in enumerate(names):
        annotation, values = draw(hints())
        options: dict[str, Any] = {"name": name, "json_name": f"c{number}"}
        if draw(st.booleans()):
            options["default"] = draw(values)
        if draw(st.booleans()):
            annotation = annotation | None
        options["doc"] = draw(STORABLE) or None
        annotations[f"c{number}"] = cast(Any, ds.Column)[annotation]
        body[f"c{number}"] = ds.column(**options)
    body["__annotations__"] = annotations
    made: type[ds.Table] = types.new_class(
        draw(CLASS_NAMES), (ds.Table,), {"name": table_name}, lambda space: space.update(body)
    )
    return made


@st.composite
def hostile_schemas(draw: st.DrawFn) -> ds.Schema:
    """Draw a schema of up to three tables."""
    names = draw(st.lists(TABLE_NAMES, min_size=1, max_size=3, unique=True))
    return ds.Schema(*(draw(_table(name)) for name in names))
