"""Whatever is sent to a table that there is, each row is written or refused; none is retried."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dualschema.upload.wire import read_request, upload
from examples.timers.schema import schema
from tests.asgi.api import Api

TEXTS = st.text() | st.sampled_from(["", "\0", "\ud83d", "a\0b", "x" * 3000, "2026-01-01", "t1"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 2**31, 2**53 + 1, 2**63, 10**4000])
    | st.floats(allow_nan=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
COLUMNS = sorted({column.name for table in schema.model.tables for column in table.columns})
ENTRIES = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["PUT", "PUT", "PATCH", "DELETE"]),
        "table": st.sampled_from(["todos", "timers", "activity_logs"]),
        "id": TEXTS.filter(bool),
    },
    optional={
        "op_data": st.dictionaries(st.sampled_from(COLUMNS) | TEXTS, VALUES, max_size=6),
        "previous_values": st.dictionaries(st.sampled_from(COLUMNS), VALUES, max_size=2),
        "metadata": TEXTS,
    },
)


def test_each_row_is_written_or_refused(api: Api) -> None:
    @settings(suppress_health_check=list(HealthCheck))
    @given(crud=st.lists(ENTRIES, min_size=1, max_size=3))
    def send(crud: list[dict[str, Any]]) -> None:
        body = json.dumps({"transactions": [{"crud": [each]} for each in crud]}).encode()
        received = read_request(
            body.replace(b"Infinity", b"1e999"), api.uploader.limits, client="phone"
        )
        for transaction in received.batch.transactions:
            received.batch.transactions = [transaction]
            answer = upload(api.uploader, received, "u1")
            [result] = answer.body["results"]
            assert result["status"] in ("success", "fatal_error"), result
            if result["status"] == "fatal_error":
                assert result["failed_operation"]["error_code"] != "UNCLASSIFIED_ERROR", result
            json.dumps(answer.body, allow_nan=False).encode("ascii")

    send()
