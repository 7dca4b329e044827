"""The model: tables and columns as frozen records, all that anything below may read.

It holds what the definition says, resolved and checked; it knows no SQLAlchemy and no database.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, assert_never

from dualschema.column_type import (
    ColumnType,
    Constraint,
    Form,
    Length,
    Matches,
    OneOf,
    PostgresStyle,
    Range,
)
from dualschema.model.foreign_key import Action, Deferrable, ForeignKeyModel
from dualschema.naming import constraint_name

__all__ = [
    "Absent",
    "Action",
    "CheckModel",
    "ClientColumn",
    "ColumnModel",
    "Default",
    "Deferrable",
    "ForeignKeyModel",
    "IndexModel",
    "OnRefusal",
    "OwnerModel",
    "OwnerStep",
    "SchemaModel",
    "Side",
    "Sync",
    "TableModel",
    "TrackPrevious",
    "UploadModel",
    "Writable",
    "check_name",
    "column_constraints",
    "default_as",
    "form_of",
]

Side = Literal["postgres", "sqlite", "json"]
"""Where values go to or come from: a database's stored form, or the form of an API."""


class Writable(enum.Enum):
    """Who may set a column in an upload."""

    CLIENT = "client"
    CREATE = "create"
    """The client, and only when it inserts the row."""
    SERVER = "server"


class Sync(enum.Enum):
    """Where a table lives."""

    BOTH = "both"
    SERVER_ONLY = "server_only"
    LOCAL_ONLY = "local_only"
    """In the client's database alone."""
    INSERT_ONLY = "insert_only"
    """The client writes rows and never reads them back."""


@dataclass(frozen=True, slots=True)
class Default:
    """What a column holds when an insert does not name it.

    Attributes:
        factory: makes the value in Python, anew for each row; None where only the database does.
        value: the value that also stands in the DDL; meaningful where ``in_ddl`` is true.
        in_ddl: whether the database fills ``value`` in too.
        server: SQL of the database's own default, as the user wrote it.
    """

    factory: Callable[[], Any] | None = None
    value: Any = None
    in_ddl: bool = False
    server: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnModel:
    """One column.

    Attributes:
        attribute: its name in Python.
        name: its name in both databases: snake_case, at most 63 bytes.
        json_name: its name in an API's JSON: camelCase.
        type: how values are checked and stored.
        style: how Postgres stores them.
        nullable: whether NULL is a value of it.
        default: what fills it, or None.
        on_update: makes the value that an update sets it to, or None.
        doc: what it means, in words; a comment in Postgres.
        unique: the name of its unique constraint, or None.
        writable: who may set it in an upload.
        was: the name it had; old clients may still send it.
    """

    attribute: str
    name: str
    json_name: str
    type: ColumnType
    style: PostgresStyle
    nullable: bool = False
    default: Default | None = None
    on_update: Callable[[], Any] | None = None
    doc: str | None = None
    unique: str | None = None
    writable: Writable = Writable.CLIENT
    was: str | None = None

    @property
    def required(self) -> bool:
        """Whether an insert must name it."""
        return self.default is None and not self.nullable


@dataclass(frozen=True, slots=True)
class ClientColumn:
    """A column as the client has it.

    Attributes:
        model: the column.
        name: what the client's database calls it: PowerSync calls every key ``id``.
        is_key: whether it is the key, which PowerSync adds to every table by itself.
        is_servers: whether the server alone sets it.
        is_updated: whether the client's updates may set it.
        may_be_null: whether a client's row may have NULL: the server's own come back with the row
            later.
    """

    model: ColumnModel
    name: str
    is_key: bool
    is_servers: bool
    is_updated: bool
    may_be_null: bool

    @classmethod
    def of(cls, model: ColumnModel, *, is_key: bool) -> ClientColumn:
        """Return a column of a table as the client has it."""
        is_servers = model.writable is Writable.SERVER and not is_key
        return cls(
            model=model,
            name="id" if is_key else model.name,
            is_key=is_key,
            is_servers=is_servers,
            is_updated=model.writable is Writable.CLIENT and not is_key,
            may_be_null=model.nullable or is_servers,
        )


@dataclass(frozen=True, slots=True)
class IndexModel:
    """An index, in both databases: column names, each with whether it descends."""

    name: str
    columns: tuple[str, ...]
    descending: tuple[bool, ...]
    unique: bool = False

    @property
    def parts(self) -> Iterator[tuple[str, bool]]:
        """The columns, each with whether it descends."""
        return zip(self.columns, self.descending, strict=True)


@dataclass(frozen=True, slots=True)
class CheckModel:
    """A condition that every row must meet: SQL for both databases, over column names."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class OwnerStep:
    """One foreign key on the way to the owner: ``table.column`` names a row of ``target``."""

    table: str
    column: str
    target_table: str
    target_column: str


@dataclass(frozen=True, slots=True)
class OwnerModel:
    """The column that holds the owner's user id, and the foreign keys that lead to it."""

    steps: tuple[OwnerStep, ...]
    table: str
    column: str


class Absent(enum.Enum):
    """What a column holds that a client's insert does not name."""

    DEFAULT = "default"
    NULL = "null"
    """NULL, for a client leaves out what is NULL; the default where the column has no NULL."""


class OnRefusal(enum.Enum):
    """What becomes of a client's write that is refused."""

    REJECT = "reject"
    """Its transaction is refused, and the client told."""
    DEAD_LETTER = "dead_letter"
    """Its transaction is put aside, and the client goes on."""
    DROP = "drop"
    """The operation is left out."""


@dataclass(frozen=True, slots=True)
class UploadModel:
    """What the server does with a client's writes to a table.

    Attributes:
        version: the column that counts a row's changes, or None.
        compare_previous: whether the row must be as the client saw it.
        server_wins: columns that keep the server's value where the client did not see it.
    """

    absent: Absent = Absent.DEFAULT
    refused: OnRefusal = OnRefusal.REJECT
    version: str | None = None
    compare_previous: bool = False
    server_wins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackPrevious:
    """Which previous values the client sends with an update or a delete: these columns, or all."""

    columns: tuple[str, ...] | None = None
    only_when_changed: bool = False


@dataclass(frozen=True)
class TableModel:
    """One table.

    Attributes:
        name: its name in both databases.
        class_name: the name of its class in Python.
        columns: in declaration order.
        dropped_columns: those that stand in no schema any more, though old clients still send them.
        key: the name of its primary key column.
        view_name: what the client calls it, where that is another name.
        track_previous: which previous values uploads carry, or None.
        track_metadata: whether uploads carry a text of the application's.
        ignore_empty_updates: whether an update that changes nothing is not uploaded.
        was: the name it had; old clients may still send it.
        dropped: whether it stands in no schema any more and only takes what old clients send.
        uploads: what the server does with a client's writes.
    """

    name: str
    class_name: str
    columns: tuple[ColumnModel, ...]
    key: str
    dropped_columns: tuple[ColumnModel, ...] = ()
    doc: str | None = None
    indexes: tuple[IndexModel, ...] = ()
    checks: tuple[CheckModel, ...] = ()
    foreign_keys: tuple[ForeignKeyModel, ...] = ()
    owner: OwnerModel | None = None
    sync: Sync = Sync.BOTH
    view_name: str | None = None
    track_previous: TrackPrevious | None = None
    track_metadata: bool = False
    ignore_empty_updates: bool = False
    was: str | None = None
    dropped: bool = False
    uploads: UploadModel = UploadModel()

    @property
    def view(self) -> str:
        """What the client calls it, in statements."""
        return self.view_name or self.name

    @cached_property
    def by_name(self) -> dict[str, ColumnModel]:
        """The columns by their names in the database."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_attribute(self) -> dict[str, ColumnModel]:
        """The columns by their names in Python."""
        return {column.attribute: column for column in self.columns}

    @cached_property
    def client_columns(self) -> tuple[ClientColumn, ...]:
        """The columns that a client has: the key, then the others as they were declared."""
        others = (column for column in self.columns if column.name != self.key)
        key = ClientColumn.of(self.key_column, is_key=True)
        return (key, *(ClientColumn.of(column, is_key=False) for column in others))

    @cached_property
    def unique_columns(self) -> frozenset[str]:
        """The names in the database of columns, but the key, that two rows may not share."""
        alone = frozenset(column.name for column in self.columns if column.unique)
        return alone.union(*(index.columns for index in self.indexes if index.unique))

    @cached_property
    def key_attribute(self) -> str:
        """The name of the primary key in Python."""
        return self.key_column.attribute

    @cached_property
    def settable(self) -> frozenset[str]:
        """The names in Python of the columns that an update may set: all but the key."""
        return frozenset(self.by_attribute) - {self.key_attribute}

    @property
    def key_column(self) -> ColumnModel:
        """The primary key."""
        return self.by_name[self.key]

    @property
    def owner_column(self) -> str | None:
        """The name of the column that says whose a row is: the owner's, or the first on the way."""
        if self.owner is None:
            return None
        return self.owner.steps[0].column if self.owner.steps else self.owner.column


@dataclass(frozen=True)
class SchemaModel:
    """A set of tables, complete: every name that one of them uses is in it."""

    tables: tuple[TableModel, ...]

    @cached_property
    def by_name(self) -> dict[str, TableModel]:
        """The tables by their names in the database."""
        return {table.name: table for table in self.tables}


def form_of(column: ColumnModel, side: Side) -> Form:
    """Return the form that a column's values take on a side."""
    if side == "sqlite":
        return Form.SQLITE
    if side == "json":
        return Form.JSON
    return Form.PORTABLE if column.style is PostgresStyle.PORTABLE else Form.NATIVE


def default_as(column: ColumnModel, form: Form) -> Any:
    """Return the value that a column's default has in the DDL, in a form."""
    assert column.default is not None  # noqa: S101  (who asks has seen it)
    encode = column.type.encoder(form).function
    value = column.default.value
    return value if encode is None else encode(value)


def column_constraints(column: ColumnModel) -> tuple[Constraint, ...]:
    """Return what either database must check of a column's values, each once."""
    on_server = column.type.constraints(form_of(column, "postgres"))
    return tuple(dict.fromkeys((*on_server, *column.type.constraints(Form.SQLITE))))


def check_name(table: str, column: str, constraint: Constraint) -> str:
    """Return what the CHECK is called that a column's type makes."""
    match constraint:
        case OneOf():
            return constraint_name(table, column, "check")
        case Length():
            return constraint_name(table, column, "length", "check")
        case Range():
            return constraint_name(table, column, "range", "check")
        case Matches():
            return constraint_name(table, column, "pattern", "check")
        case _:
            assert_never(constraint)
