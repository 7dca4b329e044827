"""``sync-streams``: PowerSync's sync config, which says whose device gets which rows.

Columns are named one by one: a column that the definition does not have stays on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from dualschema.column_type import ClientKind, PostgresType, Storage
from dualschema.errors import GenerationError
from dualschema.generator import (
    GeneratedFile,
    Names,
    Target,
    client_columns,
    replicated_tables,
    streamed_tables,
    words,
)
from dualschema.languages import yaml
from dualschema.languages.sql import identifier
from dualschema.model import ColumnModel, SchemaModel, TableModel

__all__ = ["EDITION", "SYNC_STREAMS", "Query", "Stream", "streams_of"]

EDITION: Final = 3
"""The edition of the sync config that is written."""

_TARGET: Final = "sync-streams"


@dataclass(frozen=True, slots=True)
class SyncStreamsOptions:
    """What ``sync-streams`` may be told.

    Attributes:
        group: the name of one stream that holds all tables; by default each has its own.
        auto_subscribe: whether clients get the rows without asking for the stream.
        without_owner: what to do with a table that has no owner: ``"refuse"``, or have
            ``"everyone"`` get all its rows, which is right for what is public.
        old_names: send what was renamed (``was=``) under its old name, too, for clients of before.
    """

    group: str | None = None
    auto_subscribe: bool = True
    without_owner: Literal["refuse", "everyone"] = "refuse"
    old_names: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """What one query of a stream sends.

    Attributes:
        table: the table, as clients call it.
        lines: its text.
    """

    table: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the config.

    Attributes:
        name: what clients ask for.
        doc: what it is about, in words.
    """

    name: str
    doc: str | None
    queries: tuple[Query, ...]


def streams_of(model: SchemaModel, options: SyncStreamsOptions) -> tuple[Stream, ...]:
    """Return the streams that the config of a model has.

    Raises:
        GenerationError: the service cannot have them.
    """
    tables = streamed_tables(model)
    queries = _Queries(model, options, cut=not _all_in_milliseconds(tables))
    if options.group is not None:
        every = tuple(query for table in tables for query in queries.of(table))
        if not options.group or options.group in _NO_NAMES:
            reason = "option group: the service cannot have a stream of this name"
            raise GenerationError(_TARGET, reason)
        return (Stream(options.group, None, every),)
    names = Names(_NO_NAMES)
    found = []
    for table in tables:
        now, *former = queries.of(table)
        if options.auto_subscribe:
            found.append(Stream(names.take(table.name), table.doc, (now, *former)))
            continue
        # Clients ask for a stream by the name that they know.
        found.append(Stream(names.take(table.name), table.doc, (now,)))
        found += [Stream(names.take(each.table), table.doc, (each,)) for each in former]
    return tuple(found)


def _generate(
    model: SchemaModel, path: str, options: SyncStreamsOptions
) -> tuple[GeneratedFile, ...]:
    tables = streamed_tables(model)
    if not tables:
        raise GenerationError(_TARGET, "no table is synced, and the service wants a stream")
    replicated_tables(model, _TARGET)  # refuses ways to owners that the service cannot go
    lines = [
        *yaml.header("Whose device gets which rows: the sync config of PowerSync's service."),
        "config:",
        f"  edition: {EDITION}",
    ]
    if _all_in_milliseconds(tables):
        lines.append("  timestamp_max_precision: milliseconds")
    lines += ["", "streams:"]
    for number, stream in enumerate(streams_of(model, options)):
        lines += [*([""] if number else []), *_stream(stream, options)]
    return (GeneratedFile(path, "\n".join(lines) + "\n"),)


# The service keeps streams and rows in plain JavaScript objects, which have these already.
_NO_NAMES: Final = ("__proto__", "constructor")


def _stream(stream: Stream, options: SyncStreamsOptions) -> Iterator[str]:
    yield from yaml.comment(words(stream.doc), "  ")
    yield f"  {yaml.key(stream.name)}:"
    yield f"    auto_subscribe: {str(options.auto_subscribe).lower()}"
    if len(stream.queries) == 1:
        yield "    query: |-"
        yield from yaml.block(stream.queries[0].lines, "      ")
        return
    yield "    queries:"
    for query in stream.queries:
        yield "      - |-"
        yield from yaml.block(query.lines, "        ")


class _Queries:
    """Makes the queries of tables.

    Args:
        model: the tables.
        options: what the target was told.
        cut: cut timestamps of milliseconds by themselves; else the config does it.
    """

    def __init__(self, model: SchemaModel, options: SyncStreamsOptions, *, cut: bool) -> None:
        self._model = model
        self._options = options
        self._cut = cut

    def of(self, table: TableModel) -> list[Query]:
        """Return a table's queries: one, and one more for clients that knew it by another name."""
        where = self._where(table)
        selected = [f"  {column}," for column in self._columns(table)]
        selected[-1] = selected[-1][:-1]
        name = _name(table.name, table)
        found = [Query(table.name, ("SELECT", *selected, f"FROM {name}", *where))]
        if table.was is not None and self._options.old_names:
            old = _name(table.was, table)
            lines = ("SELECT", *selected, f"FROM {name} AS {old}", *where)
            found.append(Query(table.was, lines))
        return found

    def _columns(self, table: TableModel) -> Iterator[str]:
        for column in client_columns(table):
            value = self._sent(table, column.model)
            yield _as(value, _name(column.name, table, column.model))
            # A client's key is called `id` whatever it was called, so no other can have been.
            was = column.model.was
            if was is not None and was != "id" and not column.is_key and self._options.old_names:
                yield _as(value, _name(was, table, column.model))

    def _sent(self, table: TableModel, column: ColumnModel) -> str:
        """Return what a client gets: the form that it stores by itself."""
        value = _stored(table, column)
        kind, arguments = column.type.postgres_type(column.style)
        match kind:
            case PostgresType.INTEGER | PostgresType.BIGINT:
                is_text = column.type.storage is Storage.TEXT
                return f"CAST({value} AS TEXT)" if is_text else value
            case PostgresType.BYTEA:
                # Of NULL it would make an empty text.
                made = f"base64({value})"
                return f"CASE WHEN {value} IS NOT NULL THEN {made} END" if column.nullable else made
            case PostgresType.TIMESTAMPTZ:
                is_cut = self._cut and arguments == (3,)
                return f"substring({value}, 1, 23) || 'Z'" if is_cut else value
            case PostgresType.TIME:
                return f"substring({value}, 1, 12)" if self._cut and arguments == (3,) else value
            case (
                PostgresType.TEXT
                | PostgresType.DOUBLE
                | PostgresType.NUMERIC
                | PostgresType.BOOLEAN
                | PostgresType.DATE
                | PostgresType.UUID
                | PostgresType.JSONB
            ):
                return value
            case _:
                assert_never(kind)

    def _where(self, table: TableModel) -> list[str]:
        owner = table.owner
        if owner is None:
            if self._options.without_owner == "refuse":
                raise GenerationError(_TARGET, _NO_OWNER, table=table.name)
            return []
        last = self._model.by_name[owner.table]
        condition = f"{_user_id(last, last.by_name[owner.column])} = auth.user_id()"
        for step in reversed(owner.steps):
            here, there = self._model.by_name[step.table], self._model.by_name[step.target_table]
            key = _comparable(here, here.by_name[step.column])
            target = _comparable(there, there.by_name[step.target_column])
            source = f"FROM {_name(there.name, there)} WHERE {condition}"
            condition = f"{key} IN (SELECT {target} {source})"
        return [f"WHERE {condition}"]


_NO_OWNER: Final = (
    "it has no owner, so every user would get all its rows; say owner=, or sync=False, or have "
    'the option without_owner = "everyone" if they are public'
)


def _as(value: str, name: str) -> str:
    return value if value == name else f"{value} AS {name}"


def _stored(table: TableModel, column: ColumnModel) -> str:
    """Return what Postgres holds in a column, also while it still has its old name there."""
    name = _name(column.name, table, column)
    if column.was is None:
        return name
    return f"IFNULL({name}, {_name(column.was, table, column)})"


def _comparable(table: TableModel, column: ColumnModel) -> str:
    """Return what a foreign key is compared by: bytes have no comparison there."""
    value = _stored(table, column)
    kind, _ = column.type.postgres_type(column.style)
    return f"base64({value})" if kind is PostgresType.BYTEA else value


def _user_id(table: TableModel, column: ColumnModel) -> str:
    """Return the owner as text, which is what a token's ``sub`` is."""
    value = _stored(table, column)
    match column.type.client_kind:
        case ClientKind.INTEGER | ClientKind.INT64 | ClientKind.INTEGER_CHOICE:
            return f"CAST({value} AS TEXT)"
        case ClientKind.STRING | ClientKind.UUID | ClientKind.CHOICE:
            return value
        case (
            ClientKind.BOOLEAN
            | ClientKind.REAL
            | ClientKind.DECIMAL
            | ClientKind.TIMESTAMP
            | ClientKind.DATE
            | ClientKind.TIME
            | ClientKind.DURATION
            | ClientKind.JSON
            | ClientKind.BYTES
        ):
            reason = f"a column of type {column.type.name} holds no user's id"
            raise GenerationError(_TARGET, reason, table=table.name, column=column.name)
        case _:
            assert_never(column.type.client_kind)


def _name(name: str, table: TableModel, column: ColumnModel | None = None) -> str:
    """Return a name as the service's parser reads it, which knows no escape in quotes.

    That is pgsql-ast-parser (11.2.0, `lexer.ts`): a quoted name may hold no asterisk there.
    """
    if name == "__proto__" or not name.isprintable() or any(c in name for c in '"*'):
        reason = f"the service cannot read or send the name {name!r}"
        raise GenerationError(
            _TARGET, reason, table=table.name, column=None if column is None else column.name
        )
    return identifier(name)


def _all_in_milliseconds(tables: Iterable[TableModel]) -> bool:
    """Whether Postgres's own timestamps and times are there, and none has six digits."""
    digits = {
        arguments
        for table in tables
        for column in table.columns
        for kind, arguments in [column.type.postgres_type(column.style)]
        if kind in (PostgresType.TIMESTAMPTZ, PostgresType.TIME)
    }
    return digits == {(3,)}


SYNC_STREAMS = Target(
    name=_TARGET,
    title="PowerSync's sync config: whose device gets which rows",
    path="sync-config.yaml",
    generate=_generate,
    options=SyncStreamsOptions,
)
