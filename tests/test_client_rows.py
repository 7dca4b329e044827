"""What every language must know of a client's rows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import dualschema as ds
from dualschema.client_rows import (
    column_doc,
    decimal_size,
    epoch_micros,
    has_32_bits,
    insert_into,
    limits,
    plain_form,
    second_digits,
    table_doc,
    written_columns,
)
from dualschema.powersync import client_indexes
from dualschema.types.decimal import Numeric
from dualschema.types.integer import BigInteger, Integer
from dualschema.types.real import Real
from dualschema.types.text import Text
from dualschema.types.uuid import Uuid


class Reading(
    ds.Table,
    name="readings",
    view_name="local_readings",
    sync="insert_only",
    indexes=[ds.Index("value"), ds.Index("value", "number")],
):
    value: ds.Column[float] = ds.column(ge=0, lt=1.5, doc="how much")
    number: ds.Column[str] = ds.column(primary_key=True)
    read_at: ds.Column[datetime] = ds.column(precision=6, writable="create")
    checked: ds.Column[bool | None] = ds.column(default=None, writable="server")


(MODEL,) = ds.Schema(Reading).model.tables


def test_every_column_is_written_but_the_key() -> None:
    assert ["value", "read_at", "checked"] == [each.name for each in written_columns(MODEL)]


def test_a_row_is_inserted_into_the_view() -> None:
    assert "local_readings" == MODEL.view
    expected = 'INSERT INTO "local_readings" ("id", "value", "read_at", "checked") '
    assert f"{expected}VALUES (?, ?, ?, ?)" == insert_into(MODEL)


def test_no_index_is_over_the_key() -> None:
    assert [("value",)] == [index.columns for index in client_indexes(MODEL)]


def test_what_is_said_of_a_table_and_its_columns() -> None:
    never_read = "The client writes such rows and never reads them back."
    assert ["A row of `readings`.", "", never_read] == table_doc(MODEL)
    said = [column_doc(column) for column in MODEL.columns]
    created, set_by_server = "The server takes it with a new row only.", "The server alone sets it."
    assert [["how much"], [], [created], [set_by_server]] == said


def test_what_values_are() -> None:
    assert has_32_bits(Integer())
    assert not has_32_bits(BigInteger())
    assert 6 == second_digits(MODEL.by_name["read_at"].type)
    assert (12, 2) == decimal_size(Numeric(12, 2))
    assert (0, 0) == decimal_size(Numeric())
    assert 1_500_000 == epoch_micros("1970-01-01T00:00:01.500Z")
    assert "A UUID, in lower case." == plain_form(Uuid())
    assert plain_form(Integer()) is None


def test_what_values_must_be() -> None:
    number = Numeric(gt=Decimal(-1), le=Decimal("1.50"))
    assert [(">", "-1"), ("<=", "1.50")] == [(each.sign, each.bound) for each in limits(number)]
    assert ["is not >= 0.5"] == [each.reason for each in limits(Real(ge=0.5))]
    text = Text(min_length=2, max_length=9)
    said = ["has less than 2 characters", "has more than 9 characters"]
    assert said == [each.reason for each in limits(text)]
