"""The tables that a studio shows in tests, with all kinds of values; and rows of them."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import httpx
import sqlalchemy as sa

import dualschema as ds
from dualschema.studio import create_app
from dualschema.upload import Batch, Operation, Transaction, Uploader, upload_schema
from tests.asgi.api import Client

__all__ = ["PORT", "START", "TOKEN", "Studio", "key", "make_schema", "opened", "titles"]

PORT = 4983
TOKEN = "a-token-of-tests"
START = dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC)


def make_schema(style: Literal["portable", "native"] = "native") -> ds.Schema:
    """Define the tables; the classes are new each time, so each may have a style."""

    class Project(ds.Table, name="projects"):
        """What tasks belong to."""

        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        name: ds.Column[str] = ds.column(max_length=40)
        slug: ds.Column[str | None] = ds.column(default=None, unique=True)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Task(ds.Table, name="tasks", owner="project.user_id"):
        """A thing to do, with a value of every kind."""

        id: ds.Column[uuid.UUID] = ds.column(primary_key=True, default_factory=uuid.uuid4)
        title: ds.Column[str] = ds.column(min_length=1, doc="what is to be done")
        is_done: ds.Column[bool] = ds.column(default=False)
        priority: ds.Column[int] = ds.column(default=3, ge=0, le=9)
        state: ds.Column[Literal["open", "doing", "closed"]] = ds.column(default="open")
        level: ds.Column[Literal[1, 2, 3] | None] = ds.column(default=None)
        price: ds.Column[Decimal | None] = ds.column(default=None, precision=8, scale=2)
        weight: ds.Column[float | None] = ds.column(default=None)
        big: ds.Column[ds.Int64 | None] = ds.column(default=None)
        due: ds.Column[dt.datetime | None] = ds.column(default=None)
        day: ds.Column[dt.date | None] = ds.column(default=None)
        at: ds.Column[dt.time | None] = ds.column(default=None)
        effort: ds.Column[dt.timedelta | None] = ds.column(default=None)
        tags: ds.Column[list[str]] = ds.column(default_factory=list)
        data: ds.Column[Any | None] = ds.column(default=None)
        digest: ds.Column[bytes | None] = ds.column(default=None)
        made: ds.Column[dt.datetime] = ds.column(default_factory=ds.now, writable="server")
        changed: ds.Column[dt.datetime] = ds.column(
            default_factory=ds.now, on_update=ds.now, writable="server"
        )
        project_id: ds.Column[str] = ds.column(foreign_key="projects.id")

    class Audit(ds.Table, name="audits", sync=False):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        text: ds.Column[str]

    class Draft(ds.Table, name="drafts", sync="local_only"):
        id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
        text: ds.Column[str]

    return ds.Schema(Project, Task, Audit, Draft, postgres=style)


@dataclass
class Studio:
    """A studio over a database."""

    db: ds.Database
    schema: ds.Schema
    uploader: Uploader | None
    clients: dict[bool, Client] = field(default_factory=dict)

    def client(self, *, write: bool) -> Client:
        if write not in self.clients:
            app = create_app(
                self.db,
                self.schema,
                token=TOKEN,
                port=PORT,
                write=write,
                uploader=self.uploader,
            )
            self.clients[write] = Client(app)
        return self.clients[write]

    def ask(
        self, method: str, path: str, *, write: bool = True, body: Any = None, query: Any = None
    ) -> httpx.Response:
        """Return the response to what the page would ask."""
        headers = {
            "Host": f"127.0.0.1:{PORT}",
            "X-Dualschema-Studio": TOKEN,
        }
        return self.client(write=write).request(
            method, f"/api/{path}", headers=headers, params=query or {}, json=body
        )

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of what is there."""
        response = self.ask("GET", path, query=query)
        assert 200 == response.status_code, response.text
        return response.json()

    def table(self, name: str) -> Any:
        models = self.schema.model.tables
        return next(t for t, m in zip(self.schema.tables, models, strict=True) if m.name == name)

    def clear(self) -> None:
        """Take all rows away."""
        names = ["tasks", "projects", *(model.name for model in upload_schema.model.tables)]
        with self.db.engine.begin() as connection:
            for name in names:
                connection.exec_driver_sql(f"DELETE FROM {name}")

    def fill(self, count: int = 120) -> None:
        """Make projects and tasks."""
        project, task = self.table("projects"), self.table("tasks")
        names = ["Garden", "Kitchen", "Workshop"]
        projects = [
            project(id=f"p{at}", name=name, slug=name.lower(), user_id="u1")
            for at, name in enumerate(names)
        ]
        self.db.run(ds.insert(projects))
        self.db.run(ds.insert([_task(task, at) for at in range(count)]))

    def refuse(self, title: str = "Too long " * 9) -> str:
        """Have a client's write refused; return the id of its dead letter."""
        assert self.uploader is not None
        data = {"name": title, "user_id": "u1"}
        batch = Batch([Transaction([Operation("PUT", "projects", "p9", data)], 1)], "client-1")
        self.uploader.apply(batch, "u1")
        [letter] = self.uploader.letters.all(state=None)
        return letter.id


def key(value: Any) -> dict[str, str]:
    """Return the query of one row."""
    return {"key": json.dumps(value)}


def titles(found: Any) -> list[str]:
    """Return the numbers of the tasks of a page."""
    return [row["values"]["title"].rpartition(" ")[2] for row in found["rows"]]


def _task(task: Any, at: int) -> Any:
    titles = ["Sow the beans", "Sharpen the knives", "Oil the bench", "Mend the fence <b>now</b>"]
    return task(
        id=uuid.UUID(int=at + 1),
        title=f"{titles[at % 4]} {at}",
        is_done=at % 3 == 0,
        priority=at % 10,
        state=("open", "doing", "closed")[at % 3],
        level=(None, 1, 2, 3)[at % 4],
        price=None if at % 5 == 0 else Decimal(at * 7) / 4,
        weight=at / 8,
        big=2**62 + at,
        due=None if at % 4 == 0 else START + dt.timedelta(hours=at),
        day=START.date(),
        at=dt.time(at % 24, 30),
        effort=dt.timedelta(minutes=at),
        tags=["home", f"week {at}"] if at % 2 else [],
        data={"steps": [{"n": 2**60 + at, "done": True}, None], "note": "näh"} if at % 3 else None,
        digest=bytes([at % 256, 255]),
        made=START,
        changed=START,
        project_id=f"p{at % 3}",
    )


@contextmanager
def opened(url: str | sa.URL, style: Literal["portable", "native"] = "native") -> Iterator[Studio]:
    """Give a studio of a new database."""
    schema = make_schema(style)
    with ds.connect(url) as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        uploader = Uploader(db, schema)
        uploader.create_tables()
        yield Studio(db, schema, uploader)
