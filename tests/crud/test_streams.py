"""Rows that come and go as a stream: memory stays bounded, and one may stop half way."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

import dualschema as ds
from dualschema.crud import array_update, bulk
from tests.crud.entries import contents, make_entry
from tests.crud.world import World

WIDE = "w" * 2_000


def _wide_rows(world: World, size: int) -> Iterator[Any]:
    entry = world.table("entries")
    return (entry(id=f"{number:06}", body=f"{WIDE}{number}") for number in range(size))


def _peak(work: Callable[[], object]) -> int:
    """Return how many bytes Python held at most while something was done."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _bytes_a_row(world: World) -> float:
    rows: list[Any] = []
    return _peak(lambda: rows.extend(_wide_rows(world, 200))) / 200


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have many parts of few rows; a COPY at the latest from 100 rows."""
    for name, size in (("_SOME", 100), ("_BLOCK", 50), ("_PART", 200)):
        monkeypatch.setattr(bulk, name, size)
    monkeypatch.setattr(array_update, "_PART", 200)


@pytest.mark.slow
@pytest.mark.usefixtures("small_parts")
def test_writing_holds_no_more_than_a_few_parts(world: World) -> None:
    size = 1_000 if world.name == "powersync" else 2_000  # its upserts are three statements
    entry = world.table("entries")
    whole = size * _bytes_a_row(world)
    changes = ((f"{number:06}", {"body": f"{WIDE}{number}!"}) for number in range(size))

    inserting = _peak(lambda: world.db.run(ds.insert(_wide_rows(world, size))))
    upserting = _peak(lambda: world.db.run(ds.upsert(_wide_rows(world, size))))
    updating = _peak(lambda: world.db.run(ds.update_many(entry, changes)))

    assert size == world.db.count(entry)
    shares = [peak / whole for peak in (inserting, upserting, updating)]
    assert max(shares) < 0.5, shares


@pytest.mark.slow
def test_reading_holds_no_more_than_a_part(world: World) -> None:
    size = 4_000
    world.db.run(ds.insert(_wide_rows(world, size)))
    query = ds.select(world.table("entries"))
    whole = size * _bytes_a_row(world)

    def read() -> None:
        assert size == sum(1 for _ in world.db.stream(query, size=200))

    assert _peak(read) < 0.2 * whole
    assert _peak(lambda: world.db.all(query)) > 0.9 * whole


@pytest.mark.parametrize("size", [1, 7, 100, 1_000])
def test_a_stream_gives_every_row_in_order(world: World, size: int) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(300)))
    entry = world.table("entries")
    query = ds.select(entry).where(entry.n >= ds.param("least")).order_by(entry.n.desc())

    found = world.db.stream(query, size=size, least=50)

    assert list(range(299, 49, -1)) == [row.n for row in found]
    assert [] == list(world.db.stream(query, size=size, least=300))


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 257, 511, 512, 513])
def test_all_rows_are_read_however_many_parts_they_come_in(world: World, rows: int) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(rows)))
    entry = world.table("entries")

    assert list(range(rows)) == [row.n for row in world.db.all(ds.select(entry).order_by(entry.n))]
    assert rows == len(world.db.all(ds.select(entry.id, entry)))


@pytest.mark.parametrize("taken", [0, 1, 10, 25])
def test_a_stream_that_is_given_up_leaves_nothing_open(world: World, taken: int) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(40)))
    before = contents(world)
    rows = world.db.stream(ds.select(world.table("entries")), size=10)

    assert taken == len(list(islice(rows, taken)))
    del rows
    gc.collect()

    _is_free(world)
    assert before == contents(world)
    assert 40 == world.db.run(ds.delete(world.table("entries")).all_rows())


def _is_free(world: World) -> None:
    """Assert that nobody holds a connection, or a transaction on it."""
    # Within another transaction, this one could not say its isolation.
    with world.db.transaction(isolation="serializable"):
        assert 0 == world.db.run(ds.update(world.table("entries"), "missing").set(n=1))
    if world.name.startswith("postgres"):
        pool: Any = world.db.engine.pool
        assert 0 == pool.checkedout()


def test_a_stream_that_fails_leaves_nothing_open(world: World) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(40)))
    entry = world.table("entries")

    def fail() -> None:
        for row in world.db.stream(ds.select(entry), size=5):
            raise KeyError(row.id)

    with pytest.raises(ds.StatementError):
        list(world.db.stream(ds.select(entry).where(entry.n > ds.param("none"))))
    with pytest.raises(KeyError):
        fail()
    gc.collect()

    _is_free(world)
    assert 40 == world.db.count(entry)


def test_what_is_written_while_rows_come_stays(world: World) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(40)))
    entry = world.table("entries")

    for count, row in enumerate(world.db.stream(ds.select(entry).order_by(entry.n), size=5), 1):
        assert 1 == world.db.run(ds.update(entry, row.id).set(n=row.n + 1_000))
        if count == 12:
            break
    gc.collect()

    assert 12 == world.db.count(ds.select(entry).where(entry.n >= 1_000))


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a transaction"])
@pytest.mark.parametrize("write", [ds.insert, ds.upsert])
def test_rows_may_be_made_of_what_is_read(world: World, write: Any, inside: bool) -> None:
    world.db.run(ds.insert(make_entry(world, number, slug=None) for number in range(60)))
    entry = world.table("entries")
    # All that is read was there before: a database need not show a reader what is written.
    query = ds.select(entry).where(entry.n < 60).order_by(entry.n)
    keys = world.db.scalars(ds.select(entry.id))

    def copies() -> Iterator[Any]:
        for row in world.db.stream(query, size=7):
            yield entry(**{**dict(row), "id": f"copy of {row.id}", "n": row.n + 1_000})

    def looked_up() -> Iterator[Any]:
        for key in keys:
            assert world.db.exists(ds.select(entry).where(entry.id == key))
            yield entry(**{**dict(world.db.get(entry, key)), "id": f"other {key}"})

    def work() -> None:
        assert 60 == world.db.run(write(copies()))
        assert 60 == world.db.run(write(looked_up()))

    if inside:
        with world.db.transaction():
            work()
    else:
        work()

    assert 180 == world.db.count(entry)
    _is_free(world)


def test_two_streams_at_once(world: World) -> None:
    world.db.run(ds.insert(make_entry(world, number) for number in range(50)))
    entry = world.table("entries")
    up = world.db.stream(ds.select(entry).order_by(entry.n), size=4)
    down = world.db.stream(ds.select(entry).order_by(entry.n.desc()), size=6)

    assert [(n, 49 - n) for n in range(20)] == [
        (one.n, other.n) for one, other in islice(zip(up, down, strict=True), 20)
    ]
    assert 30 == sum(1 for _ in up)
    assert 30 == sum(1 for _ in down)
    _is_free(world)


def test_a_stream_within_a_transaction_sees_and_keeps_its_writes(world: World) -> None:
    entry = world.table("entries")
    with world.db.transaction():
        world.db.run(ds.insert(make_entry(world, number) for number in range(30)))
        rows = world.db.stream(ds.select(entry), size=4)
        assert 10 == len(list(islice(rows, 10)))
        del rows
        gc.collect()
        world.db.run(ds.delete(entry).where(entry.n < 10))

    assert 20 == world.db.count(entry)
    _is_free(world)
