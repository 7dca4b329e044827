"""Pages of a table: filtered, sorted, and found by the row that they begin behind.

To skip a million rows is to read them. So a page is asked for by its neighbour: the rows behind the
last one of this page, or before its first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from dualschema import crud
from dualschema.crud import Database
from dualschema.declare.table import Table, binding_of
from dualschema.errors import StatementError
from dualschema.studio.filters import column_named, condition, is_sortable
from dualschema.studio.sizes import counted, exactly
from dualschema.studio.stored import read
from dualschema.studio.values import View, given

__all__ = ["Page", "Place", "page_of", "place_of"]

_LARGEST: Final = 500
"""How many rows a page may have."""

Side = Literal["first", "last", "after", "before"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: at an end of the table, or beside a row.

    Attributes:
        side: which end, or which side of the row.
        key: the row's key, as the page has it; None if that could not be read.
        offset: how many rows were before the page when it was asked for, which is what is left to
            go by where the row is gone.
    """

    side: Side = "first"
    key: Any = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What rows are wanted.

    Attributes:
        place: which page.
        size: rows a page.
        sort: the name of the column to sort by, or None for the key.
        descending: whether the largest comes first.
        filters: as ``condition`` takes them; all are to be met.
        view: the form of the values.
        is_counted: whether it is to be told how many rows there are in all.
    """

    place: Place = Place()
    size: int = 50
    sort: str | None = None
    descending: bool = False
    filters: Sequence[Mapping[str, Any]] = ()
    view: View = "value"
    is_counted: bool = True


def place_of(sent: Mapping[str, Any]) -> Place:
    """Return the place that the page names.

    Raises:
        StatementError: it is none.
    """
    offset = sent.get("offset", 0)
    if type(offset) is not int or not 0 <= offset < 2**63:
        raise StatementError("offset is a whole number from 0")
    for side in ("first", "last", "after", "before"):
        if sent.get("side", "first") == side:
            return Place(side, sent.get("key"), offset)
    raise StatementError("a page is the first, the last, after or before a row")


def page_of(database: Database, table: type[Table], wanted: Page) -> dict[str, Any]:
    """Return a page's rows, whether there are some before and after it, and how many in all.

    Raises:
        StatementError: a filter, or what to sort by, is no column's.
        DecodeError: a filter's value is none of its column's.
    """
    if not 1 <= wanted.size <= _LARGEST:
        raise StatementError(f"a page has 1 to {_LARGEST} rows")
    conditions = [condition(table, each) for each in wanted.filters]
    query = crud.select(table).where(*conditions)
    order = _order(table, wanted)
    place, beside = wanted.place, _beside(database, table, wanted)
    is_backwards = place.side == "last" or (place.side == "before" and beside is not None)
    clauses = (each.desc() if is_down != is_backwards else each for each, is_down in order)
    ordered = query.order_by(*clauses)
    if beside is not None:
        asked = ordered.page(size=wanted.size + 1, after=beside)
    else:
        asked = ordered.limit(wanted.size + 1).offset(0 if is_backwards else place.offset)
    found = read(database, table, asked)
    has_more, rows = len(found) > wanted.size, found[: wanted.size]
    if is_backwards:
        rows.reverse()
    is_first = beside is None and not is_backwards and place.offset == 0
    answer: dict[str, Any] = {
        "rows": [],
        "before": has_more if is_backwards else not is_first,
        "after": beside is not None if is_backwards else has_more,
    }
    for row in rows:
        values, faults = row.seen(wanted.view)
        answer["rows"].append({"key": row.key(), "values": values, "faults": faults})
    if wanted.is_counted:
        is_all = is_first and not has_more
        total = exactly(len(rows)) if is_all else counted(database, table, *conditions)
        answer["total"] = total
    return answer


def _order(table: type[Table], wanted: Page) -> list[tuple[Any, bool]]:
    """Return what to sort by, and whether it descends; the key comes last: no rows are equal."""
    model = binding_of(table).model
    key = getattr(table, model.key_attribute)
    if wanted.sort is None:
        return [(key, False)]
    column = column_named(table, wanted.sort)
    if not is_sortable(column):
        raise StatementError(f"{model.name}.{column.name} has no order")
    if column.name == model.key:
        return [(key, wanted.descending)]
    return [(getattr(table, column.attribute), wanted.descending), (key, wanted.descending)]


def _beside(database: Database, table: type[Table], wanted: Page) -> tuple[Any, ...] | None:
    """Return the values of the order that a neighbour has; None without one, or if it is gone.

    The database compares with the value that it has itself: to read it here might round it, or
    fail.
    """
    place, model = wanted.place, binding_of(table).model
    if place.side not in ("after", "before") or place.key is None:
        return None
    key = given(table, model.key_column, place.key)
    other: Any = crud.alias(table)
    neighbour = getattr(other, model.key_attribute) == key
    name = model.key if wanted.sort is None else column_named(table, wanted.sort).name
    value = getattr(other, model.by_name[name].attribute)
    found = database.first(crud.select(value.is_(None)).where(neighbour))
    if found is None:
        return None
    if name == model.key:
        return (key,)
    if found[0]:
        return (None, key)
    return (crud.select(value).where(neighbour).statement.scalar_subquery(), key)
