"""A server that is killed and comes back, and what is waited for while it is not there."""

from __future__ import annotations

import asyncio
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.engine import pause_before
from dualschema.events import PostgresBroadcaster
from tests.events.hearing import data_of, run
from tests.fixtures.servers import WITHIN, Mortal, held_port

PATIENCE = 20.0

pytestmark = pytest.mark.slow


class Tick(ds.Table, name="ticks"):
    id: ds.Column[str] = ds.column(primary_key=True)


schema = ds.Schema(Tick)
PID = ds.select(sa.func.pg_backend_pid())


def test_a_server_is_killed_and_comes_back_while_a_database_goes_on(mortal: Mortal) -> None:
    with ds.connect(mortal.url(), patience=PATIENCE, pool_pre_ping=True) as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        tickers = [Ticker(f"t{number}") for number in range(3)]
        with ThreadPoolExecutor(3) as threads:
            working = [threads.submit(ticker.tick, db) for ticker in tickers]
            try:
                for _ in range(2):
                    until_each_went_on(tickers)
                    mortal.send(signal.SIGKILL)
                    time.sleep(0.3)  # they try in vain
                    mortal.start_again()
                until_each_went_on(tickers)
            finally:
                for ticker in tickers:
                    ticker.stop.set()
            for each in working:
                each.result(WITHIN)
        stored = db.count(Tick)

    sent, lost = (sum(each.sent for each in tickers), sum(each.lost for each in tickers))
    assert sent <= stored <= sent + lost  # of a lost one it is not known
    assert lost <= 2 * 3  # each thread's statement that was under way


class Ticker:
    """Writes rows.

    Attributes:
        sent: how many were written.
        lost: of how many it is not known.
        stop: set to end it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent = self.lost = 0
        self.stop = threading.Event()

    def tick(self, db: ds.Database) -> None:
        while not self.stop.is_set():
            try:
                self.sent += db.run(ds.insert(Tick(id=f"{self.name}-{self.sent}-{self.lost}")))
            except ds.ConnectionLostError:
                self.lost += 1


def until_each_went_on(tickers: list[Ticker]) -> None:
    """Wait until each has written a few rows more."""
    wanted = [each.sent + 5 for each in tickers]
    until = time.monotonic() + WITHIN
    while any(each.sent < rows for each, rows in zip(tickers, wanted, strict=True)):
        assert time.monotonic() < until, "not all of them go on"
        time.sleep(0.01)


async def ask(db: ds.AsyncDatabase, before: int) -> int:
    """Ask until another process answers; that of a killed server lives on for a moment."""
    while True:
        with suppress(ds.ConnectionLostError):
            pid: int = await db.scalar(PID)
            if pid != before:
                return pid


def test_it_comes_back_for_an_asynchronous_database(mortal: Mortal) -> None:
    async def main() -> None:
        url = mortal.url()
        async with ds.connect_async(url, patience=PATIENCE, pool_pre_ping=True) as db:
            before = await db.scalar(PID)
            mortal.send(signal.SIGKILL)
            asking = asyncio.create_task(ask(db, before))
            await asyncio.sleep(0.3)  # the loop is free meanwhile
            assert not asking.done()
            await asyncio.to_thread(mortal.start_again)
            assert before != await asking

    asyncio.run(main())


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the attempts to connect that another one was to follow, by their numbers."""
    seen = []

    def pause_after(attempt: int) -> float:
        seen.append(attempt)
        return pause_before(attempt)

    monkeypatch.setattr("dualschema.engine.connecting.pause_before", pause_after)
    return seen


def test_without_patience_it_is_told_at_once_and_good_afterwards(
    mortal: Mortal, pauses: list[int]
) -> None:
    with ds.connect(mortal.url()) as db:
        db.scalar(PID)
        mortal.send(signal.SIGKILL)
        with pytest.raises(ds.ConnectionLostError):
            ask_on(db)  # its process lives on for a moment
        with pytest.raises(ds.ConnectionLostError, match="refused"):
            db.scalar(PID)
        assert [] == pauses
        mortal.start_again()
        assert db.scalar(PID)


def test_subscribers_hear_on(mortal: Mortal) -> None:
    async def work(broadcaster: PostgresBroadcaster) -> list[object]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            first = await data_of(events, 1)
            await asyncio.to_thread(mortal.send, signal.SIGKILL)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(mortal.start_again)
            await asyncio.to_thread(broadcaster.broadcast, "a", 2)
            return [*first, *await data_of(events, 1)]

    with ds.connect(mortal.url(), patience=PATIENCE, pool_pre_ping=True) as db:
        broadcaster = PostgresBroadcaster(db)
        broadcaster.create_log()
        assert [1, 2] == run(work(broadcaster))
        broadcaster.close()


def test_a_broadcaster_closes_while_its_server_is_gone(
    mortal: Mortal, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(broadcaster: PostgresBroadcaster) -> float:
        async with broadcaster.subscribe(["a"]):
            await asyncio.to_thread(mortal.send, signal.SIGKILL)
            # A log sets no event.
            while not any("attempt 3" in line for line in caplog.messages):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        began = time.monotonic()
        await asyncio.to_thread(broadcaster.close)
        return time.monotonic() - began

    with ds.connect(mortal.url(), patience=PATIENCE) as db:
        broadcaster = PostgresBroadcaster(db)
        broadcaster.create_log()
        assert run(work(broadcaster)) < PATIENCE / 2


def test_a_server_that_stops_takes_nobody_and_is_waited_for(mortal: Mortal) -> None:
    """It refuses with 57P03 while it waits for its last client, and then is not there."""
    with ds.connect(mortal.url(), patience=PATIENCE) as db, ThreadPoolExecutor(1) as threads:
        with psycopg.connect(mortal.url()):
            mortal.send(signal.SIGTERM)
            until_refused(mortal)
            with pytest.raises(ds.ConnectionLostError, match="shutting down"):
                ds.connect(mortal.url(), patience=0.2).scalar(PID)
            asking = threads.submit(db.scalar, PID)
            time.sleep(0.3)
            assert not asking.done()
        mortal.start_again()
        assert asking.result(WITHIN)


def ask_on(db: ds.Database) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        db.scalar(PID)


def until_refused(server: Mortal) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        try:
            psycopg.connect(server.url()).close()
        except psycopg.OperationalError:
            return
    raise AssertionError("it takes clients still")


def test_a_wrong_password_is_sent_once(mortal: Mortal, pauses: list[int]) -> None:
    url = make_url(mortal.url()).set(password="hidden")
    for connect in (ds.connect(url, patience=PATIENCE), ds.connect(url, patience=PATIENCE)):
        with connect as db, pytest.raises(ds.ConnectionLostError, match="password") as caught:
            db.scalar(PID)
        assert "hidden" not in str(caught.value)

    assert [] == pauses
    assert 2 == mortal.log.count("FATAL:  password authentication failed")


@pytest.mark.parametrize(
    "change", [{"database": "nowhere"}, {"host": "host.invalid"}, {"password": ""}], ids=str
)
def test_what_does_not_pass_is_not_waited_for(
    mortal: Mortal, pauses: list[int], change: dict[str, str]
) -> None:
    url = make_url(mortal.url()).set(**change)  # type: ignore[arg-type]  # options by name

    with ds.connect(url, patience=PATIENCE) as db, pytest.raises(ds.ConnectionLostError):
        db.scalar(PID)

    assert pauses in ([], [1])  # it may have passed meanwhile


def test_patience_ends() -> None:
    began = time.monotonic()

    with (
        held_port() as port,
        ds.connect(f"postgresql://ada:hidden@127.0.0.1:{port}/d", patience=0.5) as db,
        pytest.raises(ds.ConnectionLostError),
    ):
        db.scalar(PID)

    assert 0.4 < time.monotonic() - began < PATIENCE / 2


@contextmanager
def resetting(times: int, port: int, *, silent: bool = False) -> Iterator[int]:
    """Give a port that resets so many connections, and then leads to another port.

    Args:
        times: how many.
        port: the other one.
        silent: to keep them, and say nothing.
    """
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for _ in range(times):
                client, _ = server.accept()
                if silent:
                    kept.append(client)
                    continue
                # A reset, not an orderly end.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            client, _ = server.accept()
            with client, socket.create_connection(("127.0.0.1", port)) as upstream:
                back = threading.Thread(target=carry, args=(upstream, client), daemon=True)
                back.start()
                carry(client, upstream)
                back.join()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
    for client in kept:
        client.close()


def carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


def test_connections_that_are_reset(mortal: Mortal) -> None:
    with resetting(6, mortal.port) as port:
        url = make_url(mortal.url()).set(port=port)
        with ds.connect(url, patience=PATIENCE) as db:
            assert db.scalar(PID)


def test_who_does_not_answer_is_not_waited_for_any_longer(mortal: Mortal) -> None:
    """By itself, psycopg waits for 130 seconds."""
    began = time.monotonic()
    with resetting(9, mortal.port, silent=True) as port:
        url = make_url(mortal.url()).set(port=port)
        with ds.connect(url, patience=0.5) as db, pytest.raises(ds.ConnectionLostError):
            db.scalar(PID)

    assert time.monotonic() - began < 10


def test_who_answers_the_second_time_is_asked_again(mortal: Mortal) -> None:
    with resetting(1, mortal.port, silent=True) as port:
        url = make_url(mortal.url()).set(port=port).update_query_dict({"connect_timeout": "2"})
        with ds.connect(url, patience=PATIENCE) as db:
            assert db.scalar(PID)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_the_next_host_is_asked(mortal: Mortal, *, is_async: bool) -> None:
    login, _, place = mortal.url().rpartition("@")

    async def ask_next(url: str) -> object:
        async with ds.connect_async(url) as db:
            return await db.scalar(PID)

    with held_port() as port:
        url = f"{login}@127.0.0.1:{port},{place}?target_session_attrs=read-write"
        if is_async:
            assert asyncio.run(ask_next(url))
        else:
            with ds.connect(url) as db:
                assert db.scalar(PID)


def test_a_socket_whose_server_is_not_there_yet(mortal: Mortal) -> None:
    began = time.monotonic()
    with (
        ds.connect("postgresql:///d?host=/tmp/nowhere", patience=0.5) as db,
        pytest.raises(ds.ConnectionLostError),
    ):
        db.scalar(PID)

    assert time.monotonic() - began > 0.4


def test_listeners_of_the_users_are_asked_each_time(mortal: Mortal) -> None:
    """For one, they fetch a password that is good for minutes."""
    right = make_url(mortal.url()).password

    def give(_: object, __: object, ___: object, named: dict[str, object]) -> None:
        named["password"] = right

    with ds.connect(make_url(mortal.url()).set(password="old"), patience=PATIENCE) as db:
        sa.event.listen(db.engine, "do_connect", give)
        assert db.scalar(PID)
