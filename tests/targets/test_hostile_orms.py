"""Names, texts and choices that break careless generators leave TypeScript whole."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dualschema.declare.table import binding_of
from dualschema.languages.typescript.spelling import RESERVED
from dualschema.model import SchemaModel
from dualschema.naming import column_name_fault
from dualschema.targets import target_named
from dualschema.testing.strategies import make_table
from tests.fixtures.node import Node, node_in

TARGETS = ("drizzle-sqlite", "drizzle-postgres", "kysely", "zod")
HOSTILE = ["*/", "`", "${x}", "'", '"', "\\", "//", "\u2028", "\r\n", "😀", "</script>", "{", ");"]

texts = st.lists(st.sampled_from(HOSTILE) | st.text("a'\"\\`$", max_size=3), max_size=4).map(
    "".join
)
plain = st.sampled_from(sorted({word.lower() for word in RESERVED} | {"_", "constructor", "größe"}))
odd = st.text("abcé_-$()`{}/*;:ß日", min_size=1, max_size=30)
names = (plain | odd).filter(lambda name: column_name_fault(name) is None and name != "id")


@st.composite
def hostile_tables(draw: st.DrawFn) -> type[Any]:
    """Return a table of hostile columns, each with an annotation, options and a default."""
    columns: dict[str, tuple[Any, dict[str, Any]]] = {}
    taken = draw(st.lists(names, max_size=6, unique_by=lambda name: name.replace("_", "")))
    for number, name in enumerate(taken):
        doc, value = draw(texts), draw(texts)
        choices = draw(st.lists(texts, min_size=1, max_size=3, unique=True))
        kind = draw(st.sampled_from(["text", "choice", "flag", "document"]))
        options: dict[str, Any] = {"name": name, "json_name": name, "doc": doc or None}
        chosen: Any = Literal
        annotation, default = {
            "text": (str, value),
            "choice": (chosen[tuple(choices)], choices[0]),
            "flag": (bool, True),
            "document": (dict[str, Any], {value: choices}),
        }[kind]
        columns[f"c{number}"] = (annotation, {**options, "default": default})
    return make_table("hostile", columns, postgres=draw(st.sampled_from(["portable", "native"])))


@pytest.mark.slow
def test_code_parses_and_is_formatted(
    tmp_path_factory: pytest.TempPathFactory, examples: int
) -> None:
    """All drawn tables are checked at once: the compiler takes a second to start."""
    made: list[tuple[type[Any], dict[str, str]]] = []

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(hostile_tables())
    def collect(table: type[Any]) -> None:
        model = SchemaModel((binding_of(table).model,))
        files = [target_named(name).run(model)[0] for name in TARGETS]
        made.append((table, {file.path: file.text for file in files}))

    collect()
    node: Node = node_in(tmp_path_factory.mktemp("hostile"))
    for number, (_, files) in enumerate(made):
        node.write({f"{number}/{path}": text for path, text in files.items()})
    # Words in comments and texts may look like calls: what is imported then is not used.
    node.tsc(noUnusedLocals=False)
    node.prettier("*/*.ts")
