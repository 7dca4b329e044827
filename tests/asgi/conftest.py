"""An API over a real Postgres, with keys of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dualschema as ds
from dualschema.asgi import announce, create_app
from dualschema.events import PostgresBroadcaster
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, generate_key
from dualschema.upload import Limits, Uploader
from examples.timers.schema import schema
from tests.asgi.api import Api, signed_in


@pytest.fixture(scope="session")
def keys() -> KeySet:
    return KeySet(generate_key())


KEEP_ALIVE = 0.2
"""Seconds from one sign of life of a stream to the next."""


@pytest.fixture
def db(postgres_url: str) -> Iterator[ds.Database]:
    with ds.connect(postgres_url, pool_size=5, pool_timeout=10) as made:
        with made.engine.begin() as connection:
            schema.create_all(connection)
        yield made


@pytest.fixture
def api(db: ds.Database, keys: KeySet) -> Iterator[Api]:
    broadcaster = PostgresBroadcaster(db)
    broadcaster.create_log()
    uploader = Uploader(db, schema, limits=Limits(body=100_000), applied=announce(broadcaster))
    uploader.create_tables()
    issuer = TokenIssuer(keys, "api")
    app = create_app(
        uploader=uploader,
        verifier=TokenVerifier(keys, "api"),
        issuer=issuer,
        authenticate=signed_in,
        powersync_url="https://sync.example.com",
        keys=keys,
        broadcaster=broadcaster,
        keep_alive=KEEP_ALIVE,
    )
    yield Api(app, db, uploader, issuer, broadcaster)
    broadcaster.close()
