"""The app's server: takes uploads, gives tokens, streams events.

    DATABASE_URL=postgresql://... LOGIN=development uvicorn examples.timers.server:app

Its tables are made when it starts. Any number of processes may serve one database.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import sqlalchemy as sa
from starlette.applications import Starlette

import dualschema as ds
from dualschema.asgi import announce, development_login, routes
from dualschema.events import PostgresBroadcaster
from dualschema.tokens import KeyFile, TokenIssuer, TokenVerifier
from dualschema.upload import Uploader
from examples.timers.schema import schema

__all__ = ["app", "make_app"]

_AUDIENCE = "timers"


def make_app(environ: Mapping[str, str]) -> Starlette:
    """Return the application.

    Args:
        environ: the settings:

            - ``DATABASE_URL``: of a Postgres;
            - ``KEYS_FILE``: private keys, as ``dualschema keys new`` writes them; ``keys.json``;
            - ``LOGIN``: ``development`` gives a token to anybody who asks. Without it there is no
              route for tokens: an app that is more than an example knows its users;
            - ``POWERSYNC_URL``: where the sync service is; ``http://localhost:8080``;
            - ``TOKEN_SECONDS``: how long a token lives; 600;
            - ``CLOCK_SECONDS``: how much clocks may differ; 60.

    Raises:
        ConfigurationError: a setting is missing or wrong.
    """
    if not (url := environ.get("DATABASE_URL")):
        raise ds.ConfigurationError("DATABASE_URL is not set: postgresql://user@host/name")
    login = environ.get("LOGIN")
    if login not in (None, "development"):
        raise ds.ConfigurationError("LOGIN is development, or not set")
    database = ds.connect(url)
    keys = KeyFile(environ.get("KEYS_FILE", "keys.json"))
    broadcaster = PostgresBroadcaster(database)
    uploader = Uploader(database, schema, applied=announce(broadcaster))
    issuer = TokenIssuer(keys, _AUDIENCE, lifetime=_seconds(environ, "TOKEN_SECONDS", 600))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # What uvicorn says itself goes another way. With logging set up already, nothing changes.
        logging.basicConfig(level=logging.INFO, format="%(levelname)s:     %(message)s")
        _make_tables(database, uploader, broadcaster)
        yield
        broadcaster.close()
        database.close()

    return Starlette(
        lifespan=lifespan,
        routes=routes(
            uploader=uploader,
            verifier=TokenVerifier(keys, _AUDIENCE, leeway=_seconds(environ, "CLOCK_SECONDS", 60)),
            issuer=issuer if login else None,
            authenticate=development_login() if login else None,
            powersync_url=environ.get("POWERSYNC_URL", "http://localhost:8080"),
            keys=keys,
            broadcaster=broadcaster,
        ),
    )


def _seconds(environ: Mapping[str, str], name: str, default: int) -> timedelta:
    try:
        return timedelta(seconds=float(environ.get(name, default)))
    except ValueError:
        raise ds.ConfigurationError(f"{name} is a number of seconds") from None


def _make_tables(
    database: ds.Database, uploader: Uploader, broadcaster: PostgresBroadcaster
) -> None:
    """Make the tables that are not there yet; processes that start together take turns."""
    with database.engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('timers: tables'))"))
        schema.create_all(connection)
        uploader.create_tables()
        broadcaster.create_log()


try:
    app = make_app(os.environ)
except ds.ConfigurationError as error:
    sys.exit(f"{__name__}: {error}")
