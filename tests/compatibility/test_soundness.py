"""Where nothing is found, all that an old client may have stored is read by the new definition."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.compatibility import compare, snapshot_of
from dualschema.model import SchemaModel
from dualschema.testing import rows
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES
from tests.compatibility.test_compare import FORM_CHANGED, NARROWED, WIDENED

SHOWN = [*NARROWED.values(), *WIDENED.values(), *FORM_CHANGED.values()]
SAMPLES: list[tuple[Any, dict[str, Any]]] = [
    *(sample for kind in ALL_TYPES for sample in kind.samples),
    *(
        (column.annotation, {k: v for k, v in column.options.items() if k not in {"writable"}})
        for pair in SHOWN
        for column in pair
    ),
]


def table(sample: tuple[Any, dict[str, Any]]) -> type[ds.Table]:
    return make_table("drawn", {"value": sample})


def snapshot(made: type[ds.Table]) -> Any:
    return snapshot_of(SchemaModel((made.__dualschema_binding__.model,)))


@pytest.fixture(scope="module")
def compatible() -> list[tuple[type[ds.Table], type[ds.Table]]]:
    """Give all pairs of different definitions of one column that old clients survive."""
    made = [(table(sample), sample) for sample in SAMPLES]
    known = [(each, snapshot(each)) for each, _ in made]
    return [
        (old, new)
        for (old, before), (new, after) in itertools.permutations(known, 2)
        if before != after and not compare(before, after)
    ]


@given(st.data())
def test_what_was_stored_is_read_by_a_compatible_definition(
    compatible: list[tuple[type[ds.Table], type[ds.Table]]], data: st.DataObject
) -> None:
    old, new = data.draw(st.sampled_from(compatible))
    row = data.draw(rows(old))

    stored = ds.encode(row, "sqlite")

    assert row.id == ds.decode(new, stored, "sqlite").id  # type: ignore[attr-defined]


def test_many_pairs_are_compatible(
    compatible: list[tuple[type[ds.Table], type[ds.Table]]],
) -> None:
    assert len(compatible) > 100
