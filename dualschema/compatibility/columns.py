"""A column as it was released, and as it is now: what clients send that is no longer taken.

And what they get that they cannot read.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dualschema.compatibility.finding import FindingKind
from dualschema.compatibility.limits import form_change, narrowed, widened
from dualschema.compatibility.snapshot import ReleasedColumn, ReleasedTable
from dualschema.model import Absent, Sync, Writable

__all__ = ["Filling", "Held", "changes", "dropped", "filling", "held", "same_form"]

Change: TypeAlias = tuple[FindingKind, str]
"""What became of a column, and how it is said."""


class _Role(enum.Enum):
    """Who sets a column, when all that a table says is counted."""

    KEY = "key"
    OWNER = "owner"
    VERSION = "version"
    CLIENT = "client"
    CREATE = "create"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Held:
    """A column of a table.

    Attributes:
        column: the column.
        table: its table.
        role: who sets it.
    """

    column: ReleasedColumn
    table: ReleasedTable
    role: _Role

    @property
    def is_sent(self) -> bool:
        """Whether clients set it."""
        return self.role in (_Role.CLIENT, _Role.CREATE, _Role.VERSION)

    @property
    def is_always_sent(self) -> bool:
        """Whether each new row brings it."""
        return self.column.required and self.role is not _Role.SERVER

    @property
    def is_demanded(self) -> bool:
        """Whether the server refuses a new row that does not bring it.

        Of the server's own columns it does so, too: nothing fills them.
        """
        return self.column.required and self.role not in (_Role.KEY, _Role.OWNER)

    @property
    def may_be_null(self) -> bool:
        """Whether clients know NULL in it: the server's own come later than their row."""
        return self.column.nullable or self.column.writable is Writable.SERVER


Filling: TypeAlias = Literal["nothing", "null", "value", "made"]
"""What a new row has where it does not name a column: a row that lacks it is refused, NULL, always
the same value, or what a function or the database makes."""


def held(table: ReleasedTable, column: ReleasedColumn) -> Held:
    """Return a table's column with who sets it."""
    if column.name == table.key:
        role = _Role.KEY
    elif table.owner == (f"{table.name}.{column.name}",):
        role = _Role.OWNER
    elif column.name == table.uploads.version:
        role = _Role.VERSION
    else:
        role = _Role(column.writable.value)
    return Held(column, table, role)


def filling(one: Held) -> Filling:
    """Return what the server puts into a column that a new row does not name."""
    column, absent = one.column, one.table.uploads.absent
    if column.nullable and column.writable is Writable.CLIENT and absent is Absent.NULL:
        return "null"
    if column.default is None:
        return "null" if column.nullable else "nothing"
    if column.default.kind != "value":
        return "made"
    return "null" if column.default.value is None else "value"


def changes(old: Held, new: Held) -> Iterator[Change]:
    """Yield what became of a column that old clients do not survive: the kind, and the change."""
    yield from _absence(old, new)
    yield from _rights(old, new)
    before, now = old.column, new.column
    if (form := form_change(before, now)) is not None:
        yield FindingKind.FORM_CHANGED, form
        return
    if _is_read(old) and now.nullable and not old.may_be_null:
        yield FindingKind.NULL_ADDED, "it had no NULL, and may have it now"
    if (change := narrowed(before, now)) is not None:
        yield FindingKind.NARROWED, change
    elif _is_read(old) and (change := widened(before, now)) is not None:
        yield FindingKind.WIDENED, change


def dropped(old: Held) -> Iterator[Change]:
    """Yield what old clients miss of a column that has ``dropped=True`` now."""
    if _is_read(old) and not old.may_be_null:
        yield FindingKind.COLUMN_DROPPED, "it had no NULL, and is no longer sent"


def same_form(old: Held, new: Held) -> bool:
    """Whether two columns hold the same values: one may be the other, renamed."""
    return not any(changes(old, new)) and not any(changes(new, old))


def _absence(old: Held, new: Held) -> Iterator[Change]:
    """Yield what becomes of NULL, and of what a new row does not name."""
    if old.is_sent and old.column.nullable and not new.column.nullable:
        yield FindingKind.NOT_NULL, "it had NULL, and has it no more"
    elif new.is_demanded and not old.is_always_sent:
        if not old.is_demanded:  # else no client's new row was taken before, either
            yield FindingKind.DEFAULT_REMOVED, "new rows could do without it, and cannot now"
    elif (
        old.is_sent
        and new.is_sent
        and old.column.nullable
        and filling(old) == "null"
        and filling(new) in ("value", "made")
    ):
        yield FindingKind.NULL_REPLACED, "it had no default but NULL, and has one now"


def _rights(old: Held, new: Held) -> Iterator[Change]:
    if new.role is _Role.SERVER and old.is_sent:
        yield FindingKind.SERVER_ONLY, "the server alone sets it now"
    # Clients that only insert may do so twice by one key, and the second time it is an update.
    if new.role is _Role.CREATE and old.role in (_Role.CLIENT, _Role.VERSION):
        yield FindingKind.CREATE_ONLY, "the client sets it with a new row only now"


def _is_read(old: Held) -> bool:
    """Whether clients get rows of its table."""
    return old.table.sync is Sync.BOTH
