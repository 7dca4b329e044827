"""A model as it was released: what clients know of it, as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast

from pydantic import TypeAdapter, ValidationError

from dualschema.client_rows import decimal_size, second_digits
from dualschema.column_type import ClientKind, Form, Length, Matches, OneOf, Range, Storage
from dualschema.compatibility.document import document_schema
from dualschema.errors import ConfigurationError
from dualschema.model import (
    ColumnModel,
    Default,
    OwnerModel,
    SchemaModel,
    Sync,
    TableModel,
    Writable,
    column_constraints,
    default_as,
)
from dualschema.types.integer import BigInteger, Integer, LongInteger
from dualschema.types.json import Json

__all__ = [
    "ReleasedColumn",
    "ReleasedDefault",
    "ReleasedKey",
    "ReleasedTable",
    "Snapshot",
    "read_snapshot",
    "snapshot_of",
    "snapshot_text",
]

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class ReleasedDefault:
    """What fills a column that an insert does not name.

    Attributes:
        kind: a value, a function of Python's, or SQL of the database's.
        value: the value in the form of SQLite, or the SQL.
    """

    kind: Literal["value", "function", "sql"]
    value: str | int | float | None = None


@dataclass(frozen=True, slots=True)
class ReleasedKey:
    """A foreign key: the column, and the table and column that it names."""

    column: str
    target_table: str
    target_column: str


@dataclass(frozen=True, slots=True)
class ReleasedColumn:
    """A column; bounds are decimal numbers as text.

    Attributes:
        name: its name in the databases.
        kind: the kind of its values in a client's language.
        storage: how the client's SQLite stores them.
        digits: of a second, for instants and times of day; else 0.
        precision: all digits of a decimal number, 0 for any; ``scale`` are those behind the point.
        document: the JSON schema of a document.
    """

    name: str
    kind: ClientKind
    storage: Storage
    nullable: bool = False
    default: ReleasedDefault | None = None
    digits: int = 0
    precision: int = 0
    scale: int = 0
    choices: tuple[str | int, ...] | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    ge: str | None = None
    gt: str | None = None
    le: str | None = None
    lt: str | None = None
    document: Mapping[str, Any] | None = None
    writable: Writable = Writable.CLIENT
    was: str | None = None

    @property
    def required(self) -> bool:
        """Whether an insert must name it."""
        return self.default is None and not self.nullable


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """A table; ``owner`` is the way to the owner's column, ``table.column`` for each step."""

    name: str
    key: str
    columns: tuple[ReleasedColumn, ...]
    dropped_columns: tuple[str, ...] = ()
    sync: Sync = Sync.BOTH
    owner: tuple[str, ...] = ()
    view_name: str | None = None
    checks: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ReleasedKey, ...] = ()
    was: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model as it was released: what clients know of it."""

    tables: tuple[ReleasedTable, ...]
    format: Literal[1] = _FORMAT


def snapshot_of(model: SchemaModel) -> Snapshot:
    """Return what clients know of a model."""
    return Snapshot(tuple(_table(table) for table in model.tables))


def snapshot_text(snapshot: Snapshot) -> str:
    """Return a snapshot as JSON; the same snapshot gives the same text."""
    document = _adapter().dump_python(snapshot, mode="json", exclude_defaults=True)
    whole = {"format": snapshot.format, **document}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_snapshot(text: str | bytes) -> Snapshot:
    """Return the snapshot that a text holds.

    Raises:
        ConfigurationError: the text is no snapshot, or one of another version's.
    """
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = f"{place}: {first['msg']}" if place else first["msg"]
        raise ConfigurationError(f"this is no snapshot of a model: {said}") from error


@cache
def _adapter() -> TypeAdapter[Snapshot]:
    return TypeAdapter(Snapshot)


def _table(table: TableModel) -> ReleasedTable:
    return ReleasedTable(
        name=table.name,
        key=table.key,
        columns=tuple(_column(column) for column in table.columns),
        dropped_columns=tuple(column.name for column in table.dropped_columns),
        sync=table.sync,
        owner=() if table.owner is None else tuple(_way(table.owner)),
        view_name=table.view_name,
        checks=tuple(check.sql for check in table.checks),
        unique=tuple(_unique(table)),
        foreign_keys=tuple(
            ReleasedKey(key.column, key.target_table, key.target_column)
            for key in table.foreign_keys
        ),
        was=table.was,
        dropped=table.dropped,
    )


def _way(owner: OwnerModel) -> Iterator[str]:
    for step in owner.steps:
        yield f"{step.table}.{step.column}"
        yield f"{step.target_table}.{step.target_column}"
    yield f"{owner.table}.{owner.column}"


def _unique(table: TableModel) -> Iterator[tuple[str, ...]]:
    yield from ((column.name,) for column in table.columns if column.unique)
    yield from (index.columns for index in table.indexes if index.unique)


def _column(column: ColumnModel) -> ReleasedColumn:
    type_ = column.type
    sizes: dict[str, Any] = {}
    match type_.client_kind:
        case ClientKind.TIMESTAMP | ClientKind.TIME:
            sizes["digits"] = second_digits(type_)
        case ClientKind.DECIMAL:
            sizes["precision"], sizes["scale"] = decimal_size(type_)
        case ClientKind.JSON:
            sizes["document"] = document_schema(cast("Json", type_))
        case _:  # nothing but its limits
            pass
    return ReleasedColumn(
        name=column.name,
        kind=type_.client_kind,
        storage=type_.storage,
        nullable=column.nullable,
        default=None if column.default is None else _default(column, column.default),
        writable=column.writable,
        was=column.was,
        **sizes,
        **_limits(column),
    )


def _default(column: ColumnModel, default: Default) -> ReleasedDefault:
    if default.in_ddl:
        value = None if default.value is None else default_as(column, Form.SQLITE)
        return ReleasedDefault("value", value)
    if default.server is not None:
        return ReleasedDefault("sql", default.server)
    return ReleasedDefault("function")


def _limits(column: ColumnModel) -> dict[str, Any]:
    """Return what values must meet, by the names of ``ReleasedColumn``."""
    type_ = column.type
    limits: dict[str, Any] = {}
    for constraint in column_constraints(column):
        match constraint:
            case OneOf():
                limits["choices"] = constraint.values
            case Length():
                limits["min_length"] = constraint.minimum
                limits["max_length"] = constraint.maximum
            case Matches():
                limits["pattern"] = constraint.pattern
            case Range():
                for sign in ("ge", "gt", "le", "lt"):
                    bound = getattr(constraint, sign)
                    limits[sign] = None if bound is None else str(bound)
    if isinstance(type_, (Integer, BigInteger, LongInteger)):  # bounds are the type's own, too
        return {"ge": str(type_.lowest), "le": str(type_.highest)}
    return limits
