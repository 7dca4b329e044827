"""Stored values that their columns do not take: shown with why, beside all others, and mended."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.studio.world import Studio, key

FIRST = str(uuid.UUID(int=1))
TASKS = "tables/tasks/rows"
TASK = "tables/tasks/row"
PORTABLE = ("sqlite", "postgres-portable")
NATIVE = ("postgres-native",)


def spoil(studio: Studio, change: str) -> None:
    """Have somebody else write into the first row."""
    with studio.db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE tasks SET {change} WHERE id = '{FIRST}'")


def wrong(studio: Studio) -> str:
    """Return a change that the database lets pass."""
    return "due = 'infinity'" if studio.schema.postgres.value == "native" else "due = 'soon'"


@pytest.mark.parametrize(
    ("kinds", "change", "text", "reason"),
    [
        pytest.param(PORTABLE, "due = 'soon'", "soon", "not an instant", id="an instant"),
        pytest.param(PORTABLE, "digest = '*'", "*", "base64", id="bytes"),
        pytest.param(("sqlite",), "price = 'much'", "much", "decimal", id="a decimal"),
        pytest.param(("postgres-portable",), "weight = 'NaN'", "nan", "finite", id="NaN"),
        pytest.param(NATIVE, "price = 'NaN'", "NaN", "finite", id="NaN for a decimal"),
        pytest.param(NATIVE, "due = 'infinity'", "infinity", "not an instant", id="no end"),
        pytest.param(NATIVE, "day = 'infinity'", "infinity", "date", id="no day"),
        pytest.param(
            NATIVE, "due = '0044-03-15Z BC'", "0044-03-15T00:00:00+00:00 BC", "not an", id="BC"
        ),
        pytest.param(NATIVE, "at = '24:00'", "24:00:00", "time", id="hour 24"),
    ],
)
def test_a_value_that_is_none_of_its_columns_is_marked(
    studios: dict[str, Studio], kinds: tuple[str, ...], change: str, text: str, reason: str
) -> None:
    column = change.partition(" ")[0]
    for kind in kinds:
        studio = studios[kind]
        studio.clear()
        studio.fill(10)
        before = studio.get(TASK, **key(FIRST))
        rest = studio.get(TASKS)["rows"][1:]

        spoil(studio, change)
        found = studio.get(TASKS)["rows"]
        row = studio.get(TASK, **key(FIRST))

        assert rest == found[1:]
        assert [column] == list(found[0]["faults"]) == list(row["faults"])
        assert reason in row["faults"][column]
        assert text not in row["faults"][column]
        for view in ("value", "server", "client"):
            assert {**before[view], column: text} == row[view]
        assert row["value"] == found[0]["values"]


def test_a_wrong_value_is_mended_as_it_was_shown(studio: Studio) -> None:
    spoil(studio, wrong(studio))
    shown = studio.get(TASK, **key(FIRST))["value"]["due"]
    values = {"due": "2026-05-01T08:00:00.000Z", "title": "Mended"}

    def send(previous: dict[str, Any]) -> Any:
        body = {"values": values, "previous": previous}
        return studio.ask("PATCH", TASK, query=key(FIRST), body=body)

    assert 409 == send({"due": None}).status_code
    done = send({"due": shown})

    assert 200 == done.status_code, done.text
    assert {} == done.json()["faults"]
    assert values.items() <= done.json()["value"].items()


def test_another_value_of_such_a_row_is_changed_too(studio: Studio) -> None:
    spoil(studio, wrong(studio))

    done = studio.ask("PATCH", TASK, query=key(FIRST), body={"values": {"title": "Mended"}})
    gone = studio.ask("DELETE", TASK, query=key(FIRST))

    assert ("Mended", ["due"]) == (done.json()["value"]["title"], list(done.json()["faults"]))
    assert 200 == gone.status_code


def test_pages_go_on_behind_a_wrong_value_and_a_wrong_key(studio: Studio) -> None:
    if studio.schema.postgres.value == "native":
        pytest.skip("a native column takes no such key")
    spoil(studio, "due = ''")
    spoil(studio, "id = '  '")

    first = studio.get(TASKS, size="1", sort="due")
    [row] = first["rows"]
    place = '{"side": "after", "key": null, "offset": 1}'
    second = studio.get(TASKS, size="1", sort="due", place=place)

    assert (None, {"id", "due"}) == (row["key"], set(row["faults"]))
    assert ("  ", "") == (row["values"]["id"], row["values"]["due"])
    assert second["rows"][0]["key"]
