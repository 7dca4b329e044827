"""The application: the page's files, and the JSON that it asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import URL
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dualschema.crud import Database
from dualschema.errors import StatementError
from dualschema.schema import Schema
from dualschema.studio.answers import Asked, ReadOnlyError, answered, as_mapping
from dualschema.studio.describe import described
from dualschema.studio.diagram import diagram
from dualschema.studio.guard import Guard
from dualschema.studio.letters import DeadLetters
from dualschema.studio.pages import Page, place_of
from dualschema.studio.rows import Rows
from dualschema.studio.values import view_named
from dualschema.upload import Uploader

__all__ = ["create_app"]

_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Windows may say that scripts are plain text, and browsers then run none."""


def create_app(
    database: Database,
    schema: Schema,
    *,
    token: str,
    port: int,
    write: bool = False,
    uploader: Uploader | None = None,
) -> Starlette:
    """Return the application of one studio.

    Args:
        database: what it shows: the server's database, or a client's file.
        schema: the tables.
        token: the secret of its URL, ``/?token=...``; without it, nothing of the database is told.
        port: where on this machine it listens.
        write: whether rows may be changed, and dead letters replayed and discarded.
        uploader: what replays dead letters; without one, none are shown.
    """
    api = _Api(database, schema, DeadLetters(uploader), write=write)
    row = "/api/tables/{table}/row"
    routes = [
        Route("/", _index),
        Mount("/static", _Files(directory=_STATIC)),
        Route("/api/schema", answered(api.describe)),
        Route("/api/counts", answered(api.counts)),
        Route("/api/diagram", answered(api.draw)),
        Route("/api/tables/{table}/rows", answered(api.page)),
        Route("/api/tables/{table}/rows", answered(api.insert), methods=["POST"]),
        Route(row, answered(api.get)),
        Route(row, answered(api.update), methods=["PATCH"]),
        Route(row, answered(api.delete), methods=["DELETE"]),
        Route("/api/letters", answered(api.letters)),
        Route("/api/letters/{letter}", answered(api.letter)),
        Route("/api/letters/{letter}/replay", answered(api.replay), methods=["POST"]),
        Route("/api/letters/{letter}/discard", answered(api.discard), methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, token=token, port=port)])


class _Files(StaticFiles):
    """The page's files, of types that no setting of the system changes."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        made = super().file_response(full_path, stat_result, scope, status_code)
        made.headers["content-type"] = _TYPES.get(Path(full_path).suffix, "text/plain")
        return made


async def _index(_: Request) -> Response:
    return FileResponse(_STATIC / "index.html")


def _name(url: URL) -> str:
    """Return what a database is called: nothing of its URL that may be secret."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or ":memory:").name
    return url.database or str(url.query.get("dbname", "Postgres"))


class _Api:
    """What the page asks for; each method answers one route."""

    def __init__(
        self, database: Database, schema: Schema, letters: DeadLetters, *, write: bool
    ) -> None:
        self._rows = Rows(database, schema)
        self._schema = schema
        self._letters = letters
        self._write = write
        url = database.engine.url
        self._about = {
            "engine": url.get_backend_name(),
            "name": _name(url),
            "host": url.host,
        }

    def describe(self, _: Asked) -> Any:
        return {
            "database": self._about,
            "write": self._write,
            "letters": self._letters.are_kept,
            "tables": described(self._schema, self._rows.tables),
        }

    def counts(self, _: Asked) -> Any:
        waiting = self._letters.waiting() if self._letters.are_kept else None
        return {"tables": self._rows.sizes(), "letters": waiting}

    def draw(self, asked: Asked) -> Any:
        keys_only = asked.query.get("columns") == "keys"
        return {"svg": diagram(self._schema.model, self._rows.tables, keys_only=keys_only)}

    def page(self, asked: Asked) -> Any:
        filters = asked.json("filters", [])
        if not isinstance(filters, list):
            raise StatementError("filters are a JSON array")
        wanted = Page(
            place=place_of(as_mapping(asked.json("place", {}))),
            size=asked.number("size", 50),
            sort=asked.query.get("sort"),
            descending=asked.query.get("direction") == "desc",
            filters=[as_mapping(each) for each in filters],
            view=view_named(asked.query.get("view", "value")),
            is_counted=asked.query.get("total") != "no",
        )
        return self._rows.page(self._table(asked), wanted)

    def get(self, asked: Asked) -> Any:
        return self._rows.get(self._table(asked), asked.json("key"))

    def insert(self, asked: Asked) -> Any:
        self._check()
        values = as_mapping(as_mapping(asked.body).get("values"))
        return self._rows.insert(self._table(asked), values)

    def update(self, asked: Asked) -> Any:
        self._check()
        body = as_mapping(asked.body)
        values, previous = as_mapping(body.get("values")), as_mapping(body.get("previous", {}))
        return self._rows.update(self._table(asked), asked.json("key"), values, previous)

    def delete(self, asked: Asked) -> Any:
        self._check()
        self._rows.delete(self._table(asked), asked.json("key"))
        return {}

    def letters(self, asked: Asked) -> Any:
        return self._letters.newest(asked.query.get("state"))

    def letter(self, asked: Asked) -> Any:
        return self._letters.get(asked.path["letter"])

    def replay(self, asked: Asked) -> Any:
        self._check()
        return self._letters.replay(asked.path["letter"])

    def discard(self, asked: Asked) -> Any:
        self._check()
        return self._letters.discard(asked.path["letter"])

    def _table(self, asked: Asked) -> Any:
        return self._rows.table(asked.path["table"])

    def _check(self) -> None:
        if not self._write:
            raise ReadOnlyError("the studio only reads: start it with --write to change something")
