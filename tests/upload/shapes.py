"""Schemas that differ in all that a batch's merging must bear, and their databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from uuid import UUID

import psycopg
import sqlalchemy as sa
from hypothesis import strategies as st

import dualschema as ds
from dualschema.declare.column import ActionName
from dualschema.upload import Uploader, upload_schema
from tests.crud.books import open_space

__all__ = ["KEYS", "USERS", "Place", "Places", "Shape", "open_places", "shapes"]

USERS = ("ann", "bob")
KEYS = tuple(f"00000000-0000-4000-8000-00000000000{n}" for n in range(4))
"""Texts that are keys of either type."""

Refused = Literal["reject", "dead_letter", "drop"]


@dataclass(frozen=True)
class Shape:
    """What a schema has; its tables are roots, their kids, and the leaves of those.

    Attributes:
        style: how Postgres stores values.
        uuid: whether keys are UUIDs, else text.
        root_action: what becomes of kids when their root goes.
        self_action: what becomes of kids when the kid that they name goes.
        leaf_action: what becomes of leaves when their kid goes.
        code_action: what becomes of leaves when the root goes whose code they name.
        is_path: whether kids and leaves belong to the owner of their root, else to a user.
        unique: whether roots and leaves have values that no two rows share.
        check: whether two columns of roots and kids are compared.
        version: whether roots count their changes.
        refused: what becomes of what is refused, for each of the three tables.
    """

    style: Literal["portable", "native"]
    uuid: bool
    root_action: ActionName
    self_action: ActionName
    leaf_action: ActionName
    code_action: ActionName
    is_path: bool
    unique: bool
    check: bool
    version: bool
    refused: tuple[Refused, Refused, Refused]

    def schema(self) -> ds.Schema:
        """Define the tables."""
        key: Any = UUID if self.uuid else str
        first: Any = UUID(KEYS[0]) if self.uuid else KEYS[0]
        checks = [ds.Check("low <= high")] if self.check else []
        rules = [ds.UploadRules(refused=each) for each in self.refused]
        root_rules = ds.UploadRules(
            refused=self.refused[0], version="version" if self.version else None
        )

        def link(target: str, action: ActionName) -> Any:
            default = first if action == "set default" else None
            return ds.column(foreign_key=ds.ForeignKey(target, on_delete=action), default=default)

        class Root(ds.Table, name="roots", checks=checks, uploads=root_rules):
            id: ds.Column[key] = ds.column(primary_key=True)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            name: ds.Column[str] = ds.column(default="", max_length=5)
            code: ds.Column[str | None] = ds.column(default=None, unique=True)
            low: ds.Column[int] = ds.column(default=0)
            high: ds.Column[int] = ds.column(default=2)
            version: ds.Column[int] = ds.column(default=1)
            made: ds.Column[int | None] = ds.column(default=5, writable="create")
            score: ds.Column[int] = ds.column(default=0, writable="server")
            user_id: ds.Column[str] = ds.column(owner=True)

        class Kid(
            ds.Table,
            name="kids",
            owner="root.user_id" if self.is_path else "user_id",
            checks=checks,
            uploads=rules[1],
        ):
            id: ds.Column[key] = ds.column(primary_key=True)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            low: ds.Column[int] = ds.column(default=0)
            high: ds.Column[int | None] = ds.column(default=2)
            turns: ds.Column[int] = ds.column(default=0, on_update=lambda: 9, writable="server")
            root_id: ds.Column[key | None] = link("roots.id", self.root_action)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            kid_id: ds.Column[key | None] = link("kids.id", self.self_action)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            user_id: ds.Column[str | None] = ds.column(default="ann")

        class Leaf(
            ds.Table,
            name="leaves",
            owner="kid.root.user_id" if self.is_path else "user_id",
            uploads=rules[2],
        ):
            id: ds.Column[key] = ds.column(primary_key=True)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            text: ds.Column[str | None] = ds.column(default=None, unique=self.unique or False)
            kid_id: ds.Column[key | None] = link("kids.id", self.leaf_action)  # pyright: ignore[reportInvalidTypeForm]  # a type that is drawn
            code: ds.Column[str | None] = ds.column(
                foreign_key=ds.ForeignKey(
                    "roots.code",
                    on_delete="set null" if self.code_action == "set default" else self.code_action,
                ),
                default=None,
            )
            user_id: ds.Column[str | None] = ds.column(default="ann")

        return ds.Schema(Root, Kid, Leaf, postgres=self.style)


_ACTION = st.sampled_from(get_args(ActionName))
_REFUSED = st.sampled_from(["reject", "reject", "dead_letter", "drop"])

shapes = st.builds(
    Shape,
    style=st.sampled_from(["portable", "native"]),
    uuid=st.booleans(),
    root_action=_ACTION,
    self_action=_ACTION,
    leaf_action=_ACTION,
    code_action=_ACTION,
    is_path=st.booleans(),
    unique=st.booleans(),
    check=st.booleans(),
    version=st.booleans(),
    refused=st.tuples(_REFUSED, _REFUSED, _REFUSED),
)


@dataclass(repr=False)
class Place:
    """A shape's database."""

    shape: Shape
    db: ds.Database
    schema: ds.Schema
    names: tuple[str, ...] = ("leaves", "kids", "roots")

    def uploader(self, **options: Any) -> Uploader:
        """Return an uploader to it."""
        return Uploader(self.db, self.schema, **options)

    def begin(self, rows: list[tuple[str, dict[str, Any]]]) -> None:
        """Have the tables hold these rows and no others."""
        with self.db.engine.begin() as connection:
            kept = [table.name for table in upload_schema.model.tables]
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("TRUNCATE " + ", ".join([*self.names, *kept]))
                connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
            else:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                for name in [*self.names, *kept]:
                    connection.exec_driver_sql(f"DELETE FROM {name}")
            for name, values in rows:
                connection.execute(self.schema.metadata.tables[name].insert(), values)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows, and the dead letters but for their times."""
        dumped = {}
        with self.db.engine.connect() as connection:
            for name in self.names:
                table = self.schema.metadata.tables[name]
                found = connection.execute(sa.select(table).order_by(table.c.id)).mappings()
                dumped[name] = [dict(row) for row in found]
            letters = upload_schema.metadata.tables["dualschema_dead_letters"]
            columns = [c for c in letters.c if c.name not in ("created_at", "resolved_at")]
            found = connection.execute(sa.select(*columns).order_by(letters.c.id)).mappings()
            dumped["letters"] = [dict(row) for row in found]
        return dumped


@dataclass(repr=False)
class Places:
    """The databases of all shapes that were drawn so far, each made once."""

    connection: psycopg.Connection[tuple[Any, ...]]
    stack: ExitStack
    made: dict[tuple[str, Shape], Place] = field(default_factory=dict)

    def of(self, kind: str, shape: Shape) -> Place:
        """Return a shape's database of a kind."""
        if (kind, shape) not in self.made:
            if kind == "sqlite":
                db = self.stack.enter_context(ds.connect("sqlite://"))
            else:
                space = self.stack.enter_context(open_space(self.connection))
                db = self.stack.enter_context(ds.connect(space.url, pool_size=1))
            place = Place(shape, db, shape.schema())
            place.uploader().create_tables()
            with db.engine.begin() as connection:
                place.schema.metadata.create_all(connection)
            self.made[kind, shape] = place
        return self.made[kind, shape]


@contextmanager
def open_places(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Places]:
    """Give a maker of databases, which are gone afterwards."""
    with ExitStack() as stack:
        yield Places(connection, stack)
