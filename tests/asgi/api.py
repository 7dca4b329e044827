"""The API that tests ask, and what they send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

import dualschema as ds
from dualschema.events import Broadcaster
from dualschema.tokens import TokenIssuer
from dualschema.upload import Uploader
from examples.timers.schema import Todo

__all__ = ["Api", "Client", "entry", "signed_in", "todo"]


async def signed_in(request: Request) -> str | None:
    """Return whose session it is, as an application would by a cookie."""
    return request.cookies.get("session")


class Client:
    """Asks an application over ASGI, each time in an event loop of its own."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response; an application that raises is one that fails."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@dataclass
class Api:
    app: Starlette
    db: ds.Database
    uploader: Uploader
    issuer: TokenIssuer
    broadcaster: Broadcaster
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.app)

    def bearer(self, user: str = "u1") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.issue(user)}"}

    def send(self, body: Any, *, user: str = "u1", method: str = "POST", **options: Any) -> Any:
        """Send a body as a user; return the response."""
        headers = {**self.bearer(user), **options.pop("headers", {})}
        return self.client.request(method, "/api/data", json=body, headers=headers, **options)

    def apply(self, *crud: dict[str, Any], user: str = "u1") -> dict[str, Any]:
        """Send one transaction; return its result."""
        response = self.send({"transactions": [{"crud": list(crud)}]}, user=user)
        assert 200 == response.status_code, response.text
        [result] = response.json()["results"]
        return dict(result)

    def todos(self) -> list[Todo]:
        return self.db.all(ds.select(Todo).order_by(Todo.id))


def entry(op: str, table: str, key: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"op": op, "table": table, "id": key}
    return made if data is None else {**made, "op_data": data}


def todo(key: str | None = None, **data: Any) -> dict[str, Any]:
    """Return an entry that makes a to-do."""
    return entry("PUT", "todos", key or str(uuid4()), {"text": "buy tea", "completed": 0, **data})
