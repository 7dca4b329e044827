"""A model as it was released: what clients know of it, as a JSON document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from dualschema.column_type import ClientKind, Storage
from dualschema.errors import ConfigurationError
from dualschema.model import Action, Deferrable, Sync, UploadModel, Writable

__all__ = [
    "ReleasedColumn",
    "ReleasedDefault",
    "ReleasedKey",
    "ReleasedStream",
    "ReleasedTable",
    "Snapshot",
    "read_snapshot",
    "snapshot_text",
]

_FORMAT: Final = 1
_NO_RULES: Final = UploadModel()


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
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    deferrable: Deferrable = Deferrable.IMMEDIATE


@dataclass(frozen=True, slots=True)
class ReleasedColumn:
    """A column; bounds are decimal numbers as text.

    Attributes:
        name: its name in the databases.
        kind: the kind of its values in a client's language.
        storage: how the client's SQLite stores them.
        digits: of a second, for instants and times of day; else 0.
        precision: all digits of a decimal number, 0 for any; ``scale`` are those behind the point.
        document: the JSON schema of the documents that are taken.
        stored: that of those that are stored, where it is another one.
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
    stored: Mapping[str, Any] | None = None
    writable: Writable = Writable.CLIENT
    was: str | None = None

    @property
    def required(self) -> bool:
        """Whether an insert must name it."""
        return self.default is None and not self.nullable

    @property
    def written(self) -> Mapping[str, Any] | None:
        """The JSON schema of the documents that are stored."""
        return self.document if self.stored is None else self.stored


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """A table.

    Attributes:
        dropped_columns: the names under which old clients may send them.
        owner: the way to the owner's column, ``table.column`` for each step.
        tracks: whether clients send what a row held before: of all columns, or of these.
    """

    name: str
    key: str
    columns: tuple[ReleasedColumn, ...]
    dropped_columns: tuple[str, ...] = ()
    sync: Sync = Sync.BOTH
    owner: tuple[str, ...] = ()
    uploads: UploadModel = _NO_RULES
    tracks: bool | tuple[str, ...] = False
    checks: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ReleasedKey, ...] = ()
    was: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class ReleasedStream:
    """A stream of PowerSync's sync config.

    Attributes:
        name: what clients ask for.
        tables: those that it sends, also under former names.
        auto_subscribe: whether clients get it without asking.
        old_names: whether columns are sent under former names, too.
    """

    name: str
    tables: tuple[str, ...]
    auto_subscribe: bool = True
    old_names: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model as it was released: what clients know of it, and by which streams they get it."""

    tables: tuple[ReleasedTable, ...]
    # None: it is not known.
    streams: tuple[ReleasedStream, ...] | None = None
    format: Literal[1] = _FORMAT


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
