"""The OpenAPI document: well-formed, of the routes that there are, and what the API does."""

from __future__ import annotations

from typing import Any

import pytest

from dualschema.asgi import openapi, routes
from dualschema.tokens import KeySet, TokenVerifier
from dualschema.upload import Limits, Uploader
from examples.timers.schema import schema
from tests.asgi.api import Api

validator = pytest.importorskip(
    "openapi_spec_validator", reason="the environment of the oldest dependencies has no validator"
)


def document_of(api: Api) -> dict[str, Any]:
    document = api.client.get("/api/openapi.json").json()
    assert isinstance(document, dict)
    return document


def test_the_document_is_one(api: Api) -> None:
    validator.OpenAPIV31SpecValidator(document_of(api)).validate()


def test_it_has_the_routes_that_there_are(api: Api, keys: KeySet) -> None:
    assert [
        "/api/data",
        "/api/auth/token",
        "/api/auth/keys",
        "/api/events",
        "/api/openapi.json",
    ] == list(document_of(api)["paths"])

    parts: Any = {"uploader": api.uploader, "verifier": TokenVerifier(keys, "api"), "prefix": ""}
    document = openapi(**parts)
    validator.OpenAPIV31SpecValidator(document).validate()
    assert [route.path for route in routes(**parts)] == list(document["paths"])


def test_it_has_the_methods_of_each_route(api: Api) -> None:
    paths = document_of(api)["paths"]
    for route in api.app.routes:
        described = {each.upper() for each in paths[route.path] if each != "parameters"}  # type: ignore[attr-defined]  # of Starlette's Route
        assert route.methods - {"HEAD"} == described  # type: ignore[attr-defined]  # of Starlette's Route


def test_it_says_the_limit_of_transactions(api: Api, keys: KeySet) -> None:
    uploader = Uploader(api.db, schema, limits=Limits(transactions=7))
    made = openapi(uploader=uploader, verifier=TokenVerifier(keys, "api"))
    transactions = made["components"]["schemas"]["WriteRequest"]["properties"]["transactions"]
    assert (1, 7) == (transactions["minItems"], transactions["maxItems"])


def test_it_has_no_schema_that_nobody_names(api: Api) -> None:
    document = document_of(api)
    text = str(document)
    unused = [
        name
        for name in document["components"]["schemas"]
        if f"'#/components/schemas/{name}'" not in text
    ]
    assert ["Connected", "EventMessage"] == unused  # a stream's description names them
