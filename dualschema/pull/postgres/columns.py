"""Columns of Postgres in the definition's terms: their types."""

from __future__ import annotations

from dualschema.naming import column_name_fault
from dualschema.pull.description import ColumnKind, FoundColumn, Note, NoteKind
from dualschema.pull.postgres.catalog import CatalogColumn
from dualschema.pull.sql_types import SqlType, sql_type

__all__ = ["read_column"]


def read_column(table: str, column: CatalogColumn) -> tuple[FoundColumn | None, list[Note]]:
    """Return a column, or None where the definition has none like it, and what is to be noted."""
    notes: list[Note] = []
    is_needed = column.not_null and column.default is None and not column.identity

    def note(kind: NoteKind, text: str) -> None:
        if kind is NoteKind.LEFT_OUT and is_needed:
            text += "; no row can be inserted without it"
        notes.append(Note(kind, table, column.name, text))

    if fault := column_name_fault(column.name):
        note(NoteKind.LEFT_OUT, f"left out, since {fault}")
        return None, notes
    if column.generated:
        note(
            NoteKind.LEFT_OUT,
            f"left out, since a definition has no generated columns: {column.type} "
            f"GENERATED ALWAYS AS ({column.default})",
        )
        return None, notes
    said = _type(column)
    if said is None:
        note(NoteKind.LEFT_OUT, f"left out, since no column type stands for {column.type}")
        return None, notes
    if said.change:
        note(NoteKind.CHANGED, f"it is {column.type}; {said.change}")
    if column.collation:
        note(NoteKind.CHANGED, f"its collation {column.collation} is not in the definition")
    choices = tuple(column.labels or ())
    found = FoundColumn(
        name=column.name,
        kind=ColumnKind.CHOICE if choices else said.kind,
        choices=choices,
        style=said.style,
        nullable=not column.not_null,
        options=dict(said.options),
    )
    return found, notes


def _type(column: CatalogColumn) -> SqlType | None:
    if column.kind == "e" and column.labels:
        change = "the definition makes it text with a CHECK of the same values"
        return SqlType(ColumnKind.CHOICE, change=change)
    return sql_type(column.type)
