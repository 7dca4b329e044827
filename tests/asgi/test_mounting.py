"""The routes in an application of somebody's own: Starlette's, or FastAPI's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from dualschema.asgi import Parts, create_app, routes
from dualschema.tokens import KeySet, TokenVerifier
from tests.asgi.api import Api, Client, todo


def parts(api: Api, keys: KeySet) -> Parts:
    return {"uploader": api.uploader, "verifier": TokenVerifier(keys, "api")}


def upload(app: Any, api: Api, path: str) -> httpx.Response:
    body = {"transactions": [{"crud": [todo()]}]}
    return Client(app).post(path, json=body, headers=api.bearer())


def test_routes_stand_among_others_of_starlette(api: Api, keys: KeySet) -> None:
    app = Starlette(routes=[*routes(**parts(api, keys)), Mount("/rest", Starlette())])
    assert 200 == upload(app, api, "/api/data").status_code


def test_an_application_is_mounted(api: Api, keys: KeySet) -> None:
    app = Starlette(routes=[Mount("/sync", create_app(**parts(api, keys)))])
    assert 200 == upload(app, api, "/sync/api/data").status_code
    document = Client(app).get("/sync/api/openapi.json").json()
    assert [{"url": "/sync"}] == document["servers"]


def test_an_application_is_mounted_in_fastapi(api: Api, keys: KeySet) -> None:
    fastapi = pytest.importorskip(
        "fastapi", reason="the environment of the oldest dependencies has no FastAPI"
    )
    app = fastapi.FastAPI()

    app.add_api_route("/hello", lambda: "hello")
    app.mount("/", create_app(**parts(api, keys)))

    assert 200 == upload(app, api, "/api/data").status_code
    assert "hello" == Client(app).get("/hello").json()


def test_origins_are_the_applications_affair(api: Api, keys: KeySet) -> None:
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["https://app.example.com"],
        allow_methods=["*"],
        allow_headers=["Authorization", "Content-Type", "X-Client-Id"],
    )
    app = Starlette(routes=routes(**parts(api, keys)), middleware=[cors])
    headers = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = Client(app).request("OPTIONS", "/api/data", headers=headers)
    assert "https://app.example.com" == response.headers["access-control-allow-origin"]


@pytest.mark.parametrize(("path", "status"), [("/api/else", 404), ("/api/data", 405)])
def test_what_there_is_not_is_answered_as_json(
    api: Api, keys: KeySet, path: str, status: int
) -> None:
    response = Client(create_app(**parts(api, keys))).get(path)
    assert (status, ["message"]) == (response.status_code, list(response.json()))
