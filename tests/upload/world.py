"""One definition with every rule of uploads, on each kind of database, and clients that send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import psycopg
import sqlalchemy as sa

import dualschema as ds
from dualschema.model import Sync
from dualschema.upload import Batch, DeadLetter, Operation, Transaction, Uploader, upload_schema
from tests.crud.books import open_space

__all__ = [
    "CHANGED",
    "MADE",
    "Client",
    "Seen",
    "World",
    "delete",
    "make_schema",
    "open_postgres",
    "open_sqlite",
    "patch",
    "put",
]

Style = Literal["portable", "native"]

MADE = datetime(2024, 1, 1, tzinfo=UTC)
CHANGED = datetime(2024, 2, 2, tzinfo=UTC)


def make_schema(style: Style) -> ds.Schema:
    """Define the tables; the classes are new each time, so each may have a style."""

    class Category(ds.Table, name="categories"):
        id: ds.Column[str] = ds.column(primary_key=True)
        name: ds.Column[str] = ds.column(max_length=10)
        slug: ds.Column[str | None] = ds.column(default=None, unique=True)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Todo(ds.Table, name="todos", view_name="my_todos", was="tasks"):
        id: ds.Column[str] = ds.column(primary_key=True)
        title: ds.Column[str]
        done: ds.Column[bool] = ds.column(default=False)
        priority: ds.Column[int] = ds.column(default=3, ge=0, le=9)
        note: ds.Column[str | None] = ds.column(default="none yet")
        label: ds.Column[str | None] = ds.column(default=None, was="caption")
        colour: ds.Column[str | None] = ds.column(default=None, dropped=True)
        data: ds.Column[Any | None] = ds.column(default=None)
        tags: ds.Column[list[str]] = ds.column(default_factory=list)
        price: ds.Column[Decimal | None] = ds.column(default=None, precision=8, scale=2)
        due: ds.Column[datetime | None] = ds.column(default=None)
        source: ds.Column[str | None] = ds.column(default="app", writable="create")
        score: ds.Column[int] = ds.column(default=0, writable="server")
        made: ds.Column[datetime] = ds.column(default_factory=lambda: MADE, writable="server")
        changed: ds.Column[datetime] = ds.column(
            default_factory=lambda: MADE, on_update=lambda: CHANGED, writable="server"
        )
        category_id: ds.Column[str | None] = ds.column(foreign_key="categories.id", default=None)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Item(ds.Table, name="items", owner="category.user_id"):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str] = ds.column(default="")
        category_id: ds.Column[str] = ds.column(
            foreign_key=ds.ForeignKey("categories.id", on_delete="cascade")
        )

    class Part(ds.Table, name="parts", owner="item.category.user_id"):
        id: ds.Column[UUID] = ds.column(primary_key=True)
        text: ds.Column[str] = ds.column(default="")
        item_id: ds.Column[str] = ds.column(foreign_key="items.id")

    class Profile(ds.Table, name="profiles"):
        user_id: ds.Column[str] = ds.column(primary_key=True, owner=True)
        motto: ds.Column[str] = ds.column(default="")

    class Blank(ds.Table, name="blanks", uploads=ds.UploadRules(absent="null")):
        id: ds.Column[str] = ds.column(primary_key=True)
        note: ds.Column[str | None] = ds.column(default="none yet")
        count: ds.Column[int] = ds.column(default=7)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Stocked(ds.Table, name="stocked"):
        id: ds.Column[str] = ds.column(primary_key=True)
        shelf: ds.Column[str] = ds.column(server_default="'A1'")
        user_id: ds.Column[str] = ds.column(owner=True)

    class Page(ds.Table, name="pages", uploads=ds.UploadRules(version="version")):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str] = ds.column(default="")
        version: ds.Column[int] = ds.column(default=1)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Sheet(
        ds.Table,
        name="sheets",
        track_previous=True,
        uploads=ds.UploadRules(compare_previous=True),
    ):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str] = ds.column(default="")
        count: ds.Column[int] = ds.column(default=0)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Ticket(
        ds.Table,
        name="tickets",
        track_previous=True,
        uploads=ds.UploadRules(server_wins=("state",)),
    ):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str] = ds.column(default="")
        state: ds.Column[str] = ds.column(default="new")
        user_id: ds.Column[str] = ds.column(owner=True)

    class Loose(ds.Table, name="loose", uploads=ds.UploadRules(refused="drop")):
        id: ds.Column[str] = ds.column(primary_key=True)
        code: ds.Column[int] = ds.column(default=0, ge=0)
        slug: ds.Column[str | None] = ds.column(default=None, unique=True)
        score: ds.Column[int] = ds.column(default=0, writable="server")
        category_id: ds.Column[str | None] = ds.column(foreign_key="categories.id", default=None)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Kept(ds.Table, name="kept", uploads=ds.UploadRules(refused="dead_letter")):
        id: ds.Column[str] = ds.column(primary_key=True)
        code: ds.Column[int] = ds.column(default=0, ge=0)
        parent_id: ds.Column[str | None] = ds.column(foreign_key="kept.id", default=None)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Kin(ds.Table, name="kin"):
        id: ds.Column[str] = ds.column(primary_key=True)
        kin_id: ds.Column[str] = ds.column(foreign_key="kin.id", default="root")
        user_id: ds.Column[str] = ds.column(owner=True)

    class Bin(ds.Table, name="bins", uploads=ds.UploadRules(refused="drop")):
        id: ds.Column[str] = ds.column(primary_key=True)
        bin_id: ds.Column[str | None] = ds.column(foreign_key="bins.id", default=None)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Event(ds.Table, name="events", sync="insert_only"):
        id: ds.Column[str] = ds.column(primary_key=True)
        what: ds.Column[str]
        user_id: ds.Column[str] = ds.column(owner=True)

    class Word(ds.Table, name="words"):
        """It belongs to nobody."""

        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str]

    class Draft(ds.Table, name="drafts", sync="local_only"):
        id: ds.Column[str] = ds.column(primary_key=True)

    class Secret(ds.Table, name="secrets", sync=False):
        id: ds.Column[str] = ds.column(primary_key=True)
        user_id: ds.Column[str] = ds.column(owner=True)

    class Gone(ds.Table, name="gone", dropped=True):
        id: ds.Column[str] = ds.column(primary_key=True)
        text: ds.Column[str]

    synced = (Category, Todo, Item, Part, Profile, Blank, Stocked, Page, Sheet, Ticket)
    return ds.Schema(
        *synced, Loose, Kept, Kin, Bin, Event, Word, Draft, Secret, Gone, postgres=style
    )


def put(table: str, key: str, **data: Any) -> Operation:
    """Insert or replace a row."""
    return Operation("PUT", table, key, data)


def patch(table: str, key: str, **data: Any) -> Operation:
    """Change columns of a row."""
    return Operation("PATCH", table, key, data)


def delete(table: str, key: str) -> Operation:
    """Remove a row."""
    return Operation("DELETE", table, key, {})


class Seen:
    """An application's rule that allows everything, and counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *_given: object) -> bool:
        self.times += 1
        return True


@dataclass
class World:
    """A database with the tables, and an uploader of it.

    Attributes:
        name: what a failure calls it.
        url: the database's, for connections beside; in memory there are none.
    """

    name: str
    schema: ds.Schema
    db: ds.Database
    url: sa.URL | None = None
    up: Uploader = field(init=False)

    def __post_init__(self) -> None:
        self.up = Uploader(self.db, self.schema)
        self.up.create_tables()
        with self.db.engine.begin() as connection:
            self.schema.metadata.create_all(connection)

    def __repr__(self) -> str:
        return self.name

    def table(self, name: str) -> Any:
        """Return the class of a table in this world."""
        return next(t for t, m in self._pairs() if m.name == name)

    def uploader(self, **options: Any) -> Uploader:
        """Return another uploader; its hooks are named by tables' names."""
        for hooks in ("authorise", "resolve"):
            if hooks in options:
                options[hooks] = {self.table(n): hook for n, hook in options[hooks].items()}
        return Uploader(self.db, self.schema, **options)

    def client(self, user: str, name: str = "phone", up: Uploader | None = None) -> Client:
        """Return a user's client database, whose queue begins."""
        return Client(up or self.up, user, name)

    def row(self, table: str, key: Any) -> Any:
        """Return a stored row, or None."""
        return self.db.get_or_none(self.table(table), key)

    def insert(self, table: str, **values: Any) -> Any:
        """Store a row without any upload."""
        return self.db.run(ds.insert(self.table(table)(**values)))

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return len(self.db.all(ds.select(self.table(table))))

    def letters(self, user: str | None = None) -> list[DeadLetter]:
        """Return the dead letters that wait."""
        return self.up.letters.all(user)

    def clear(self) -> None:
        """Take all rows away."""
        models = [model for _, model in reversed(self._pairs()) if not model.dropped]
        names = [model.name for model in models if model.sync is not Sync.LOCAL_ONLY]
        names += [model.name for model in upload_schema.model.tables]
        with self.db.engine.begin() as connection:
            for name in names:
                connection.exec_driver_sql(f"DELETE FROM {name}")

    def _pairs(self) -> list[tuple[Any, Any]]:
        return list(zip(self.schema.tables, self.schema.model.tables, strict=True))


@dataclass
class Client:
    """A client database: its operations are numbered from 1.

    Attributes:
        sent: the batch that was sent last.
    """

    up: Uploader
    user: str
    name: str | None = "phone"
    next: int = 1
    sent: Batch = field(default_factory=lambda: Batch([]))

    def batch(self, *transactions: list[Operation]) -> Batch:
        """Return a batch of the next transactions of the queue."""
        made = []
        for number, operations in enumerate(transactions, start=self.next):
            for operation in operations:
                operation.op_id = self.next
                self.next += 1
            made.append(Transaction(operations, number))
        return Batch(made, self.name)

    def send(self, *transactions: list[Operation]) -> list[dict[str, Any]]:
        """Send transactions; return what became of each, as the client sees it."""
        self.sent = self.batch(*transactions)
        return self.again(self.sent)

    def again(self, batch: Batch | None = None) -> list[dict[str, Any]]:
        """Send a batch, by default the last one again."""
        return [result.wire() for result in self.up.apply(batch or self.sent, self.user)]

    def do(self, *operations: Operation) -> Mapping[str, Any]:
        """Send one transaction; return what became of it."""
        return self.send(list(operations))[0]

    def refused(self, *operations: Operation) -> str:
        """Send a transaction that is refused; return the error's code."""
        result = self.do(*operations)
        assert result["status"] == "fatal_error", result
        code: str = result["failed_operation"]["error_code"]
        return code


@contextmanager
def open_postgres(connection: psycopg.Connection[tuple[Any, ...]], style: Style) -> Iterator[World]:
    """Give the tables on Postgres, in a schema of Postgres's to be alone in."""
    with (
        open_space(connection) as space,
        ds.connect(space.url, pool_size=2, max_overflow=20) as db,
    ):
        yield World(f"postgres-{style}", make_schema(style), db, space.url)


@contextmanager
def open_sqlite() -> Iterator[World]:
    """Give the tables on SQLite, in memory."""
    with ds.connect("sqlite://") as db:
        yield World("sqlite", make_schema("native"), db)
