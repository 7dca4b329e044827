"""Many rows of which one is refused, or whose iterable fails: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

import dualschema as ds
from dualschema.crud import array_update, bulk
from tests.crud.entries import contents, make_entry
from tests.crud.world import World

# In one statement a row, in arrays, and in a COPY behind parts that were written already.
SIZES = [10, 200, 1_100]
every_size = pytest.mark.parametrize("size", SIZES)

Write = Callable[[World, Iterable[Any]], Any]


class Broken(Exception):  # noqa: N818  (what somebody's iterable raises)
    pass


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bulk, array_update):
        monkeypatch.setattr(module, "_PART", 500)


def _changes(world: World, rows: Iterable[Any]) -> Any:
    """Return an update of rows, which are told by entries."""
    pairs = ((row.id, {"body": row.body, "n": row.n, "slug": row.slug}) for row in rows)
    return ds.update_many(world.table("entries"), pairs)


WRITES: dict[str, Write] = {
    "insert": lambda world, rows: ds.insert(rows),
    "upsert": lambda world, rows: ds.upsert(rows),
    "upsert a part": lambda world, rows: ds.upsert(rows, set=["body", "n", "slug"]),
    "update_many": _changes,
}
INSERTS = ["insert", "upsert"]
every_write = pytest.mark.parametrize("write", WRITES)
every_insert = pytest.mark.parametrize("write", INSERTS)


def _rows(world: World, size: int, **last: Any) -> Iterator[Any]:
    """Yield rows, of which one near the end has other values."""
    for number in range(size):
        changed = last if number == size - 4 else {}
        yield make_entry(world, number, version=1, **{"slug": None, **changed})


def _broken(rows: Iterable[Any], after: int) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number == after:
            raise Broken
        yield row


def _prepare(world: World, write: str, size: int) -> dict[str, Any]:
    """Put rows there, which are to stay as they are."""
    at_first = [make_entry(world, 100_000 + n, slug=f"taken {n}") for n in range(3)]
    if write != "insert":
        at_first += [make_entry(world, number, slug=None) for number in range(0, size, 2)]
    world.db.run(ds.insert(at_first))
    return contents(world)


def _still_works(world: World, before: dict[str, Any]) -> None:
    """Assert that nothing was written, and that the next write is."""
    assert before == contents(world)
    new = make_entry(world, 999_999, slug=None)
    assert 1 == world.db.run(ds.insert(new))
    assert 25 == world.db.run(ds.upsert(make_entry(world, n, version=2) for n in range(25)))
    assert dict(new) == dict(world.db.get(world.table("entries"), new.id))


@every_write
@every_size
def test_an_iterable_that_fails(world: World, write: str, size: int) -> None:
    before = _prepare(world, write, size)

    with pytest.raises(Broken):
        world.db.run(WRITES[write](world, _broken(_rows(world, size), size - 4)))

    _still_works(world, before)


@every_write
@every_size
def test_an_iterable_that_fails_within_a_transaction(world: World, write: str, size: int) -> None:
    before = _prepare(world, write, size)
    entry = world.table("entries")

    with world.db.transaction():
        world.db.run(ds.insert(entry(id="in the same transaction")))
        with pytest.raises(Broken):
            world.db.run(WRITES[write](world, _broken(_rows(world, size), size - 4)))
        assert len(before) + 1 == world.db.count(entry)

    assert 1 == world.db.run(ds.delete(entry, "in the same transaction"))
    _still_works(world, before)


@every_write
@every_size
def test_a_row_that_cannot_be_encoded(world: World, write: str, size: int) -> None:
    before = _prepare(world, write, size)
    rows = list(_rows(world, size))
    rows[-4] = type(rows[-4]).model_construct(**{**dict(rows[-4]), "n": "no number"})

    with pytest.raises(ds.EncodeError) as caught:
        world.db.run(WRITES[write](world, rows))

    assert ("entries", "n") == (caught.value.table, caught.value.column)
    _still_works(world, before)


@every_insert
@every_size
def test_a_row_of_another_table(world: World, write: str, size: int) -> None:
    before = _prepare(world, write, size)
    rows = list(_rows(world, size))
    rows[-4] = world.table("shelves")(id="three")

    with pytest.raises(ds.StatementError, match="one table"):
        world.db.run(WRITES[write](world, rows))

    assert 2 == world.db.count(world.table("shelves"))
    _still_works(world, before)


@every_size
def test_a_key_that_is_there(world: World, size: int) -> None:
    before = _prepare(world, "insert", size)
    rows = list(_rows(world, size))
    rows[-4] = rows[2]

    with pytest.raises(ds.UniqueViolation):
        world.db.run(ds.insert(rows))
    with pytest.raises(ds.UniqueViolation):
        world.db.all(ds.insert(rows).returning())

    _still_works(world, before)


BREACHES: dict[str, tuple[dict[str, Any], type[ds.ConstraintViolation]]] = {
    "unique": ({"slug": "taken 1"}, ds.UniqueViolation),
    "check": ({"n": 1_000_000}, ds.CheckViolation),
    "foreign key": ({"shelf_id": "no shelf"}, ds.ForeignKeyViolation),
}


@pytest.mark.parametrize("breach", BREACHES)
@every_write
@every_size
def test_a_row_that_breaks_a_rule(world: World, write: str, size: int, breach: str) -> None:
    values, error = BREACHES[breach]
    if not world.holds_rules:
        pytest.skip("PowerSync's views have no rules but the key's")
    if breach == "foreign key" and write in ("update_many", "upsert a part"):
        pytest.skip("this write does not touch the column")
    before = _prepare(world, write, size)

    with pytest.raises(error) as caught:
        world.db.run(WRITES[write](world, _rows(world, size, **values)))
    with world.db.transaction():
        with pytest.raises(error), world.db.transaction():
            world.db.run(WRITES[write](world, _rows(world, size, **values)))
        assert len(before) == world.db.count(world.table("entries"))

    assert "entries" == caught.value.table
    _still_works(world, before)


@every_insert
@pytest.mark.parametrize("size", [16, 1_100])
def test_a_progress_callback_that_fails(world: World, write: str, size: int) -> None:
    before = _prepare(world, write, size)

    def fail(done: int) -> None:
        raise Broken(done)

    statement = {"insert": ds.insert, "upsert": ds.upsert}[write]
    with pytest.raises(Broken):
        world.db.run(statement(_rows(world, size), progress=fail))

    _still_works(world, before)


def test_keys_and_names_that_are_wrong_in_the_middle(world: World) -> None:
    before = _prepare(world, "update_many", 40)
    entry = world.table("entries")
    good = [(key, {"body": "new"}) for key in before]

    for bad, error in (
        (("1", {"bdy": "x"}), ds.StatementError),
        (("1", {"n": entry.n + 1}), ds.StatementError),
        (("1", {"n": 2**40}), ds.EncodeError),
        ((None, {"n": 1}), ds.EncodeError),
        (("1", {"id": "other"}), ds.StatementError),
    ):
        with pytest.raises(error):
            world.db.run(ds.update_many(entry, [*good, bad, *good]))
        assert before == contents(world)
