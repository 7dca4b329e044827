"""A project's migrations: which there are, which a database has, and how they are run."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap

from dualschema.errors import MigrationError
from dualschema.migrate.failures import told
from dualschema.migrate.late import run
from dualschema.migrate.ledger import STAMPING, hold_lock, own_space, refuse_pushed
from dualschema.migrate.outside import remaining
from dualschema.migrate.record import recorded
from dualschema.migrate.revision import Revision, checked, revision_of, tables_after

__all__ = ["History", "Revision"]

_ENVIRONMENT: Final = Path(__file__).with_name("environment")

_NUMBER: Final = re.compile(r"[0-9]{4}(?=_)")


class History:
    """The migrations in a folder, from the first to the last.

    Args:
        folder: where they are; it need not be there yet.

    Raises:
        MigrationError: a file cannot be loaded, or they are no single line.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with told(self.folder):
            if folder.is_dir():  # Alembic takes one that it may not read for an empty one
                next(folder.iterdir(), None)
            script = ScriptDirectory.from_config(self._config())
            script.revision_map = RevisionMap(lambda: map(checked, script._load_revisions()))
            heads = script.get_heads()
            if len(heads) > 1:
                first, second, *more = sorted(
                    (revision_of(script.get_revision(head)) for head in heads),
                    key=lambda each: each.file,
                )
                files = " and ".join(each.file for each in (first, second, *more))
                raise MigrationError(
                    f"{files} are {'all' if more else 'both'} last: let one come behind the other, "
                    f"by down_revision = {first.id!r} in {second.file}"
                )
            found = [] if not heads else list(script.walk_revisions())
            for each in found:
                _refuse_branches(each)
            self.revisions = tuple(revision_of(each) for each in reversed(found))

    @property
    def _ids(self) -> frozenset[str]:
        return frozenset(each.id for each in self.revisions)

    @property
    def next_number(self) -> int:
        """The number of the next file: none that a file has."""
        numbers = [int(found[0]) for r in self.revisions if (found := _NUMBER.match(r.file))]
        return max([len(self.revisions), *numbers]) + 1

    @property
    def tables(self) -> frozenset[str]:
        """The tables that the definition has once all are run, as far as it made them."""
        return tables_after(self.revisions) or frozenset()

    def current(self, connection: sa.Connection) -> str | None:
        """Return the last revision that a database has, or None where it has none.

        Raises:
            MigrationError: there is no file of it, or more than one is the last.
        """
        found = _heads(connection)
        if len(found) > 1:
            raise MigrationError(
                f"the database has the migrations {' and '.join(sorted(found))}, and only one can "
                "be the last: another app's are there too, or alembic_version was written to"
            )
        for each in found:
            if each not in self._ids:
                why = "this code is older, or it is another app's database"
                if self._is_squashed(connection, each):
                    why = f"if it is one of several that were made one, {STAMPING}; else {why}"
                raise MigrationError(
                    f"the database has the migration {each}, of which {self.folder.name}/ has no "
                    f"file: {why}"
                )
        return found[0] if found else None

    def _is_squashed(self, connection: sa.Connection, last: str) -> bool:
        """Whether the files may stand for others of ours that a database has run: it has none."""
        has = recorded(connection)
        return last in has and bool(self._ids) and has.isdisjoint(self._ids)

    def state(self, connection: sa.Connection) -> tuple[tuple[Revision, ...], tuple[Revision, ...]]:
        """Return the migrations that a database has, and those that it has not.

        Of the latter, some may stand before one that it has: they were put there after it ran.

        Raises:
            MigrationError: see ``current``.
        """
        current = self.current(connection)
        done, waiting = self.split(current)
        has = recorded(connection)
        # A revision without a file: the history was squashed, and what its files did is not known.
        if current not in has or not has <= self._ids:
            return done, waiting
        late = tuple(each for each in done if each.id not in has)
        return tuple(each for each in done if each.id in has), late + waiting

    def settled(self, connection: sa.Connection) -> str | None:
        """Return the last migration that a database has, with all that stand before it.

        Raises:
            MigrationError: it lacks one of those; or see ``current``.
        """
        done, waiting = self.state(connection)
        if done and waiting and self.revisions.index(waiting[0]) < len(done):
            raise MigrationError(
                f"{waiting[0].file} is still to be run, though it stands before {done[-1].file}, "
                "which the database has: `dualschema migrate` runs it"
            )
        return done[-1].id if done else None

    def split(self, current: str | None) -> tuple[tuple[Revision, ...], tuple[Revision, ...]]:
        """Return the migrations up to the current one, and those behind it."""
        ids = [each.id for each in self.revisions]
        count = 0 if current is None else ids.index(current) + 1
        return self.revisions[:count], self.revisions[count:]

    def find(self, name: str) -> Revision:
        """Return the migration of a revision, of its beginning, or of a file's number.

        Raises:
            MigrationError: there is none, or more than one.
        """
        found = [each for each in self.revisions if each.id == name] or [
            each
            for each in self.revisions
            if (name and each.id.startswith(name)) or each.file.startswith(f"{name}_")
        ]
        if len(found) != 1:
            number = "no" if not found else "more than one"
            raise MigrationError(
                f"{number} migration is {name!r}: `dualschema status` names the files, of which "
                "the number or the revision is wanted"
            )
        return found[0]

    def upgrade(self, connection: sa.Connection, to: str | None = None) -> tuple[Revision, ...]:
        """Run the migrations that a database has not; return them.

        Other processes that migrate the database wait until the connection's transaction ends. A
        migration that uses ``autocommit_block()`` ends it there, and begins the next one.

        Args:
            connection: to Postgres, within a transaction.
            to: the last one to run, as ``find`` takes it; by default, all. Those that stand before
                one that the database has are run at any rate.

        Raises:
            MigrationError: one of them fails. The transaction is to be rolled back.
        """
        hold_lock(connection)
        current = self.current(connection)
        past, behind = self.split(current)
        done, waiting = self.state(connection)
        late = tuple(each for each in waiting if each in past)
        if to is not None:
            last = self.find(to)
            behind = () if last in past else behind[: behind.index(last) + 1]
        if late or behind:
            coming = tables_after(late + behind) or ()
            advice = f"if it has all that they make, {STAMPING}; else take another one"
            refuse_pushed(connection, tables_after(done) or (), coming, advice)
            with remaining(connection), told(self.folder):
                ids = [each.id for each in late]
                run(self._config(connection), ids, (behind or past)[-1].id)
        return late + behind

    def stamp(self, connection: sa.Connection, to: str | None = None) -> tuple[Revision, ...]:
        """Note the migrations that a database has not as run, and run none; return them.

        Of a database that has run others, which these files were made of, those are forgotten.

        Args:
            connection: see ``upgrade``.
            to: the last one to note, as ``find`` takes it; by default, all.

        Raises:
            MigrationError: see ``current``.
        """
        hold_lock(connection)
        heads = _heads(connection)
        anew = len(heads) == 1 and self._is_squashed(connection, heads[0])
        done = () if anew else self.state(connection)[0]
        last = self.find(to) if to is not None else (self.revisions or (None,))[-1]
        if last is None or last in self.split(None if anew else self.current(connection))[0]:
            return ()
        with told(self.folder):
            command.stamp(self._config(connection), last.id, purge=anew)
        return tuple(each for each in self.split(last.id)[0] if each not in done)

    def downgrade(
        self, connection: sa.Connection, steps: int = 1, *, last: Revision | None = None
    ) -> tuple[Revision, ...]:
        """Undo the last migrations that a database has; return them, the last one first.

        Args:
            connection: see ``upgrade``.
            steps: how many; fewer, if there are fewer.
            last: the one that is to be undone first, if another may have been run meanwhile.

        Raises:
            MigrationError: one of them fails, or another one is the last, or one before it is
                still to be run. The transaction is to be rolled back.
        """
        hold_lock(connection)
        done, _ = self.split(self.settled(connection))
        if last is not None and (not done or done[-1] != last):
            raise MigrationError(
                f"{last.file} is the last one no more, and nothing was changed: somebody else "
                "migrates this database"
            )
        left, undone = done[: max(0, len(done) - steps)], done[max(0, len(done) - steps) :]
        if undone:
            with remaining(connection), told(self.folder):
                command.downgrade(self._config(connection), left[-1].id if left else "base")
        return tuple(reversed(undone))

    def sql(self, current: str | None = None, to: str | None = None) -> str:
        """Return the SQL of migrations, as one transaction.

        Args:
            current: the last one that the database has, or None for none.
            to: the last one to run, as ``find`` takes it; by default, all.
        """
        _, waiting = self.split(current)
        if to is not None:
            last = self.find(to)
            waiting = waiting[: waiting.index(last) + 1] if last in waiting else ()
        if not waiting:
            return ""
        out = io.StringIO()
        with told(self.folder):
            ends = f"{current or 'base'}:{waiting[-1].id}"
            command.upgrade(self._config(out=out), ends, sql=True)
        return out.getvalue()

    def _config(
        self, connection: sa.Connection | None = None, out: io.StringIO | None = None
    ) -> Config:
        config = Config(output_buffer=out)
        for name, value in {
            "script_location": str(_ENVIRONMENT),
            "version_locations": str(self.folder),
            "path_separator": "newline",
            "version_path_separator": "newline",  # its name before Alembic 1.16
        }.items():
            config.set_main_option(name, value.replace("%", "%%"))
        config.attributes["connection"] = connection
        return config


def _heads(connection: sa.Connection) -> tuple[str, ...]:
    """Return the migrations that a database has as the last one: it is to be one, or none."""
    options = {"version_table_schema": own_space(connection)}
    return MigrationContext.configure(connection, opts=options).get_current_heads()


def _refuse_branches(script: Script) -> None:
    parents = script.down_revision
    if isinstance(parents, (tuple, list)) and len(parents) > 1:
        first, second = sorted(parents)[:2]
        raise MigrationError(
            f"{Path(script.path).name} joins branches, and migrations are run one by one: let "
            f"{second} come behind {first}, by its down_revision, and this one behind {second}"
        )
