"""A device: PowerSync's database in Node, with the generated schema and connector of the app."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import dualschema as ds
from dualschema.targets import generate
from examples.timers.schema import schema
from tests.fixtures.node import Node, node_in
from tests.targets.connector.client import Process

__all__ = ["Device", "Entry", "Uploaded", "app_in", "device_in", "inserted"]

_MODULE: Final = {"module": "@powersync/node"}

Entry = tuple[str, list[Any]]
"""A statement and its parameters."""


_NAMES: Final = dict(zip(schema.tables, (t.name for t in schema.model.tables), strict=True))


def inserted(row: ds.Table) -> Entry:
    """Return the statement by which an app makes a row."""
    stored: dict[str, Any] = ds.encode(row, "sqlite")
    names, places = ", ".join(stored), ", ".join("?" * len(stored))
    return f"INSERT INTO {_NAMES[type(row)]} ({names}) VALUES ({places})", [*stored.values()]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How an upload of all that was queued ended.

    Attributes:
        thrown: what the connector threw, which ended it; None if the queue is empty.
        posts: how often the connector was asked to upload.
    """

    thrown: str | None
    posts: int | None = None


class Device(Process):
    """A device, whose program opens one database at a time."""

    def __init__(self, node: str, folder: Path) -> None:
        super().__init__(node, folder, "client.ts")
        self._databases = 0
        self._is_open = False

    def open(self, url: str, user: str, *, clock_offset: float = 0, **options: Any) -> str:
        """Open an empty database, whose connector speaks for a user; return the client's id.

        Args:
            url: where the server is.
            user: who is signed in.
            clock_offset: how far the device's clock is ahead, in seconds.
            options: the connector's.
        """
        self.close()
        self._databases += 1
        made: str = self.call(
            "open",
            file=str(self.folder / f"{self._databases}.sqlite"),
            user=user,
            clockOffsetMs=round(clock_offset * 1000),
            options={"baseUrl": url, **options},
        )
        self._is_open = True
        return made

    def write(self, *transactions: list[Entry]) -> None:
        """Run transactions of the app's, each a list of statements."""
        self.call("write", transactions=transactions)

    def run(self, sql: str, *parameters: Any) -> None:
        """Run one statement, in a transaction of its own."""
        self.write([(sql, list(parameters))])

    def upload(self) -> Uploaded:
        """Upload until the queue is empty, or the connector throws."""
        return Uploaded(**self.call("upload"))

    def queue(self) -> list[int]:
        """Return the numbers of the operations that are not uploaded."""
        numbers: list[int] = self.call("queue")
        return numbers

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return what the device has."""
        found: list[dict[str, Any]] = self.call("rows", sql=sql)
        return found

    def decide(self, *answers: str | None) -> None:
        """Say what the application answers to its next rejections."""
        self.call("decide", answers=answers)

    def rejections(self) -> list[dict[str, Any]]:
        """Return what ``onRejected`` was told since it was asked last."""
        told: list[dict[str, Any]] = self.call("rejections")
        return told

    def forget(self) -> None:
        """Forget the token."""
        self.call("forget")

    def connect(self, **options: Any) -> None:
        """Have PowerSync connect, and upload by itself."""
        self.call("connect", options=options)

    def close(self) -> None:
        """Close the database, if one is open."""
        if self._is_open:
            self._is_open = False
            self.call("close")


def device_in(folder: Path, of: ds.Schema = schema) -> Device:
    """Return a device whose app was generated from a schema."""
    node = app_in(folder, of)
    return Device(str(node.program), folder)


def app_in(folder: Path, of: ds.Schema = schema) -> Node:
    """Write the app's program into a folder."""
    node = node_in(folder)
    shutil.copy(Path(__file__).with_name("client.ts"), folder)
    for target, name in (("typescript", "schema.ts"), ("connector", "connector.ts")):
        [file] = generate(of, target, options=_MODULE)
        node.write({name: file.text})
    return node
