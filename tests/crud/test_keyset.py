"""A page deep in an order begins where the index has it: what is before it is not read."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import dualschema as ds

ROWS = 4_000


class Entry(ds.Table, name="keyset_entries", sync=False):
    id: ds.Column[int] = ds.column(primary_key=True)
    n: ds.Column[int] = ds.column(index=True)


schema = ds.Schema(Entry)


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_a_page_in_the_middle_of_an_index_reads_that_page(
    postgres_url: str, direction: str
) -> None:
    with ds.connect(postgres_url) as db, db.engine.begin() as connection:
        schema.create_all(connection)
        held = ds.Database(connection)
        held.run(ds.insert([Entry(id=at, n=at * 7919 % ROWS) for at in range(ROWS)]))
        connection.exec_driver_sql("ANALYZE keyset_entries")
        connection.exec_driver_sql("SET enable_sort = off")
        order = (Entry.n, Entry.id) if direction == "ascending" else (Entry.n.desc(), Entry.id)
        middle = held.one(ds.select(Entry).where(Entry.n == ROWS // 2))
        page = ds.select(Entry).order_by(*order).page(size=50, after=middle)

        made = page.statement.compile(connection, compile_kwargs={"literal_binds": True})
        told = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {made}"
        [plan] = connection.execute(sa.text(told)).scalars()

        step = 1 if direction == "ascending" else -1
        expected = [ROWS // 2 + step * at for at in range(1, 51)]
        assert expected == [row.n for row in held.all(page)]
        assert _removed(plan[0]["Plan"]) <= 50


def _removed(node: dict[str, Any]) -> int:
    """Return how many rows a plan reads for nothing."""
    below = sum(_removed(each) for each in node.get("Plans", ()))
    return int(node.get("Rows Removed by Filter", 0)) + below
