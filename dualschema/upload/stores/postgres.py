"""Postgres: many rows a statement, whose cells travel as one array literal a column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from dualschema.column_type import ClientKind
from dualschema.convert.cells import decoder_of
from dualschema.crud.dialects import Kind, dialect_of
from dualschema.crud.plan import Plan
from dualschema.crud.rows import postgres_rows
from dualschema.crud.session import Session
from dualschema.declare.table import Table
from dualschema.metadata.stored_type import StoredType
from dualschema.model import ColumnModel, SchemaModel, TableModel, form_of
from dualschema.upload.cells import Cell, identity_of
from dualschema.upload.receiver import Receiver
from dualschema.upload.stores.sql import Quoting
from dualschema.upload.stores.store import parents_first

__all__ = ["PostgresStore"]

T = TypeVar("T")

_Row = tuple[Cell, Mapping[str, Cell]]
"""A row that is there: the cell of its key, and what is set."""

_SQL: Final = Quoting(Kind.POSTGRES)

_GROUP: Final = 64
"""How many rows make a statement for their very columns worth its while."""

_MASKED: Final = 62
"""How many columns a mask has bits for."""

_LOCK: Final = Plan("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", returns=True)

_DEFER: Final = Plan("SET CONSTRAINTS ALL DEFERRED")
_CHECK: Final = Plan("SET CONSTRAINTS ALL IMMEDIATE")


class PostgresStore:
    """Postgres, in a transaction that sees what others commit meanwhile."""

    def __init__(self, session: Session, schema: SchemaModel, kept: dict[Any, Any]) -> None:
        self._ahead = session.port.ahead
        self._texts = _Texts(kept)
        self.parents_first = parents_first(schema, kept)

    def lock(self, name: str) -> Callable[[], bool]:
        answer = self._ahead(_LOCK, [name.encode()])
        return lambda: bool(answer().rows[0][0])

    def defer(self) -> None:
        self._ahead(_DEFER, [])

    def check(self) -> Callable[[], object]:
        self._ahead(_CHECK, [])
        return self._ahead(_DEFER, [])

    def rows(
        self, model: TableModel, table: type[Table] | None, keys: Mapping[str, Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None, Any]]]:
        plan = Plan(self._texts.rows(model, whole=table is not None), returns=True)
        answer = self._ahead(plan, [_array(keys.values())])
        if table is None:
            return lambda: ((key, owner, None) for key, owner in answer().rows)
        decode = postgres_rows(table).decode_one
        return lambda: ((row[0], row[1], decode(row[2:])) for row in answer().rows)

    def targets(
        self, model: TableModel, column: str, values: Sequence[Cell]
    ) -> Callable[[], Iterable[tuple[str, str | None]]]:
        of = model.by_name[column]
        plan = Plan(self._texts.targets(model, of), returns=True)
        read, name = decoder_of(of, form_of(of, "postgres")), identity_of(of)
        answer = self._ahead(plan, [_array(values)])
        return lambda: ((name(read(value)), owner) for value, owner in answer().rows)

    def insert(self, receiver: Receiver, rows: Sequence[Mapping[str, Cell]]) -> Callable[[], int]:
        return _sum(
            self._written(
                receiver, self._texts.insert(receiver.model, names), _arrays(names, group)
            )
            for names, group in _grouped((row, row) for row in rows)
        )

    def update(
        self,
        receiver: Receiver,
        rows: Sequence[tuple[Cell, Mapping[str, Cell]]],
        owner: str | None,
    ) -> Callable[[], int]:
        mine = [] if receiver.owner is None else [(owner or "").encode()]
        written: list[Callable[[], int]] = []
        left: list[_Row] = []
        groups = _grouped((row[1], row) for row in rows)
        for names, group in groups:
            # Small groups are written together, each row with a mask of what it sets.
            if len(group) < _GROUP and len(groups) > 1 and len(names) <= _MASKED:
                left += group
                continue
            written.append(self._update(receiver, names, group, mine))
        if left:
            written.append(self._update_masked(receiver, left, mine))
        return _sum(written)

    def reset(
        self, receiver: Receiver, names: Sequence[str], keys: Sequence[Cell]
    ) -> Callable[[], int]:
        return self._written(receiver, _reset(receiver.model, names), [_array(keys)])

    def delete(
        self, receiver: Receiver, keys: Sequence[Cell], owner: str | None
    ) -> Callable[[], int]:
        mine = [] if receiver.owner is None else [(owner or "").encode()]
        return self._written(receiver, self._texts.delete(receiver.model), [_array(keys), *mine])

    def _written(self, receiver: Receiver, sql: str, sent: list[bytes]) -> Callable[[], int]:
        answer = self._ahead(Plan(sql, receiver.name), sent)
        return lambda: answer().count

    def _update(
        self,
        receiver: Receiver,
        names: tuple[str, ...],
        rows: Sequence[_Row],
        mine: list[bytes],
    ) -> Callable[[], int]:
        sql = self._texts.update(receiver.model, names)
        keys, cells = zip(*rows, strict=True)
        return self._written(receiver, sql, [_array(keys), *_arrays(names, cells), *mine])

    def _update_masked(
        self, receiver: Receiver, rows: Sequence[_Row], mine: list[bytes]
    ) -> Callable[[], int]:
        keys, cells = zip(*rows, strict=True)
        key = receiver.key.name
        used = set().union(*cells)
        names = tuple(c.name for c in receiver.model.columns if c.name in used and c.name != key)
        if len(names) > _MASKED:
            groups = _grouped((row[1], row) for row in rows)
            return _sum(self._update(receiver, each, group, mine) for each, group in groups)
        bits = {name: 1 << number for number, name in enumerate(names)} | {key: 0}
        bit = bits.__getitem__
        masks = _array([str(sum(map(bit, row))) for row in cells])
        arrays = [_array([row.get(name, "NULL") for row in cells]) for name in names]
        sql = self._texts.update_masked(receiver.model, names)
        return self._written(receiver, sql, [_array(keys), *arrays, masks, *mine])


class _Texts:
    """The SQL over a schema's tables: each text is made once, for Postgres to prepare."""

    def __init__(self, kept: dict[Any, str]) -> None:
        self._kept = kept

    def _once(self, key: tuple[Any, ...], make: Callable[[], str]) -> str:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found

    def rows(self, model: TableModel, *, whole: bool) -> str:
        return self._once(("rows", model.name, whole), lambda: _rows(model, whole=whole))

    def targets(self, model: TableModel, column: ColumnModel) -> str:
        return self._once(("targets", model.name, column.name), lambda: _targets(model, column))

    def insert(self, model: TableModel, names: tuple[str, ...]) -> str:
        return self._once(("insert", model.name, names), lambda: _insert(model, names))

    def update(self, model: TableModel, names: tuple[str, ...]) -> str:
        return self._once(("update", model.name, names), lambda: _update(model, names))

    def update_masked(self, model: TableModel, names: tuple[str, ...]) -> str:
        return self._once(("masked", model.name, names), lambda: _update_masked(model, names))

    def delete(self, model: TableModel) -> str:
        return self._once(("delete", model.name), lambda: _delete(model))


def _sum(counts: Iterable[Callable[[], int]]) -> Callable[[], int]:
    """Return what gives the sum of some counts, of which each is asked for now."""
    asked = list(counts)
    return lambda: sum(each() for each in asked)


def _array(cells: Iterable[Cell]) -> bytes:
    return ("{" + ",".join(cells) + "}").encode()


def _arrays(names: tuple[str, ...], rows: Sequence[Mapping[str, Cell]]) -> list[bytes]:
    return [_array(map(itemgetter(name), rows)) for name in names]


def _grouped(rows: Iterable[tuple[Mapping[str, Cell], T]]) -> list[tuple[tuple[str, ...], list[T]]]:
    """Return rows by the columns that their cells have, whatever their order."""
    in_order: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for cells, row in rows:
        in_order[tuple(cells)].append(row)
    groups: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for names, group in in_order.items():
        groups[tuple(sorted(names))] += group
    return list(groups.items())


def _type(column: ColumnModel) -> str:
    return StoredType(column.type, column.style).compile(dialect_of(Kind.POSTGRES))


def _unnest(columns: Sequence[ColumnModel], more: str = "") -> str:
    arrays = ", ".join(f"CAST(${n} AS {_type(c)}[])" for n, c in enumerate(columns, start=1))
    return f"unnest({arrays}{more})"


def _rows(model: TableModel, *, whole: bool) -> str:
    key = _SQL.name(model.key)
    columns = "".join(f", {_read(c)}" for c in model.columns) if whole else ""
    return (
        f"SELECT CAST(t.{key} AS TEXT), {_SQL.owner(model, 't')}{columns} "  # noqa: S608  (names, quoted)
        f"FROM {_SQL.name(model.name)} AS t "
        f"WHERE t.{key} = ANY(CAST($1 AS {_type(model.key_column)}[]))"
        f"{f' ORDER BY t.{key} FOR UPDATE OF t' if whole else ''}"
    )


def _read(column: ColumnModel) -> str:
    """Return the SQL that reads a column: a document is parsed once, by us."""
    name = f"t.{_SQL.name(column.name)}"
    return f"CAST({name} AS TEXT)" if column.type.client_kind is ClientKind.JSON else name


def _targets(model: TableModel, column: ColumnModel) -> str:
    return (
        f"SELECT t.{_SQL.name(column.name)}, {_SQL.owner(model, 't')} "  # noqa: S608  (names, quoted)
        f"FROM {_SQL.name(model.name)} AS t "
        f"WHERE t.{_SQL.name(column.name)} = ANY(CAST($1 AS {_type(column)}[]))"
    )


def _insert(model: TableModel, names: tuple[str, ...]) -> str:
    columns = [model.by_name[name] for name in names]
    return (
        f"INSERT INTO {_SQL.name(model.name)} ({_SQL.names(names)}) "  # noqa: S608  (names, quoted)
        f"SELECT * FROM {_unnest(columns)} ON CONFLICT ({_SQL.name(model.key)}) DO NOTHING"
    )


def _update(model: TableModel, names: tuple[str, ...]) -> str:
    columns = [model.key_column, *(model.by_name[name] for name in names)]
    cells = ", ".join(f"c{n}" for n in range(len(columns)))
    sets = ", ".join(f"{_SQL.name(name)} = d.c{n}" for n, name in enumerate(names, start=1))
    return (
        f"UPDATE {_SQL.name(model.name)} AS t SET {sets} "  # noqa: S608  (names, quoted)
        f"FROM {_unnest(columns)} AS d({cells}) WHERE t.{_SQL.name(model.key)} = d.c0"
        f"{_mine(model, len(columns) + 1)}"
    )


def _update_masked(model: TableModel, names: tuple[str, ...]) -> str:
    columns = [model.key_column, *(model.by_name[name] for name in names)]
    cells = ", ".join(f"c{n}" for n in range(len(columns)))
    sets = ", ".join(
        f"{_SQL.name(name)} = CASE WHEN d.m & {1 << (n - 1)} <> 0 "
        f"THEN d.c{n} ELSE t.{_SQL.name(name)} END"
        for n, name in enumerate(names, start=1)
    )
    source = _unnest(columns, f", CAST(${len(columns) + 1} AS BIGINT[])")
    return (
        f"UPDATE {_SQL.name(model.name)} AS t SET {sets} "  # noqa: S608  (names, quoted)
        f"FROM {source} AS d({cells}, m) WHERE t.{_SQL.name(model.key)} = d.c0"
        f"{_mine(model, len(columns) + 2)}"
    )


def _reset(model: TableModel, names: Sequence[str]) -> str:
    return (
        f"UPDATE {_SQL.name(model.name)} SET {_SQL.defaults(model, names)} "  # noqa: S608  (names, quoted)
        f"WHERE {_SQL.name(model.key)} = ANY(CAST($1 AS {_type(model.key_column)}[]))"
    )


def _delete(model: TableModel) -> str:
    key = model.key_column
    return (
        f"DELETE FROM {_SQL.name(model.name)} AS t "  # noqa: S608  (names, quoted)
        f"WHERE t.{_SQL.name(model.key)} = ANY(CAST($1 AS {_type(key)}[])){_mine(model, 2)}"
    )


def _mine(model: TableModel, number: int) -> str:
    """Return the condition that a row is still the user's, where a column of it tells."""
    if model.owner is None or model.owner.steps:
        return ""
    return f" AND {_SQL.owner(model, 't')} = ${number}"
