"""Dead letters to list and to replay: a server that has refused something, and the command."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

import dualschema as ds
from dualschema.cli import main
from dualschema.upload import Batch, Operation, Transaction, Uploader
from tests.cli.commands import Done
from tests.fixtures.projects import Project

SCHEMA = """\
import dualschema as ds


class Folder(ds.Table, name="folders"):
    id: ds.Column[str] = ds.column(primary_key=True)
    slug: ds.Column[str] = ds.column(unique=True)
    user_id: ds.Column[str] = ds.column(owner=True)


class Page(ds.Table, name="pages"):
    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str] = ds.column(default="")
    stars: ds.Column[int] = ds.column(default=0, ge=0)
    folder_id: ds.Column[str] = ds.column(foreign_key="folders.id")
    user_id: ds.Column[str] = ds.column(owner=True)


schema = ds.Schema(Folder, Page)
"""


@dataclass
class Server:
    """A project with a database, and the command in this process.

    Attributes:
        url: the database's, with a password that nothing may print.
    """

    project: Project
    url: str
    capsys: pytest.CaptureFixture[str]
    db: ds.Database
    schema: ds.Schema
    up: Uploader = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        self.up = Uploader(self.db, self.schema, after_refusal="skip")
        with self.db.engine.begin() as connection:
            self.schema.create_all(connection)
        self.up.create_tables()

    def __call__(self, *arguments: str) -> Done:
        """Run a command."""
        code = main(["dead-letters", *arguments])
        said = self.capsys.readouterr()
        assert "secret" not in said.out + said.err
        return Done(code, said.out, said.err)

    def json(self, *arguments: str) -> Any:
        """Run a command that succeeds; return what it tells programs."""
        done = self(*arguments, "--json")
        assert (0, "") == (done.code, done.err)
        return json.loads(done.out)

    def table(self, name: str) -> Any:
        return next(t for t in self.schema.tables if t.__name__ == name)

    def refused(self, *operations: Operation, user: str = "ann") -> str:
        """Send a transaction that is refused; return its letter."""
        self.sent += 1
        time.sleep(0.002)  # two letters of one millisecond would be of the same age
        for place, operation in enumerate(operations):
            operation.op_id = self.sent * 100 + place
        batch = Batch([Transaction(list(operations), self.sent)], f"{user}'s phone")
        [result] = self.up.apply(batch, user)
        letter: str = result.wire()["failed_operation"]["details"]["dead_letter"]
        return letter

    def take_slug(self) -> None:
        """Have a row that is in the way of ``a_family``."""
        row = self.table("Folder")(id="f0", slug="home", user_id="bob")
        self.db.run(ds.insert(row))

    def free_slug(self) -> None:
        self.db.run(ds.delete(self.table("Folder"), "f0"))

    def a_family(self) -> tuple[str, str, str]:
        """Have a folder refused, a page that needs it, and a change of the page."""
        self.take_slug()
        return (
            self.refused(Operation("PUT", "folders", "f1", {"slug": "home"})),
            self.refused(Operation("PUT", "pages", "p1", {"folder_id": "f1", "text": "a"})),
            self.refused(Operation("PATCH", "pages", "p1", {"text": "b"})),
        )

    def states(self) -> dict[str, str]:
        return {each.id: each.state for each in self.up.letters.all(state=None)}
