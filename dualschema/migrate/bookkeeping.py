"""What Alembic has run, noted in the record and the ledger: on a connection, or as SQL to print."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory

from dualschema.migrate.ledger import noting
from dualschema.migrate.record import noting_all, noting_some
from dualschema.migrate.revision import Revision, revision_of, tables_after

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.runtime.migration import MigrationContext, MigrationInfo

__all__ = ["Bookkeeping"]


class Bookkeeping:
    """Hears of each migration that is run, or undone.

    Args:
        script: the migrations that there are.
    """

    def __init__(self, script: ScriptDirectory) -> None:
        self._script = script
        self._seen: list[Revision] = []
        self._heads: tuple[str, ...] = ()
        self._run: set[str] = set()
        self._undone: set[str] = set()
        self._is_stamp = False

    def see(
        self,
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: Collection[Any],
        run_args: Mapping[str, Any],
    ) -> None:
        """Note one, as Alembic's ``on_version_apply`` tells of it."""
        self._seen += [revision_of(self._script.get_revision(it)) for it in step.up_revision_ids]
        self._heads = tuple(heads)
        if step.is_upgrade:
            self._run |= set(step.up_revision_ids)
        else:
            self._undone |= set(step.up_revision_ids)
        self._is_stamp = self._is_stamp or step.is_stamp

    def statements(self) -> Iterator[str]:
        """Yield the SQL that makes the record and the ledger say what holds now.

        The ledger is left alone where no migration tells of tables.
        """
        if not self._seen:
            return
        found = self._script.iterate_revisions(self._heads, "base") if self._heads else ()
        past = [revision_of(each) for each in found][::-1]
        ids = [each.id for each in past]
        if self._is_stamp:
            yield from noting_all(ids)
        else:
            yield from noting_some(ids, self._run, self._undone)
        tables = tables_after(past)
        if tables is not None or tables_after(self._seen) is not None:
            yield from noting(tables or ())

    def write(self, connection: sa.Connection) -> None:
        """Make the record and the ledger say what holds now."""
        for sql in self.statements():
            connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
