"""Every type, every option of a table, and names and texts that break careless generators."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

import dualschema as ds

__all__ = ["schema"]


class Colour(enum.StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Level(enum.IntEnum):
    LOW = -1
    HIGH = 10


class Point(TypedDict):
    x: float
    y: float
    label: NotRequired[str | None]


class Node(ds.JsonModel):
    """A document that holds its like.

    */ ends no comment, `code` is none, and "quotes" stay.
    """

    node_name: str
    kind: Literal["leaf", "it's", 3, True] = "leaf"
    children: list[Node] = []
    where: Point | None = None
    by_key: dict[str, list[int | None]] = {}
    pair: tuple[int, str] = (0, "")
    seen_at: datetime | None = None
    anything: Any = None


class Everything(
    ds.Table,
    name="everything",
    indexes=[ds.Index("whole", "-made_at", name="by_whole"), ds.Index("choice", "-level")],
    track_previous=["short", "whole"],
    track_previous_when_changed=True,
    track_metadata=True,
    ignore_empty_updates=True,
):
    """Each type, with and without NULL.

    The second paragraph has */ and // and -- and ''' and \"\"\" and # and \\ and
    ${x} and $x and 😀.
    """

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    text: ds.Column[str]
    short: ds.Column[str] = ds.column(min_length=1, max_length=20, default='it\'s \\ "$x"\n😀')
    coded: ds.Column[str | None] = ds.column(pattern="^[a-z]{2}-[0-9]+$", default=None)
    flag: ds.Column[bool] = ds.column(default=True)
    maybe: ds.Column[bool | None] = ds.column(default=None)
    whole: ds.Column[int] = ds.column(default=0, ge=-5, le=1000, doc="*/ from -5 to 1000")
    whole_or_not: ds.Column[int | None]
    big: ds.Column[ds.BigInt] = ds.column(default=2**53 - 1)
    huge: ds.Column[ds.Int64] = ds.column(default=-(2**63))
    huge_or_not: ds.Column[ds.Int64 | None] = ds.column(default=None)
    ratio: ds.Column[float] = ds.column(default=0.1, gt=-1, lt=1e300)
    price: ds.Column[Decimal] = ds.column(default=Decimal("1.50"), precision=10, scale=2)
    free: ds.Column[Decimal | None] = ds.column(default=None)
    made_at: ds.Column[datetime] = ds.column(default_factory=ds.now)
    fixed_at: ds.Column[datetime] = ds.column(default=datetime(2024, 2, 29, 12, tzinfo=UTC))
    fine_at: ds.Column[datetime | None] = ds.column(precision=6, default=None)
    day: ds.Column[date] = ds.column(default=date(2024, 2, 29))
    clock: ds.Column[time | None] = ds.column(default=time(23, 59, 59, 500_000))
    took: ds.Column[timedelta] = ds.column(default=timedelta(seconds=90))
    token: ds.Column[UUID] = ds.column(default=UUID(int=1))
    choice: ds.Column[Literal["a", "it's", 'the "b"', "ü\n"]] = ds.column(default="a")
    colour: ds.Column[Colour | None] = ds.column(default=Colour.DARK_BLUE)
    level: ds.Column[Level] = ds.column(default=Level.LOW)
    number: ds.Column[Literal[1, 2, 3] | None] = ds.column(default=None)
    raw: ds.Column[bytes] = ds.column(default=b"\x00\xff")
    raw_or_not: ds.Column[bytes | None] = ds.column(default=None)
    tree: ds.Column[Node | None] = ds.column(default=None)
    nodes: ds.Column[list[Node]] = ds.column(default_factory=list)
    point: ds.Column[Point | None] = ds.column(default=None)
    table_of: ds.Column[dict[str, int]] = ds.column(default_factory=dict)
    fixed: ds.Column[list[Any]] = ds.column(default=[1, "it's", None, {"a b": True}])
    anything: ds.Column[Any] = ds.column(default=ds.JSON_NULL)
    anything_or_not: ds.Column[Any | None] = ds.column(default=None)
    made_here: ds.Column[str] = ds.column(default_factory=lambda: "factory of the server")
    by_server: ds.Column[str | None] = ds.column(server_default="'x'", writable="server")
    once: ds.Column[str | None] = ds.column(default=None, writable="create")
    renamed: ds.Column[int | None] = ds.column(default=None, was="former")
    gone: ds.Column[int | None] = ds.column(default=None, dropped=True)


class Native(ds.Table, name="native_things", postgres="native", view_name="local_things"):
    """Postgres's own types, a key that is no text, and an owner through a foreign key."""

    user_id: ds.Column[UUID] = ds.column(primary_key=True, doc="The key, which is called id there.")
    parent: ds.Column[str] = ds.column(
        foreign_key=ds.ForeignKey("owners.id", on_delete="cascade"), owner="parent.user_id"
    )
    flag: ds.Column[bool] = ds.column(default=False)
    at: ds.Column[datetime | None] = ds.column(default=None)
    day: ds.Column[date | None] = ds.column(default=None)
    clock: ds.Column[time | None] = ds.column(default=None, precision=6)
    raw: ds.Column[bytes | None] = ds.column(default=None)
    huge: ds.Column[ds.Int64 | None] = ds.column(default=None)
    price: ds.Column[Decimal | None] = ds.column(default=None)
    took: ds.Column[timedelta | None] = ds.column(default=None)
    extra: ds.Column[dict[str, Any]] = ds.column(default_factory=dict)
    colour: ds.Column[Colour | None] = ds.column(default=None)
    old_flag: ds.Column[bool | None] = ds.column(default=None, was="former_flag")


class Owner(ds.Table, name="owners", track_previous=True, was="former_owners"):
    id: ds.Column[str] = ds.column(primary_key=True)
    user_id: ds.Column[str] = ds.column(owner=True, unique=True)


class Class(ds.Table, name="select", sync="local_only"):
    """A class called Class, a table called select, columns called by every language's words."""

    id: ds.Column[str] = ds.column(primary_key=True)
    class_: ds.Column[int | None] = ds.column(default=None, name="class", json_name="class")
    type: ds.Column[str | None] = ds.column(default=None)
    order: ds.Column[int | None] = ds.column(default=None)
    default: ds.Column[str | None] = ds.column(default=None)
    constructor: ds.Column[str | None] = ds.column(default=None)
    hash_code: ds.Column[str | None] = ds.column(default=None)
    to_string: ds.Column[str | None] = ds.column(default=None)
    self_: ds.Column[str | None] = ds.column(default=None, name="self", json_name="self")
    init: ds.Column[str | None] = ds.column(default=None)
    fn: ds.Column[str | None] = ds.column(default=None)
    fun: ds.Column[str | None] = ds.column(default=None)
    val: ds.Column[str | None] = ds.column(default=None)
    metadata: ds.Column[str | None] = ds.column(default=None)
    schema: ds.Column[str | None] = ds.column(default=None)
    json: ds.Column[str | None] = ds.column(default=None)
    copy: ds.Column[str | None] = ds.column(default=None)
    identifier: ds.Column[str | None] = ds.column(default=None)
    größe: ds.Column[str | None] = ds.column(default=None)  # noqa: PLC2401  (a name beyond ASCII)
    dashed: ds.Column[str | None] = ds.column(default=None, name="with-dash$and(more)")
    a_name_of_sixty_three_bytes_which_is_as_long_as_postgres_allows: ds.Column[int | None] = (
        ds.column(default=None)
    )
    dollar: ds.Column[Literal["$x", "${x}", "\\(x)", "{0}", "%s"]] = ds.column(default="${x}")


class Date(ds.Table, name="dates", sync="insert_only"):
    """Its class is called as a type of many languages; the client writes it and never reads."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    row: ds.Column[list[Annotated[int, Field(ge=0)]]] = ds.column(default_factory=list)
    when: ds.Column[date] = ds.column(name="date", default=date(2024, 2, 29))


class ServerOnly(ds.Table, name="server_only", sync=False):
    """No client has it."""

    id: ds.Column[int] = ds.column(primary_key=True)
    secret: ds.Column[str]


class Gone(ds.Table, name="gone_table", dropped=True):
    """Nobody has it any more."""

    id: ds.Column[str] = ds.column(primary_key=True)
    value: ds.Column[int | None] = ds.column(default=None)


schema = ds.Schema(Everything, Native, Owner, Class, Date, ServerOnly, Gone)
