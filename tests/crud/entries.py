"""A table for many rows, whose values are the ones that text formats trip over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import dualschema as ds
from tests.crud.world import Style, World

__all__ = ["AWKWARD", "contents", "make_entries", "make_entry", "put_shelves", "values_of"]

AWKWARD: Final = (
    "plain",
    "",
    " ",
    "\t",
    "a\tb\nc\rd\r\n",
    "\\",
    "a\\",
    "\\\\n",
    "\\N",
    "\\.",
    "\\x00",
    "'",
    "''; DROP TABLE entries; --",
    '"',
    '"quoted", "twice"',
    "{",
    "}",
    "{}",
    '{a,"b",NULL}',
    ",",
    "NULL",
    "null",
    "%s ? :name $1 ::text",
    "ü😀𝔘\U0010ffff",
    "e\u0301 \u2028\u0085\u00a0\ufeff",
    "\x01\x0b\x0c\x1f\x7f",
    "[1, 2]",
)
"""What COPY, array literals and JSON have a meaning for, and what is not plain ASCII."""

_START: Final = datetime(2024, 1, 1, tzinfo=UTC)


def make_entries(style: Style) -> ds.Schema:
    """Define ``shelves`` and ``entries``."""

    class Shelf(ds.Table, name="shelves"):
        id: ds.Column[str] = ds.column(primary_key=True)

    class Entry(ds.Table, name="entries", checks=[ds.Check("n < 1000000", name="entries_n")]):
        id: ds.Column[str] = ds.column(primary_key=True)
        slug: ds.Column[str | None] = ds.column(default=None, unique=True)
        body: ds.Column[str] = ds.column(default="")
        note: ds.Column[str | None] = ds.column(default=None)
        n: ds.Column[int] = ds.column(default=0)
        flag: ds.Column[bool] = ds.column(default=False)
        raw: ds.Column[bytes | None] = ds.column(default=None)
        tags: ds.Column[list[str]] = ds.column(default_factory=list)
        extra: ds.Column[Any | None] = ds.column(default=None)
        price: ds.Column[Decimal | None] = ds.column(default=None, precision=12, scale=2)
        made: ds.Column[datetime] = ds.column(default=_START)
        shelf_id: ds.Column[str | None] = ds.column(default=None, foreign_key="shelves.id")

    return ds.Schema(Shelf, Entry, postgres=style)


def values_of(number: int, *, version: int = 0) -> dict[str, Any]:
    """Return the values of an entry: all are awkward, and other ones in another version."""
    text = AWKWARD[(number + version) % len(AWKWARD)]
    other = AWKWARD[(number * 7 + version + 1) % len(AWKWARD)]
    return {
        "id": f"{number}{AWKWARD[number % len(AWKWARD)]}",
        "slug": None if number % 3 else f"{other}{number}",
        "body": text,
        "note": None if number % 2 else other,
        "n": number + version,
        "flag": bool((number + version) % 2),
        "raw": (None, b"", text.encode(), bytes(range(256)))[number % 4],
        "tags": [text, other][: number % 3],
        "extra": (None, ds.JSON_NULL, text, {text: [other, None]}, 1.5)[(number + version) % 5],
        "price": None if number % 5 == 0 else Decimal(number).scaleb(-2),
        "made": _START + timedelta(seconds=number),
        "shelf_id": (None, "one", "two")[number % 3],
    }


def make_entry(world: World, number: int, *, version: int = 0, **values: Any) -> Any:
    """Return an entry."""
    return world.table("entries")(**{**values_of(number, version=version), **values})


def put_shelves(world: World) -> None:
    """Insert what entries name."""
    shelf = world.table("shelves")
    world.db.run(ds.insert([shelf(id="one"), shelf(id="two")]))


def contents(world: World) -> dict[str, dict[str, Any]]:
    """Return all entries, by their keys."""
    return by_key(world.db.all(ds.select(world.table("entries"))))


def by_key(rows: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Return rows as dicts, by their keys."""
    return {row.id: dict(row) for row in rows}
