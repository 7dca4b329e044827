"""The API against its own document: whatever is sent, the answer is one that it describes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.asgi.api import Api
from tests.asgi.serving import served

schemathesis = pytest.importorskip(
    "schemathesis", reason="the environment of the oldest dependencies has no schemathesis"
)


# Not the events: a stream has no end.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/api/data", "POSITIVE"),
        ("/api/data", "NEGATIVE"),
        ("/api/auth/token", "POSITIVE"),
        ("/api/auth/keys", "POSITIVE"),
    ],
)
def test_answers_are_as_described(api: Api, path: str, mode: str) -> None:
    described = schemathesis.openapi.from_dict(api.client.get("/api/openapi.json").json())
    headers = {**api.bearer(), "Cookie": "session=u1"}
    with served(api.app) as url:
        described.config.base_url = url
        for result in described.get_all_operations():
            operation = result.ok()
            if operation.path == path:
                wanted = getattr(schemathesis.GenerationMode, mode)
                ask(operation.as_strategy(generation_mode=wanted), headers)


def ask(cases: Any, headers: dict[str, str]) -> None:
    @settings(suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def asked(case: Any) -> None:
        response = case.call(headers=headers)
        assert response.status_code < 500, response.text
        case.validate_response(response)

    asked()
