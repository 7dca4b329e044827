"""Snapshots: what is written is what is read, and a model is compatible with itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

import dualschema as ds
import examples.timers.schema as timers
from dualschema.column_type import ColumnType
from dualschema.compatibility import compare, read_snapshot, snapshot_of, snapshot_text
from dualschema.errors import ConfigurationError
from dualschema.model import SchemaModel
from dualschema.testing import tables
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES


def assert_kept(model: SchemaModel) -> None:
    snapshot = snapshot_of(model)
    text = snapshot_text(snapshot)

    assert snapshot == read_snapshot(text)
    assert text == snapshot_text(read_snapshot(text))
    assert () == compare(snapshot, snapshot)
    assert () == compare(read_snapshot(text), snapshot)


@given(tables())
def test_any_table_is_read_back_and_compatible_with_itself(table: type[ds.Table]) -> None:
    assert_kept(SchemaModel((table.__dualschema_binding__.model,)))


@pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.name)
def test_every_type_is_read_back_and_compatible_with_itself(kind: type[ColumnType]) -> None:
    columns = {f"column_{number}": sample for number, sample in enumerate(kind.samples)}
    assert_kept(SchemaModel((make_table("sampled", columns).__dualschema_binding__.model,)))


def test_the_timers_app_is_read_back_and_compatible_with_itself() -> None:
    assert_kept(timers.schema.model)


class Tree(ds.JsonModel):
    """A document that holds its like."""

    name: str
    branches: list[Tree]


class Plant(
    ds.Table,
    name="plants",
    was="trees",
    indexes=[ds.Index("label", unique=True)],
    checks=[ds.Check("height >= 0", name="plants_height")],
):
    """A table with most that a definition may say."""

    id: ds.Column[str] = ds.column(primary_key=True)
    label: ds.Column[str] = ds.column(was="title", pattern="^[a-z]+$", writable="create")
    height: ds.Column[float] = ds.column(default=0.5)
    bits: ds.Column[bytes] = ds.column(default=b"\x00\xff")
    tree: ds.Column[Tree | None] = ds.column(default=None)
    gone: ds.Column[int | None] = ds.column(default=None, dropped=True)
    user_id: ds.Column[str] = ds.column(owner=True)


def test_all_that_a_definition_says_is_kept() -> None:
    assert_kept(ds.Schema(Plant).model)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Invalid JSON"),
        ("[]", "this is no snapshot of a model: "),
        ('{"format": 2, "tables": []}', "format: Input should be 1"),
        ('{"format": 1, "tables": [{"name": "notes"}]}', "tables.0.key: "),
    ],
)
def test_what_is_no_snapshot_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_snapshot(text)

    assert said in str(caught.value)


def test_a_snapshot_is_plain_json_with_a_format() -> None:
    text = snapshot_text(snapshot_of(timers.schema.model))

    assert text.endswith("}\n")
    assert {"format": 1} == {k: v for k, v in json.loads(text).items() if k != "tables"}
