"""What all targets are made of: options, names, comments, and what a client fills in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.generator import (
    Filling,
    GeneratedFile,
    Names,
    Target,
    client_columns,
    client_tables,
    filling_of,
    plain_default,
    words,
)
from dualschema.model import SchemaModel
from dualschema.targets import ALL_TARGETS, generate, target_named


class Thing(ds.Table, name="things"):
    user_id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    named: ds.Column[str]
    plain: ds.Column[int] = ds.column(default=3)
    empty: ds.Column[list[int]] = ds.column(default_factory=list)
    made_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    nothing: ds.Column[int | None]
    null: ds.Column[int | None] = ds.column(default=None)
    drawn: ds.Column[int | None] = ds.column(default_factory=lambda: 4)
    served: ds.Column[int | None] = ds.column(server_default="4")


class Hidden(ds.Table, name="hidden", sync=False):
    id: ds.Column[str] = ds.column(primary_key=True)


class Past(ds.Table, name="past", dropped=True):
    id: ds.Column[str] = ds.column(primary_key=True)


SCHEMA = ds.Schema(Thing, Hidden, Past)


@dataclass(frozen=True, slots=True)
class Options:
    case: Literal["upper", "lower"] = "upper"
    times: int = 1


def shout(model: SchemaModel, path: str, options: Options) -> tuple[GeneratedFile, ...]:
    text = model.tables[0].name * options.times
    return (GeneratedFile(path, text.upper() if options.case == "upper" else text),)


SHOUT = Target("shout", "names, loud", "shout.txt", shout, Options)


def test_a_target_of_ones_own() -> None:
    assert (GeneratedFile("shout.txt", "THINGS"),) == generate(SCHEMA, SHOUT)
    assert (GeneratedFile("a/b.txt", "thingsthings"),) == generate(
        SCHEMA, SHOUT, path="a/b.txt", options={"case": "lower", "times": 2}
    )


@pytest.mark.parametrize(
    ("given_options", "text"),
    [
        ({"size": 1}, "shout: there is no option 'size'; its options are case, times"),
        ({"case": "secret"}, "shout: option case: Input should be 'upper' or 'lower'"),
        ({"times": "many"}, "shout: option times: Input should be a valid integer"),
    ],
)
def test_options_that_a_target_does_not_have(given_options: dict[str, Any], text: str) -> None:
    with pytest.raises(ds.GenerationError) as caught:
        generate(SCHEMA, SHOUT, options=given_options)

    assert str(caught.value).startswith(text)
    assert "secret" not in str(caught.value)


def test_targets_by_name() -> None:
    assert [target.name for target in ALL_TARGETS] == [
        target_named(target.name).name for target in ALL_TARGETS
    ]
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", target.name) for target in ALL_TARGETS)
    assert len(ALL_TARGETS) == len({target.name for target in ALL_TARGETS})
    with pytest.raises(ds.GenerationError, match=r"^typescrip: .*did you mean typescript\?$"):
        generate(SCHEMA, "typescrip")
    with pytest.raises(ds.GenerationError, match=r"^cobol: there is no such target; there are "):
        generate(SCHEMA, "cobol")


def test_what_a_client_has() -> None:
    assert ["things"] == [table.name for table in client_tables(SCHEMA.model)]
    [key, *others] = client_columns(binding_of(Thing).model)
    assert ("id", True, "user_id") == (key.name, key.is_key, key.model.name)
    assert all(column.name == column.model.name for column in others)


def test_what_a_client_fills_in() -> None:
    columns = binding_of(Thing).model.columns

    assert {
        "user_id": Filling.NEW_ID,
        "named": Filling.NOTHING,
        "plain": Filling.VALUE,
        "empty": Filling.VALUE,
        "made_at": Filling.NOW,
        "nothing": Filling.NULL,
        "null": Filling.NULL,
        "drawn": Filling.NOTHING,
        "served": Filling.NULL,
    } == {column.name: filling_of(column) for column in columns}
    values = {c.name: plain_default(c) for c in columns if filling_of(c) is Filling.VALUE}
    assert {"plain": 3, "empty": []} == values


def test_each_name_once() -> None:
    names = Names({"class", "class2"})

    assert ["class3", "a", "a2", "a3", "a22"] == [
        names.take(wanted) for wanted in ("class", "a", "a", "a", "a2")
    ]


@given(st.text())
def test_words_of_a_comment_hold_no_end_of_a_line(doc: str) -> None:
    lines = words(doc)

    assert all(line and line.isprintable() and line == line.strip() for line in lines)
    assert "".join("".join(lines).split()) == "".join(
        "".join(c if c.isprintable() else " " for c in doc).split()
    )
