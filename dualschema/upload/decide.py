"""What becomes of an operation: applied, a noop, or refused. This is where the rules are.

Nothing here asks the database: rows were read beforehand, and what is decided is written after.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from dualschema.errors import RefusedError
from dualschema.upload.cells import Cell
from dualschema.upload.change import Change
from dualschema.upload.conflicts import settle
from dualschema.upload.error_code import ErrorCode
from dualschema.upload.hooks import Hooks
from dualschema.upload.receiver import Receiver, Role
from dualschema.upload.results import Outcome
from dualschema.upload.view import RowState, View

__all__ = ["Decider"]

Blocked = Callable[[str, str], tuple[str, ...]]
"""Gives the dead letters that hold the write of a row, by its table and key."""


class Decider:
    """Decides over the operations of one user.

    Args:
        view: the rows.
        hooks: the application's own rules.
        blocked: gives the dead letters that hold the write of a row.
    """

    def __init__(self, view: View, hooks: Hooks, blocked: Blocked) -> None:
        self._view = view
        self._user = view.owner.user
        self._hooks = hooks
        self._blocked = blocked
        self._open: set[str] = set()

    def decide(
        self,
        change: Change,
        receiver: Receiver,
        row: RowState,
        coming: Container[tuple[str, str]],
    ) -> Outcome | None:
        """Have the view hold what a change makes of its row.

        Args:
            change: what is wanted.
            receiver: its table's.
            row: the row that it is about.
            coming: the rows that the same transaction inserts, by table and key: what names them
                may come before them.

        Returns:
            ``"noop"`` if there is nothing to do.

        Raises:
            RefusedError: it may not be.
        """
        if receiver.name not in self._open:
            self._check_table(receiver)
        match change.operation.op:
            case "PUT" if not row.exists and self._may_make(change, receiver):
                self._insert(change, receiver, row, coming)
            case "PUT":
                if not (row.exists and row.is_mine):
                    raise RefusedError("the row cannot be written")
                return self._update(change, receiver, row, coming)
            case "PATCH":
                if not (row.exists and row.is_mine):
                    return self._absent(change, receiver)
                if not (change.cells or change.guarded or change.owner or change.version):
                    return "noop"
                return self._update(change, receiver, row, coming)
            case "DELETE":
                if not (row.exists and row.is_mine):
                    return self._absent(change, receiver)
                self._delete(change, receiver, row)
        return None

    def _may_make(self, change: Change, receiver: Receiver) -> bool:
        """Whether a new row may have its key: one that is its owner's id must be the user's."""
        is_owners = receiver.owner is receiver.key
        return not is_owners or change.key == self._view.owner.name(receiver.model)

    def _check_table(self, receiver: Receiver) -> None:
        """Refuse a table that the user can write to in no way."""
        if receiver.is_owned:
            if self._view.owner.name(receiver.model) is None:
                raise RefusedError("the user can own no rows of this table")
        elif not self._hooks.authorises(receiver):
            raise RefusedError(
                "rows of this table belong to nobody, and clients may not write them"
            )
        self._open.add(receiver.name)

    def _absent(self, change: Change, receiver: Receiver) -> Outcome:
        """Say what a change of a row does that is not there, or is not the user's: the same."""
        if letters := self._blocked(receiver.name, change.key):
            raise RefusedError(
                "the row's own write was refused, and waits",
                code=ErrorCode.BLOCKED,
                blocked_by=letters,
            )
        return "noop"

    def _insert(
        self,
        change: Change,
        receiver: Receiver,
        row: RowState,
        coming: Container[tuple[str, str]],
    ) -> None:
        if change.owner is not None or receiver.is_by_path:
            self._check_owner(change, receiver, is_new=True)
        if change.links:
            self._check_links(change, receiver, coming)
        cells = {**change.cells, **change.created, receiver.key.name: row.key_cell}
        if receiver.owner is not None:
            cells[receiver.owner.name] = self._view.owner.cell(receiver.model)
        for name, fill in receiver.kept.items():
            if name not in cells:
                cells[name] = fill()
        version = receiver.model.uploads.version
        if version is not None and change.version is not None:
            cells[version] = receiver.fields[version].cell(change.version)
        if change.guarded:
            self._check_guarded(change, receiver, None)
        if receiver.is_hooked:
            self._hooks.authorise(receiver, change, self._user, None)
        self._view.set(receiver, row, cells, exists=True)

    def _update(
        self,
        change: Change,
        receiver: Receiver,
        row: RowState,
        coming: Container[tuple[str, str]],
    ) -> Outcome | None:
        if change.owner is not None or receiver.is_by_path:
            self._check_owner(change, receiver, is_new=False)
        if change.links:
            self._check_links(change, receiver, coming)
        if change.guarded:
            self._check_guarded(change, receiver, row)
        if receiver.is_hooked:
            self._hooks.authorise(receiver, change, self._user, row.row)
        cells: Mapping[str, Cell] = change.cells
        if receiver.wants_rows and row.row is not None:
            allowed = settle(change, receiver, row.row)
            resolved = self._hooks.resolve(receiver, change, self._user, row.row, allowed)
            if resolved is None:
                return "noop"
            cells = resolved
        if receiver.by_database and change.operation.op == "PUT":
            cells = {**receiver.by_database, **cells}
        if not cells:
            return "noop"
        for name, fill in receiver.on_update.items():
            if name not in cells:
                cells = {**cells, name: fill()}
        self._view.set(receiver, row, {**row.cells, **cells} if row.cells else cells, exists=True)
        return None

    def _delete(self, change: Change, receiver: Receiver, row: RowState) -> None:
        if receiver.is_hooked:
            self._hooks.authorise(receiver, change, self._user, row.row)
        if receiver.wants_rows and row.row is not None:
            settle(change, receiver, row.row)
        self._view.set(receiver, row, None, exists=False)

    def _check_owner(self, change: Change, receiver: Receiver, *, is_new: bool) -> None:
        """Refuse a row of another's, and one that would be nobody's."""
        if change.owner is not None and change.owner != self._view.owner.name(receiver.model):
            raise RefusedError("the row would belong to another user")
        owner = receiver.model.owner
        if owner is None or not owner.steps:
            return
        first = owner.steps[0].column
        is_named = first in change.cells or first in change.created
        if (is_new or is_named) and first not in change.links:
            raise RefusedError(f"{first}: the row would belong to nobody", column=first)

    def _check_links(
        self, change: Change, receiver: Receiver, coming: Container[tuple[str, str]]
    ) -> None:
        """Refuse a foreign key to a row that is not there, or is another's: they look alike."""
        for name, (value, _) in change.links.items():
            link = receiver.fields[name].link
            assert link is not None  # noqa: S101  (only fields with links are there)
            if self._view.names(link, value):
                continue
            is_known = self._view.holds(link)
            if is_known and not self._view.exists(link, value) and (link.target, value) in coming:
                continue
            letters = self._blocked(link.target, value)
            raise RefusedError(
                f"{name}: it names a row that is not there",
                code=ErrorCode.BLOCKED if letters else ErrorCode.FOREIGN_KEY_VIOLATION,
                column=name,
                blocked_by=letters,
            )

    def _check_guarded(self, change: Change, receiver: Receiver, row: RowState | None) -> None:
        """Refuse another value of a column that the client may not set than it has.

        A client sends a row whole when it replaces it, so what it only repeats is no offence.
        """
        for name, value in change.guarded.items():
            field = receiver.fields[name]
            if row is None:
                if field.role is Role.CREATE or value is None:
                    continue
                default = field.column.default
                same = default is not None and default.in_ddl and default.value == value
            else:
                if row.row is None:  # it was made in this very batch, which cannot tell
                    continue
                same = getattr(row.row, field.column.attribute) == value
            if not same and not receiver.drops:
                raise RefusedError(
                    f"{name}: clients may not set it", code=ErrorCode.READ_ONLY, column=name
                )
