"""A model's snapshot: of all that it says, what a client sends by, and what it reads by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from dualschema.client_rows import decimal_size, second_digits
from dualschema.column_type import ClientKind, Form, Length, Matches, OneOf, Range
from dualschema.compatibility.document import document_schema, written_schema
from dualschema.compatibility.snapshot import (
    ReleasedColumn,
    ReleasedDefault,
    ReleasedKey,
    ReleasedStream,
    ReleasedTable,
    Snapshot,
)
from dualschema.model import (
    ColumnModel,
    Default,
    OwnerModel,
    SchemaModel,
    TableModel,
    TrackPrevious,
    column_constraints,
    default_as,
)
from dualschema.targets.sync_streams import SYNC_STREAMS, streams_of
from dualschema.types.integer import BigInteger, Integer, LongInteger
from dualschema.types.json import Json

__all__ = ["snapshot_of"]


def snapshot_of(model: SchemaModel, streams: Mapping[str, Any] | None = None) -> Snapshot:
    """Return what clients know of a model.

    Args:
        model: the tables.
        streams: the options that the target ``sync-streams`` is given, by name, if it writes the
            project's sync config.

    Raises:
        GenerationError: the target has no such options, or cannot write it.
    """
    tables = tuple(_table(table) for table in model.tables)
    return Snapshot(tables, None if streams is None else tuple(_streams(model, streams)))


def _streams(model: SchemaModel, given: Mapping[str, Any]) -> Iterator[ReleasedStream]:
    options = SYNC_STREAMS.read_options(given)
    for stream in streams_of(model, options):
        names = tuple(query.table for query in stream.queries)
        yield ReleasedStream(stream.name, names, options.auto_subscribe, options.old_names)


def _table(table: TableModel) -> ReleasedTable:
    return ReleasedTable(
        name=table.name,
        key=table.key,
        columns=tuple(_column(column) for column in table.columns),
        dropped_columns=tuple(
            name
            for column in table.dropped_columns
            for name in (column.name, column.was)
            if name is not None
        ),
        sync=table.sync,
        owner=() if table.owner is None else tuple(_way(table.owner)),
        uploads=table.uploads,
        tracks=_tracks(table.track_previous),
        checks=tuple(check.sql for check in table.checks),
        unique=tuple(_unique(table)),
        foreign_keys=tuple(
            ReleasedKey(
                key.column,
                key.target_table,
                key.target_column,
                key.on_delete,
                key.on_update,
                key.deferrable,
            )
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


def _tracks(previous: TrackPrevious | None) -> bool | tuple[str, ...]:
    if previous is None:
        return False
    return True if previous.columns is None else previous.columns


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
            written = written_schema(cast("Json", type_))
            if written != sizes["document"]:
                sizes["stored"] = written
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
        return ReleasedDefault("value", default_as(column, Form.SQLITE))
    if default.factory is not None:
        return ReleasedDefault("function")
    if default.server is not None:
        return ReleasedDefault("sql", default.server)
    return ReleasedDefault("value")  # NULL


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
