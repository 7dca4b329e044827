"""A migration written: the difference between the definition and the last migration."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dualschema.errors import MigrationError
from dualschema.metadata import stands_in
from dualschema.migrate.compare import compare
from dualschema.migrate.history import History
from dualschema.migrate.ledger import refuse_pushed
from dualschema.migrate.rendering import file_name, migration_text
from dualschema.migrate.step import Step

if TYPE_CHECKING:
    from dualschema.schema import Schema

__all__ = ["Draft", "draft_migration", "throw_away"]


_WITHOUT: Final = (
    "generate without --database, and `dualschema migrate --stamp` then notes here what is written"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A migration that is not written yet.

    Attributes:
        file: where it belongs.
        text: what is to stand there.
        steps: what it does.
    """

    file: Path
    text: str
    steps: tuple[Step, ...]

    def write(self) -> None:
        """Write the file, and its folder where there is none.

        Raises:
            MigrationError: it cannot be written, or is there.
        """
        data = self.text.encode()
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("xb") as file:
                file.write(data)
        except OSError as error:
            raise MigrationError(f"{self.file} cannot be written: {error.strerror}") from error


def draft_migration(
    connection: sa.Connection,
    schema: Schema,
    history: History,
    *,
    name: str | None = None,
    publication: bool = False,
) -> Draft | None:
    """Return the next migration, or None where the definition differs in nothing.

    Args:
        connection: to a database that has all migrations, within a transaction; nothing is changed.
        schema: the definition.
        history: the migrations that there are.
        name: what it is about, in words; by default, its first step.
        publication: make PowerSync's publication, if none of the migrations did.

    Raises:
        MigrationError: the database lacks migrations, or was pushed to.
    """
    done, waiting = history.state(connection)
    if waiting:
        raise MigrationError(
            f"the database lacks {waiting[0].file}: run `dualschema migrate` first, or generate "
            "without a database"
        )
    names = [table.name for table in schema.model.tables if stands_in(table, "postgresql")]
    refuse_pushed(connection, history.tables, names, _WITHOUT)
    steps = compare(connection, schema, ours=history.tables, publication=publication)
    if not steps:
        return None
    parent = done[-1].id if done else None
    title = " ".join(_readable(name or _title(steps)).split())
    coming = [name for name in names if name not in history.tables]
    leaving = sorted(history.tables.difference(names))
    text = migration_text(steps, title=title, parent=parent, coming=coming, leaving=leaving)
    return Draft(history.folder / file_name(history.next_number, title), text, steps)


def _readable(name: str) -> str:
    """Return a name as it was typed, also where the locale of the terminal is not UTF-8."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half a character, of Windows's
        return name.encode("utf-8", "replace").decode()


def _title(steps: tuple[Step, ...]) -> str:
    first = steps[0].text
    return first if len(steps) == 1 else f"{first} and more"


@contextlib.contextmanager
def throw_away(history: History) -> Iterator[sa.Connection]:
    """Give a connection to a new database that has all migrations, and is gone after.

    Raises:
        EmbeddedPostgresError: there are no programs of Postgres.
        MigrationError: a migration fails.
    """
    from dualschema.embedded import Cluster

    with Cluster() as cluster:
        engine = sa.create_engine(cluster.url(driver="postgresql+psycopg"))
        try:
            with engine.begin() as connection:
                history.upgrade(connection)
                yield connection
        finally:
            engine.dispose()
