"""``assert_round_trip``: every value of a table, through a real database and back."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import hypothesis
from hypothesis import strategies as st

from dualschema.convert import decode, encode
from dualschema.declare.table import Table, binding_of
from dualschema.model import Side, TableModel
from dualschema.testing.engines import assert_same, engine_of
from dualschema.testing.strategies import rows
from dualschema.types.json import JSON_NULL

__all__ = ["assert_round_trip"]

Row = TypeVar("Row", bound=Table)
_SIDES: tuple[Side, ...] = ("postgres", "sqlite", "json")


class Engine(Protocol):
    """A database under test: it stores a row, changes it, and says what it then holds."""

    def prepare(self, model: TableModel) -> None:
        """Begin, with an empty table to write to."""

    def check(self, table: type[Any], first: Any, second: Any) -> None:
        """Write ``first``, turn it into ``second``, and assert that both come back."""

    def finish(self) -> None:
        """Leave the database as it was."""


def assert_round_trip(table: type[Row], connection: Any, *, max_examples: int = 100) -> None:
    """Assert that rows of a table survive the databases: as they are, and in all their columns.

    Hypothesis draws rows with every value that the columns take. Each is encoded and decoded, then
    written, read back, changed and read back again. Nothing stays behind: it all happens in a
    transaction that is rolled back, in a temporary table of the same columns and checks (without
    the foreign keys, whose targets are not there), or through the client's own view.

    Args:
        table: a table class that stands in a schema.
        connection: of psycopg (3), SQLite (the standard library's ``sqlite3`` and its like, or
            apsw), SQLAlchemy over one of these, or ``open_powersync``: then the view is used and
            what waits for upload is read, too. No transaction may be under way.
        max_examples: how many pairs of rows are tried.

    Raises:
        AssertionError: a row came back as another; Hypothesis shows the simplest such row.
        TypeError: the connection is of no kind that it knows.
    """
    model = binding_of(table).model
    engine = engine_of(connection)
    engine.prepare(model)
    key = model.key_column.attribute

    every_check: Any = list(hypothesis.HealthCheck)

    @hypothesis.settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        suppress_health_check=every_check,
        print_blob=True,
        report_multiple_bugs=False,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )
    @hypothesis.given(st.data())
    def comes_back(data: st.DataObject) -> None:
        first = data.draw(rows(table), label="inserted")
        second = data.draw(rows(table, **{key: getattr(first, key)}), label="updated")
        for side in _SIDES:
            if side == "json" and _has_two_nulls(model, first):
                continue
            assert_same(decode(table, encode(first, side), side), first, f"as {side}")
        engine.check(table, first, second)

    try:
        comes_back()
    finally:
        engine.finish()


def _has_two_nulls(model: TableModel, row: Table) -> bool:
    """Whether a nullable column holds JSON's null, which ``encode`` refuses an API's JSON."""
    return any(c.nullable and getattr(row, c.attribute) is JSON_NULL for c in model.columns)
