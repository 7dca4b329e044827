"""A Postgres database's tables in the definition's terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa

from dualschema.errors import ConfigurationError
from dualschema.naming import table_name_fault
from dualschema.pull.description import FoundColumn, FoundTable, Note, NoteKind
from dualschema.pull.postgres.catalog import (
    Catalog,
    CatalogColumn,
    CatalogConstraint,
    CatalogIndex,
    CatalogTable,
)
from dualschema.pull.postgres.columns import read_column
from dualschema.pull.postgres.constraints import Constraints
from dualschema.pull.postgres.counting import counting_note
from dualschema.pull.postgres.defaults import default_options

__all__ = ["read_postgres"]

_KINDS: Final = {"p": "a partitioned table", "v": "a view", "m": "a materialized view"} | {
    "f": "a foreign table"
}
_OWN: Final = frozenset(["alembic_version"])
_OWN_PREFIX: Final = "dualschema_"


def read_postgres(
    connection: sa.Connection, space: str, tables: Collection[str] = ()
) -> tuple[list[FoundTable], list[Note]]:
    """Return the tables of a schema, and what there is beside them.

    Args:
        connection: to Postgres; its transaction sees one state of the catalog.
        space: the schema's name.
        tables: the names of the tables to read; none for all.

    Raises:
        ConfigurationError: there is no such schema or table.
    """
    catalog = Catalog(connection, space)
    if not catalog.exists:
        raise ConfigurationError(f"the database has no schema {space}: name another with --schema")
    there = catalog.tables()
    if unknown := [name for name in tables if name not in {table.name for table in there}]:
        raise ConfigurationError(f"the schema {space} has no table {', '.join(unknown)}")
    if tables:
        there = [table for table in there if table.name in tables]
    else:
        there = [table for table in there if not _is_own(table.name)]
    notes: list[Note] = []
    if not there and (others := catalog.others()):
        text = f"the schema {space} has no table; name one that has with --schema: "
        notes.append(Note(NoteKind.HINT, None, None, text + ", ".join(others)))
    wanted: list[CatalogTable] = []
    for table in there:
        if reason := _unfit(table):
            notes.append(_left_out(table.name, reason))
        else:
            wanted.append(table)
    found, more = _read(catalog, space, wanted)
    return found, [*notes, *more]


def _is_own(name: str) -> bool:
    """Whether a table is the library's own, or of its migrations."""
    return name in _OWN or name.startswith(_OWN_PREFIX)


def _left_out(table: str, reason: str) -> Note:
    return Note(NoteKind.LEFT_OUT, table, None, f"the table is left out, since {reason}")


def _unfit(table: CatalogTable) -> str | None:
    if table.is_part:
        return "it is a partition"
    if table.kind != "r":
        return f"it is {_KINDS[table.kind]}"
    if table.has_parent:
        return "it inherits from another table"
    return table_name_fault(table.name)


def _read(
    catalog: Catalog, space: str, tables: Sequence[CatalogTable]
) -> tuple[list[FoundTable], list[Note]]:
    parts: dict[int, _Parts] = defaultdict(_Parts)
    oids = [table.oid for table in tables]
    for column in catalog.columns(oids):
        parts[column.table].columns.append(column)
    for constraint in catalog.constraints(oids):
        parts[constraint.table].constraints.append(constraint)
    for index in catalog.indexes(oids):
        parts[index.table].indexes.append(index)
    targets = frozenset(table.name for table in tables)
    found: list[FoundTable] = []
    notes: list[Note] = []
    for table in tables:
        made, reason = _table(table, parts[table.oid], space, targets)
        if reason:
            notes.append(_left_out(table.name, reason))
        else:
            found.append(made)
    return found, notes


@dataclass(slots=True)
class _Parts:
    """What the catalog says of a table beside its name."""

    columns: list[CatalogColumn] = field(default_factory=list)
    constraints: list[CatalogConstraint] = field(default_factory=list)
    indexes: list[CatalogIndex] = field(default_factory=list)

    def of_kind(self, kind: str) -> Iterator[CatalogConstraint]:
        return (each for each in self.constraints if each.kind == kind)


def _table(
    table: CatalogTable, parts: _Parts, space: str, targets: frozenset[str]
) -> tuple[FoundTable, str | None]:
    """Return a table, and why it cannot be defined, or None."""
    columns: list[FoundColumn] = []
    notes: list[Note] = []
    for each in parts.columns:
        column, said = read_column(table.name, each)
        notes += said
        columns += [] if column is None else [column]
    made = FoundTable(name=table.name, columns=tuple(columns), notes=tuple(notes))
    by_number = {each.number: each for each in parts.columns}
    building = Constraints(made, by_number, space, targets)
    keys = list(parts.of_kind("p"))
    reason = building.key(keys[0]) if keys else "it has no key, and a definition's table has one"
    if reason:
        return made, reason
    for add, kind in (
        (building.check, "c"),
        (building.unique, "u"),
        (building.foreign_key, "f"),
        (building.exclusion, "x"),
    ):
        for constraint in parts.of_kind(kind):
            add(constraint)
    for index in parts.indexes:
        building.index(index)
    _add_defaults(building, parts.columns)
    _add_comments(building, table, parts.columns)
    if table.unmanaged:
        text = (
            f"what is no part of a definition stays: {table.unmanaged} of triggers, policies, rules"
        )
        building.note(NoteKind.HINT, text)
    return building.table, None


def _add_defaults(building: Constraints, columns: Sequence[CatalogColumn]) -> None:
    by_name = {column.name: column for column in columns}
    for column in building.table.columns:
        there = by_name[column.name]
        if (said := counting_note(building.table.name, column, there)) is not None:
            building.note(*said, column.name)
        if there.default is None or there.sequence is not None:
            continue
        given = default_options(column, there.default, there.type)
        building.table = building.table.with_column(column.told(**given))
        sql = given.get("server_default", "")
        if "::" in sql or "(" in sql:
            text = f"its default is in Postgres's own SQL, which SQLite does not read: {sql}"
            building.note(NoteKind.HINT, text, column.name)


def _add_comments(
    building: Constraints, table: CatalogTable, columns: Sequence[CatalogColumn]
) -> None:
    by_name = {column.name: column for column in columns}
    for column in building.table.columns:
        if said := by_name[column.name].comment:
            building.table = building.table.with_column(column.told(doc=_clean(said) or None))
            if _clean(said) != said:
                building.note(NoteKind.CHANGED, "its comment has other blanks", column.name)
    if table.comment:
        building.table = replace(building.table, doc=_clean(table.comment) or None)
        if _clean(table.comment) != table.comment:
            building.note(NoteKind.CHANGED, "its comment has other blanks")


def _clean(text: str) -> str:
    """Return a comment as the definition keeps it."""
    return "\n".join(line.strip() for line in text.strip().splitlines())
