"""Rows over the API: paged, sorted, filtered, shown in three views, changed."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

import dualschema as ds
from tests.studio.world import START, Studio, key, titles

FIRST = str(uuid.UUID(int=1))
SECOND = str(uuid.UUID(int=2))
TOMORROW = START + dt.timedelta(days=1)
TASKS = "tables/tasks/rows"
TASK = "tables/tasks/row"


@pytest.mark.parametrize(
    ("column", "direction", "expected"),
    [
        ("title", "asc", ["3", "7", "11"]),
        ("effort", "desc", ["119", "118", "117"]),
        ("weight", "asc", ["0", "1", "2"]),
        ("due", "asc", ["1", "2", "3"]),
    ],
)
def test_rows_are_sorted_by_a_column(
    studio: Studio, column: str, direction: str, expected: list[str]
) -> None:
    found = studio.get(TASKS, sort=column, direction=direction, size="120")

    if column == "title":  # by the database's own order of letters
        assert sorted(titles(found)) == sorted(str(at) for at in range(120))
    else:
        assert expected == titles(found)[:3]


def test_the_order_goes_on_by_the_key_where_values_are_equal(studio: Studio) -> None:
    found = studio.get(TASKS, sort="state", size="500")

    by_state: dict[str, list[str]] = {}
    for row in found["rows"]:
        by_state.setdefault(row["values"]["state"], []).append(row["key"])
    assert 3 == len(by_state)
    assert all(keys == sorted(keys) for keys in by_state.values())


@pytest.mark.parametrize("name", ["nope", "dualschema_ledger", "pg_class", "sqlite_master"])
def test_only_tables_of_the_schema_are_read(studio: Studio, name: str) -> None:
    response = studio.ask("GET", f"tables/{name}/rows")

    assert (404, "there is no such table in this database") == (
        response.status_code,
        response.json()["error"],
    )


def test_tables_of_the_other_side_are_left_out(studio: Studio) -> None:
    is_client = studio.db.engine.dialect.name == "sqlite"
    tables = {table["name"]: table["here"] for table in studio.get("schema")["tables"]}

    assert {"projects": True, "tasks": True, "audits": not is_client, "drafts": is_client} == tables
    assert {name for name, here in tables.items() if here} == studio.get("counts")["tables"].keys()


def test_a_row_is_shown_as_each_side_stores_it(studio: Studio) -> None:
    row = studio.get(TASK, **key(SECOND))
    is_native = studio.schema.postgres.value == "native"

    value, server, client = row["value"], row["server"], row["client"]
    assert SECOND == row["key"]
    assert (False, "1.75", str(2**62 + 1)) == (value["is_done"], value["price"], value["big"])
    assert (0, "1.75", str(2**62 + 1)) == (client["is_done"], client["price"], client["big"])
    assert ("2026-01-31T13:00:00.000Z", 60_000) == (client["due"], client["effort"])
    assert "Af8=" == client["digest"]
    if is_native:
        assert (False, "\\x01ff") == (server["is_done"], server["digest"])
        assert "2026-01-31 13:00:00+00:00" == server["due"]
    else:
        assert (0, "Af8=") == (server["is_done"], server["digest"])
        assert "2026-01-31T13:00:00.000Z" == server["due"]


@pytest.mark.parametrize("view", ["value", "server", "client"])
def test_pages_and_rows_have_the_same_views(studio: Studio, view: str) -> None:
    found = studio.get(TASKS, view=view, size="5")["rows"]

    for row in found:
        assert studio.get(TASK, **key(row["key"]))[view] == row["values"]


def test_documents_are_texts_that_keep_their_numbers(studio: Studio) -> None:
    sent = {"n": 12345678901234567890, "deep": [[[]]]}

    done = studio.ask("PATCH", TASK, query=key(FIRST), body={"values": {"data": json.dumps(sent)}})

    assert 200 == done.status_code
    assert sent == json.loads(done.json()["value"]["data"])
    assert sent == studio.db.get(studio.table("tasks"), uuid.UUID(FIRST)).data


@pytest.mark.parametrize(("sent", "stored"), [(None, None), ("null", ds.JSON_NULL), ("3", 3)])
def test_null_and_the_null_of_a_document_are_two(studio: Studio, sent: Any, stored: Any) -> None:
    studio.ask("PATCH", TASK, query=key(FIRST), body={"values": {"data": sent}})

    row = studio.db.get(studio.table("tasks"), uuid.UUID(FIRST))
    assert stored == row.data
    assert sent == studio.get(TASK, **key(FIRST))["value"]["data"]


def test_an_edit_goes_through_the_converters(studio: Studio) -> None:
    values = {
        "title": "Dig 'the' \\ pond \N{FROG FACE}",
        "is_done": False,
        "state": "closed",
        "price": "12.30",
        "due": "2026-05-01T10:00:00+02:00",
        "tags": '["a", "b"]',
        "digest": "AAE=",
        "big": str(2**63 - 1),
    }

    done = studio.ask("PATCH", TASK, query=key(FIRST), body={"values": values})

    assert 200 == done.status_code, done.text
    row = studio.db.get(studio.table("tasks"), uuid.UUID(FIRST))
    assert (values["title"], False, "closed") == (row.title, row.is_done, row.state)
    assert ("12.30", ["a", "b"], b"\0\1", 2**63 - 1) == (
        str(row.price),
        row.tags,
        row.digest,
        row.big,
    )
    assert "2026-05-01T08:00:00.000Z" == done.json()["value"]["due"]
    assert row.changed > row.made  # on_update fires, as for any update


def test_every_value_that_is_refused_is_named_at_once(studio: Studio) -> None:
    values = {"title": "", "priority": 40, "price": "1.234", "due": "soon", "data": "{", "level": 2}
    before = studio.get(TASK, **key(FIRST))

    response = studio.ask("PATCH", TASK, query=key(FIRST), body={"values": values})

    answer = response.json()
    assert 422 == response.status_code
    assert ["title", "priority", "price", "due", "data"] == list(answer["columns"])
    assert "tasks.priority: Input should be less than or equal to 9" in answer["error"]
    assert before == studio.get(TASK, **key(FIRST))


@pytest.mark.parametrize(
    ("values", "status", "message"),
    [
        ({"id": SECOND}, 400, "an update does not change the key of tasks"),
        ({"nope": 1}, 400, "tasks has no such column"),
        ({"title": None}, 422, "tasks.title: it is NULL, but the column is not nullable"),
        ({"tags": ["a"]}, 422, "tasks.tags: a document is sent as its text"),
        ({"tags": None}, 422, "tasks.tags: it is NULL, but the column is not nullable"),
    ],
)
def test_a_wrong_edit_names_table_and_column(
    studio: Studio, values: dict[str, Any], status: int, message: str
) -> None:
    response = studio.ask("PATCH", TASK, query=key(FIRST), body={"values": values})

    assert (status, message) == (response.status_code, response.json()["error"])


def test_what_the_database_refuses_is_told_with_its_column(studio: Studio) -> None:
    taken = studio.ask(
        "PATCH", "tables/projects/row", query=key("p1"), body={"values": {"slug": "garden"}}
    )
    gone = studio.ask("DELETE", "tables/projects/row", query=key("p1"))

    assert (409, 409) == (taken.status_code, gone.status_code)
    assert "another row has this value" in taken.json()["error"]
    assert "projects.slug" in taken.json()["error"] or "projects_slug_key" in taken.json()["error"]
    assert "garden" not in taken.text


def test_an_edit_of_a_row_that_somebody_changed_is_refused(studio: Studio) -> None:
    shown = studio.get(TASK, **key(FIRST))["value"]
    task = studio.table("tasks")
    studio.db.run(ds.update(task, uuid.UUID(FIRST)).set(title="Theirs"))
    body = {"values": {"title": "Mine"}, "previous": {"title": shown["title"]}}

    response = studio.ask("PATCH", TASK, query=key(FIRST), body=body)

    assert (409, "tasks.title: it was changed meanwhile; load the row again") == (
        response.status_code,
        response.json()["error"],
    )
    assert "Theirs" == studio.db.get(task, uuid.UUID(FIRST)).title


def test_what_a_row_showed_may_be_sent_back(studio: Studio) -> None:
    shown = studio.get(TASK, **key(SECOND))
    values = {name: value for name, value in shown["value"].items() if name != "id"}

    done = studio.ask("PATCH", TASK, query=key(SECOND), body={"values": values, "previous": values})

    assert shown == done.json()


def test_a_new_row_has_the_defaults_of_what_is_not_said(studio: Studio) -> None:
    done = studio.ask("POST", TASKS, body={"values": {"title": "New", "project_id": "p1"}})

    assert 200 == done.status_code, done.text
    row = studio.db.get(studio.table("tasks"), uuid.UUID(done.json()["key"]))
    assert ("New", 3, "open", [], None) == (row.title, row.priority, row.state, row.tags, row.data)
    assert {"count": 121, "is": "exact"} == studio.get("counts")["tables"]["tasks"]


def test_a_new_row_that_lacks_something_is_told_all_of_it(studio: Studio) -> None:
    response = studio.ask("POST", TASKS, body={"values": {"priority": 2}})

    assert 422 == response.status_code
    assert {"title": "it is missing", "project_id": "it is missing"} == response.json()["columns"]


def test_a_row_that_names_no_other_is_refused(studio: Studio) -> None:
    response = studio.ask("POST", TASKS, body={"values": {"title": "New", "project_id": "p7"}})

    assert 409 == response.status_code
    assert 120 == studio.get(TASKS)["total"]["count"]


def test_a_row_is_deleted_once(studio: Studio) -> None:
    answers = [studio.ask("DELETE", TASK, query=key(FIRST)) for _ in range(2)]

    assert [200, 404] == [answer.status_code for answer in answers]
    assert "tasks has no such row" == answers[1].json()["error"]
    assert 119 == studio.get(TASKS)["total"]["count"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", TASKS, {"values": {"title": "New", "project_id": "p1"}}),
        ("PATCH", TASK, {"values": {"title": "New"}}),
        ("DELETE", TASK, None),
        ("POST", "letters/l1/replay", None),
        ("POST", "letters/l1/discard", None),
    ],
)
def test_nothing_is_changed_without_write(
    studio: Studio, method: str, path: str, body: Any
) -> None:
    before = studio.get(TASKS, size="500")

    response = studio.ask(method, path, write=False, query=key(FIRST), body=body)

    message = "the studio only reads: start it with --write to change something"
    assert (403, message) == (response.status_code, response.json()["error"])
    assert before == studio.get(TASKS, size="500")


@pytest.mark.parametrize("wanted", ['"nope"', "3", "null", "[]", "no JSON", '"\\ud800"'])
def test_a_key_that_no_row_has_is_told(studio: Studio, wanted: str) -> None:
    response = studio.ask("GET", "tables/tasks/row", query={"key": wanted})

    assert response.status_code in (400, 404, 422)
    assert "tasks" in response.text or "JSON" in response.text
