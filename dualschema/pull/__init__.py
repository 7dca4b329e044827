"""A definition file from what there is: a Postgres database, or PowerSync's or Drizzle's tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from dualschema.engine import normalised
from dualschema.errors import ConfigurationError, ConnectionLostError, DatabaseError
from dualschema.pull.description import FoundTable, Note, NoteKind
from dualschema.pull.kinds import sound_type
from dualschema.pull.postgres import read_postgres
from dualschema.pull.proof import Pulled, proved
from dualschema.pull.typescript import read_drizzle, read_powersync

__all__ = [
    "Note",
    "NoteKind",
    "Pulled",
    "pull_connection",
    "pull_drizzle",
    "pull_postgres",
    "pull_powersync",
]

_POSTGRES_TITLE: Final = "Tables as a Postgres database has them, written by `dualschema pull`."


def pull_postgres(
    url: str, *, schema: str = "public", tables: Collection[str] = (), owner: str | None = None
) -> Pulled:
    """Return the definition of a database's tables, which makes of a database what it was made of.

    What it cannot say is noted. The database is only read, in a transaction that may do no more.

    Args:
        url: of the database: ``postgresql://user@host/name``.
        schema: the name of the Postgres schema.
        tables: the names of the tables to read; none for all.
        owner: the column that holds the owner's user id, in each table that has it.

    Raises:
        StatementError: the URL cannot be read.
        ConfigurationError: it is of no Postgres, or there is no such schema, table or column.
        ConnectionLostError: the database cannot be reached.
        DatabaseError: it refuses to show its catalog.
    """
    made = normalised(url)
    if made.get_backend_name() != "postgresql":
        raise ConfigurationError("a definition is read from Postgres: postgresql://user@host/name")
    engine = sa.create_engine(made, poolclass=NullPool)
    try:
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            return pull_connection(connection, schema=schema, tables=tables, owner=owner)
    except OperationalError as error:
        raise ConnectionLostError(
            "the database cannot be reached: see that it runs, and that its URL is right",
            driver_error=error.orig,
        ) from error
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", None)
        raise DatabaseError(
            "the database does not show its catalog", code=code, driver_error=error.orig
        ) from error


def pull_connection(
    connection: sa.Connection,
    *,
    schema: str = "public",
    tables: Collection[str] = (),
    owner: str | None = None,
) -> Pulled:
    """Return the definition of a database's tables, as ``pull_postgres`` does, by a connection.

    It sets, until the transaction ends, what the catalog's texts depend on.
    """
    found, notes = read_postgres(connection, schema, tables)
    if schema != "public":
        text = f"a definition names no schema: a connection's search_path is to lead to {schema}"
        notes.append(Note(NoteKind.HINT, None, None, text))
    return proved(_owned(found, owner), notes, title=_POSTGRES_TITLE)


_BEST_EFFORT: Final = (
    "Best effort: read from TypeScript as text. See what is said to be left out, and try it."
)
_DEFERRABLE: Final = (
    "Drizzle's foreign keys are not deferrable; these are, so that an upload may bring a child "
    "first. A pull of the database has them as they are."
)
_POWERSYNC_REMARKS: Final = (
    _BEST_EFFORT,
    "A client's schema does not say which columns are never NULL, or what a text or number means.",
)


def pull_powersync(source: str, *, owner: str | None = None) -> Pulled:
    """Return the definition of a PowerSync schema in TypeScript, as far as it can be read.

    Args:
        source: the text of a file with ``new Schema({ ... })``.
        owner: the column that holds the owner's user id, in each table that has it.

    Raises:
        ConfigurationError: no table is found, or none has the owner's column.
    """
    found, notes = read_powersync(source)
    _some(found, notes, "new Table({ ... })")
    title = "Tables as a PowerSync schema has them, written by `dualschema pull`."
    return proved(_owned(found, owner), notes, title=title, remarks=_POWERSYNC_REMARKS)


def pull_drizzle(source: str, *, owner: str | None = None) -> Pulled:
    """Return the definition of Drizzle's tables for Postgres, as far as they can be read.

    Args:
        source: the text of a file with ``pgTable(...)``.
        owner: the column that holds the owner's user id, in each table that has it.

    Raises:
        ConfigurationError: no table is found, or none has the owner's column.
    """
    found, notes = read_drizzle(source)
    _some(found, notes, "pgTable(...)")
    title = "Tables as a Drizzle schema has them, written by `dualschema pull`."
    has_keys = any("foreign_key" in column.options for table in found for column in table.columns)
    remarks = (_BEST_EFFORT, _DEFERRABLE) if has_keys else (_BEST_EFFORT,)
    return proved(_owned(found, owner), notes, title=title, remarks=remarks)


def _some(tables: list[FoundTable], notes: list[Note], what: str) -> None:
    if not tables:
        reason = notes[0] if notes else what
        raise ConfigurationError(f"the file holds no table that can be read: {reason}")


def _owned(tables: list[FoundTable], owner: str | None) -> list[FoundTable]:
    """Return tables in which the column of that name holds the owner's user id."""
    if owner is None:
        return tables
    if not any(column.name == owner for table in tables for column in table.columns):
        raise ConfigurationError(f"no table has a column {owner}, to be the owner's")
    return [_with_owner(table, owner) for table in tables]


def _with_owner(table: FoundTable, owner: str) -> FoundTable:
    column = next((each for each in table.columns if each.name == owner), None)
    if column is None:
        text = f"it has no owner, since it has no column {owner}"
        return table.noted(Note(NoteKind.HINT, table.name, None, text))
    kind = sound_type(column)
    if kind is None or not kind.can_be_owner:
        text = "it is not the owner's: a user's id is text, a UUID or a whole number"
        return table.noted(Note(NoteKind.HINT, table.name, owner, text))
    return table.with_column(column.told(owner=True))
