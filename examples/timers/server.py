"""The app's server: takes uploads, gives tokens, streams events.

    DATABASE_URL=postgresql://... LOGIN=development uvicorn examples.timers.server:app

Its tables are made when it starts. Any number of processes may serve one database.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from pydantic import Field
from starlette.applications import Starlette

import dualschema as ds
from dualschema.asgi import announce, development_login, routes
from dualschema.events import PostgresBroadcaster
from dualschema.tokens import KeyFile, TokenIssuer, TokenVerifier
from dualschema.upload import Uploader
from examples.timers.schema import schema

__all__ = ["ServerSettings", "app", "make_app"]

_AUDIENCE = "timers"


class _WithoutQuery(logging.Filter):
    """Has uvicorn's access log tell no query: the channels that are heard name users."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):  # the client's address, the method, the path and so on
            client, method, path, *rest = record.args
            record.args = (client, method, str(path).partition("?")[0], *rest)
        return True


class ServerSettings(ds.Settings):
    """The settings of this server, from the environment or ``.env``.

    Attributes:
        keys_file: ``KEYS_FILE``: private keys, as ``dualschema keys new`` writes them.
        login: ``LOGIN``: ``development`` gives a token to anybody who asks. Without it there is no
            route for tokens: an app that is more than an example knows its users.
        powersync_url: ``POWERSYNC_URL``: where the sync service is.
        token_seconds: ``TOKEN_SECONDS``: how long a token lives.
        clock_seconds: ``CLOCK_SECONDS``: how much clocks may differ.
    """

    keys_file: str = "keys.json"
    login: Literal["development"] | None = None
    powersync_url: str = "http://localhost:8080"
    token_seconds: float = Field(default=600, gt=0)
    clock_seconds: float = Field(default=60, ge=0)


def make_app(settings: ServerSettings) -> Starlette:
    """Return the application.

    Raises:
        ConfigurationError: there are no keys, or a token would live too long.
    """
    database = settings.connect()
    keys = KeyFile(settings.keys_file)
    broadcaster = PostgresBroadcaster(database)
    uploader = Uploader(database, schema, applied=announce(broadcaster))
    lifetime, leeway = (
        timedelta(seconds=each) for each in (settings.token_seconds, settings.clock_seconds)
    )
    issuer = TokenIssuer(keys, _AUDIENCE, lifetime=lifetime)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # What uvicorn says itself goes another way. With logging set up already, nothing changes.
        logging.basicConfig(level=logging.INFO, format="%(levelname)s:     %(message)s")
        logging.getLogger("uvicorn.access").addFilter(_WithoutQuery())
        _make_tables(database, uploader, broadcaster)
        yield
        broadcaster.close()
        database.close()

    return Starlette(
        lifespan=lifespan,
        routes=routes(
            uploader=uploader,
            verifier=TokenVerifier(keys, _AUDIENCE, leeway=leeway),
            issuer=issuer if settings.login else None,
            authenticate=development_login() if settings.login else None,
            powersync_url=settings.powersync_url,
            keys=keys,
            broadcaster=broadcaster,
        ),
    )


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
    app = make_app(ServerSettings())
except ds.ConfigurationError as error:
    sys.exit(f"{__name__}: {error}")
