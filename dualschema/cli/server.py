"""The server's side for commands: its database, its dead letters, and what applies its uploads."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dualschema.cli.database_url import named_database
from dualschema.cli.report import aside
from dualschema.codegen import Configuration, load_object, load_schema, read_configuration
from dualschema.engine import normalised
from dualschema.errors import (
    ConfigurationError,
    ConnectionLostError,
    DatabaseError,
    DualschemaError,
)

if TYPE_CHECKING:  # imported where it is used: other commands begin sooner without it
    from dualschema.crud import Database
    from dualschema.schema import Schema
    from dualschema.upload import Letters, Uploader

__all__ = ["open_database", "open_letters", "open_uploader"]


@contextlib.contextmanager
def open_letters(url: str | None) -> Iterator[Letters]:
    """Give the dead letters of a database: no schema is needed for them."""
    from dualschema.upload import Letters

    configured = read_configuration()
    if configured.uploader is not None:
        with _configured(configured, url) as uploader:
            yield uploader.letters
        return
    with _connected(url) as database:
        letters = Letters(database)
        _check(database)
        yield letters


@contextlib.contextmanager
def open_uploader(url: str | None) -> Iterator[Uploader]:
    """Give the project's uploader, or a plain one of its schema and a database."""
    from dualschema.upload import Uploader

    configured = read_configuration()
    if configured.uploader is not None:
        with _configured(configured, url) as uploader:
            yield uploader
        return
    with _connected(url) as database:
        with aside():
            schema = load_schema(configured.schema, configured.root)
        uploader = Uploader(database, schema)
        _check(database)
        yield uploader


@contextlib.contextmanager
def open_database(
    url: str | None, schema: Schema, configured: Configuration
) -> Iterator[tuple[Database, Uploader | None]]:
    """Give a database to look at, and what applies its dead letters.

    That is the project's own uploader, if it names one: another would know none of its rules. So
    there is none for a database that the command line names beside it, or for a client's.
    """
    from dualschema.crud import select
    from dualschema.crud.dialects import Kind
    from dualschema.upload import Uploader

    if configured.uploader is not None and url is None:
        with _configured(configured, url, keeps_letters=False) as uploader:
            yield uploader.database, uploader
        return
    with _connected(url) as database:
        database.scalar(select(sa.literal(1)))  # whether it answers is told now
        is_plain = configured.uploader is None and database.kind is not Kind.POWERSYNC
        yield database, Uploader(database, schema) if is_plain else None


@contextlib.contextmanager
def _configured(
    configured: Configuration, url: str | None, *, keeps_letters: bool = True
) -> Iterator[Uploader]:
    """Give the uploader that the project names: with its rules, and its database."""
    from dualschema.upload import Uploader

    reference = configured.uploader or ""
    if url is not None:
        raise ConfigurationError(
            f"{reference}, the uploader of [tool.dualschema], has its own database: "
            "leave --database out"
        )
    with aside():
        found = load_object(reference, configured.root, "uploader")
        if callable(found):
            found = _made(found, reference)
    if not isinstance(found, Uploader):
        raise ConfigurationError(
            f"{reference} is no Uploader, nor a function that makes one, "
            f"but gives a {type(found).__name__}"
        )
    try:
        if keeps_letters:
            _check(found.database)
        yield found
    finally:
        found.database.engine.dispose()


def _made(make: Callable[[], Any], reference: str) -> Any:
    try:
        return make()
    except DualschemaError:
        raise
    except (Exception, SystemExit) as error:  # a project's code may fail in any way
        name = type(error).__name__
        raise ConfigurationError(f"{reference} failed by {name}: --debug shows where") from error


def _connected(given: str | None) -> Database:
    from dualschema.crud import connect

    named = named_database(given)
    wanted = normalised(named.url)
    file = wanted.database
    is_file = wanted.get_backend_name() == "sqlite" and file and "uri" not in wanted.query
    if is_file and file != ":memory:" and not Path(str(file)).is_file():
        raise ConfigurationError(f"there is no file {file}")  # to connect would make one
    return connect(named.url, pooler=named.pooler)


def _check(database: Database) -> None:
    """Refuse a database that keeps no dead letters."""
    from dualschema.upload import DeadLetter, upload_schema

    try:
        database.exists(DeadLetter)
    except ConnectionLostError:
        raise
    except DatabaseError:
        name = next(t.name for t in upload_schema.model.tables if t.class_name == "DeadLetter")
        if not sa.inspect(database.engine).has_table(name):
            raise ConfigurationError(
                f"the database has no table {name}: Uploader.create_tables() makes it"
            ) from None
        raise
