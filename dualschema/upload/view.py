"""``View``: the rows that a batch is about, as they are while its operations are decided.

Rows are read together beforehand. What operations do to them is kept here until it is written,
merged: a row that is changed ten times is written once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualschema.errors import SerializationError
from dualschema.model import SchemaModel
from dualschema.upload.cells import BY_DATABASE, Cell
from dualschema.upload.change import Change
from dualschema.upload.owners import Owner
from dualschema.upload.receiver import Link, Receiver
from dualschema.upload.stores import Store

__all__ = ["RowState", "View"]


class RowState:
    """One row, and what becomes of it.

    Attributes:
        key: as text by which rows are told apart.
        key_cell: as the database is sent it.
        is_stored: whether the database holds it.
        exists: whether it is there after the operations so far.
        is_mine: whether it is the user's.
        cells: what is to be written of it; None for nothing.
        row: the row as it is stored, where its table wants to see it.
        part: the number of the part of the batch that touched it last.
    """

    __slots__ = ("cells", "exists", "is_mine", "is_stored", "key", "key_cell", "part", "row")

    def __init__(
        self, key: str, key_cell: Cell, row: Any = None, *, is_stored: bool, is_mine: bool
    ) -> None:
        self.key = key
        self.key_cell = key_cell
        self.is_stored = self.exists = is_stored
        self.is_mine = is_mine
        self.cells: Mapping[str, Cell] | None = None
        self.row = row
        self.part = 0


@dataclass(slots=True)
class _Asked:
    """What a database was asked of the rows that changes are about.

    Attributes:
        rows: by table: the cells of the keys, and what gives the rows.
        targets: by foreign key, of those whose rows are known by no key: what gives its values.
    """

    rows: dict[str, tuple[dict[str, Cell], Callable[[], Iterable[tuple[str, str | None, Any]]]]]
    targets: dict[Link, Callable[[], Iterable[tuple[str, str | None]]]]


_Write = tuple[Callable[[], int], int, str]
"""What gives how many rows were written, how many are to be, and the table's name."""


class View:
    """The rows that a batch is about.

    Attributes:
        part: the number of the part of the batch that is being decided.
        changes: how often it was said so far what becomes of a row.

    Args:
        store: the database.
        schema: the tables, of which foreign keys may name any.
        receivers: those that a client writes to, by their names in the database.
        owner: the user.
    """

    def __init__(
        self,
        store: Store,
        schema: SchemaModel,
        receivers: Mapping[str, Receiver],
        owner: Owner,
    ) -> None:
        self.owner = owner
        self.part = 1
        self.changes = 0
        self._store = store
        self._schema = schema
        self._receivers = receivers
        self._rows: dict[str, dict[str, RowState]] = {}
        self._targets: dict[Link, set[str]] = {}
        self._changed: dict[str, list[RowState]] = {}
        self._asked: _Asked | None = None

    def ask_ahead(self, changes: Sequence[Change]) -> None:
        """Have the rows of these changes read for the first ``load``, which is for some of them.

        Rows that are to be locked are left to it: before the user's own lock is known to be taken,
        somebody else may have them.
        """
        locks = any(change.guarded for change in changes) or any(
            self._receivers[name].wants_rows for name in _names(changes)
        )
        if not locks:
            self._asked = self._ask(changes)

    def load(self, changes: Sequence[Change]) -> None:
        """Read the rows that changes are about, and those that they name by foreign keys."""
        asked, self._asked = self._asked or self._ask(changes), None
        self._rows, self._targets = {}, {}
        for name, (keys, found) in asked.rows.items():
            self._take_rows(self._receivers[name], keys, found())
        for link, targets in asked.targets.items():
            self._take_targets(link, targets())
        rows = self._rows
        for change in changes:
            if (
                change.key_cell is not None
                and change.receiver is not None
                and change.receiver.name in rows
            ):
                change.row = rows[change.receiver.name].get(change.key)

    def _ask(self, changes: Sequence[Change]) -> _Asked:
        wanted: defaultdict[str, dict[str, Cell]] = defaultdict(dict)
        whole = {name for name, receiver in self._receivers.items() if receiver.wants_rows}
        links: dict[Link, dict[str, Cell]] = {}
        for change in changes:
            receiver = change.receiver
            if receiver is None or change.fault is not None or receiver.model.dropped:
                continue
            wanted[receiver.name][change.key] = change.key_cell
            if change.guarded:
                whole.add(receiver.name)
            for name, (value, cell) in change.links.items():
                link = receiver.fields[name].link
                assert link is not None  # noqa: S101  (only fields with links are there)
                if self.holds(link):
                    wanted[link.target][value] = cell
                else:
                    links.setdefault(link, {})[value] = cell
        asked = _Asked({}, {})
        for name, keys in wanted.items():
            receiver = self._receivers[name]
            table = receiver.table if name in whole else None
            asked.rows[name] = keys, self._store.rows(receiver.model, table, keys)
        for link, values in links.items():
            model = self._schema.by_name[link.target]
            cells = list(values.values())
            asked.targets[link] = self._store.targets(model, link.target_column, cells)
        return asked

    def names(self, link: Link, value: str) -> bool:
        """Whether the row that a foreign key names is there, and is one that the user may name."""
        if not self.holds(link):
            return value in self._targets[link]
        found = self._rows[link.target].get(value)
        return found is not None and found.exists and found.is_mine

    def exists(self, link: Link, value: str) -> bool:
        """Whether a foreign key names a row that is there, whosever it is."""
        found = self._rows[link.target].get(value)
        return found is not None and found.exists

    def set(
        self, receiver: Receiver, row: RowState, cells: Mapping[str, Cell] | None, *, exists: bool
    ) -> None:
        """Say what becomes of a row of the user's; it is written at the end of the part."""
        self.changes += 1
        row.exists, row.is_mine, row.cells = exists, True, cells
        if row.part != self.part:
            row.part = self.part
            self._changed.setdefault(receiver.name, []).append(row)

    def forget(self) -> None:
        """Have nothing written of what was decided."""
        self._changed = {}

    def touched(self) -> frozenset[str]:
        """Return the names of the tables of which rows are to be written."""
        return frozenset(self._changed)

    def write(self) -> None:
        """Write what became of the rows, and begin the next part."""
        order = [name for name in self._store.parents_first if name in self._changed]
        deleted: list[tuple[Receiver, list[Cell]]] = []
        writes: list[_Write] = []
        for name in order:
            receiver, rows = self._receivers[name], self._changed[name]
            inserts = [r for r in rows if r.exists and not r.is_stored and r.cells is not None]
            updates = [r for r in rows if r.exists and r.is_stored and r.cells]
            deletes = [r.key_cell for r in rows if r.is_stored and not r.exists]
            if inserts:
                written = self._store.insert(receiver, [r.cells or {} for r in inserts])
                writes.append((written, len(inserts), name))
            if updates:
                writes += self._update(receiver, [(r.key_cell, r.cells or {}) for r in updates])
            if deletes:
                deleted.append((receiver, deletes))
        for receiver, keys in reversed(deleted):
            owner = self.owner.name(receiver.model)
            writes.append((self._store.delete(receiver, keys, owner), len(keys), receiver.name))
        _expect(writes)
        for rows in self._changed.values():
            for row in rows:
                row.is_stored, row.cells = row.exists, None
        self._changed = {}
        self.part += 1

    def _update(
        self, receiver: Receiver, rows: Sequence[tuple[Cell, Mapping[str, Cell]]]
    ) -> Iterator[_Write]:
        owner = self.owner.name(receiver.model)
        defaults: dict[tuple[str, ...], list[Cell]] = {}
        if receiver.by_database:
            for key, cells in rows:
                if names := tuple(name for name, cell in cells.items() if cell is BY_DATABASE):
                    defaults.setdefault(names, []).append(key)
            known = [
                (key, {n: cell for n, cell in cells.items() if cell is not BY_DATABASE})
                for key, cells in rows
            ]
            rows = [(key, cells) for key, cells in known if cells]
        if rows:
            yield self._store.update(receiver, rows, owner), len(rows), receiver.name
        for names, keys in defaults.items():
            yield self._store.reset(receiver, names, keys), len(keys), receiver.name

    def holds(self, link: Link) -> bool:
        """Whether a foreign key names rows by the key by which they are known here."""
        receiver = self._receivers.get(link.target)
        return receiver is not None and receiver.model.key == link.target_column

    def _take_rows(
        self,
        receiver: Receiver,
        keys: dict[str, Cell],
        found: Iterable[tuple[str, str | None, Any]],
    ) -> None:
        owned, user = receiver.is_owned, self.owner.compared(receiver.model)
        rows = self._rows[receiver.name] = {
            key: RowState(key, keys[key], row, is_stored=True, is_mine=not owned or owner == user)
            for key, owner, row in found
        }
        for key, cell in keys.items():
            if key not in rows:
                rows[key] = RowState(key, cell, is_stored=False, is_mine=False)

    def _take_targets(self, link: Link, found: Iterable[tuple[str, str | None]]) -> None:
        model = self._schema.by_name[link.target]
        user = self.owner.compared(model)
        self._targets[link] = {
            value for value, owner in found if model.owner is None or owner == user
        }


def _names(changes: Sequence[Change]) -> set[str]:
    return {change.receiver.name for change in changes if change.receiver is not None}


def _expect(writes: Sequence[_Write]) -> None:
    """Refuse to go on where a row came, went or changed hands since it was read."""
    for written, wanted, table in writes:
        if written() != wanted:
            raise SerializationError(
                "a row was changed by another transaction meanwhile: try again", table=table
            )
