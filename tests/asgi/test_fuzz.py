"""Any body at all, over HTTP: an answer of the contract, and nothing of anybody else's.

Ten bodies for each of a profile's examples: 5,000 when all is tested.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import dualschema as ds
from examples.timers.schema import ActivityLog, Timer, Todo
from tests.asgi.api import Api
from tests.asgi.test_hostile import COLUMNS, ENTRIES, TEXTS, VALUES

pytestmark = pytest.mark.slow

STATUSES = {200, 400, 413, 415, 503}

KEYS = TEXTS.filter(bool) | st.sampled_from(["bobs", "mine", "'; DROP TABLE todos; --", '"', "$1"])
TABLES = st.sampled_from(["todos", "timers", "activity_logs", "dualschema_ledger", "pg_catalog"])
DATA = st.dictionaries(st.sampled_from(COLUMNS) | TEXTS, VALUES, max_size=5)
OPS = st.sampled_from(["PUT", "PATCH", "DELETE", "put", "", "TRUNCATE"])

OLDER = st.fixed_dictionaries(
    {"op": OPS, "type": TABLES | TEXTS, "id": KEYS | st.integers()},
    optional={"op_id": st.integers(), "tx_id": st.integers(), "data": DATA | VALUES, "old": DATA},
)
DEMO = st.fixed_dictionaries(
    {"op": OPS, "table": TABLES | TEXTS, "data": DATA}, optional={"id": KEYS}
)
NEARLY = st.one_of(
    st.fixed_dictionaries(
        {
            "transactions": st.lists(
                st.fixed_dictionaries(
                    {"crud": st.lists(ENTRIES | OLDER | VALUES, max_size=3)},
                    optional={"transaction_id": VALUES},
                ),
                max_size=3,
            )
        },
        optional={"client_id": KEYS | VALUES},
    ),
    st.fixed_dictionaries({"batch": st.lists(DEMO | VALUES, max_size=3) | VALUES}),
    st.fixed_dictionaries({"crud": st.lists(OLDER | VALUES, max_size=3)}),
    st.lists(OLDER, max_size=4),
    DEMO,
    VALUES,
)


def _text(value: Any) -> bytes:
    return json.dumps(value).replace("Infinity", "1e999").encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a body that lacks a byte."""
    text = draw(NEARLY.map(_text))
    at = draw(st.integers(0, len(text) - 1))
    return text[:at] + text[at + 1 :]


BODIES = NEARLY.map(_text) | st.binary(max_size=200) | damaged()


def test_any_body_is_answered_and_touches_nothing_of_anothers(api: Api) -> None:
    bobs = Todo(id="bobs", text="Bob's", user_id="bob")
    api.db.run(ds.insert(bobs))
    client, headers = api.client, api.bearer("ann")

    @settings(max_examples=settings().max_examples * 10, suppress_health_check=list(HealthCheck))
    @given(body=BODIES, method=st.sampled_from(["POST", "POST", "POST", "PUT", "PATCH", "DELETE"]))
    @example(
        body=_text({"batch": [{"op": "DELETE", "table": "todos", "id": "bobs"}]}), method="POST"
    )
    @example(body=_text({"table": "todos", "data": {"id": "bobs", "text": "mine"}}), method="PUT")
    def send(body: bytes, method: str) -> None:
        answer = client.request(method, "/api/data", content=body, headers=headers)
        assert answer.status_code in STATUSES, answer.text
        assert "Traceback" not in answer.text
        assert "psycopg" not in answer.text
        assert isinstance(answer.json(), dict)

    send()
    assert bobs == api.db.get(Todo, "bobs")
    for owner in (Todo.user_id, Timer.user_id, ActivityLog.user_id):
        assert {"ann", "bob"} >= set(api.db.scalars(ds.select(owner)))
