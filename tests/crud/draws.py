"""Hypothesis strategies for rows, conditions, changes and orders of the four worlds' tables.

Most values come from small pools, so that keys meet and conditions find something; the rest is
whatever a column's type takes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.table import binding_of
from dualschema.testing.strategies import values
from tests.crud.changes import Change, Copy, Exceeds, Plus, PlusNew, Value
from tests.crud.conditions import (
    Among,
    Bare,
    Both,
    Compare,
    Condition,
    Contains,
    Either,
    Given,
    InDocument,
    Inverse,
    Is,
    Like,
)
from tests.crud.model import KEYS, Conflict, Row, Sorting
from tests.crud.world import Lap, Level, make_schema

__all__ = [
    "POOLS",
    "change_lists",
    "changes",
    "conditions",
    "conflicts",
    "keys",
    "mostly",
    "new_rows",
    "orders",
    "row_lists",
]

_TEXTS: Final = (
    "", "a", "ab", "a%b", "_", "b\\", "it's", "\t\n", "\\N", "NULL", "{a,b}", '"', "ü😀",
)  # fmt: skip
_INSTANTS: Final = tuple(datetime(2024, 1, day, 12, 30, 0, 5000, tzinfo=UTC) for day in (1, 2, 3))
_OWNERS: Final = tuple(UUID(int=number) for number in (1, 2, 3, 4, 2**127, 2**128 - 1))
_LAPS: Final = (Lap(number=1, lap_time=20), Lap(number=2, lap_time=-5))
_TAGGED: Final = (
    {"tag": "x", "n": 1, "on": True},
    {"tag": "y", "n": 7, "on": False},
    {"tag": "x", "n": 9, "on": True},
)

POOLS: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "owners": {
        "id": _OWNERS,
        "name": ("Ada", "Bob", "it's", "😀", "", "\n", "Ä", "ä"),
        "rank": (None, 0, 1, 2, -(2**30)),
    },
    "things": {
        "code": tuple(f"k{number}" for number in range(12)),
        "title": _TEXTS,
        "flag": (False, True),
        "maybe": (None, False, True),
        "count": (0, 1, 2, 5, 999, 1000),
        "position": (None, -1, 0, 1, 2),
        "big": (None, 0, 1, 2**53 - 1, -(2**53) + 1),
        "huge": (None, 0, 10, 2**63 - 1, -(2**63)),
        "ratio": (None, 0.0, 0.1, -2.5, 1e300, 5e-324),
        "price": (None, Decimal("0.00"), Decimal("1.50"), Decimal("-9999999999.99")),
        "made": _INSTANTS,
        "changed": _INSTANTS,
        "day": (None, date.min, date(2024, 2, 29), date.max),
        "at": (None, time.min, time(12, 30, 0, 5000), time.max.replace(microsecond=999_000)),
        "took": (None, timedelta(0), timedelta(milliseconds=-1), timedelta(days=10_000)),
        "token": (None, *_OWNERS),
        "kind": ("plain", "it's fancy"),
        "level": (None, Level.LOW, Level.HIGH),
        "raw": (None, b"", b"\0\xff", b"\\x00"),
        "laps": ([], [_LAPS[0]], list(_LAPS), list(_LAPS[::-1])),
        "lead": (None, *_LAPS),
        "extra": (None, ds.JSON_NULL, "text", [1, {"tag": "y"}], {"a": [None, "\\"]}, *_TAGGED),
        "owner_id": (None, *_OWNERS),
    },
}

# Keys and uniques would meet rarely, if anything might be drawn. What is added to must not
# overflow, nor what SQLAlchemy casts to an integer of 32 bits.
_ONLY_POOLS: Final = frozenset(
    {"id", "name", "rank", "code", "count", "position", "owner_id", "laps", "lead"}
)

_ORDERED: Final = {
    "owners": ("name", "rank", "id"),
    "things": (
        "title",
        "flag",
        "maybe",
        "count",
        "position",
        "big",
        "ratio",
        "made",
        "day",
        "at",
        "took",
        "token",
        "kind",
        "level",
    ),
}
_EQUATED: Final = {"owners": (), "things": ("huge", "price", "raw")}
"""What has another order on each engine, or none: text on SQLite, whatever it stands for."""


def _free_values() -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    """Return strategies for whatever the columns take, by tables."""
    made = {}
    for table in make_schema("portable").tables:
        model = binding_of(table).model
        columns = [c for c in model.columns if c.attribute not in _ONLY_POOLS]
        made[model.name] = {column.attribute: values(column) for column in columns}
    made["things"]["extra"] = made["things"]["extra"].filter(_has_no_path)
    return made


def _has_no_path(document: Any) -> bool:
    """Whether no condition's path leads to anything: Postgres casts only what is of the type."""
    return not (isinstance(document, dict) and document.keys() & _TAGGED[0].keys())


_FREE: Final = _free_values()
_POOLED: Final = {
    table: {name: st.sampled_from(pool) for name, pool in pools.items()}
    for table, pools in POOLS.items()
}
_VALUES: Final = {
    table: {name: drawn | _FREE[table].get(name, drawn) for name, drawn in pooled.items()}
    for table, pooled in _POOLED.items()
}


def _rows(table: str) -> st.SearchStrategy[Row]:
    """Draw a row, of which a column or none is not out of a pool."""
    pooled = st.fixed_dictionaries(_POOLED[table])
    if not _FREE[table]:
        return pooled
    others = st.sampled_from([None, *_FREE[table]]).flatmap(
        lambda name: st.fixed_dictionaries({} if name is None else {name: _FREE[table][name]})
    )
    return st.builds(lambda row, other: {**row, **other}, pooled, others)


def row_lists(table: str, *, least: int = 1, most: int = 6) -> st.SearchStrategy[list[Row]]:
    """Draw rows, of which some may have one key."""
    return st.lists(_rows(table), min_size=least, max_size=most)


def new_rows(table: str) -> st.SearchStrategy[list[Row]]:
    """Draw rows of which none is there, most likely."""

    def renamed(drawn: tuple[list[Row], list[int]]) -> list[Row]:
        return [{**row, **_new(table, n)} for row, n in zip(*drawn, strict=False)]

    numbers = st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True)
    return st.tuples(row_lists(table), numbers).map(renamed)


def _new(table: str, number: int) -> Row:
    if table == "owners":
        return {"id": UUID(int=number + 1_000), "name": f"owner {number}"}
    return {"code": f"n{number}", "owner_id": None}


def mostly(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw of one strategy, and now and then of the other."""
    return st.sampled_from([one, one, other]).flatmap(lambda chosen: chosen)


def keys(table: str) -> st.SearchStrategy[Any]:
    """Draw a key, which may be there."""
    return st.sampled_from(POOLS[table][KEYS[table]])


def orders(table: str) -> st.SearchStrategy[list[Sorting]]:
    """Draw columns to sort by."""
    one = st.builds(
        Sorting,
        st.sampled_from(_ORDERED[table]),
        st.booleans(),
        st.sampled_from([None, None, "first", "last"]),
    )
    return st.lists(one, max_size=3, unique_by=lambda each: each.column)


def conditions(table: str) -> st.SearchStrategy[Condition]:
    """Draw a condition."""
    simple = _simple(table)
    pairs = st.tuples(simple, simple)
    return st.one_of(
        simple,
        simple,
        _given(table),
        simple.map(Inverse),
        pairs.map(lambda pair: Both(*pair)),
        pairs.map(lambda pair: Either(*pair)),
        pairs.map(lambda pair: Inverse(Either(*pair))),
    )


def _simple(table: str) -> st.SearchStrategy[Condition]:
    kinds: list[st.SearchStrategy[Any]] = [_compared(table), _compared(table), _among(table)]
    if table == "owners":
        return st.one_of(*kinds, st.builds(Is, st.just("rank"), st.none(), st.booleans()))
    nullable = [name for name, pool in POOLS[table].items() if None in pool]
    return st.one_of(
        *kinds,
        st.builds(Is, st.sampled_from(nullable), st.none(), st.booleans()),
        st.builds(Is, st.sampled_from(["flag", "maybe"]), st.booleans(), st.booleans()),
        st.builds(Bare, st.sampled_from(["flag", "maybe"])),
        st.builds(Like, st.just("title"), st.sampled_from(_PATTERNS)),
        st.builds(
            Contains,
            st.just("title"),
            st.sampled_from(["contains", "startswith", "endswith"]),
            st.sampled_from(_TEXTS),
        ),
        st.sampled_from(_DOCUMENT_CONDITIONS),
    )


_PATTERNS: Final = ("%", "a%", "_", "%b", "%ü_", "", "%\n")
_DOCUMENT_CONDITIONS: Final = tuple(
    InDocument(*given)
    for given in (
        ("extra", ("tag",), "string", "==", "x"),
        ("extra", ("tag",), "string", "!=", "x"),
        ("extra", ("n",), "integer", ">", 5),
        ("extra", ("on",), "boolean", "==", True),
        ("extra", (1, "tag"), "string", "==", "y"),
        ("laps", (0, "lapTime"), "integer", "<", 0),
        ("laps", (1, "number"), "integer", ">=", 2),
        ("lead", ("lapTime",), "integer", "==", 20),
    )
)


def _columns(table: str, names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(
            st.just(name), _VALUES[table][name].filter(lambda value: value is not None)
        )
    )


def _compared(table: str) -> st.SearchStrategy[Compare]:
    ordered = st.tuples(
        _columns(table, _ORDERED[table]), st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
    )
    any_column = (*_ORDERED[table], *_EQUATED[table])
    equated = st.tuples(_columns(table, any_column), st.sampled_from(("==", "!=")))
    return (ordered | equated).map(lambda drawn: Compare(drawn[0][0], drawn[1], drawn[0][1]))


def _given(table: str) -> st.SearchStrategy[Given]:
    return _compared(table).map(lambda made: Given(made.column, made.sign, made.value))


def _among(table: str) -> st.SearchStrategy[Among]:
    def of(column: str) -> st.SearchStrategy[Among]:
        some = st.lists(_VALUES[table][column].filter(lambda v: v is not None), max_size=3)
        return st.builds(Among, st.just(column), some.map(tuple), st.booleans())

    return st.sampled_from((*_ORDERED[table], *_EQUATED[table])).flatmap(of)


def changes(table: str) -> st.SearchStrategy[dict[str, Change]]:
    """Draw what an update sets."""
    options = _set_values(table)
    for name, found in _EXPRESSIONS.items() if table == "things" else ():
        options[name] = options[name] | st.sampled_from(found)
    return _names(options).flatmap(lambda names: _of_names(options, names))


def change_lists(table: str) -> st.SearchStrategy[list[tuple[Any, dict[str, Change]]]]:
    """Draw keys, of which some may be the same, with values; often all of the same columns."""
    options = _set_values(table)
    any_names = _names(options).flatmap(lambda names: _of_names(options, names))
    alike = _names(options).flatmap(
        lambda names: st.lists(st.tuples(keys(table), _of_names(options, names)), max_size=6)
    )
    return mostly(alike, st.lists(st.tuples(keys(table), any_names), max_size=4))


def _set_values(table: str) -> dict[str, st.SearchStrategy[Change]]:
    fixed = {KEYS[table], "changed"}
    return {name: drawn.map(Value) for name, drawn in _VALUES[table].items() if name not in fixed}


def _names(options: dict[str, Any]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=4, unique=True)


def _of_names(
    options: dict[str, st.SearchStrategy[Change]], names: list[str]
) -> st.SearchStrategy[dict[str, Change]]:
    return st.fixed_dictionaries({name: options[name] for name in names})


_EXPRESSIONS: Final[dict[str, list[Change]]] = {
    "count": [Plus("count", 1), Plus("count", -5), Copy("position")],
    "position": [Plus("position", 3), Copy("count")],
    "ratio": [Plus("ratio", 0.25)],
    "title": [Plus("title", "x%"), Copy("kind")],
    "flag": [Copy("maybe"), Exceeds("position", 0)],
    "maybe": [Copy("flag"), Exceeds("count", 4)],
    "made": [Copy("changed")],
    "token": [Copy("owner_id")],
    "extra": [Copy("extra")],
    "raw": [Copy("raw")],
    "price": [Copy("price")],
}

_UPSERTED: Final[dict[str, list[Change]]] = {
    "count": [PlusNew("count"), Copy("count", is_new=True), Plus("count", 1)],
    "position": [PlusNew("position"), Copy("count", is_new=True)],
    "title": [PlusNew("title"), Copy("title", is_new=True)],
    "flag": [Copy("flag", is_new=True), Exceeds("count", 4)],
    "maybe": [Copy("maybe", is_new=True), Value(None)],
    "extra": [Copy("extra", is_new=True), Value(None), Value(ds.JSON_NULL), Value(_TAGGED[0])],
    "laps": [Copy("laps", is_new=True), Value([]), Value(list(_LAPS))],
    "made": [Copy("made", is_new=True), Value(_INSTANTS[1])],
    "huge": [Copy("huge", is_new=True), Value(2**63 - 1)],
    "price": [Copy("price", is_new=True), Value(Decimal("1.50"))],
    "raw": [Copy("raw", is_new=True), Value(b"\0\xff")],
    "owner_id": [Copy("owner_id", is_new=True), Value(None)],
}


def conflicts(table: str) -> st.SearchStrategy[Conflict]:
    """Draw what an upsert does where a row is there."""
    key = st.just(KEYS[table])
    plain = st.builds(Conflict, key) | st.builds(Conflict, key, do_nothing=st.just(True))
    if table == "owners":
        copied = st.just({"rank": Copy("rank", is_new=True)}) | st.just({"rank": PlusNew("rank")})
        by_name = st.builds(Conflict, st.just("name"), st.none() | copied)
        return plain | by_name | st.builds(Conflict, key, copied)
    options = {name: st.sampled_from(found) for name, found in _UPSERTED.items()}
    some = _names(options).flatmap(lambda names: _of_names(options, names))
    where = mostly(st.none(), _simple(table))
    of_some = st.builds(Conflict, key, some, where)
    others = plain | st.builds(Conflict, key, st.just({})) | st.builds(Conflict, key, where=where)
    return mostly(of_some, others)
