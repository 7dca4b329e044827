"""A real PgBouncer in transaction mode: what works through it, is refused, or would break."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import dualschema as ds
from dualschema.embedded import Cluster, EmbeddedPostgresError
from dualschema.events import PostgresBroadcaster
from tests.events.hearing import data_of, run
from tests.fixtures.missing import fail_or_skip
from tests.fixtures.servers import pgbouncer, pgbouncer_version


class Note(ds.Table, name="notes", sync=False):
    id: ds.Column[int] = ds.column(primary_key=True)
    text: ds.Column[str]


schema = ds.Schema(Note)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the URL of a server that asks for a password."""
    try:
        cluster = Cluster()
    except EmbeddedPostgresError as error:
        fail_or_skip(f"no Postgres: {error}")
    with cluster:
        yield cluster.url()


@pytest.fixture
def url(server: str, bouncer_folder: Path) -> Iterator[str]:
    """Give the pooler's URL, and empty tables."""
    with ds.connect(server) as db, db.engine.begin() as connection:
        schema.metadata.drop_all(connection)
        schema.create_all(connection)
    with pgbouncer(server, bouncer_folder) as url:
        yield url


def work(db: ds.Database, start: int) -> None:
    """Send each kind of statement, often enough to be prepared."""
    for number in range(start, start + 20):
        with db.transaction():
            db.run(ds.insert(Note(id=number, text="a")))
            assert "a" == db.get(Note, number).text
        db.run(ds.update(Note, number).set(text="b"))
        assert [(number,)] == db.all(ds.select(Note.id).where(Note.id == number))
    many = [Note(id=start + 100 + number, text="c") for number in range(600)]
    assert 600 == db.run(ds.insert(many))  # by COPY
    mine = Note.id.between(start, start + 1_000)
    with db.transaction():
        assert 620 == len(list(db.stream(ds.select(Note).where(mine), size=100)))
    assert 620 == db.run(ds.delete(Note).where(mine))


@pytest.mark.slow
def test_many_clients_take_turns_on_one_connection(url: str) -> None:
    failed: list[BaseException] = []

    def client(number: int) -> None:
        try:
            with ds.connect(url, pooler=True) as db:
                work(db, number * 10_000)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=client, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failed


def test_an_asynchronous_database_goes_through_it(url: str) -> None:
    async def main() -> list[int]:
        async with ds.connect_async(url, pooler=True) as db:
            for number in range(20):
                await db.run(ds.insert(Note(id=number, text="a")))
            return await db.scalars(ds.select(Note.id).order_by(Note.id))

    assert list(range(20)) == asyncio.run(main())


@pytest.mark.slow
def test_prepared_statements_would_break(url: str) -> None:
    """This PgBouncer is of Debian 12, 1.18, which does not know them; from 1.21 it may."""

    def both(**options: Any) -> None:
        with ds.connect(url, **options) as one, ds.connect(url, **options) as other:
            for number in range(20):
                for db in (one, other):
                    db.get_or_none(Note, number)

    both(pooler=True)
    if pgbouncer_version() < (1, 21):
        with pytest.raises(ds.DatabaseError, match=r"prepared statement|42P05|26000"):
            both()


def test_a_connections_settings_would_reach_others(url: str) -> None:
    """Why `statement_timeout` is refused there."""
    with ds.connect(url, statement_timeout=7) as db:
        db.count(Note)
    with ds.connect(url, pooler=True) as other:
        assert "7s" == other.scalar(ds.select(sa.func.current_setting("statement_timeout")))
    with pytest.raises(ds.StatementError, match=r"statement_timeout .* ALTER ROLE"):
        ds.connect(url, statement_timeout=7, pooler=True)


def test_instants_are_utc_where_others_are_elsewhere(url: str) -> None:
    tokyo = f"{url}?options=-cTimeZone%3DAsia/Tokyo"
    with (
        ds.connect(url, pooler=True) as db,
        psycopg.connect(url, prepare_threshold=None) as other,
    ):
        other.execute("SET TimeZone = 'Asia/Tokyo'")
        other.commit()
        assert "UTC" == db.scalar(ds.select(sa.func.current_setting("TimeZone")))
    with ds.connect(tokyo, pooler=True) as refused, pytest.raises(ds.ConnectionLostError):
        refused.count(Note)  # a pooler takes no start-up options


def test_who_listens_is_refused_at_once(url: str, server: str) -> None:
    with ds.connect(url, pooler=True) as db:
        broadcaster = PostgresBroadcaster(db)
        broadcaster.create_log()
        with pytest.raises(ds.NotListeningError, match=r"as 127\.0\.0\.1 does: .*direct="):
            run(broadcaster.subscribe(["a"]).__aenter__())
        broadcaster.close()


def test_who_listens_beside_it_hears_what_is_sent_through_it(url: str, server: str) -> None:
    async def hear(broadcaster: PostgresBroadcaster) -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            return await data_of(events, 1)

    with ds.connect(url, pooler=True) as db:
        broadcaster = PostgresBroadcaster(db, direct=server)
        broadcaster.create_log()
        assert [1] == run(hear(broadcaster))
        broadcaster.close()


def test_without_being_told_the_listener_finds_out(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dualschema.events.listener._PATIENCE", 0.3)
    with ds.connect(url, connect_args={"prepare_threshold": None}) as db:
        broadcaster = PostgresBroadcaster(db)
        broadcaster.create_log()
        with pytest.raises(ds.NotListeningError):
            run(broadcaster.subscribe(["a"]).__aenter__())
        broadcaster.close()
