"""What the commands for Postgres have in common: the definition, the database and its refusals."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dualschema.cli.database_url import find_database, named_database
from dualschema.cli.report import aside
from dualschema.codegen import Configuration, load_schema, override, read_configuration
from dualschema.errors import ConfigurationError, MigrationError

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

    from dualschema.schema import Schema

__all__ = [
    "InDatabase",
    "OfSchema",
    "Place",
    "connected",
    "definition",
    "is_named",
]

OfSchema = Annotated[
    str | None,
    typer.Option(
        metavar="MODULE:NAME",
        help="Where the schema is, from the project's folder: app.schema:schema.",
    ),
]
InDatabase = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The database; by default the variable DATABASE_URL."),
]


_PATIENCE: Final = 10
"""For how many seconds to try to connect, unless the URL or the environment says it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A project's definition, and what it sets."""

    configuration: Configuration
    schema: Schema


def definition(schema: str | None) -> Place:
    """Import the project's definition.

    Args:
        schema: where it is, instead of the configured place.
    """
    configured = override(read_configuration(), schema=schema)
    with aside():
        return Place(configured, load_schema(configured.schema, configured.root))


@contextlib.contextmanager
def connected(url: str | None) -> Iterator[sa.Connection]:
    """Give a connection to Postgres; what is done on it is one transaction.

    Args:
        url: the database's; by default, the one that the environment names.
    """
    from sqlalchemy.exc import DBAPIError, OperationalError

    engine = _engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise MigrationError(f"the database cannot be used: {_said(error)}") from error
        raise MigrationError(f"the database refuses: {_said(error)}") from error
    finally:
        engine.dispose()


def is_named(url: str | None) -> bool:
    """Whether the command line or the environment names a database."""
    return find_database(url, direct=True) is not None


def _engine(url: str | None) -> sa.Engine:
    from dualschema.engine import EngineOptions, make_engine, normalised

    named = named_database(url, direct=True)
    wanted = normalised(named.url)
    if wanted.get_backend_name() != "postgresql":
        raise ConfigurationError(
            "this is for Postgres: the tables of a client are made by PowerSync, or `Schema.ddl`"
        )
    is_patient = "connect_timeout" in wanted.query or "PGCONNECT_TIMEOUT" in os.environ
    others = {} if is_patient else {"connect_args": {"connect_timeout": _PATIENCE}}
    options = EngineOptions(
        pool_size=1,
        max_overflow=0,
        pool_timeout=30,
        application_name="dualschema",
        statement_timeout=None,
        others=others,
    )
    return make_engine(named.direct_url("migrations"), options)


def _said(error: DBAPIError) -> str:
    from dualschema.migrate.refusal import refusal

    return refusal(error)
