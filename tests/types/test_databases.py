"""Every sample of every type, NULL and not, through each real database and back."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from dualschema.testing import assert_round_trip, open_powersync
from tests.types.cases import Case, Style, both_columns, every_case, every_style, schema_of


@every_case
@every_style
def test_rows_come_back_from_sqlite(case: Case, style: Style, examples: int) -> None:
    table = both_columns(case, style)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        assert_round_trip(table, connection, max_examples=examples)
    finally:
        connection.close()


@every_case
def test_rows_come_back_from_a_view_of_powersync(
    case: Case, powersync_library: Path, examples: int
) -> None:
    """By INSERT and by UPDATE, and so do the uploads that the core makes of them."""
    table = both_columns(case, "portable")
    connection = open_powersync(schema_of(table), library=powersync_library)
    try:
        assert_round_trip(table, connection, max_examples=examples)
    finally:
        connection.close()


@every_case
@every_style
def test_rows_come_back_from_postgres(
    case: Case,
    style: Style,
    postgres_connection: psycopg.Connection[tuple[Any, ...]],
    examples: int,
) -> None:
    table = both_columns(case, style)

    assert_round_trip(table, postgres_connection, max_examples=examples)
