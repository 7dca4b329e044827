"""What the API is asked of rows: filters that compare as the columns do, and wrong questions."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import dualschema as ds
from dualschema.studio.filters import operators_of
from tests.studio.world import START, Studio, key, titles

SECOND = str(uuid.UUID(int=2))
TOMORROW = START + dt.timedelta(days=1)
TASKS = "tables/tasks/rows"
TASK = "tables/tasks/row"


def filtered(studio: Studio, *filters: tuple[str, str, Any]) -> list[str]:
    """Return the numbers of the tasks that meet filters."""
    given = [{"column": c, "operator": o, "value": v} for c, o, v in filters]
    return titles(studio.get(TASKS, filters=json.dumps(given), size="500"))


@pytest.mark.parametrize(
    ("column", "operator", "value", "expected"),
    [
        ("title", "contains", "BEANS 1", lambda row: "beans 1" in row.title.lower()),
        ("title", "contains", "%", lambda row: "%" in row.title),
        (
            "title",
            "begins with",
            "oil the bench 1",
            lambda row: row.title[:15] == "Oil the bench 1",
        ),
        ("title", "is", "Oil the bench 2", lambda row: row.title == "Oil the bench 2"),
        ("is_done", "is", True, lambda row: row.is_done),
        ("priority", "≥", 8, lambda row: row.priority >= 8),
        ("state", "is", "doing", lambda row: row.state == "doing"),
        ("level", "is", 3, lambda row: row.level == 3),
        ("level", "is not", 3, lambda row: row.level != 3),
        ("level", "is", None, lambda row: row.level is None),
        ("level", "is not", None, lambda row: row.level is not None),
        ("level", "is NULL", None, lambda row: row.level is None),
        ("level", "is not NULL", None, lambda row: row.level is not None),
        ("weight", "≤", 0.25, lambda row: row.weight <= 0.25),
        ("day", ">", "2026-01-31", lambda row: row.day > START.date()),
        ("day", "is", "2026-01-31", lambda row: row.day == START.date()),
        ("at", "<", "06:30:00", lambda row: row.at < dt.time(6, 30)),
        ("effort", "<", 120_000, lambda row: row.effort < dt.timedelta(minutes=2)),
        ("due", "≤", "2026-02-01T13:00:00+01:00", lambda row: row.due and row.due <= TOMORROW),
        ("big", "is", str(2**62 + 5), lambda row: row.big == 2**62 + 5),
        ("price", "is", "1.75", lambda row: row.price == Decimal("1.75")),
        ("data", "contains", str(2**60 + 7), lambda row: str(2**60 + 7) in str(row.data)),
        ("digest", "is", "Bf8=", lambda row: row.digest == b"\x05\xff"),
        ("id", "is", SECOND, lambda row: str(row.id) == SECOND),
        ("id", "contains", "-00000000000A", lambda row: "-00000000000a" in str(row.id)),
        ("project_id", "is", "p2", lambda row: row.project_id == "p2"),
    ],
)
def test_filters_compare_as_the_column_does(
    studio: Studio, column: str, operator: str, value: Any, expected: Callable[[Any], Any]
) -> None:
    rows = studio.db.all(ds.select(studio.table("tasks")))

    found = filtered(studio, (column, operator, value))

    assert sorted(row.title.rpartition(" ")[2] for row in rows if expected(row)) == sorted(found)


def test_all_filters_are_met(studio: Studio) -> None:
    found = filtered(studio, ("is_done", "is", True), ("priority", "≥", 8), ("priority", "<", 9))

    assert ["18", "48", "78", "108"] == found


def test_an_empty_text_is_not_null(studio: Studio) -> None:
    project = studio.table("projects")
    studio.db.run(ds.update(project, "p0").set(slug=""))
    studio.db.run(ds.update(project, "p1").set(slug=None))

    def found(operator: str) -> list[str]:
        filters = json.dumps([{"column": "slug", "operator": operator}])
        return [row["key"] for row in studio.get("tables/projects/rows", filters=filters)["rows"]]

    assert (["p0"], ["p1"]) == (found("is empty"), found("is NULL"))


def test_every_operator_of_every_column_is_understood(studio: Studio) -> None:
    row = studio.get(TASK, **key(SECOND))["value"]
    for column in studio.schema.model.by_name["tasks"].columns:
        for operator in operators_of(column):
            value = row[column.name] if operator not in ("contains", "begins with") else "a"
            filters = json.dumps([{"column": column.name, "operator": operator, "value": value}])
            assert "total" in studio.get(TASKS, filters=filters), (column.name, operator)


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"filters": "no JSON"}, 400, "this is no JSON"),
        ({"filters": "[" * 20_000}, 400, "this is no JSON"),
        ({"filters": "{}"}, 400, "filters are a JSON array"),
        ({"filters": "[1]"}, 400, "a JSON object is wanted"),
        ({"filters": '[{"column": "nope"}]'}, 400, "tasks has no such column"),
        ({"filters": '[{"column": ["id"]}]'}, 400, "tasks has no such column"),
        (
            {"filters": '[{"column": "state", "operator": "<"}]'},
            400,
            "state has no such operator",
        ),
        (
            {"filters": '[{"column": "state", "operator": "is", "value": "lost"}]'},
            422,
            "tasks.state: Input should be 'open', 'doing' or 'closed'",
        ),
        (
            {"filters": '[{"column": "title", "operator": "contains", "value": 3}]'},
            400,
            "a text is wanted",
        ),
        ({"sort": "nope"}, 400, "tasks has no such column"),
        ({"sort": "tags"}, 400, "tasks.tags has no order"),
        ({"size": "0"}, 400, "a page has 1 to 500 rows"),
        ({"size": "501"}, 400, "a page has 1 to 500 rows"),
        ({"size": "many"}, 400, "size is a whole number"),
        ({"view": "nope"}, 400, "a view is one of value, server, client"),
    ],
)
def test_a_wrong_question_is_answered_in_one_sentence(
    studio: Studio, query: dict[str, str], status: int, message: str
) -> None:
    response = studio.ask("GET", TASKS, query=query)

    assert (status, message) == (response.status_code, response.json()["error"])
