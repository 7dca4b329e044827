"""Where a batch must be cut, so that writing it merged is the same as writing it in order.

Operations are merged a row, and written by table: inserts, updates, then deletes. Nobody may be
able to tell. What the database checks or does by itself at each statement could tell, so the batch
is written as far as it is decided before an operation that would.
"""

from __future__ import annotations

from dualschema.upload.change import Change
from dualschema.upload.receiver import Receiver
from dualschema.upload.view import RowState, View

__all__ = ["Hazards"]


class Hazards:
    """What the part of a batch that is not written yet has done, as far as it matters."""

    def __init__(self) -> None:
        self._deleted: set[str] = set()
        self._shaken: set[str] = set()
        self._unique: dict[str, str] = {}

    @property
    def matter(self) -> bool:
        """Whether an operation on a plain table may have to wait for what was decided."""
        return bool(self._shaken)

    def clear(self) -> None:
        """Forget it all: it was written."""
        self._deleted.clear()
        self._shaken.clear()
        self._unique.clear()

    def cuts(self, change: Change, receiver: Receiver, row: RowState, view: View) -> bool:
        """Whether what was decided must be written before a change is."""
        if self._shaken and receiver.name in self._shaken:
            return True  # a delete may have changed its rows, or may be refused for them
        if receiver.is_plain and not (change.links or change.guarded):
            return False
        is_again = row.part == view.part
        if is_again and (receiver.name in self._deleted or receiver.wants_rows or change.guarded):
            return True
        if is_again and (receiver.is_checked or receiver.unique):
            return True  # merged, a row that breaks a rule in between would not be seen
        if is_again and change.operation.op == "PUT" and not row.exists and receiver.is_filled:
            return True  # merged, it would be an update, which leaves those columns alone
        touched = view.touched()
        for name in change.links:
            link = receiver.fields[name].link
            if link is not None and link.target in touched and not view.holds(link):
                return True  # it is not known yet which values are there
        if not receiver.unique:
            return False
        before, now = self._unique.get(receiver.name), _unique_use(change, receiver, row)
        return now is not None and before is not None and (now == "change" or now != before)

    def note(self, change: Change, receiver: Receiver, row: RowState) -> None:
        """Take a change down, before it is made."""
        if receiver.is_plain:
            return
        if receiver.filled_links and change.operation.op == "PUT":
            for name, target in receiver.filled_links.items():
                if name not in change.links:
                    self._shaken |= {receiver.name, target}
        if change.operation.op == "DELETE" and receiver.linked:
            self._deleted.add(receiver.name)
            self._shaken |= receiver.referring
        elif row.exists and (receiver.linked & change.cells.keys()):
            self._shaken |= receiver.referring
        if receiver.unique and (use := _unique_use(change, receiver, row)):
            self._unique[receiver.name] = use


def _unique_use(change: Change, receiver: Receiver, row: RowState) -> str | None:
    """Return whether a change takes values that no two rows may share, frees some, or both."""
    if change.operation.op == "DELETE":
        return "free" if row.exists else None
    if change.operation.op == "PUT" and not row.exists:
        return "take"
    return "change" if row.exists and receiver.unique & _set_by(change, receiver) else None


def _set_by(change: Change, receiver: Receiver) -> frozenset[str]:
    names = frozenset(change.cells) | receiver.on_update.keys()
    version = receiver.model.uploads.version
    return names if version is None else names | {version}
