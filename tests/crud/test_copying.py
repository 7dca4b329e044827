"""COPY: every type in its binary form, and as text where the table's columns are of other types."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import PostgresType
from dualschema.crud.binary import oid_of
from dualschema.declare.table import Table, binding_of
from dualschema.testing.engines import temporary_table
from dualschema.testing.strategies import make_table, rows
from tests.types.cases import CASES, Case, Style, both_columns, every_case, every_style

Connection = psycopg.Connection[tuple[Any, ...]]

LEAST = 16
"""From so many rows on it is a COPY."""


@contextmanager
def temporary(connection: Connection, table: type[Table], *changes: str) -> Iterator[ds.Database]:
    """Give a database with the table, changed by commands, within a transaction that is undone."""
    with connection.transaction(force_rollback=True):
        connection.execute(temporary_table(binding_of(table).model, "postgresql").encode())
        for change in changes:
            connection.execute(change.encode())
        yield ds.Database(connection)


def copied(db: ds.Database, table: Any, written: list[Any]) -> list[Any]:
    """Write rows by COPY, and return them as they are read, in the order of their keys."""
    assert len(written) == db.run(ds.insert(written))
    return db.all(ds.select(table).order_by(table.id))


@every_case
@every_style
def test_rows_come_back_from_a_copy(
    case: Case, style: Style, postgres_connection: Connection
) -> None:
    table = both_columns(case, style)
    some = st.lists(rows(table), min_size=LEAST, max_size=LEAST)

    @given(some)
    def check(drawn: list[Any]) -> None:
        numbered = [table(**{**dict(row), "id": f"{n:03}"}) for n, row in enumerate(drawn)]
        with temporary(postgres_connection, table) as db:
            assert numbered == copied(db, table, numbered)

    check()


@every_style
def test_a_type_is_known_by_the_number_that_postgres_gives_it(
    style: Style, postgres_connection: Connection
) -> None:
    columns = {binding_of(both_columns(case, style)).model.columns[1]: case for case in CASES}
    for column in columns:
        name = column.type.postgres_type(column.style)[0]
        [found] = postgres_connection.execute("SELECT %s::regtype::oid::int", [name.value])

        assert found == (oid_of(column),)

    if style == "native":
        shown = {column.type.postgres_type(column.style)[0] for column in columns}
        assert set(PostgresType) == shown


def test_a_table_of_other_types_takes_text(postgres_connection: Connection) -> None:
    """Those that statements of one row can be written to as well."""
    numbers: Any = make_table(
        "numbers",
        {
            "whole": (int, {}),
            "part": (float, {}),
            "money": (Decimal, {"precision": 10, "scale": 2}),
            "document": (list[dict[str, Any]], {}),
        },
    )
    written: list[Any] = [
        numbers(id=f"{n:03}", whole=n, part=n / 4, money=Decimal(n), document=[{"a\\b\t": n}])
        for n in range(40)
    ]
    others = "whole TYPE bigint, ALTER part TYPE numeric, ALTER document TYPE json"
    change = f"ALTER TABLE numbers ALTER {others}"

    with temporary(postgres_connection, numbers, change) as db:
        assert written == copied(db, numbers, written)
        assert len(written) == db.run(ds.upsert(written))


def test_a_column_that_the_definition_does_not_know_takes_its_default(
    postgres_connection: Connection,
) -> None:
    pair: Any = make_table("pairs", {"value": (int, {})})
    change = "ALTER TABLE pairs ADD COLUMN more integer DEFAULT 7"

    with temporary(postgres_connection, pair, change) as db:
        assert 20 == db.run(ds.insert(pair(id=f"{n}", value=n) for n in range(20)))
        assert [(20, 140)] == postgres_connection.execute(
            "SELECT count(*), sum(more) FROM pairs"
        ).fetchall()


@every_style
def test_a_row_that_takes_the_long_way_is_written_with_the_others(
    style: Style, postgres_connection: Connection
) -> None:
    """It was changed behind the back of its class, to what the column takes all the same."""
    moment: Any = make_table("moments", {"at": (datetime, {})}, postgres=style)
    at = datetime(2024, 5, 6, 7, 8, 9, 123_000, tzinfo=UTC)
    made: list[Any] = [moment(id=f"{n:03}", at=at) for n in range(20)]
    vars(made[7])["at"] = at.astimezone(timezone(timedelta(hours=2)))

    with temporary(postgres_connection, moment) as db:
        assert [at] * 20 == [row.at for row in copied(db, moment, made)]


@every_style
def test_a_value_that_the_column_does_not_take_ends_the_copy(
    style: Style, postgres_connection: Connection
) -> None:
    flag: Any = make_table("flags", {"value": (bool, {})}, postgres=style)
    made: list[Any] = [flag(id=f"{n:03}", value=True) for n in range(20)]
    vars(made[7])["value"] = "secret"

    with temporary(postgres_connection, flag) as db:
        with (
            pytest.raises(ds.EncodeError, match=r"^flags\.value \(row 7\): ") as caught,
            db.transaction(),
        ):
            db.run(ds.insert(made))
        assert "secret" not in str(caught.value)
        assert 20 == db.run(ds.insert(flag(id=f"{n}", value=False) for n in range(20)))
