"""What is wrong with the official demo of a Python backend, which must not be wrong here.

The defects are those of ``api/views.py`` in PowerSync's Django demo.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from examples.timers.schema import Timer
from tests.asgi.api import Api, entry, todo


def verb(method: str, key: str, **data: Any) -> tuple[str, dict[str, Any]]:
    return method, {"table": "todos", "data": {"id": key, **data}}


def test_nobody_uploads_without_a_token(api: Api) -> None:
    response = api.client.post("/api/data", json={"batch": [todo("t1")]})
    assert 401 == response.status_code
    assert [] == api.todos()


def test_the_owner_is_the_tokens_user_whatever_is_sent(api: Api) -> None:
    assert "success" == api.apply(todo("t1"), user="u1")["status"]
    assert "fatal_error" == api.apply(todo("t2", user_id="u2"), user="u1")["status"]
    assert [("t1", "u1")] == [(row.id, row.user_id) for row in api.todos()]


def test_a_delete_of_a_row_that_is_not_there_is_a_success(api: Api) -> None:
    assert "success" == api.apply(entry("DELETE", "todos", "t1"))["status"]
    method, body = verb("DELETE", "t1")
    assert 200 == api.send(body, method=method).status_code


def test_a_patch_of_a_row_that_is_not_there_is_a_success(api: Api) -> None:
    result = api.apply(entry("PATCH", "todos", "t1", {"text": "b"}))
    assert ("success", "noop") == (result["status"], result["operations"][0]["outcome"])
    method, body = verb("PATCH", "t1", text="b")
    assert 200 == api.send(body, method=method).status_code


def test_another_users_row_looks_as_if_it_were_not_there(api: Api) -> None:
    api.apply(todo("t1"), user="u2")
    absent = api.apply(entry("PATCH", "todos", "t0", {"text": "b"}))
    assert absent == api.apply(entry("PATCH", "todos", "t1", {"text": "b"}))
    assert ["buy tea"] == [row.text for row in api.todos()]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_patch_leaves_what_it_does_not_name(api: Api, method: str) -> None:
    api.apply(todo("t1", completed=1))
    if method == "POST":
        api.apply(entry("PATCH", "todos", "t1", {"text": "b"}))
    else:
        api.send(verb("PATCH", "t1", text="b")[1], method=method)
    [row] = api.todos()
    assert ("b", True, "u1") == (row.text, row.completed, row.user_id)


def test_a_put_sets_every_column_that_it_brings(api: Api) -> None:
    api.send(verb("PUT", "t1", text="a", completed=1)[1], method="PUT")
    [row] = api.todos()
    assert row.completed


def test_two_devices_at_once_lose_nothing_of_each_other(api: Api) -> None:
    """Each changes a column of its own: neither reads the row and writes all of it back."""
    api.apply(entry("PUT", "timers", "t1", {"name": "a", "timer_type": "stopwatch"}))
    changes = [{"elapsed_time": 5}, {"is_running": 1}, {"show_total": 1}, {"duration": 9}]
    threads = [
        threading.Thread(target=api.apply, args=(entry("PATCH", "timers", "t1", change),))
        for change in changes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = api.db.get(Timer, "t1")
    found = (row.elapsed_time, row.is_running, row.show_total, row.duration)
    assert (5, True, True, 9) == found


def test_a_transaction_is_applied_whole_or_not_at_all(api: Api) -> None:
    result = api.apply(todo("t1"), todo("t2", completed="no"), todo("t3"))
    assert ("fatal_error", 1) == (
        result["status"],
        result["failed_operation"]["operation_index"],
    )
    assert [] == api.todos()


def test_one_request_carries_many_transactions(api: Api) -> None:
    body = {"transactions": [{"crud": [todo(), todo()]} for _ in range(50)]}
    results = api.send(body).json()["results"]
    assert [{"status": "success"}] * 50 == results
    assert 100 == len(api.todos())


def test_an_unknown_table_is_refused_and_kept(api: Api) -> None:
    result = api.apply(entry("PUT", "secrets", "t1", {"a": 1}))
    assert "UNKNOWN_TABLE" == result["failed_operation"]["error_code"]
    [letter] = api.uploader.letters.all("u1")
    assert result["failed_operation"]["details"]["dead_letter"] == letter.id
    method, body = "PUT", {"table": "secrets", "data": {"id": "t1"}}
    assert 200 == api.send(body, method=method).status_code


def test_a_token_is_for_who_is_signed_in(api: Api) -> None:
    assert 401 == api.client.get("/api/auth/token").status_code
    response = api.client.get("/api/auth/token", headers={"Cookie": "session=u7"})
    headers = {"Authorization": f"Bearer {response.json()['token']}"}
    body = {"batch": [{**todo("t1"), "data": {"text": "a"}}]}
    assert 200 == api.client.post("/api/data", json=body, headers=headers).status_code
    assert ["u7"] == [row.user_id for row in api.todos()]


def test_no_log_holds_what_users_wrote(
    api: Api, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        api.apply(todo("t1", text="my secret"))
        api.apply(todo("t2", text="my secret", completed="my secret"))
    assert caplog.records
    assert "secret" not in caplog.text
    assert not [each for each in caplog.records if "secret" in str(vars(each))]
    printed = capfd.readouterr()
    assert "secret" not in printed.out + printed.err
