"""Sets of choices, and the words that names have."""

from __future__ import annotations

import enum
from typing import Literal

import pytest

import dualschema as ds
from dualschema.choices import NamedChoices, choice_sets, type_names
from dualschema.code_text import upper_camel
from dualschema.generator import Names
from dualschema.naming import ascii_words


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


def test_columns_of_one_enum_share_its_choices() -> None:
    sets = choice_sets(ds.Schema(Box, Secret).model)
    assert ["size", "other_size", "box_kind", "level"] == list(sets["boxes"])
    assert sets["boxes"]["size"] is sets["boxes"]["other_size"]
    assert ("Size", "Size") == (sets["boxes"]["size"].name, sets["boxes"]["size"].of)
    assert ((("big", "one"), "big one"),) == sets["boxes"]["size"].ascii_members
    assert ("box_kind", "boxes.box_kind") == (
        sets["boxes"]["box_kind"].name,
        sets["boxes"]["box_kind"].of,
    )
    assert [("empty",), ("value",), ("in", "use")] == [
        words for words, _ in sets["boxes"]["box_kind"].ascii_members
    ]
    assert "Box level" == sets["boxes"]["level"].name
    assert (("minus 1", -1), ("value 2", 2)) == sets["boxes"]["level"].members
    assert [("minus", "1"), ("value", "2")] == [w for w, _ in sets["boxes"]["level"].ascii_members]


def test_types_of_one_file_have_names_of_their_own() -> None:
    named = type_names(ds.Schema(Box).model, Names({"Size"}), upper_camel, {"Box"})
    sizes = named.sets["boxes"]["size"]
    assert ({"boxes": "BoxRow"}, "Size2") == (named.rows, named.choices[sizes])
    assert ["Size2", "BoxKind", "BoxLevel"] == list(named.choices.values())


def test_a_member_is_found_by_its_stored_value() -> None:
    named = NamedChoices("Level", (("low", 1), ("high", 10)))
    assert "high" == named.member(10)
