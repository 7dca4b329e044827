"""The schema as a drawing: nothing lies over anything, and everything is marked."""

from __future__ import annotations

import itertools
import random
from functools import partial
from types import new_class
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.studio.diagram import diagram
from dualschema.studio.layout import Layout, lay_out
from examples.timers.schema import schema as timers
from tests.studio.world import make_schema

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [f"t{at}" for at in range(12)]


def overlapping(layout: Layout, sizes: dict[str, tuple[int, int]]) -> list[tuple[str, str]]:
    def apart(one: str, other: str) -> bool:
        (x1, y1), (x2, y2) = layout.places[one], layout.places[other]
        (w1, h1), (w2, h2) = sizes[one], sizes[other]
        return x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1

    return [pair for pair in itertools.combinations(sizes, 2) if not apart(*pair)]


def many(count: int) -> ds.Schema:
    """Define as many tables, each with foreign keys to earlier ones."""
    chance = random.Random(3)
    made = []
    for at in range(count):
        values: dict[str, Any] = {"id": ds.column(primary_key=True)}
        kinds: dict[str, Any] = {"id": ds.Column[str]}
        for other in chance.sample(range(at), min(at, chance.choice([0, 1, 1, 2]))):
            kinds[f"t{other}_id"] = ds.Column[str]
            values[f"t{other}_id"] = ds.column(foreign_key=f"t{other}.id")
        for number in range(chance.randint(1, 9)):
            kinds[f"column_{number}"] = ds.Column[int]
        space = {**values, "__annotations__": kinds, "__module__": __name__}
        made.append(new_class(f"T{at}", (ds.Table,), {"name": f"t{at}"}, partial(_fill, space)))
    return ds.Schema(*made)


def _fill(space: dict[str, Any], body: dict[str, Any]) -> None:
    body.update(space)


@given(
    sizes=st.lists(
        st.tuples(st.integers(60, 300), st.integers(40, 500)), min_size=1, max_size=len(NAMES)
    ),
    edges=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30),
)
def test_boxes_never_overlap_and_lines_pass_beside_them(
    sizes: list[tuple[int, int]], edges: list[tuple[str, str]]
) -> None:
    """Also in circles, and where a table names itself."""
    boxes = dict(zip(NAMES, sizes, strict=False))
    kept = [edge for edge in edges if edge[0] in boxes and edge[1] in boxes]

    layout = lay_out(boxes, kept)

    assert boxes.keys() == layout.places.keys()
    assert [] == overlapping(layout, boxes)
    assert {edge for edge in kept if edge[0] != edge[1]} == layout.passings.keys()
    for left, right, y in itertools.chain.from_iterable(layout.passings.values()):
        for name, (x, top) in layout.places.items():
            width, height = boxes[name]
            assert right <= x or x + width <= left or not top < y < top + height
    assert layout == lay_out(boxes, kept)


def test_what_is_named_stands_to_the_left() -> None:
    sizes = dict.fromkeys("abc", (100, 100))

    places = lay_out(sizes, [("a", "b"), ("b", "c"), ("a", "c")]).places

    assert places["c"][0] < places["b"][0] < places["a"][0]


def test_no_layer_is_far_higher_than_the_drawing_is_wide() -> None:
    sizes = dict.fromkeys(["hub", *(f"spoke{at}" for at in range(40))], (150, 200))

    width, height = lay_out(sizes, [(name, "hub") for name in sizes if name != "hub"]).size

    assert 0.5 < width / height < 4


@pytest.mark.parametrize("keys_only", [False, True])
@pytest.mark.parametrize("schema", [timers, make_schema(), many(40)], ids=["3", "4", "40"])
def test_every_table_is_a_box_and_every_foreign_key_a_line(
    schema: ds.Schema, *, keys_only: bool
) -> None:
    names = [model.name for model in schema.model.tables]

    root = ET.fromstring(diagram(schema.model, names, keys_only=keys_only))

    boxes = root.findall(f"{SVG}a")
    assert names == [box.attrib["data-table"] for box in boxes]
    assert [f"#/table/{name}" for name in names] == [box.attrib["href"] for box in boxes]
    links = [(g.attrib["data-from"], g.attrib["data-to"]) for g in root.findall(f"{SVG}g")]
    keys = [(t.name, key.target_table) for t in schema.model.tables for key in t.foreign_keys]
    assert keys == links
    shown = sum(len(box.findall(f"{SVG}text[@class='column']")) for box in boxes)
    columns = sum(len(model.columns) for model in schema.model.tables)
    assert shown < columns if keys_only else shown == columns


def test_texts_stay_within_their_boxes() -> None:
    """A letter of 12 pixels is 7.3 wide at most in the fonts of one width that are asked for."""
    root = ET.fromstring(diagram(make_schema().model, []))

    for box in root.findall(f"{SVG}a"):
        rect = box.find(f"{SVG}rect")
        assert rect is not None
        width = float(rect.attrib["width"])
        rows: dict[str, float] = {}
        for text in box.findall(f"{SVG}text"):
            length = 7.3 * len(text.text or "")
            x, row = float(text.attrib["x"]), text.attrib["y"]
            if text.attrib.get("text-anchor") == "end":
                assert rows.get(row, 0) <= x - length <= width
            else:
                assert rows.get(row, 0) <= x
                rows[row] = x + length
                assert rows[row] <= width


def test_keys_and_the_owner_are_marked() -> None:
    root = ET.fromstring(diagram(make_schema().model, ["projects", "tasks", "audits"]))

    marks = {
        box.attrib["data-table"]: [
            (text.text, text.attrib["class"])
            for text in box.findall(f"{SVG}text")
            if text.attrib["class"].startswith("mark")
        ]
        for box in root.findall(f"{SVG}a")
    }
    assert [("PK", "mark key"), ("◆", "mark owner")] == marks["projects"]
    assert [("PK", "mark key"), ("FK◆", "mark foreign owner")] == marks["tasks"]
    labels = {b.attrib["data-table"]: b.attrib["aria-label"] for b in root.findall(f"{SVG}a")}
    assert "tasks, 19 columns, owned by project_id" == labels["tasks"]


def test_a_table_of_the_other_side_is_no_link() -> None:
    root = ET.fromstring(diagram(make_schema().model, ["projects", "tasks", "audits"]))

    draft = next(a for a in root.findall(f"{SVG}a") if a.attrib["data-table"] == "drafts")
    assert "href" not in draft.attrib
    assert "client only" in "".join(draft.itertext())


def test_texts_of_the_definition_are_no_markup() -> None:
    class Note(ds.Table, name="notes"):
        """<script>alert(1)</script> & "quotes"."""

        id: ds.Column[str] = ds.column(primary_key=True)
        parent_id: ds.Column[str | None] = ds.column(default=None, foreign_key="notes.id")

    text = diagram(ds.Schema(Note).model, ["notes"])

    assert "<script" not in text
    title = ET.fromstring(text).find(f"{SVG}a/{SVG}title")
    assert title is not None
    assert '<script>alert(1)</script> & "quotes".' in (title.text or "")
