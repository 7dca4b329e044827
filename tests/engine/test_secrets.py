"""The password of a connection: in no log, of whatever level, in no error and no ``repr``."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.embedded import Cluster, EmbeddedPostgresError
from tests.fixtures.missing import fail_or_skip

LOUD: Final[dict[str, Any]] = {"echo": "debug", "echo_pool": "debug", "pool_pre_ping": True}
WHO = ds.select(sa.func.current_user())


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the URL of a server that asks for a password, which stands in no other text."""
    try:
        cluster = Cluster()
    except EmbeddedPostgresError as error:
        fail_or_skip(f"no Postgres: {error}")
    with cluster:
        yield cluster.url()


class Logs:
    """What loggers are told, each of them at its lowest level."""

    def __init__(self, records: pytest.LogCaptureFixture) -> None:
        self._records = records

    def texts(self) -> list[str]:
        found = self._records.records
        return [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in found]


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Logs:
    for name in ("", "sqlalchemy", "psycopg", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    return Logs(caplog)


def shown(error: BaseException) -> list[str]:
    copied = pickle.loads(pickle.dumps(error))
    return [*traceback.format_exception(error), repr(error), repr(copied), repr(vars(error))]


def test_none_of_a_connection_that_works(server: str, logs: Logs) -> None:
    password = str(make_url(server).password)
    with ds.connect(server, **LOUD) as db:
        assert "postgres" == db.scalar(WHO)
        said = [repr(db), repr(db.engine), repr(db.engine.pool), repr(db.engine.dialect)]
        with pytest.raises(ds.DatabaseError) as caught:
            db.scalar(ds.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))
        said += shown(caught.value)

    async def main() -> list[str]:
        async with ds.connect_async(server, **LOUD) as db:
            assert "postgres" == await db.scalar(WHO)
            return [repr(db), repr(db.engine)]

    said += [*asyncio.run(main()), *logs.texts()]

    assert any("Created new connection" in text for text in said)
    assert [] == [text for text in said if password in text]


@pytest.mark.parametrize("change", [{"password": "hidden-one"}, {"database": "nowhere"}], ids=str)
def test_none_of_one_that_fails(server: str, logs: Logs, change: dict[str, str]) -> None:
    url = make_url(server).set(**change)  # type: ignore[arg-type]  # options by name

    with ds.connect(url, **LOUD, patience=0.1) as db, pytest.raises(ds.DatabaseError) as caught:
        db.scalar(WHO)

    said = [*shown(caught.value), *logs.texts()]
    assert [] == [text for text in said if str(url.password) in text]
