"""Pages over the API: each row once, in both directions, at any depth of a large table."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import dualschema as ds
from dualschema.studio import rows, sizes
from tests.studio.world import Studio

TASKS = "tables/tasks/rows"


def page(studio: Studio, place: Any = None, **query: str) -> Any:
    return studio.get(TASKS, place=json.dumps(place or {}), **query)


def keys(found: Any) -> list[str]:
    return [row["key"] for row in found["rows"]]


def pages(studio: Studio, *, back: bool, **query: str) -> Iterator[list[str]]:
    """Yield the keys of all pages, from one end to the other."""
    place: Any = {"side": "last" if back else "first"}
    while True:
        found = page(studio, place, **query)
        yield keys(found)
        if not found["before" if back else "after"]:
            return
        row = found["rows"][0 if back else -1]
        place = {"side": "before" if back else "after", "key": row["key"]}


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["", "id", "title", "level", "due"])
def test_pages_have_each_row_once_there_and_back(studio: Studio, sort: str, direction: str) -> None:
    query = {"sort": sort, "direction": direction} if sort else {}
    whole = keys(page(studio, size="500", **query))

    there = list(pages(studio, back=False, size="50", **query))
    back = list(pages(studio, back=True, size="50", **query))

    assert 120 == len(set(whole))
    assert [50, 50, 20] == [len(each) for each in there] == [len(each) for each in back]
    assert whole == [key for each in there for key in each]
    assert whole == [key for each in reversed(back) for key in each]


def test_a_page_says_what_is_before_and_after_it(studio: Studio) -> None:
    first = page(studio, size="100")
    key = first["rows"][-1]["key"]
    second = page(studio, {"side": "after", "key": key}, size="100", total="no")

    assert (False, True) == (first["before"], first["after"])
    assert (True, False) == (second["before"], second["after"])
    assert {"count": 120, "is": "exact"} == first["total"]
    assert "total" not in second


def test_a_page_behind_a_row_that_is_gone_begins_where_it_was(studio: Studio) -> None:
    first = page(studio, size="10")
    gone = first["rows"][-1]["key"]
    studio.db.run(ds.delete(studio.table("tasks"), uuid.UUID(gone)))

    after = page(studio, {"side": "after", "key": gone, "offset": 9}, size="10")
    unread = page(studio, {"side": "after", "key": None, "offset": 9}, size="10")

    assert [str(uuid.UUID(int=at)) for at in range(11, 21)] == keys(after) == keys(unread)
    assert after["before"]


def test_a_filter_holds_on_all_pages(studio: Studio) -> None:
    filters = json.dumps([{"column": "is_done", "operator": "is", "value": True}])

    found = list(pages(studio, back=False, size="15", filters=filters, sort="title"))

    assert [15, 15, 10] == [len(each) for each in found]
    assert 40 == len({key for each in found for key in each})


def test_many_rows_are_not_counted(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "COUNTED", 100)
    is_postgres = studio.db.engine.dialect.name == "postgresql"
    if is_postgres:
        with studio.db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE tasks")
    some = json.dumps([{"column": "priority", "operator": "≥", "value": 0}])

    total, filtered = page(studio)["total"], page(studio, filters=some)["total"]

    expected = {"count": 120, "is": "about"} if is_postgres else {"count": 100, "is": "more"}
    assert expected == total == studio.get("counts")["tables"]["tasks"]
    assert {"count": 100, "is": "more"} == filtered
    assert {"count": 3, "is": "exact"} == studio.get("counts")["tables"]["projects"]


def test_reading_that_takes_too_long_is_ended(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    if studio.db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no limit of time")
    monkeypatch.setattr(rows, "PATIENCE", 0.05)
    with studio.db.engine.begin() as other:
        other.exec_driver_sql("LOCK TABLE tasks")
        response = studio.ask("GET", TASKS)

    message = "reading took longer than 0.05 s: filter and sort by columns that have an index"
    assert (400, message) == (response.status_code, response.json()["error"])


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"side": "under"}, "a page is the first, the last, after or before a row"),
        ({"side": ["after"]}, "a page is the first, the last, after or before a row"),
        ({"offset": -1}, "offset is a whole number from 0"),
        ({"offset": True}, "offset is a whole number from 0"),
        ({"offset": 2**63}, "offset is a whole number from 0"),
        ([], "a JSON object is wanted"),
    ],
)
def test_a_place_that_is_none_is_told(studio: Studio, place: Any, message: str) -> None:
    response = studio.ask("GET", TASKS, query={"place": json.dumps(place)})

    assert (400, message) == (response.status_code, response.json()["error"])
