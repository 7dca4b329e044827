"""``Receiver``: all that an upload must know of one table, made ready once."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dualschema.convert.cells import default_of
from dualschema.crud.dialects import Kind
from dualschema.declare.table import Table
from dualschema.model import (
    Absent,
    Action,
    ColumnModel,
    Default,
    OnRefusal,
    SchemaModel,
    Sync,
    TableModel,
    Writable,
)
from dualschema.schema import Schema
from dualschema.upload.cells import (
    BY_DATABASE,
    NULL,
    Cell,
    cell_encoder,
    cell_reader,
    key_reader,
    row_reader,
    value_reader,
)
from dualschema.upload.tables import upload_schema

__all__ = ["Field", "Link", "Receiver", "Role", "receivers_of"]


class Role(enum.Enum):
    """What a client may do with a column."""

    CLIENT = "client"
    CREATE = "create"
    SERVER = "server"
    OWNER = "owner"
    """It is filled in with the user's id, and another value is refused."""
    KEY = "key"
    VERSION = "version"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: a column whose value is that of ``target_column`` in a row of ``target``."""

    target: str
    target_column: str


class Field:
    """One column.

    Attributes:
        column: its model.
        role: what a client may do with it.
        link: what its value names, or None.
        read: gives the cell of what a client sent.
        value: gives Python's value of what a client sent.
        cell: gives the cell of one of Python's values.
        read_key: gives what a client sent as text by which values are told apart, and its cell.
    """

    __slots__ = ("cell", "column", "link", "name", "read", "read_key", "role", "value")

    def __init__(self, column: ColumnModel, role: Role, link: Link | None, kind: Kind) -> None:
        self.column = column
        self.name = column.name
        self.role = role
        self.link = link
        self.read: Callable[[Any], Cell] = cell_reader(column, kind)
        self.value: Callable[[Any], Any] = value_reader(column)
        self.cell: Callable[[Any], Cell] = cell_encoder(column, kind)
        self.read_key: Callable[[Any], tuple[str, Cell]] = key_reader(column, kind)


@dataclass
class Receiver:
    """All that an upload must know of one table.

    Attributes:
        table: the class.
        model: its model.
        fields: by the names under which a client may send them, former ones included.
        plain: of these, those that a client may set and that name no other row: the column, and
            what gives the cell.
        at_once: the columns of ``plain``, by their names now, that ``read_row`` reads.
        read_row: reads them from what a client sends of a new row: their cells, and how many of
            them were sent.
        key: the key's.
        owner: the field that holds the user's id, or None where a foreign key leads to it.
        absent: makes the cells of the client's columns that an insert does not name, by name.
        kept: the same for those that a client never sets, or only on insert.
        required: the columns that an insert must bring, and what a client may do with each.
        on_update: makes the cells that an update sets by itself, by name.
        linked: the columns that foreign keys of other tables name.
        referring: the tables whose foreign keys name this one, and those that hang on them.
        is_hooked: whether a function of the application's wants to see the row.
        name: the table's name in the database.
        absent_beside, required_beside: of ``absent`` and ``required``, what ``read_row`` leaves.
        is_owned: whether its rows have owners.
        is_by_path: whether foreign keys lead to the owner.
        unique: the columns that no two rows may share, other than the key.
        is_checked: whether the database checks more of a row than the values of its columns.
        is_insert_only: whether rows are only ever inserted.
        is_filled: whether the database fills in columns of an insert by its own defaults.
        by_database: what an insert does not name of the client's, and only the database fills in.
        filled_links: the columns whose defaults name rows that nobody has looked for, and of which
            table those are.
        drops: whether what is refused is left out, and the rest goes on.
        wants_rows: whether a stored row must be seen whole before anything of it is changed.
        is_plain: whether an operation bears on nothing but its own row, and on that only by values.
    """

    table: type[Table]
    model: TableModel
    kind: Kind
    fields: Mapping[str, Field]
    plain: Mapping[str, tuple[str, Callable[[Any], Cell]]]
    at_once: frozenset[str]
    read_row: Callable[[Mapping[str, Any]], tuple[dict[str, Cell], int]]
    key: Field
    owner: Field | None
    absent: Mapping[str, Callable[[], Cell]] = field(default_factory=dict)
    kept: Mapping[str, Callable[[], Cell]] = field(default_factory=dict)
    required: Mapping[str, Role] = field(default_factory=dict)
    on_update: Mapping[str, Callable[[], Cell]] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    referring: frozenset[str] = frozenset()
    is_hooked: bool = False

    def __post_init__(self) -> None:
        model, rules = self.model, self.model.uploads
        self.name = model.name
        self.absent_beside = {n: f for n, f in self.absent.items() if n not in self.at_once}
        self.required_beside = {n: r for n, r in self.required.items() if n not in self.at_once}
        self.is_insert_only = model.sync is Sync.INSERT_ONLY
        self.is_owned = model.owner is not None
        self.is_by_path = model.owner is not None and bool(model.owner.steps)
        self.unique = model.unique_columns
        self.is_checked = bool(model.checks)
        self.drops = rules.refused is OnRefusal.DROP
        compares = rules.version is not None or rules.compare_previous or bool(rules.server_wins)
        self.wants_rows = self.is_hooked or compares
        defaults = (column.default for column in model.columns)
        self.is_filled = any(each is not None and each.server is not None for each in defaults)
        fields = (f for f in self.fields.values() if f.role is Role.CLIENT)
        defaulted = (f.name for f in fields if f.name not in self.absent and not f.column.required)
        self.by_database = dict.fromkeys(defaulted, BY_DATABASE)
        self.filled_links = {
            key.column: key.target_table
            for key in model.foreign_keys
            if _is_filled(model.by_name[key.column].default)
        }
        self.is_plain = not (
            self.wants_rows
            or self.unique
            or self.is_checked
            or self.linked
            or self.is_filled
            or self.filled_links
        )


def receivers_of(schema: Schema, kind: Kind, hooked: frozenset[str]) -> dict[str, Receiver]:
    """Return the receivers of a schema's tables by the names that clients have for them.

    Tables of one side alone have none: nobody uploads to them, nor to those that uploads keep.

    Args:
        schema: the tables.
        kind: the server's kind of database.
        hooked: the names of the tables whose rows a function of the application's wants to see.
    """
    made: dict[str, Receiver] = {}
    for table, model in zip(schema.tables, schema.model.tables, strict=True):
        if model.sync in (Sync.BOTH, Sync.INSERT_ONLY) and table not in upload_schema.tables:
            receiver = _receiver(table, model, schema.model, kind, is_hooked=model.name in hooked)
            for name in (model.name, model.view_name, model.was):
                if name is not None:
                    made.setdefault(name, receiver)
    return made


def _receiver(
    table: type[Table], model: TableModel, schema: SchemaModel, kind: Kind, *, is_hooked: bool
) -> Receiver:
    links = {k.column: Link(k.target_table, k.target_column) for k in model.foreign_keys}
    named = {c.name: Field(c, _role(c, model), links.get(c.name), kind) for c in model.columns}
    fields = dict(named)
    for column in (*model.columns, *model.dropped_columns):
        found = named.get(column.name) or Field(column, Role.DROPPED, None, kind)
        fields.setdefault(column.name, found)
        if column.was is not None:
            fields.setdefault(column.was, found)
    owner = model.owner
    is_direct = owner is not None and not owner.steps
    by_client = [f for f in named.values() if f.role is Role.CLIENT]
    absent = {f.name: fill for f in by_client if (fill := _fill(f, model, kind))}
    plain = [f for f in by_client if f.link is None]
    rows = [(f.column, f.read, absent.get(f.name)) for f in plain]
    others = [f for f in named.values() if f.role in (Role.CREATE, Role.SERVER, Role.VERSION)]
    return Receiver(
        table,
        model,
        kind,
        fields,
        {
            name: (f.name, f.read)
            for name, f in fields.items()
            if f.role is Role.CLIENT and f.link is None
        },
        frozenset(f.name for f in plain),
        row_reader(rows, kind),
        named[model.key],
        named[owner.column] if owner is not None and is_direct else None,
        absent=absent,
        kept={f.name: fill for f in others if (fill := _fill(f, model, kind))},
        required={
            f.name: f.role
            for f in named.values()
            if f.column.required and f.role in (Role.CLIENT, Role.CREATE, Role.VERSION)
        },
        on_update={
            f.name: _calls(f, f.column.on_update)
            for f in named.values()
            if f.column.on_update is not None
        },
        linked=frozenset(
            key.target_column
            for other in schema.tables
            for key in other.foreign_keys
            if key.target_table == model.name
        ),
        referring=frozenset(_referring(model.name, schema)),
        is_hooked=is_hooked,
    )


def _role(column: ColumnModel, model: TableModel) -> Role:
    if column.name == model.key:
        return Role.KEY
    if model.owner is not None and not model.owner.steps and column.name == model.owner.column:
        return Role.OWNER
    if column.name == model.uploads.version:
        return Role.VERSION
    return Role(column.writable.value)


def _fill(field: Field, model: TableModel, kind: Kind) -> Callable[[], Cell] | None:
    """Return what makes the cell of a column that an insert does not name; None: the database."""
    column = field.column
    by_client = column.writable is Writable.CLIENT
    if column.nullable and by_client and model.uploads.absent is Absent.NULL:
        return _constantly(NULL[kind])
    default = column.default
    if default is None:
        return _constantly(NULL[kind]) if column.nullable else None
    if default.in_ddl:
        return _constantly(field.cell(default.value))
    if default.factory is None and default.server is not None:
        return None
    return _calls(field, default_of(column))


def _is_filled(default: Default | None) -> bool:
    """Whether a default is another than NULL."""
    if default is None:
        return False
    made = default.factory is not None or default.server is not None
    return made or default.value is not None


def _constantly(cell: Cell) -> Callable[[], Cell]:
    return lambda: cell


def _calls(field: Field, make: Callable[[], Any]) -> Callable[[], Cell]:
    write = field.cell
    return lambda: write(make())


def _referring(name: str, schema: SchemaModel) -> Iterator[str]:
    """Yield the tables that a delete in one table may change, or be refused for."""
    found: set[str] = set()
    left = [name]
    while left:
        here = left.pop()
        for table in schema.tables:
            for key in table.foreign_keys:
                if key.target_table == here and table.name not in found:
                    found.add(table.name)
                    yield table.name
                    if key.on_delete is not Action.NO_ACTION:
                        left.append(table.name)
