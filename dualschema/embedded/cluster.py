"""One running throw-away server: its start, its URL and its end."""

import atexit
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from dualschema.embedded.data import data_parent, make_data
from dualschema.embedded.programs import (
    Programs,
    clean_environment,
    find_binaries,
    prepare_programs,
)
from dualschema.errors import EmbeddedPostgresError

# No fsync, since the data never outlive the process. `synchronous_commit` stays on: without it a
# replication slot does not see a transaction right after its commit.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "logical",
    "max_wal_size": "1GB",
    "max_wal_senders": "10",
    "max_replication_slots": "20",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


class Cluster:
    """A running PostgreSQL server with a data folder of its own, empty at the start.

    It listens on a free port of 127.0.0.1 and asks for a random password. It ends, and its data are
    deleted, on `stop()`, on leaving the `with` block, and when this process ends in whatever way.

    Attributes:
        port: the TCP port it listens on.
        timings: what the start cost, in seconds: `data` and `start`.
    """

    def __init__(self, *, settings: Mapping[str, str] | None = None) -> None:
        """Start the server; `settings` go over the defaults, as in postgresql.conf.

        Raises:
            EmbeddedPostgresError: There are no programs, or the server did not start.
        """
        folder = find_binaries()
        self.port = 0
        self.timings: dict[str, float] = {}
        self._settings = {**_SETTINGS, **(settings or {})}
        self._password = secrets.token_urlsafe(18)
        self._root = Path(tempfile.mkdtemp(prefix="dualschema-pg-"))
        self._data = Path(tempfile.mkdtemp(prefix="dualschema-pg-", dir=data_parent()))
        self._owner_process = os.getpid()
        self._watchdog = _start_watchdog(self._root, self._data)
        atexit.register(self.stop)
        try:
            self._prepare_and_start(folder)
        except BaseException:
            self.stop()
            raise

    def url(self, database: str = "postgres", *, driver: str = "postgresql") -> str:
        """Return the URL of a database of this server, for its superuser."""
        name = quote(database, safe="")
        return f"{driver}://postgres:{self._password}@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop the server and delete its data; a second call does nothing."""
        if os.getpid() != self._owner_process:
            return  # a fork must not end its parent's server
        atexit.unregister(self.stop)
        if self._watchdog.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._watchdog.communicate(timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _prepare_and_start(self, folder: Path) -> None:
        with self._timed("data"):
            programs = prepare_programs(folder, self._root)
            programs.give(self._data)
            make_data(programs, self._data, self._password)
        with self._timed("start"):
            self._start(programs)

    @contextlib.contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.timings[step] = round(time.perf_counter() - began, 3)

    def _start(self, programs: Programs) -> None:
        log = self._root / "log"
        for _ in range(3):  # somebody else may take the port in between
            self.port = _free_port()
            command = [str(programs.path("postgres")), "-D", str(self._data)]
            for name, value in {**self._settings, "port": str(self.port)}.items():
                command += ["-c", f"{name}={value}"]
            order = {"command": command, "data": str(self._data), "log": str(log)}
            if self._order({**order, "identity": programs.identity}) == "ready":
                return
        fault = log.read_text(errors="replace")[-2000:] if log.exists() else "no log"
        raise EmbeddedPostgresError(f"PostgreSQL did not start. Its log ends with:\n{fault}")

    def _order(self, order: dict[str, Any]) -> str:
        assert self._watchdog.stdin is not None
        assert self._watchdog.stdout is not None
        self._watchdog.stdin.write(json.dumps(order) + "\n")
        self._watchdog.stdin.flush()
        return self._watchdog.stdout.readline().strip()


def _start_watchdog(*folders: Path) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("watchdog.py")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(script), *map(str, folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tempfile.gettempdir(),
        env=clean_environment(),
        start_new_session=True,  # a Ctrl-C or a kill of the whole group must not reach it
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
