"""The types of rows and their enums, and the words that names have."""

from __future__ import annotations

import enum
from typing import Literal

import pytest

import dualschema as ds
from dualschema.code_text import upper_camel
from dualschema.generator import Names
from dualschema.naming import ascii_words
from dualschema.row_types import EnumType, RowTypes, ascii_label, row_types


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("timerType", ("timer", "type")),
        ("timer_type", ("timer", "type")),
        ("URLPath", ("url", "path")),
        ("DARK_BLUE", ("dark", "blue")),
        ("__proto__", ("proto",)),
        ("größe", ("grosse",)),
        ("名", ("u", "540", "d")),
        ("it's", ("it", "s")),
        ("😀", ()),
        ("", ()),
    ],
)
def test_a_name_has_words_of_ascii(name: str, words: tuple[str, ...]) -> None:
    assert words == ascii_words(name)


class Size(enum.StrEnum):
    BIG_ONE = "big one"


class Box(ds.Table, name="boxes"):
    id: ds.Column[str] = ds.column(primary_key=True)
    size: ds.Column[Size]
    other_size: ds.Column[Size | None]
    box_kind: ds.Column[Literal["", "?", "in use"]]
    level: ds.Column[Literal[-1, 2]]


class Secret(ds.Table, name="secrets", sync=False):
    id: ds.Column[str] = ds.column(primary_key=True)
    size: ds.Column[Size]


def types_of(*tables: type[ds.Table]) -> RowTypes:
    model = ds.Schema(*tables).model
    return row_types(
        model, Names({"Size"}), upper_camel, str.upper, reserved={"Box"}, no_choices={"BIG_ONE"}
    )


def test_columns_of_one_enum_share_its_choices() -> None:
    types = types_of(Box, Secret)
    sizes = EnumType("Size2", (("BIG_ONE2", "big one"),), "Size")
    assert ["size", "other_size", "box_kind", "level"] == [name for _, name in types.by_column]
    assert sizes == types.by_column["boxes", "size"]
    assert types.by_column["boxes", "size"] is types.by_column["boxes", "other_size"]
    assert "boxes.box_kind" == types.by_column["boxes", "box_kind"].of


def test_a_choice_has_a_label_of_its_own() -> None:
    members = types_of(Box).by_column["boxes", "level"].members
    assert (("MINUS 1", -1), ("VALUE 2", 2)) == members
    assert [("empty",), ("value",), ("in", "use")] == list(map(ascii_label, ["", "?", "in use"]))


def test_types_of_one_file_have_names_of_their_own() -> None:
    types = types_of(Box)
    assert {"boxes": "BoxRow"} == types.names
    assert ["Size2", "BoxKind", "BoxLevel"] == [each.name for each in types.enums]


def test_a_table_has_the_columns_of_a_client_with_their_enums() -> None:
    model = ds.Schema(Box).model
    found = [
        (c.name, choice and choice.name) for c, choice in types_of(Box).columns(model.tables[0])
    ]
    assert [("id", None), ("size", "Size2"), ("other_size", "Size2")] == found[:3]


def test_an_enum_knows_its_members_by_their_values() -> None:
    level = EnumType("Level", (("low", 1), ("high", 10)), "Level")
    assert "high" == level.member(10)
    assert not level.is_text
