"""Keys as clients have them: text, and of one type with all that refers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dualschema.pull.description import ColumnKind, FoundColumn, FoundTable, Note, NoteKind
from dualschema.pull.kinds import sound_type

__all__ = ["with_client_keys"]


def with_client_keys(tables: Sequence[FoundTable]) -> list[FoundTable]:
    """Return tables whose keys a client can have; those of others are the server's alone."""
    return [_finished(table) for table in _with_long_keys(tables)]


def _with_long_keys(tables: Sequence[FoundTable]) -> list[FoundTable]:
    """Have columns that refer to a key of 64 bits be of its type."""
    found = {table.name: table for table in tables}
    changed = True
    while changed:
        changed = False
        for table in found.values():
            for column in table.columns:
                key = column.options.get("foreign_key")
                if key is None or column.kind is not ColumnKind.BIG_INTEGER:
                    continue
                target = _column(found.get(key.table), key.column)
                if target is not None and target.kind is ColumnKind.LONG_INTEGER:
                    made = replace(column, kind=ColumnKind.LONG_INTEGER)
                    found[table.name] = found[table.name].with_column(made)
                    changed = True
    return list(found.values())


def _column(table: FoundTable | None, name: str) -> FoundColumn | None:
    columns = () if table is None else table.columns
    return next((column for column in columns if column.name == name), None)


def _finished(table: FoundTable) -> FoundTable:
    """Have a table that cannot be synced be one of the server alone."""
    key = next((each for each in table.columns if each.options.get("primary_key")), None)
    if key is None or "sync" in table.options:
        return table
    reason = ""
    kind = sound_type(key)
    if kind is not None and not kind.can_be_key:
        reason = f"its key is of type {kind.name}, and a client's is text"
    elif key.name != "id" and any(column.name == "id" for column in table.columns):
        reason = "its column id is not the key"
    if not reason:
        return table
    said = replace(table, options={**table.options, "sync": False})
    note = f"it is the server's alone (sync=False), since {reason}"
    return said.noted(Note(NoteKind.HINT, table.name, None, note))
