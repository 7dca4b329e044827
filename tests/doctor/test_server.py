"""What the server as a whole may lack: these tests have servers of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from dualschema.codegen import Configuration
from dualschema.doctor import Finding, Patient, Verdict, examine_database
from dualschema.embedded import Cluster
from tests.doctor.conftest import SCHEMA, sql_of
from tests.fixtures.servers import WITHIN

PATIENT = Patient(SCHEMA, Configuration(Path("/")))
"""A project without files."""


class Server:
    """A server, and what the doctor finds of it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        url = cluster.url(driver="postgresql+psycopg")
        self.engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self.engine.dispose()

    def run(self, *statements: str) -> None:
        with self.engine.connect() as connection:
            for each in statements:
                connection.exec_driver_sql(each)

    def configure(self, *statements: str) -> None:
        """Change settings; return when they are in force, which pg_reload_conf() does not await."""
        with self.engine.connect() as connection:

            def loaded() -> object:
                return connection.exec_driver_sql("SELECT pg_conf_load_time()").scalar_one()

            before = loaded()
            for each in (*statements, "SELECT pg_reload_conf()"):
                connection.exec_driver_sql(each)
            until(lambda: before != loaded())

    def until_alone(self) -> None:
        """Wait until the server has noticed that other connections were closed."""
        with self.engine.connect() as connection:
            until(lambda: connection.exec_driver_sql(OTHERS).scalar_one() == 0)

    def find(self, check: str) -> list[Finding]:
        with self.engine.connect().execution_options(isolation_level="READ COMMITTED") as there:
            return [each for each in examine_database(PATIENT, there) if each.check == check]

    def fault(self, check: str) -> Finding:
        (found,) = self.find(check)
        assert Verdict.FAULT is found.verdict
        return found

    def is_well(self, check: str) -> bool:
        return {Verdict.OK} == {each.verdict for each in self.find(check)}


OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type IN ('client backend', 'walsender')
"""


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """Give a server that has little of everything."""
    settings = {
        "max_replication_slots": "2",
        "max_wal_senders": "1",
        "max_connections": "5",
        "superuser_reserved_connections": "3",
        "max_wal_size": "2MB",  # whose segments are of 1 MB
    }
    with Cluster(settings=settings) as cluster, closing(Server(cluster)) as server:
        yield server


@pytest.fixture
def slots(small: Server) -> Iterator[Server]:
    """Give it, and take its slots away after."""
    yield small
    with small.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        )
    small.configure("ALTER SYSTEM RESET ALL")


SLOT = "SELECT pg_create_logical_replication_slot('powersync_1_abc', 'pgoutput')"
OTHER = "SELECT pg_create_logical_replication_slot('powersync_2_def', 'pgoutput')"
DROP = "SELECT pg_drop_replication_slot('powersync_1_abc')"
WRITE = "SELECT pg_logical_emit_message(true, 'test', repeat('x', 1000))"
MUCH = [WRITE, "SELECT pg_switch_wal()"] * 5


@pytest.fixture(scope="module")
def unready() -> Iterator[Server]:
    """Give a server that knows no logical decoding."""
    settings = {"wal_level": "replica"}
    with Cluster(settings=settings) as cluster, closing(Server(cluster)) as server:
        yield server


def test_without_logical_decoding_nothing_is_followed(unready: Server) -> None:
    found = unready.fault("wal_level")

    assert "replica, so that PowerSync can follow no change" == found.text
    assert "ALTER SYSTEM SET wal_level = logical, and restart the server" == found.fix


@pytest.mark.parametrize(
    ("setting", "fix"),
    [
        ("neon.timeline_id", "enable Logical Replication in the Settings of Neon's project"),
        (
            "rds.logical_replication",
            "set rds.logical_replication to 1 in the instance's parameter group, and reboot it",
        ),
    ],
)
def test_who_hosts_the_server_is_told_how_to_have_it(
    unready: Server, setting: str, fix: str
) -> None:
    level = "READ COMMITTED"
    with unready.engine.connect().execution_options(isolation_level=level) as connection:
        connection.exec_driver_sql(f"SET LOCAL {setting} = 'off'")
        found = {each.check: each for each in examine_database(PATIENT, connection)}["wal_level"]

    assert fix == found.fix


def test_there_is_room(small: Server) -> None:
    assert small.is_well("capacity")
    assert small.is_well("replication slots")


def test_no_slot_is_left(slots: Server) -> None:
    slots.run(SLOT, OTHER)

    found = slots.fault("capacity")

    text = "all 2 replication slots are taken, and PowerSync needs one to begin or deploy"
    drops = f"{DROP} or SELECT pg_drop_replication_slot('powersync_2_def')"
    raised = "ALTER SYSTEM SET max_replication_slots = 12, and restart the server"
    assert (text, f"drop what nobody uses any more, {drops}; or {raised}") == (
        found.text,
        found.fix,
    )
    slots.run(DROP)
    assert slots.is_well("capacity")


def test_no_sender_is_left(small: Server) -> None:
    with closing(psycopg.connect(small.cluster.url(), replication="database", autocommit=True)):
        found = small.fault("capacity")

    text = "all 1 senders of WAL are taken, and PowerSync needs one to begin or deploy"
    fix = "ALTER SYSTEM SET max_wal_senders = 11, and restart the server"
    assert (text, fix) == (found.text, found.fix)
    small.until_alone()
    assert small.is_well("capacity")


def test_no_connection_is_left(small: Server) -> None:
    opened = [psycopg.connect(small.cluster.url()) for _ in range(2)]
    found = small.fault("capacity")
    for each in opened:
        each.close()
    small.until_alone()

    assert "all 2 connections are taken, and PowerSync cannot connect" == found.text
    assert found.fix.startswith("close some; or ALTER SYSTEM SET max_connections = 12, and ")


def test_a_slot_that_nobody_uses_keeps_wal(slots: Server) -> None:
    slots.run(SLOT, *MUCH)

    found = slots.fault("replication slots")

    assert found.text.startswith("nobody uses powersync_1_abc, for which the server keeps ")
    assert f"start who uses it; or {DROP}" == found.fix
    slots.run(sql_of(found.fix))
    assert slots.is_well("replication slots")


def test_a_slot_that_is_about_to_lose_wal() -> None:
    # With room for much WAL, no checkpoint comes and throws it away.
    with Cluster() as cluster, closing(Server(cluster)) as server:
        server.configure("ALTER SYSTEM SET max_slot_wal_keep_size = '2MB'")
        server.run(SLOT, *MUCH)

        found = server.fault("replication slots")

        assert found.text.endswith(" behind, and about to lose WAL that it needs")
        server.run(*found.fix.split("; "))
        assert server.is_well("replication slots")


def test_a_slot_that_has_lost_wal(slots: Server) -> None:
    slots.configure("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
    slots.run(SLOT, *MUCH, "CHECKPOINT")

    found = slots.fault("replication slots")

    text = "powersync_1_abc has lost WAL that it needs"
    fix = f"{DROP}, and raise max_slot_wal_keep_size; PowerSync then begins anew"
    assert (text, fix) == (found.text, found.fix)
    slots.run(sql_of(found.fix))
    assert slots.is_well("replication slots")
