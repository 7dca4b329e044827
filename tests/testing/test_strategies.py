"""The strategies that users draw rows and tables from."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.testing import rows, tables
from dualschema.testing.strategies import make_table
from examples.timers.schema import Timer


@given(timer=rows(Timer))
def test_rows_are_rows(timer: Timer) -> None:
    assert isinstance(timer, Timer)
    assert timer == Timer.model_validate(timer.model_dump())


@given(timer=rows(Timer, user_id="u1", is_running=st.just(True)))
def test_columns_may_be_fixed(timer: Timer) -> None:
    assert ("u1", True) == (timer.user_id, timer.is_running)


def test_a_name_that_is_no_columns_is_refused() -> None:
    with pytest.raises(TypeError, match="Timer has no column user"):
        rows(Timer, user="u1")


def test_a_table_in_no_schema_is_refused() -> None:
    class Alone(ds.Table, name="alone"):
        id: ds.Column[str] = ds.column(primary_key=True)

    with pytest.raises(ds.UnboundTableError):
        rows(Alone)


@given(data=st.data())
def test_a_column_that_is_dropped_is_given_what_it_needs(data: st.DataObject) -> None:
    class Faded(ds.Table, name="faded"):
        id: ds.Column[str] = ds.column(primary_key=True)
        colour: ds.Column[str | None] = ds.column(dropped=True)
        size: ds.Column[int] = ds.column(default=1, dropped=True)

    ds.Schema(Faded)
    row = data.draw(rows(Faded))

    assert (None, 1) == (row.colour, row.size)


@settings(max_examples=20)
@given(data=st.data())
def test_tables_are_tables_whose_rows_come_back(data: st.DataObject) -> None:
    table = data.draw(tables())
    row = data.draw(rows(table))

    for side in ("sqlite", "postgres"):
        assert row == ds.decode(table, ds.encode(row, side), side)


@settings(max_examples=10)
@given(table=tables(postgres="native", max_columns=2))
def test_the_style_and_the_size_may_be_asked_for(table: type[ds.Table]) -> None:
    model = binding_of(table).model

    assert len(model.columns) <= 3
    assert {"native"} == {column.style.value for column in model.columns}


EDGES: list[tuple[Any, dict[str, Any], Any]] = [
    (str, {}, ""),
    (str, {}, "10.5"),
    (str, {}, "null"),
    (int, {}, -(2**31)),
    (int, {}, 2**31 - 1),
    (ds.BigInt, {}, 2**53 - 1),
    (ds.Int64, {}, -(2**63)),
    (float, {}, 5e-324),
    (float, {}, 1e308),
]


@pytest.mark.parametrize(("annotation", "options", "edge"), EDGES)
def test_hypothesis_meets_the_edges(annotation: Any, options: dict[str, Any], edge: Any) -> None:
    from hypothesis import find

    column = binding_of(make_table("t", {"v": (annotation, options)})).model.by_name["v"]

    assert find(column.type.strategy(), lambda value: value == edge) == edge


def test_four_byte_text_negative_zero_and_the_first_and_last_year_are_met() -> None:
    from datetime import datetime

    from hypothesis import find

    def met(annotation: Any, condition: Any) -> Any:
        column = binding_of(make_table("t", {"v": (annotation, {})})).model.by_name["v"]
        return find(column.type.strategy(), condition)

    assert met(str, lambda v: any(ord(c) > 0xFFFF for c in v))
    assert str(met(float, lambda v: str(v) == "-0.0")) == "-0.0"
    assert met(datetime, lambda v: v.year == 1).year == 1
    assert met(datetime, lambda v: v.year == 9999).year == 9999
    assert met(dict[str, Any], lambda v: "a" in str(v).lower()) is not None


def test_without_hypothesis_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "import dualschema as ds\n"
        "try:\n"
        "    import dualschema.testing\n"
        "except ds.MissingExtraError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (
        'dualschema.testing needs an extra: pip install "dualschema[testing]"'
        == done.stdout.strip()
    )
