"""Many rows: at each size where the way they are written changes, with values that formats trip on.

Below 16 rows Postgres gets a statement a row, below 500 arrays, then a COPY; all go in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dualschema as ds
from tests.crud.entries import AWKWARD, by_key, contents, make_entry, values_of
from tests.crud.world import World

SIZES = [
    *(0, 1, 15, 16, 499, 500, 501),
    *(pytest.param(size, marks=pytest.mark.slow) for size in (10_001,)),
]


@pytest.mark.parametrize("size", SIZES)
def test_rows_are_inserted_upserted_updated_and_deleted(world: World, size: int) -> None:
    entry = world.table("entries")
    expected = {(values := values_of(number))["id"]: values for number in range(size)}

    assert size == world.db.run(ds.insert(make_entry(world, number) for number in range(size)))
    assert expected == contents(world)

    half = range(size // 2, size + size // 2)
    expected |= {(v := values_of(number, version=1))["id"]: v for number in half}
    upserted = (make_entry(world, number, version=1) for number in half)

    assert size == world.db.run(ds.upsert(upserted))
    assert expected == contents(world)

    changes = {
        key: {"body": AWKWARD[n % len(AWKWARD)] + "!", "note": None, "n": n, "extra": [key]}
        for n, key in enumerate(reversed(expected))
    }
    expected = {key: {**values, **changes[key]} for key, values in expected.items()}

    assert len(half) + size // 2 == world.db.run(ds.update_many(entry, iter(changes.items())))
    assert expected == contents(world)
    assert expected == by_key(world.db.stream(ds.select(entry), size=100))
    assert len(expected) == world.db.run(ds.delete(entry).all_rows())


@pytest.mark.parametrize("size", [3, 20, 600])
def test_upsert_leaves_rows_alone(world: World, size: int) -> None:
    world.db.run(ds.insert([make_entry(world, number) for number in range(0, size, 2)]))
    new = [make_entry(world, number, version=1) for number in range(size)]

    assert size // 2 == world.db.run(ds.upsert(iter(new), do_nothing=True))
    expected = [values_of(number, version=number % 2) for number in range(size)]
    assert {values["id"]: values for values in expected} == contents(world)


@pytest.mark.parametrize("size", [3, 20, 600])
def test_upsert_of_some_columns_where_a_condition_holds(world: World, size: int) -> None:
    entry = world.table("entries")
    world.db.run(ds.insert([make_entry(world, number) for number in range(size)]))
    new = [make_entry(world, number, version=1) for number in range(size)]
    statement = ds.upsert(iter(new), set=["body", "raw"], where=entry.flag)

    assert size // 2 == world.db.run(statement)
    for number in range(size):
        expected = values_of(number)
        if expected["flag"]:
            expected["body"] = values_of(number, version=1)["body"]
        assert expected == dict(world.db.get(entry, expected["id"]))


@pytest.mark.parametrize("size", [3, 20, 600])
def test_upsert_by_a_unique_column(world: World, size: int) -> None:
    entry = world.table("entries")

    def rows(shift: int) -> Iterator[Any]:
        return (entry(id=f"{number + shift}", slug=f"s{number}", n=shift) for number in range(size))

    assert size == world.db.run(ds.insert(rows(0)))
    assert size == world.db.run(ds.upsert(rows(5_000), target="slug"))
    assert {(f"{number}", f"s{number}", 5_000) for number in range(size)} == set(
        world.db.all(ds.select(entry.id, entry.slug, entry.n))
    )


@pytest.mark.parametrize(
    ("keys", "times"), [(1, 3), (3, 4), (4, 40), (30, 20), (550, 2), (1, 1_000)]
)
def test_rows_of_one_key_are_merged_in_order(world: World, keys: int, times: int) -> None:
    entry = world.table("entries")
    new = ds.excluded(entry)
    size = keys * times
    rows = (
        entry(id=f"k{n % keys}", n=n, body=f"{n}", tags=[f"{n}"], made=ds.now())
        for n in range(size)
    )
    # The first of a key is inserted; each later one adds to it, and leaves its text.
    statement = ds.upsert(rows, set={"n": new.n + entry.n, "body": new.body, "flag": entry.n > 0})

    assert size == world.db.run(statement)
    assert {
        (f"k{key}", sum(range(key, size, keys)), f"{size - keys + key}", f"{key}")
        for key in range(keys)
    } == {(row.id, row.n, row.body, *row.tags) for row in world.db.all(ds.select(entry))}


def test_null_is_no_other_row_of_a_unique_column(world: World) -> None:
    entry = world.table("entries")
    world.db.run(ds.insert([entry(id="there"), entry(id="b", slug="s")]))
    rows = [entry(id="c", n=5), entry(id="d", n=6), entry(id="e", slug="s", n=7)]

    for number in range(0, 600, 20):
        rows[number:number] = [entry(id=f"null {number}")]
    assert len(rows) == world.db.run(ds.upsert(rows, target="slug"))
    assert len(rows) + 1 == world.db.count(entry)
    assert 7 == world.db.get(entry, "b").n


@pytest.mark.parametrize("size", [2, 20, 600])
def test_changes_of_one_key_are_done_in_order(world: World, size: int) -> None:
    entry = world.table("entries")
    world.db.run(ds.insert([entry(id="a"), entry(id="b")]))
    changes = [("ab"[number % 2], {"n": number, "body": str(number)}) for number in range(size)]
    changes.insert(1, ("missing", {"n": 0, "body": ""}))

    assert size == world.db.run(ds.update_many(entry, changes))
    assert [("a", size - 2, str(size - 2)), ("b", size - 1, str(size - 1))] == world.db.all(
        ds.select(entry.id, entry.n, entry.body).order_by(entry.id)
    )


def test_a_value_that_is_given_free_is_taken_in_order(world: World) -> None:
    entry = world.table("entries")
    keys = [f"{number:03}" for number in range(600)]
    world.db.run(ds.insert(entry(id=key, slug=key) for key in keys))
    shifted = [*keys[1:], "last"]

    changes = [(key, {"slug": slug}) for key, slug in zip(keys, shifted, strict=True)]
    assert 600 == world.db.run(ds.update_many(entry, reversed(changes)))
    back = [entry(id=key, slug=key) for key in keys]
    assert 601 == world.db.run(ds.upsert([entry(id=keys[0], slug="free"), *back]))
    taken = [entry(id="new", slug="a"), entry(id="new", slug="b"), entry(id="other", slug="a")]
    assert 3 == world.db.run(ds.upsert(taken))
    assert [*keys, "b", "a"] == world.db.scalars(ds.select(entry.slug).order_by(entry.id))


def test_changes_of_many_shapes(world: World) -> None:
    entry = world.table("entries")
    world.db.run(ds.insert(entry(id=str(number)) for number in range(40)))
    patch = ds.patch_model(entry)
    shapes: list[Any] = [{"n": 5}, {"body": "x", "n": 6}, patch(note="y"), patch(), {"note": None}]
    changes = [(str(number), shapes[number // 4 % 5]) for number in range(40)]

    assert 32 == world.db.run(ds.update_many(entry, changes))
    shown = [(5, "", None), (6, "x", None), (0, "", "y"), (0, "", None), (0, "", None)]
    expected = {str(number): shown[number // 4 % 5] for number in range(40)}
    assert expected == {
        key: (row["n"], row["body"], row["note"]) for key, row in contents(world).items()
    }


@pytest.mark.parametrize("size", [1, 15, 16, 499, 1_700])
def test_progress_is_told_up_to_the_end(world: World, size: int) -> None:
    for statement in (ds.insert, ds.upsert):
        told: list[int] = []
        rows = (make_entry(world, number) for number in range(size))

        world.db.run(statement(rows, progress=told.append))

        assert sorted(set(told)) == told
        assert size == told[-1]


def test_progress_of_no_rows_is_not_told(world: World) -> None:
    told: list[int] = []

    assert 0 == world.db.run(ds.insert(iter(()), progress=told.append))
    assert 0 == world.db.run(ds.upsert(iter(()), progress=told.append))
    assert [] == told


@pytest.mark.parametrize("size", [2, 20])
def test_returning_keeps_the_order_of_the_rows(world: World, size: int) -> None:
    rows = [make_entry(world, number) for number in range(size)]

    assert list(map(dict, rows)) == list(map(dict, world.db.all(ds.insert(rows).returning())))
    twice = [*rows, *(make_entry(world, number, version=1) for number in range(size))]
    assert list(map(dict, twice)) == list(map(dict, world.db.all(ds.upsert(twice).returning())))


@pytest.mark.slow
def test_a_list_of_conditions_may_be_long(world: World) -> None:
    entry = world.table("entries")
    world.db.run(ds.insert(make_entry(world, number) for number in range(1_000)))
    keys = [values_of(number)["id"] for number in range(500, 40_500)]

    assert 500 == world.db.count(ds.select(entry).where(entry.id.in_(keys)))
    assert 500 == world.db.count(ds.select(entry).where(entry.id.not_in(keys)))
    assert 500 == world.db.run(ds.delete(entry).where(entry.id.in_(keys)))
