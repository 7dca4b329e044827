"""``UploadRules``: what the server does with a client's writes to a table, as a user says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from dualschema.column_type import ClientKind
from dualschema.declare.options import sound
from dualschema.model import Absent, ColumnModel, OnRefusal, TableModel, UploadModel

__all__ = ["UploadRules", "read_upload_rules"]


@dataclass(frozen=True, slots=True)
class UploadRules:
    """What the server does with a client's writes to a table.

    ``class Timer(Table, name="timers", uploads=ds.UploadRules(refused="dead_letter"))``

    Attributes:
        absent: what a column holds that a client's insert does not name. A client leaves out what
            is NULL, so ``"default"`` fills in the default, and ``"null"`` takes it for NULL where
            the column has NULL.
        refused: what becomes of a write that is refused. ``"reject"`` refuses its transaction and
            tells the client; ``"dead_letter"`` puts the transaction aside and has the client go on;
            ``"drop"`` leaves out this one operation. Nothing of a refused transaction is lost.
        version: a column of whole numbers that counts a row's changes: a write that has seen
            another version is refused. The client sends the version it saw among the previous
            values, or one more than it as the new value.
        compare_previous: a write is refused where the row's values are not those that the client
            changed; the table must say ``track_previous``.
        server_wins: columns of which the server's value stays, where the client changed another
            one than that, or does not say which one it changed.
    """

    absent: Literal["default", "null"] = "default"
    refused: Literal["reject", "dead_letter", "drop"] = "reject"
    version: str | None = None
    compare_previous: bool = False
    server_wins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        given: Any = self.server_wins
        if isinstance(given, Iterable) and not isinstance(given, str):
            object.__setattr__(self, "server_wins", tuple(given))


def read_upload_rules(
    given: UploadRules,
    table: TableModel,
    named: Callable[[str], str | None],
    fault: Callable[[str | None, str], None],
) -> UploadModel:
    """Return a table's rules with the columns' names in the database.

    Args:
        given: as the class line has them.
        table: the table, complete but for these.
        named: gives the name in the database of a column, however it is named.
        fault: is told of each fault: the column's name, if it is about one, and why.
    """
    rules, faults = sound(given)
    for reason in faults:
        fault(None, f"uploads: {reason}")
    version = _column(rules.version, "version", table, named, fault)
    if version is not None and (wrong := _version_fault(version)):
        fault(version.name, f"uploads: the version column {wrong}")
    wins = [_column(each, "server_wins", table, named, fault) for each in rules.server_wins]
    if version is not None and rules.compare_previous:
        fault(None, "uploads: version and compare_previous exclude each other")
    if rules.compare_previous and table.track_previous is None:
        fault(None, "uploads: compare_previous needs track_previous, or nothing is sent to compare")
    return UploadModel(
        absent=Absent(rules.absent),
        refused=OnRefusal(rules.refused),
        version=None if version is None else version.name,
        compare_previous=rules.compare_previous,
        server_wins=tuple(column.name for column in wins if column is not None),
    )


def _column(
    name: Any,
    option: str,
    table: TableModel,
    named: Callable[[str], str | None],
    fault: Callable[[str | None, str], None],
) -> ColumnModel | None:
    if name is None:
        return None
    found = named(name)
    if found is None:
        fault(None, f"uploads: {option} names {name!r}, which is no column")
        return None
    if found == table.key:
        fault(found, f"uploads: {option} names the key, which never changes")
        return None
    return table.by_name.get(found)


def _version_fault(column: ColumnModel) -> str | None:
    if column.type.client_kind not in (ClientKind.INTEGER, ClientKind.INT64):
        return f"counts, and is of type {column.type.name}"
    if column.nullable:
        return "is nullable"
    return None
